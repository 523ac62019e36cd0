package inspect_test

import (
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/corpus"
	"github.com/airlock-go/upload/internal/inspect"
	"github.com/airlock-go/upload/internal/sniff"
)

// documentInspector returns the inspector of a document or a text of some type, with or without the
// stricter options.
func documentInspector(mediaType string, strict bool) inspector {
	switch mediaType {
	case "application/pdf":
		return &inspect.PDF{RefuseActive: strict}
	case "image/svg+xml":
		return &inspect.SVG{}
	case "text/xml":
		return &inspect.XML{}
	case "text/csv":
		return &inspect.CSV{RefuseFormulas: strict, EightBit: true}
	case "text/tab-separated-values":
		return &inspect.CSV{RefuseFormulas: strict, Tabs: true, EightBit: true}
	case "application/json":
		return &inspect.JSON{}
	}
	return &inspect.Text{EightBit: true}
}

type inspector interface {
	io.Writer
	Verdict() error
}

// documentCode returns the code with which a policy for its type refuses a file, "" if it accepts
// it.
func documentCode(f corpus.File, strict bool) (code string, fault error) {
	ext := strings.ToLower(filepath.Ext(f.Name))
	switch detected := sniff.Resolve(f.Content, ext); {
	case detected == sniff.Empty:
		return "empty", nil
	case detected != f.Type:
		return "type_not_allowed", nil
	case !slices.Contains(sniff.Extensions(detected), ext):
		return "type_mismatch", nil
	}
	w := documentInspector(f.Type, strict)
	for rest := f.Content; len(rest) > 0; { // in several cuts
		n := min(len(rest), 1+len(rest)/3)
		_, _ = w.Write(rest[:n])
		rest = rest[n:]
	}
	if err := w.Verdict(); err != nil {
		return "content", err
	}
	return "", nil
}

func TestDocumentCorpus(t *testing.T) {
	count := map[bool]int{}
	for _, f := range slices.Concat(corpus.Documents(), corpus.Texts()) {
		code, fault := documentCode(f, false)
		require.Equal(t, f.Code, code, "%s: %v", f.About, fault)
		count[f.Code == ""]++
	}
	for _, f := range slices.Concat(corpus.ActiveDocuments(), corpus.Formulas()) {
		code, fault := documentCode(f, false)
		require.Empty(t, code, "%s: %v", f.About, fault)
		code, _ = documentCode(f, true)
		require.Equal(t, f.Code, code, f.About)
		count[false]++
	}
	require.GreaterOrEqual(t, count[false], 60)
	require.GreaterOrEqual(t, count[true], 20)
	t.Logf("%d hostile, %d legitimate", count[false], count[true])
}

// judgedDocuments lists real files that are refused, by parts of their path and of the reason. The
// verdict says what in them is refused.
var judgedDocuments = []struct{ path, reason, verdict string }{
	{"gofpdf/pdf/Fpdf_FileAnnotations.pdf", "something other than an object", "a stream within a dictionary: a defect of its library, which readers repair"},
	{".svg", "refers to something outside", "pictures and pages beside the file or on its author's disk"},
	{".svg", "declares a document type", "entities of its own, and invented document types"},
	{".svg", "static images do not have", "elements of HTML; invented elements"},
	{".svg", "contains a script", "scripts and event attributes of demonstrations"},
	{".svg", "well-formed", "attributes and elements that are not closed"},
	{".svg", "is not an SVG image", "a document of another kind with that name"},
	{".xml", "document type", "a DTD"},
	{".xml", "encoding that is not accepted", "tests of character sets"},
	{".xml", "attribute twice", "not well-formed: definitions of a library, which its own reader accepts"},
	{".xml", "declares an invalid namespace", "tests of XML parsers"},
	{".xml", "a browser or a server runs", "XSLT, XHTML and SVG"},
	{".xml", "processing instruction", "tests of XML parsers, style sheets"},
	{".xml", "well-formed", "tests of XML parsers"},
	{".txt", "markup", "HTML and XML as tests and examples"},
	{".txt", "valid UTF-8", "texts in old encodings"},
	{".txt", "control character", "UTF-16 without a mark, recordings of terminals, tests"},
	{".txt", "within a character", "texts in old encodings"},
	{".csv", "markup", "a placeholder that is written like a cell of HTML"},
	{".csv", "valid UTF-8", "tables in old encodings"},
	{".tsv", "markup", "descriptions of packages with HTML in them"},
}

// TestRealDocuments judges documents that were not made for this test: those of the Go source tree,
// and of every folder in UPLOAD_REAL_FILES (a list as in PATH). It fails for a refusal that
// judgedDocuments does not list.
func TestRealDocuments(t *testing.T) {
	goroot, err := exec.Command("go", "env", "GOROOT").Output()
	require.NoError(t, err)
	folders := append(filepath.SplitList(os.Getenv("UPLOAD_REAL_FILES")), filepath.Join(strings.TrimSpace(string(goroot)), "src"))
	types := map[string]string{
		".pdf": "application/pdf", ".svg": "image/svg+xml", ".xml": "text/xml", ".txt": "text/plain", ".csv": "text/csv", ".tsv": "text/tab-separated-values",
	}
	seen, refused := map[string]int{}, map[string]int{}
	for _, folder := range folders {
		_ = filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
			ext := strings.ToLower(filepath.Ext(path))
			if err != nil || types[ext] == "" || !entry.Type().IsRegular() {
				return nil
			}
			b, err := os.ReadFile(path)
			require.NoError(t, err)
			w := documentInspector(types[ext], false)
			seen[ext]++
			_, _ = w.Write(b)
			if err := w.Verdict(); err != nil && len(b) > 0 {
				refused[ext]++
				assert.True(t, slices.ContainsFunc(judgedDocuments, func(j struct{ path, reason, verdict string }) bool {
					return strings.Contains(path, j.path) && strings.Contains(err.Error(), j.reason)
				}), "%s %v", path, err)
			}
			return nil
		})
	}
	require.NotZero(t, seen[".txt"])
	t.Logf("seen %v, refused %v", seen, refused)
}
