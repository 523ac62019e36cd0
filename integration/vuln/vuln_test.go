package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// fake acts as govulncheck. It exits with the number in the module's file "status". If the module
// has a file "unreachable", a call without -db exits with 1, as without a network.
const fake = `#!/bin/sh
echo "$@" >>"$CALLS"
case "$*" in *"-db "*) ;; *) test ! -e "$2/unreachable" || exit 1 ;; esac
exit "$(cat "$2/status")"
`

// TestRun checks that only a module that was checked passes.
func TestRun(t *testing.T) {
	for name, row := range map[string]struct {
		statuses    []string // of modules
		unreachable bool
		records     []string // versions in the module cache
		variable    string   // GOVULNDB
		fault       string   // "" for none
		database    string   // in a call that scans packages
	}{
		"nothing is found":            {statuses: []string{"0", "0"}},
		"a vulnerability":             {statuses: []string{"3", "0"}, fault: "vulnerable: "},
		"a module that does not load": {statuses: []string{"0", "1"}, fault: "NOT CHECKED: "},
		"no database":                 {statuses: []string{"0"}, unreachable: true, fault: "NOT CHECKED: neither the database nor the module"},
		"the records of the cache": {
			statuses: []string{"0"}, unreachable: true, records: []string{"v0.0.0-20251105234957-e22db6528018", "v0.0.0-20261105234957-e22db6528018"},
			database: "vulndb@v0.0.0-20261105234957-e22db6528018/data/osv ",
		},
		"a vulnerability that the cache records": {
			statuses: []string{"3"}, unreachable: true, records: []string{"v0.0.0-20261105234957-e22db6528018"}, fault: "vulnerable: ",
		},
		"the database of GOVULNDB": {statuses: []string{"0"}, unreachable: true, variable: "file:///db", database: "-db file:///db "},
		"no module":                {fault: "name the folders"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			write := func(name, text string, mode os.FileMode) string {
				name = filepath.Join(dir, name)
				require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o700))
				require.NoError(t, os.WriteFile(name, []byte(text), mode))
				return name
			}
			for _, version := range row.records {
				write("cache/golang.org/x/vulndb@"+version+"/data/osv/GO-2026-0001.json", "{}", 0o600)
			}
			t.Setenv("GOMODCACHE", filepath.Join(dir, "cache"))
			t.Setenv("GOPROXY", "off")
			t.Setenv("GOTOOLCHAIN", "local") // another toolchain would come from the module cache, which the test replaces
			t.Setenv("GOVULNDB", row.variable)
			t.Setenv("CALLS", filepath.Join(dir, "calls"))
			var modules []string
			for i, status := range row.statuses {
				module := string(rune('a' + i))
				write(module+"/status", status, 0o600)
				if row.unreachable {
					write(module+"/unreachable", "", 0o600)
				}
				modules = append(modules, filepath.Join(dir, module))
			}
			err := run(write("govulncheck", fake, 0o700), modules)
			if row.fault == "" {
				require.NoError(t, err)
			} else {
				require.ErrorContains(t, err, row.fault)
			}
			if row.database != "" {
				calls, err := os.ReadFile(filepath.Join(dir, "calls"))
				require.NoError(t, err)
				require.Contains(t, string(calls), row.database+"./...\n")
			}
		})
	}
}
