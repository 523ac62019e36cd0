package upload_test

import (
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
)

// errorRow is a row of docs/errors.md.
type errorRow struct {
	status        int
	params, kinds []string
}

var (
	errorLine = regexp.MustCompile("(?m)^\\| `([a-z_0-9]+)` \\| (\\d{3}) \\|([^|]*)\\|")
	paramLine = regexp.MustCompile("(?m)^\\| `([a-z_0-9]+)` \\| [^|]+ \\|$")
	codeWord  = regexp.MustCompile("`([a-z_0-9]+)`")
	kindList  = regexp.MustCompile("`kind` \\(([^)]*)\\)")
)

// errorPage reads docs/errors.md: the codes, and the parameters of its last table.
var errorPage = sync.OnceValues(func() (codes map[upload.Code]errorRow, params []string) {
	text, err := os.ReadFile("docs/errors.md")
	if err != nil {
		panic(err)
	}
	codes = map[upload.Code]errorRow{}
	for _, m := range errorLine.FindAllStringSubmatch(string(text), -1) {
		row := errorRow{}
		row.status, _ = strconv.Atoi(m[2])
		for _, list := range kindList.FindAllStringSubmatch(m[3], -1) {
			row.params, row.kinds = append(row.params, "kind"), append(row.kinds, words(list[1])...)
		}
		row.params = append(row.params, words(kindList.ReplaceAllString(m[3], ""))...)
		codes[upload.Code(m[1])] = row
	}
	for _, m := range paramLine.FindAllStringSubmatch(string(text), -1) {
		params = append(params, m[1])
	}
	return codes, params
})

func words(s string) (list []string) {
	for _, m := range codeWord.FindAllStringSubmatch(s, -1) {
		list = append(list, m[1])
	}
	return list
}

// requireDocumented requires that docs/errors.md has the parameters and the kind of a refusal, if
// it has the code. It does not have the codes of hosts.
func requireDocumented(t *testing.T, code upload.Code, params map[string]any) {
	t.Helper()
	codes, _ := errorPage()
	row, ok := codes[code]
	if !ok {
		return
	}
	for name, value := range params {
		if name == "kind" && value == "host" { // of any code
			continue
		}
		require.Contains(t, row.params, name, "a parameter of %s", code)
		if name == "kind" {
			require.Contains(t, row.kinds, value, "a kind of %s", code)
		}
	}
}

// refusing parses the files of the module that make refusals.
func refusing(t *testing.T) (all []*ast.File) {
	t.Helper()
	for _, dir := range []string{".", "internal/form", "internal/inspect", "internal/limits", "internal/tus", "limit", "uppy", "clamav"} {
		paths, err := filepath.Glob(dir + "/*.go")
		require.NoError(t, err)
		for _, path := range paths {
			if strings.HasSuffix(path, "_test.go") {
				continue
			}
			file, err := parser.ParseFile(gotoken.NewFileSet(), path, nil, 0)
			require.NoError(t, err)
			all = append(all, file)
		}
	}
	return all
}

// TestErrorsPage: docs/errors.md has each code of the source with its status, and each parameter.
// It has no others, and no kind that the source lacks.
func TestErrorsPage(t *testing.T) {
	codes, params := errorPage()
	inSource, keys, texts := map[upload.Code]bool{}, map[string]bool{}, map[string]bool{}
	for _, file := range refusing(t) {
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ValueSpec:
				if typ, ok := n.Type.(*ast.Ident); ok && typ.Name == "Code" && file.Name.Name == "upload" {
					inSource[upload.Code(literal(n.Values[0]))] = true
				}
			case *ast.CompositeLit:
				for _, key := range paramKeys(n) {
					keys[key] = true
				}
			case *ast.BasicLit:
				texts[literal(n)] = true
			}
			return true
		})
	}
	require.Greater(t, len(inSource), 40)
	for code := range inSource {
		require.Contains(t, codes, code, "docs/errors.md lacks it")
		require.Equal(t, code.Status(), codes[code].status, code)
	}
	used := map[string]bool{}
	for code, row := range codes {
		require.True(t, inSource[code], "%s is not a code", code)
		for _, p := range row.params {
			used[p] = true
			require.Contains(t, params, p, "of %s", code)
		}
		for _, kind := range row.kinds {
			require.True(t, texts[kind], "no kind of %s: %s", code, kind)
		}
	}
	require.Greater(t, len(keys), 10)
	for key := range keys {
		require.True(t, used[key], "no code has the parameter %s", key)
	}
	for _, p := range params {
		require.True(t, used[p], "no code has the parameter %s", p)
		require.True(t, texts[p], "nothing sets the parameter %s", p)
	}
}

func literal(e ast.Expr) string {
	if lit, ok := e.(*ast.BasicLit); ok && lit.Kind == gotoken.STRING {
		if s, err := strconv.Unquote(lit.Value); err == nil {
			return s
		}
	}
	return ""
}

// paramKeys are the keys of a literal of parameters.
func paramKeys(n *ast.CompositeLit) (keys []string) {
	of := n.Type
	if m, ok := of.(*ast.MapType); ok {
		of = m.Value
	}
	if name, ok := of.(*ast.Ident); !ok || name.Name != "any" && name.Name != "Params" {
		return nil
	}
	for _, e := range n.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			if key := literal(kv.Key); key != "" {
				keys = append(keys, key)
			}
		}
	}
	return keys
}

// TestEveryCodeHasASentence: each code has a sentence, with each of its kinds and without a kind,
// even if all other parameters are missing.
func TestEveryCodeHasASentence(t *testing.T) {
	codes, _ := errorPage()
	unknown := (&upload.Error{Code: "of a host"}).Text()
	for code, row := range codes {
		for _, kind := range append(slices.Clone(row.kinds), "") {
			text := (&upload.Error{Code: code, Params: map[string]any{"kind": kind}}).Text()
			require.NotEqual(t, unknown, text, "%s %s", code, kind)
			require.Regexp(t, `^[A-Z][^{}]*\.$`, text)
			require.LessOrEqual(t, len(text), 160, text)
		}
	}
}

// TestText: sentences are made of code and parameters, unless there is a Reason.
func TestText(t *testing.T) {
	docx := "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	for _, row := range []struct {
		about  string
		code   upload.Code
		params map[string]any
		want   string
	}{
		{"a type", upload.CodeTypeNotAllowed, map[string]any{"type": docx, "accepted": []string{"application/pdf", "image/png", "image/jpeg"}}, "Word documents (.docx) are not accepted. Send PDF, PNG or JPEG."},
		{"a type without a name", upload.CodeTypeNotAllowed, map[string]any{"accepted": []string{"text/plain"}}, "Files of this type are not accepted. Send plain text (.txt)."},
		{"a type that a host has named", upload.CodeTypeNotAllowed, map[string]any{"accepted": []string{"model/x", "image/png"}}, "Files of this type are not accepted. Send model/x or PNG."},
		{"types of one name", upload.CodeTypeNotAllowed, map[string]any{"type": "text/plain", "accepted": []string{"text/html", "application/xhtml+xml"}}, "Plain text files (.txt) are not accepted. Send HTML."},
		{"nothing is accepted", upload.CodeTypeNotAllowed, map[string]any{"accepted": []string{}}, "Files of this type are not accepted."},
		{"a name", upload.CodeTypeMismatch, map[string]any{"type": "image/jpeg", "extensions": []string{".jpg", ".jpeg"}}, "The name of the file does not fit what is in it. Names of JPEG pictures end in .jpg or .jpeg."},
		{"a size", upload.CodeTooLarge, map[string]any{"kind": "file", "limit": int64(5 << 20)}, "The file is larger than 5 MB. Choose a smaller one."},
		{"a size between", upload.CodeTooLarge, map[string]any{"kind": "file", "limit": 1_500_000}, "The file is larger than 1.4 MB. Choose a smaller one."},
		{"bytes", upload.CodeTooLarge, map[string]any{"kind": "text", "limit": 1000}, "A text in the form is longer than 1000 bytes. Shorten it."},
		{"a byte", upload.CodeTooLarge, map[string]any{"kind": "file", "limit": 1}, "The file is larger than one byte. Choose a smaller one."},
		{"the largest size", upload.CodeTooLarge, map[string]any{"kind": "request", "limit": int64(1<<63 - 1)}, "The upload is too large. At most 8589934591.9 GB can be sent at once."},
		{"a file too many", upload.CodeTooMany, map[string]any{"kind": "files", "limit": 1}, "At most one file can be sent here."},
		{"a field without a file", upload.CodeMissingFile, map[string]any{"fields": []string{"cv"}}, "Please choose a file."},
		{"fields without a file", upload.CodeMissingFile, map[string]any{"kind": "several", "fields": []string{"cv", "photo"}}, "Please choose a file for each field that needs one."},
		{"pixels", upload.CodeTooManyPixels, map[string]any{"width": int64(9), "height": int64(8), "max_width": int64(7), "max_height": int64(6)}, "The picture has 9 x 8 pixels. At most 7 x 6 are accepted."},
		{"a kind that is not known", upload.CodeActiveContent, map[string]any{"kind": "of tomorrow"}, "The file has something in it that acts, which is not accepted."},
		{"parameters of other types", upload.CodeTooLarge, map[string]any{"kind": 1, "limit": "x"}, "The upload is too large."},
		{"a code of a host", "mine", nil, "The upload was refused."},
	} {
		e := &upload.Error{Code: row.code, Params: row.params}
		require.Equal(t, row.want, e.Text(), row.about)
		e.Reason = "My own words."
		require.Equal(t, "My own words.", e.Text(), row.about)
	}
	for _, row := range []struct {
		seconds int64
		want    string
	}{{1, "one second"}, {90, "90 seconds"}, {119, "119 seconds"}, {120, "2 minutes"}, {3601, "61 minutes"}, {7200, "2 hours"}, {7201, "3 hours"}} {
		e := &upload.Error{Code: upload.CodeRateLimited, RetryAfter: time.Duration(row.seconds) * time.Second}
		require.Equal(t, "You have sent too much for now. Try again in "+row.want+".", e.Text())
	}
}
