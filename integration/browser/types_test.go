package browser

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/integration/internal/npm"
	"github.com/airlock-go/upload/integration/internal/program"
)

var module, errModule = filepath.Abs("../../web")

// TestTypes checks the declarations of the browser module, with those of both versions of Uppy.
func TestTypes(t *testing.T) {
	path := program.Find(t, "npm")
	source, err := testdata.ReadFile("testdata/types.ts")
	require.NoError(t, errors.Join(err, errModule))
	for version := range versions {
		dir := t.TempDir()
		pinned, err := fs.Sub(testdata, "testdata/"+version)
		require.NoError(t, err)
		require.NoError(t, npm.Install(path, dir, pinned))
		require.NoError(t, os.CopyFS(filepath.Join(dir, "module"), os.DirFS(module)))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "page.ts"), source, 0o600))
		check := exec.CommandContext(t.Context(), filepath.Join(dir, "node_modules/.bin/tsc"), "--noEmit", "--strict",
			"--target", "es2022", "--module", "nodenext", "--lib", "esnext,dom,dom.iterable", "page.ts")
		check.Dir = dir
		said, err := check.CombinedOutput()
		require.NoError(t, err, "%s: %s", version, said)
	}
}
