package upload_test

import (
	"bytes"
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestHouse pins how much there is to learn: names for hosts, and files and their lines for
// readers. A larger number needs a reason in docs/design.md.
func TestHouse(t *testing.T) {
	const mostNames, mostFiles, mostLines = 143, 58, 300
	paths, err := filepath.Glob("*.go")
	require.NoError(t, err)
	names, files := 0, 0
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		files++
		source, err := os.ReadFile(path)
		require.NoError(t, err)
		require.LessOrEqual(t, bytes.Count(source, []byte("\n")), mostLines, path)
		file, err := parser.ParseFile(gotoken.NewFileSet(), path, source, parser.ParseComments)
		require.NoError(t, err)
		for _, decl := range file.Decls {
			names += exported(t, decl)
		}
	}
	require.LessOrEqual(t, files, mostFiles)
	require.LessOrEqual(t, names, mostNames)
}

// exported counts the exported functions, types and values of decl, without methods. It requires
// that each is documented.
func exported(t *testing.T, decl ast.Decl) (n int) {
	t.Helper()
	see := func(name *ast.Ident, docs ...*ast.CommentGroup) {
		if !name.IsExported() {
			return
		}
		n++
		for _, doc := range docs {
			if doc.Text() != "" {
				return
			}
		}
		t.Errorf("%s has no documentation", name)
	}
	switch d := decl.(type) {
	case *ast.FuncDecl:
		if d.Recv == nil {
			see(d.Name, d.Doc)
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch s := spec.(type) {
			case *ast.TypeSpec:
				see(s.Name, d.Doc, s.Doc)
			case *ast.ValueSpec:
				for _, name := range s.Names {
					see(name, s.Doc, s.Comment, d.Doc)
				}
			}
		}
	}
	return n
}
