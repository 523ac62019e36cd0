package browser

import (
	"embed"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/evanw/esbuild/pkg/api"
	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/integration/internal/npm"
	"github.com/airlock-go/upload/integration/internal/program"
	"github.com/airlock-go/upload/web"
)

//go:embed testdata
var testdata embed.FS

// bundle is the script and the style sheet of a page.
type bundle struct{ js, css []byte }

var bundles sync.Map // of func() (bundle, error), by folder

// bundleOf makes one script and one style sheet of a page's source with the packages that
// testdata/folder pins, once for each folder. The packages are installed into a temporary folder
// that is removed with the test; npm keeps them in its cache.
func bundleOf(t *testing.T, folder string) bundle {
	t.Helper()
	path := program.Find(t, "npm")
	made, _ := bundles.LoadOrStore(folder, sync.OnceValues(func() (bundle, error) { return makeBundle(t.TempDir(), path, folder) }))
	b, err := made.(func() (bundle, error))()
	require.NoError(t, err)
	return b
}

func makeBundle(dir, npmPath, folder string) (b bundle, err error) {
	pinned, err := fs.Sub(testdata, "testdata/"+folder)
	if err != nil {
		return b, err
	}
	page := "testdata/page.js"
	if folder == "tus" {
		page = "testdata/tus.js"
	}
	source, err := testdata.ReadFile(page)
	if err != nil {
		return b, err
	}
	if err := npm.Install(npmPath, dir, pinned); err != nil {
		return b, err
	}
	if err := os.CopyFS(filepath.Join(dir, "module"), web.Files()); err != nil {
		return b, err
	}
	result := api.Build(api.BuildOptions{
		Stdin:  &api.StdinOptions{Contents: string(source), ResolveDir: dir},
		Bundle: true, Outfile: filepath.Join(dir, "page.js"),
	})
	if len(result.Errors) > 0 {
		return b, &buildError{result.Errors}
	}
	for _, f := range result.OutputFiles {
		if filepath.Ext(f.Path) == ".css" {
			b.css = f.Contents
		} else {
			b.js = f.Contents
		}
	}
	return b, nil
}

type buildError struct{ messages []api.Message }

func (e *buildError) Error() string { return "esbuild: " + e.messages[0].Text }
