package inspect_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/inspect"
)

// TestRealArchives permits any type of entry in archives, since most hold programs. It fails for a
// refused file that judgedArchives does not list, except for Java archives, which must be refused.
func TestRealArchives(t *testing.T) {
	seen, refused := map[string]int{}, map[string]int{}
	eachRealFile(t, func(path, ext string) {
		w := realArchiveWalker(ext)
		if w == nil {
			return
		}
		f, err := os.Open(path)
		require.NoError(t, err)
		defer func() { _ = f.Close() }()
		seen[ext]++
		if err := judgeArchive(w, f); err != nil {
			refused[ext]++
			assert.True(t, ext == ".jar" || isJudged(path, judgedArchives), "%s %v", path, err)
		} else {
			assert.NotEqual(t, ".jar", ext, path)
		}
	})
	require.NotEmpty(t, seen[".zip"])
	t.Logf("files: %v, refused: %v", seen, refused)
}

func realArchiveWalker(ext string) archiveWalker {
	switch ext {
	case ".zip", ".whl", ".jar":
		return &inspect.Zip{AllowAnyType: true, Nesting: 3, Limits: inspect.ZipLimits{Entries: 20_000, TotalSize: 1 << 30}}
	}
	if mediaType := realDocuments[ext]; mediaType != "" {
		return &inspect.Document{Type: mediaType}
	}
	return nil
}

const (
	openXML      = "application/vnd.openxmlformats-officedocument."
	openDocument = "application/vnd.oasis.opendocument."
)

var realDocuments = map[string]string{
	".docx": openXML + "wordprocessingml.document", ".xlsx": openXML + "spreadsheetml.sheet",
	".pptx": openXML + "presentationml.presentation",
	".odt":  openDocument + "text", ".ott": openDocument + "text-template",
	".ods": openDocument + "spreadsheet", ".ots": openDocument + "spreadsheet-template",
	".odp": openDocument + "presentation", ".otp": openDocument + "presentation-template",
	".odg": openDocument + "graphics", ".otg": openDocument + "graphics-template",
	".epub": "application/epub+zip",
}

// judgedArchives lists real files that are refused, by the last elements of their path, and the
// reason that this is right.
var judgedArchives = []struct{ pattern, verdict string }{
	// Test data of programs that read archives.
	{"zip/testdata/dupdir.zip", "two folders with one name, on purpose"},
	{"zip/testdata/go-no-datadesc-sig.zip", "stored, and the sizes follow without a signature"},
	{"testdata/jar_in_zip.zip", "cut off on purpose"},
	{"zip/testdata/test-bad*.zip", "the end record lies, on purpose"},
	{"zip/testdata/test-trailing-junk.zip", "bytes after the end, on purpose"},
	{"zip/testdata/test-prefix.zip", "bytes before the beginning, on purpose"},
	{"zip/testdata/comment-truncated.zip", "entries that overlap, on purpose"},
	{"zip/testdata/readme.zip", "a comment of 1,125 bytes"},
	{"zip/testdata/symlink.zip", "a symbolic link"},
	{"zip/testdata/FuzzReader-raw.zip", "archives in it are broken, on purpose"},
	{"archivetestdata/zipdir_backslash.zip", "a name with a backslash, on purpose"},
	{"mimetype@*/testdata/pptx.pptx", "cut off after its first bytes, on purpose"},
	{"zstd/testdata/large.zip", "megabytes of one byte, to test a compressor"},

	// Modules of Go with such files, and with Java archives.
	{"compress/@v/v*.zip", "archives as above inside"},
	{"mimetype/@v/v*.zip", "archives as above, and a Java archive, inside"},
	{"toolchain/@v/v*.zip", "archives as above inside"},
	{"unqueryvet/@v/v*.zip", "a Java archive inside"},
	{"distributions/unqueryvet-goland-*.zip", "Java archives inside: a plug-in"},
}
