package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// modules has the test files of the modules of TestModules.
var modules = map[string]string{ //nolint:gosec // tests that pass, and no passwords
	"passes":    `func TestA(t *testing.T) { t.Log("not shown") }`,
	"fails":     `func TestA(t *testing.T) { t.Run("good", func(t *testing.T) { t.Log("not shown") }); t.Run("bad", func(t *testing.T) { t.Error("shown") }) }`,
	"panics":    `func TestA(t *testing.T) { panic("shown") }`,
	"no build":  `func TestA(t *testing.T) { missing() }`,
	"skips":     `func TestA(t *testing.T) { t.Log("before"); t.Skip("needs a moon: wait") }; func TestB(t *testing.T) { t.Run("x", func(t *testing.T) { t.Skip("needs a moon: wait") }) }`,
	"no reason": `func TestA(t *testing.T) { t.SkipNow() }`,
	"settings":  `import "os"; func TestA(t *testing.T) { t.Error(os.Getenv("GOGC"), os.Getenv("GORACE")) }`,
}

// TestModules checks what is printed for modules that pass, fail, skip tests or do not exist.
func TestModules(t *testing.T) {
	t.Setenv("GOGC", "300") // replaces the value of settings
	t.Setenv("GORACE", "")
	require.NoError(t, os.Unsetenv("GORACE"))
	for name, row := range map[string]struct {
		failed bool
		says   []string
	}{
		"passes":    {false, []string{"ok  \tm\t", "== passed in "}},
		"fails":     {true, []string{"--- FAIL: TestA/bad", "shown\n", "FAIL\tm\t", "== FAILED in "}},
		"panics":    {true, []string{"panic: shown", "FAIL\tm\t"}},
		"no build":  {true, []string{"undefined: missing", "FAIL\tm [build failed]"}},
		"skips":     {false, []string{"ok  \tm\t", "skipped: 2 tests: needs a moon: wait\n"}},
		"no reason": {false, []string{"skipped: 1 tests: no reason was given\n"}},
		"settings":  {true, []string{"300 atexit_sleep_ms=0\n"}},
		"absent":    {true, []string{"== FAILED in "}},
	} {
		t.Run(name, func(t *testing.T) {
			folder := filepath.Join(t.TempDir(), name)
			if source := modules[name]; source != "" {
				require.NoError(t, os.Mkdir(folder, 0o700))
				require.NoError(t, os.WriteFile(filepath.Join(folder, "go.mod"), []byte("module m\n\ngo 1.25\n"), 0o600))
				require.NoError(t, os.WriteFile(filepath.Join(folder, "a_test.go"), []byte("package m\n\nimport \"testing\"; "+source), 0o600))
			}
			var out strings.Builder
			all := newSummary(&out)
			all.module(folder, time.Second, test(folder, append([]string{"test", "-json", "-vet=off"}, packages(folder, "other .")...), all))
			all.print()
			require.Equal(t, row.failed, len(all.failed) > 0, out.String())
			for _, text := range row.says {
				require.Contains(t, out.String(), text)
			}
			require.NotContains(t, out.String(), "not shown")
			require.NotContains(t, out.String(), "=== RUN")
		})
	}
}
