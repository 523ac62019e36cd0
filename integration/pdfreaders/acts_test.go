package pdfreaders_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/integration/internal/program"
	"github.com/airlock-go/upload/integration/pdfreaders"
)

// TestActs checks that, through each reader, [pdfreaders.Document.Acts] finds what acts, in several
// spellings, and passes what does not.
func TestActs(t *testing.T) {
	program.Find(t, "qpdf")
	program.Find(t, "mutool")
	link := func(uri string) subject {
		return subject{page: "/Annots[<</Type/Annot/Subtype/Link/Rect[0 0 9 9]/A 6 0 R>>]", acting: "<</S/URI/URI " + uri + ">>"}
	}
	file := func(name string) subject {
		return subject{page: "/Annots[<</Type/Annot/Subtype/Link/Rect[0 0 9 9]/A 6 0 R>>]", acting: "<</S/GoToR/F " + name + ">>"}
	}
	annotation := func(entries string) subject {
		return subject{page: "/Annots[6 0 R]", acting: "<</Type/Annot/Rect[0 0 9 9]" + entries + ">>"}
	}
	model := func(entries, data string) subject {
		return subject{
			page:   "/Annots[<</Type/Annot/Subtype/3D/Rect[0 0 9 9]/3DD 6 0 R/3DA<</A/PO>>>>]",
			acting: fmt.Sprintf("<<%s/Length %d>>stream\n%s\nendstream", entries, len(data), data),
		}
	}
	opens := func(action string) subject { return subject{catalog: "/OpenAction 6 0 R", acting: action} }
	for _, c := range []struct {
		name string
		file subject
		acts bool
	}{
		{"a link to the web", link("(https://example.com/)"), false},
		{"a link of a script with a control character", link(`(java\nscript:x)`), true},
		{"a link of a script after a control character", link(`(\001javascript:x)`), true},
		{"a link of a script in UTF-16, in hexadecimal", link("<feff006a006100760061007300630072006900700074003a>"), true},
		{"a link to another machine, after a control character", link(`(\001//host/x)`), true},
		{"a link into a text editor", link("(textedit:///home/x)"), true},
		{"a base that is a script", subject{catalog: "/URI 6 0 R", acting: "<</Base(javascript:)>>"}, true},
		{"a file at a relative path", file("(../b.pdf)"), false},
		{"a file of another machine in UTF-16, in hexadecimal", file("<feff002f002f0068>"), true},
		{"a file of another machine after a control character", file(`(\001\\\\host\\x)`), true},
		{"a file whose name is not a string", file("/x"), true},
		{"a layer on opening", opens("<</S/SetOCGState/State[]>>"), false},
		{"the web on opening", opens("<</S/URI/URI(https://example.com/)>>"), true},
		{"the web on opening, with an owner", opens("<</S/URI/URI(https://example.com/)/O/Link>>"), true},
		{"an unknown action on opening, with an owner", opens("<</S/Paint/O/Link>>"), true},
		{"the web at the end of a long chain on opening", opens(chain(21)), true},
		{"a chain that goes round in a circle", opens("<</S/GoTo/D[3 0 R/Fit]/Next 6 0 R>>"), false},
		{"a presentation that goes on to the web", subject{page: "/PresSteps<</Type/NavNode/NA 6 0 R>>", acting: "<</S/URI/URI(https://example.com/)>>"}, true},
		{"a collection outside of the catalogue", subject{catalog: "/X 6 0 R", acting: "<</Collection<</View/T>>>>"}, true},
		{"an unknown annotation with only an appearance", annotation("/Subtype/FREETEXT/DA(x)"), false},
		{"an unknown annotation with an action", annotation("/Subtype/FREETEXT/A<</S/GoTo/D[3 0 R/Fit]>>"), true},
		{"an unknown annotation with an unknown entry", annotation("/Subtype/FREETEXT/Data(x)"), true},
		{"a model", model("/Type/3D/Subtype/U3D", "U3D\x00abc"), false},
		{"a model whose data is of another type", model("/Type/3D/Subtype/PRC", "U3D\x00abc"), true},
		{"a model of an unknown type", model("/Subtype/STEP", "abc"), true},
		{"a model that is a picture", model("/Subtype/Image/Width 1/Height 1", "abc"), false},
		{"a model that is not a model", model("/Subtype/U3D", "abc"), true},
		{"a model that names another file", model("/Subtype/U3D", "U3D\x00abc\x12\xff\xff\xff"), true},
		{"a model with a script", model("/Subtype/U3D/OnInstantiate 3 0 R", "U3D\x00abc"), true},
		{"a stream whose data is in another file", subject{page: "/Contents 6 0 R", acting: "<</F(https://example.com/x)/Length 0>>stream\n\nendstream"}, true},
		{"a page that is in another file", subject{page: "/Contents 6 0 R", acting: "<</Ref<</F(x.pdf)/Page 0>>/Length 0>>stream\n\nendstream"}, true},
		{"a view on a click", annotation("/Subtype/Link/A<</S/GoTo3DView/TA 6 0 R/V 0>>"), false},
		{"a film", annotation("/Subtype/Movie/Movie<</F(x.avi)>>"), true},
		{"a sound on a click", annotation("/Subtype/Widget/A<</S/Sound/Sound 3 0 R>>"), false},
		{"a sound on opening", opens("<</S/Sound/Sound 3 0 R>>"), true},
	} {
		path := filepath.Join(t.TempDir(), "a.pdf")
		f := begin(c.file)
		f.object(6, c.file.acting)
		f.end("", f.at)
		require.NoError(t, os.WriteFile(path, f.Bytes(), 0o600))
		for name, reader := range pdfreaders.Readers() {
			document, err := reader.Read(t.Context(), path)
			require.NoError(t, err, c.name)
			require.Equal(t, c.acts, len(document.Acts()) > 0, "%s, %s: %q", name, c.name, document.Acts())
		}
	}
}

// chain returns an action followed by that many others, with the web at their end.
func chain(n int) string {
	if n == 0 {
		return "<</S/URI/URI(https://example.com/)>>"
	}
	return "<</S/GoTo/D[3 0 R/Fit]/Next" + chain(n-1) + ">>"
}
