# The commands of contributors; CI on Linux runs some of them. All need Go and make, and releases
# need git. Tests use further programs, such as curl, chromium and npm, where these are there.

GO      ?= go
MODULES := . integration examples cmd/upload-bucket s3open redislimit otelupload bench

# Programs in Go are built once, into a folder that git ignores. npm runs redocly.
GOLANGCI_LINT_VERSION := v2.12.2
GOVULNCHECK_VERSION   := v1.9.0
ACTIONLINT_VERSION    := v1.7.12
REDOCLY_VERSION       := 2.77.0

# The MinIO of make test-minio. The project is archived.
MINIO_VERSION := v0.0.0-20260212201848-7aac2a2c5b7c

TOOLS         := $(CURDIR)/.tools
MINIO         := $(TOOLS)/minio-$(MINIO_VERSION)/minio
GOLANGCI_LINT := $(TOOLS)/golangci-lint-$(GOLANGCI_LINT_VERSION)/golangci-lint
GOVULNCHECK   := $(TOOLS)/govulncheck-$(GOVULNCHECK_VERSION)/govulncheck
ACTIONLINT    := $(TOOLS)/actionlint-$(ACTIONLINT_VERSION)/actionlint

# The cache of golangci-lint knows files by content, so two clones that share one report each
# other's paths.
export GOLANGCI_LINT_CACHE := $(TOOLS)/cache

# How long each fuzz target runs, and flags for the example server.
FUZZTIME ?= 10s
ARGS     ?=

# The modules that have fuzz targets.
FUZZED := . cmd/upload-bucket

# The race detector needs a C compiler: go turns cgo off where there is none.
RACE := $(if $(filter 1,$(shell $(GO) env CGO_ENABLED)),-race)

# The packages whose tests take longest.
LONGEST := s3store s3bucket internal/inspect . rights browser memory pdfreaders uploadtest

.PHONY: test test-minio test-s3 lint lint-files vuln fuzz cover bench soak run release release-check

# The tests of all modules, two modules at once: some tests only wait. At the end it says what was
# skipped, and why.
test:
	@$(GO) run ./internal/suite -with '$(RACE)' -first '$(LONGEST)' -at-once 2 $(MODULES)
	@echo '== skipped: the S3 tests on MinIO; make test-minio has them, and first builds MinIO, which takes minutes'

# Only make test runs these tests: most show what does not depend on the S3 server, and those of
# versioned sweeps take long.
ALONE := ^Test(.*ClientGone|Shutdown.*|.*Observer|ExactLimit|LargeFile|LittleMemory|CutInTheSecondFile|PageNamedPNG.*|ExampleServer|UnfitServer)$$|^TestSweep$$/^versioned

# What S3 servers differ in, on MinIO with its profile: the suites of storetest, uploads of each
# kind, attacks, faults, sweeps, what a role is denied, and a few pages in a browser.
test-minio: export UPLOAD_TEST_MINIO := $(MINIO)
test-minio: $(MINIO)
	$(GO) -C integration test $(RACE) -shuffle=on -timeout 20m -skip '$(ALONE)' . ./tickets ./events ./resume
	$(GO) -C integration test $(RACE) -shuffle=on -timeout 20m -run '^TestDeliveryReadsNothingStaged$$' ./rights
	UPLOAD_TEST_LONG=1 $(GO) -C integration test $(RACE) -shuffle=on -timeout 20m -run '^Test(Uppy(Resumes|Cancels)|ExamplePage)$$/^.*S3' ./browser

# The suites, attacks and sweeps of test-minio, on the server or account whose URL is in
# UPLOAD_TEST_S3_ENDPOINT; docs/servers.md has the other variables. Faults are left out: a proxy
# makes them, and few services answer by a name that is not theirs.
FAULTS := Fault|Dropped|Silent|OverTLS|Diagnosis|KilledWriter
test-s3:
	@test -n "$$UPLOAD_TEST_S3_ENDPOINT" || { echo 'UPLOAD_TEST_S3_ENDPOINT is not set: docs/servers.md says what is'; exit 1; }
	$(GO) -C integration test $(RACE) -shuffle=on -timeout 60m -skip '$(ALONE)|$(FAULTS)' . ./tickets

$(MINIO):
	GOBIN='$(@D)' $(GO) install github.com/minio/minio@$(MINIO_VERSION)

# Linters, those of go vet among them, formatting, and go.mod files that are as go mod tidy leaves
# them.
lint: lint-files $(GOLANGCI_LINT)
	@failed=; for module in $(MODULES); do \
		echo "== lint, $$module"; \
		(cd "$$module" && $(GOLANGCI_LINT) run ./... && $(GO) mod tidy -diff) || failed=yes; \
	done; test -z "$$failed"

# The workflows, and the description of the API, whose linter is one package of npm. The flags keep
# actionlint from shellcheck and pyflakes, which are not installed everywhere.
lint-files: export REDOCLY_TELEMETRY := off
lint-files: export REDOCLY_SUPPRESS_UPDATE_NOTICE := true
lint-files: $(ACTIONLINT)
	@echo '== lint, .github/workflows'
	@$(ACTIONLINT) -shellcheck= -pyflakes=
	@echo '== lint, docs/openapi.yaml'
	@if command -v npm >/dev/null; then \
		npm exec --yes --prefer-offline @redocly/cli@$(REDOCLY_VERSION) -- lint --skip-rule=no-path-trailing-slash docs/openapi.yaml; \
	else \
		echo 'not linted: it needs npm'; test "$$UPLOAD_TEST_REQUIRED" != 1; \
	fi

$(GOLANGCI_LINT):
	GOBIN='$(@D)' $(GO) install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_LINT_VERSION)

$(ACTIONLINT):
	GOBIN='$(@D)' $(GO) install github.com/rhysd/actionlint/cmd/actionlint@$(ACTIONLINT_VERSION)

# Known vulnerabilities that the code reaches. Where the network does not lead to the Go
# vulnerability database, its records come from the module proxy or the module cache. Without any
# records the target fails.
vuln: $(GOVULNCHECK)
	@$(GO) run -C integration ./vuln -govulncheck '$(GOVULNCHECK)' $(addprefix $(CURDIR)/,$(MODULES))

$(GOVULNCHECK):
	GOBIN='$(@D)' $(GO) install golang.org/x/vuln/cmd/govulncheck@$(GOVULNCHECK_VERSION)

# Every fuzz target, one after the other, for FUZZTIME each. Go's fuzzer sometimes reports its own
# deadline as a failure; then that target runs once more.
fuzz:
	@for module in $(FUZZED); do \
		list=$$($(GO) test -C $$module -list '^Fuzz' ./...) || { echo "$$list"; exit 1; }; \
		fuzz() { $(GO) test -C $$module -run '^$$' -fuzz "^$$2\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 1s "$$1" </dev/null 2>&1; }; \
		echo "$$list" | awk '/^Fuzz/ { name[n++] = $$1 } /^ok/ { while (n) print $$2, name[--n] }' | \
		while read -r package target; do \
			echo "== $$target, $$package"; \
			out=$$(fuzz "$$package" "$$target") || case "$$out" in \
				*"Failing input"*|*panic*) echo "$$out"; exit 1 ;; \
				*"context deadline exceeded"*) out=$$(fuzz "$$package" "$$target") || { echo "$$out"; exit 1; } ;; \
				*) echo "$$out"; exit 1 ;; \
			esac; \
			echo "$$out" | tail -n 2; \
		done || exit 1; \
	done

# Which statements of the root module its own tests run, in coverage.out, and their share of all.
cover:
	$(GO) test -coverpkg=./... -coverprofile=coverage.out ./...
	$(GO) tool cover -func=coverage.out | tail -n 1

# This library beside what people write today, into docs/benchmarks.md. It takes
# about twenty minutes of a machine that does nothing else.
bench:
	$(GO) run -C bench . run

# Half an hour of good, bad, slow and leaving clients while S3 fails, and some minutes until all is
# quiet. The result of a run that passes goes to the end of docs/benchmarks.md.
SOAK ?= 30m
soak:
	$(GO) run -C integration ./soak -for $(SOAK) -o ../docs/benchmarks.md

# The example server: make run ARGS='-max-files 10'
run:
	$(GO) run -C examples ./server $(ARGS)

# A version, in the folder RELEASE and nowhere else: the commit, its tags and the module
# zips. It says how to try and how to publish them: make release VERSION=v1.2.3
RELEASE ?= $(CURDIR)/.tools/release-$(VERSION)
release:
	$(GO) run -C integration ./release -version '$(VERSION)' -o '$(RELEASE)'

# Whether a version can be made: go.mod files, tags, CHANGELOG.md, and what changed in the API since
# the last tag. make release begins with it. Without VERSION it says which version changes of the
# API need.
release-check:
	@$(GO) run -C integration ./release -check -version '$(VERSION)'
