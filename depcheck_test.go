package upload_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestDependencies pins which modules a program takes on by importing a package of this
// module. A new line here needs a reason in docs/design.md.
func TestDependencies(t *testing.T) {
	detection := []string{"github.com/gabriel-vasile/mimetype", "golang.org/x/text"}
	aws := []string{
		"github.com/aws/aws-sdk-go-v2",
		"github.com/aws/aws-sdk-go-v2/aws/protocol/eventstream",
		"github.com/aws/aws-sdk-go-v2/internal/configsources",
		"github.com/aws/aws-sdk-go-v2/internal/endpoints/v2",
		"github.com/aws/aws-sdk-go-v2/internal/v4a",
		"github.com/aws/aws-sdk-go-v2/service/internal/accept-encoding",
		"github.com/aws/aws-sdk-go-v2/service/internal/checksum",
		"github.com/aws/aws-sdk-go-v2/service/internal/presigned-url",
		"github.com/aws/aws-sdk-go-v2/service/internal/s3shared",
		"github.com/aws/aws-sdk-go-v2/service/s3",
		"github.com/aws/smithy-go",
	}
	for _, c := range []struct {
		pkg     string
		modules []string
	}{
		{".", detection},
		{"./storage", nil},
		{"./sweep", nil},
		{"./memstore", nil},
		{"./diskstore", nil},
		{"./clamav", detection},
		{"./storetest", nil},
		{"./uploadtest", detection},
		{"./uppy", detection},
		{"./web", nil},
		{"./limit", append(detection, "golang.org/x/time")},
		{"./s3store", aws},
		{"./s3bucket", aws},
	} {
		t.Run(c.pkg, func(t *testing.T) {
			require.ElementsMatch(t, c.modules, modulesOf(t, c.pkg))
		})
	}
}

// TestBackendsNeedNoHandler: the packages of storages, and those that look after or test one, do
// not depend on package upload.
func TestBackendsNeedNoHandler(t *testing.T) {
	for _, pkg := range []string{"./storage", "./sweep", "./memstore", "./diskstore", "./s3store", "./s3bucket", "./storetest"} {
		out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", pkg).Output()
		require.NoError(t, err)
		require.NotContains(t, strings.Fields(string(out)), "github.com/airlock-go/upload", pkg)
	}
}

// modulesOf returns the modules that pkg is built from, except this one and
// the standard library.
func modulesOf(t *testing.T, pkg string) []string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "-f",
		"{{with .Module}}{{if not .Main}}{{.Path}}{{end}}{{end}}", pkg).Output()
	require.NoError(t, err)
	modules := strings.Fields(string(out))
	slices.Sort(modules)
	return slices.Compact(modules)
}
