//go:build race

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestAlone checks that exactly the packages named by -alone are tested without the race detector.
func TestAlone(t *testing.T) {
	folder := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(folder, "go.mod"), []byte("module m\n\ngo 1.25\n"), 0o600))
	for name, tag := range map[string]string{"single": "race", "other": "!race"} {
		require.NoError(t, os.Mkdir(filepath.Join(folder, name), 0o700))
		for file, source := range map[string]string{
			"a_test.go": "package a\n\nimport \"testing\"\n\nfunc TestA(*testing.T) {}\n",
			"b_test.go": "//go:build " + tag + "\n\npackage a\n\nimport \"testing\"\n\nfunc TestB(t *testing.T) { t.Error(\"wrong\") }\n",
		} {
			require.NoError(t, os.WriteFile(filepath.Join(folder, name, file), []byte(source), 0o600))
		}
	}
	var out strings.Builder
	all := newSummary(&out)
	require.NoError(t, tests(folder, true, "single absent", "other", all), out.String())
	require.Contains(t, out.String(), "ok  \tm/single\t")
	require.Contains(t, out.String(), "ok  \tm/other\t")
	require.Error(t, tests(folder, true, "other", "single", all))
}
