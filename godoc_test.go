package upload_test

import (
	"go/ast"
	"go/doc"
	"go/parser"
	gotoken "go/token"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestOverviewIsShort: the package documentation has at most 900 words.
func TestOverviewIsShort(t *testing.T) {
	file, err := parser.ParseFile(gotoken.NewFileSet(), "doc.go", nil, parser.ParseComments)
	require.NoError(t, err)
	require.LessOrEqual(t, len(strings.Fields(file.Doc.Text())), 900)
}

// TestReferenceIsShort bounds the reference of the root. Documentation of a new symbol is paid for
// by shorter documentation elsewhere.
func TestReferenceIsShort(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "doc", "-all", ".").Output()
	require.NoError(t, err)
	require.Less(t, len(strings.Fields(string(out))), 9000)
}

// TestExamples: each main use has an example at its symbol; "" is that of the package. Go vet
// refuses examples of symbols that do not exist.
func TestExamples(t *testing.T) {
	for dir, symbols := range map[string]string{
		".": "New Handler.Middleware Handler.Receive Handler.Handle Handler.Raw Handler.Store Check Refuse " +
			"Form Images Validator Links Presigner Presigner.ConfirmHandler Presigner.ConfirmStored Resumer Responder Handler.Shutdown Tx.Undo Progress",
		"s3store": "New", "s3open": "Open", "memstore": "Store Store.Handler", "diskstore": "Open",
		"storetest": "Run", "uppy": "New", "clamav": "", "otelupload": "New",
	} {
		t.Run(dir, func(t *testing.T) {
			var shown []string
			for _, example := range examplesOf(t, gotoken.NewFileSet(), dir+"/*_test.go") {
				shown = append(shown, strings.ReplaceAll(example.Name, "_", "."))
			}
			require.Subset(t, shown, strings.Split(symbols, " "))
		})
	}
}

// TestExamplesAreShort: an example of the root has 25 lines at most, without its output. Those of
// example_recipes_test.go may have more.
func TestExamplesAreShort(t *testing.T) {
	fset := gotoken.NewFileSet()
	for _, example := range examplesOf(t, fset, "*_test.go") {
		first, last := fset.Position(example.Code.Pos()), fset.Position(example.Code.End())
		if first.Filename == "example_recipes_test.go" {
			continue
		}
		output := strings.Count(example.Output, "\n") + 1
		require.LessOrEqual(t, last.Line-first.Line-1-output, 25, example.Name)
	}
}

// examplesOf returns the examples in the files that match pattern.
func examplesOf(t *testing.T, fset *gotoken.FileSet, pattern string) []*doc.Example {
	t.Helper()
	paths, err := filepath.Glob(pattern)
	require.NoError(t, err)
	var files []*ast.File
	for _, path := range paths {
		file, err := parser.ParseFile(fset, path, nil, parser.ParseComments)
		require.NoError(t, err)
		files = append(files, file)
	}
	require.NotEmpty(t, files)
	return doc.Examples(files...)
}
