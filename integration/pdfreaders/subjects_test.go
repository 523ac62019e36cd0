package pdfreaders_test

import (
	"fmt"
	"strings"
)

// subject is an object, number 6, with a harmless and an acting body, and entries of the catalogue
// or the page that refer to it.
type subject struct {
	name, catalog, page, harmless, acting string
}

// subjects are objects whose acting bodies act with the references to them, and some also alone.
var subjects = []subject{
	{"opens", "/OpenAction 6 0 R", "", "<</S/GoTo/D[3 0 R/Fit]>>", "<</S/URI/URI(https://example.com/)>>"},
	{"events", "", "/AA 6 0 R", "<</O<</S/Named/N/NextPage>>>>", "<</O<</S/URI/URI(https://example.com/)>>>>"},
	{"an event", "", "/AA<</O 6 0 R>>", "<</S/Hide/T(x)>>", "<</S/ResetForm>>"},
	{"a presentation", "", "/PresSteps<</Type/NavNode/NA 6 0 R>>", "<</S/SetOCGState/State[]>>", "<</S/URI/URI(https://example.com/)>>"},
	{"a place for a film", "", "/Annots[6 0 R]", "<</Type/Annot/Subtype/Movie/Rect[0 0 9 9]>>", "<</Type/Annot/Subtype/Movie/Rect[0 0 9 9]/Movie<</F(x.avi)>>>>"},
	{"a misspelled annotation", "", "/Annots[6 0 R]", "<</Type/Annot/Subtype/FREETEXT/Rect[0 0 9 9]/DA(x)>>", "<</Type/Annot/Subtype/FREETEXT/Rect[0 0 9 9]/X 0>>"},
	{"a sound", "", "/Annots[<</Type/Annot/Subtype/Widget/Rect[0 0 9 9]/A 6 0 R>>]", "<</S/Sound/Sound 3 0 R>>", "<</S/Rendition/OP 0>>"},
	{"a model", "", "/Annots[<</Type/Annot/Subtype/3D/Rect[0 0 9 9]/3DD 6 0 R>>]", modelOf(""), modelOf("\x12\xff\xff\xff\x04\x00\x00\x00\x00\x00\x00\x00abcd")},
	{"names of scripts", "/Names<</JavaScript 6 0 R>>", "", "<</Names[]>>", "<</Names[(a)7 0 R]>>"},
	{"names of files", "/Names<</EmbeddedFiles 6 0 R>>", "", "<</Kids[]>>", "<</Kids[7 0 R]>>"},
	{"files", "/X<</Type/Filespec/EF 6 0 R>>", "", "<<>>", "<</F 3 0 R>>"},
	{"a link", "", "/Annots[<</Type/Annot/Subtype/Link/Rect[0 0 9 9]/A<</S/URI/URI 6 0 R>>>>]", "(https://example.com/)", "(file:///etc/passwd)"},
	{"a link to a file", "", "/Annots[<</Type/Annot/Subtype/Link/Rect[0 0 9 9]/A 6 0 R>>]", "<</S/GoToR/F(../b.pdf)/D[0/Fit]>>", "<</S/GoToR/F(//host/b.pdf)/D[0/Fit]>>"},
	{"a link to a file, specified", "", "/Annots[<</Type/Annot/Subtype/Link/Rect[0 0 9 9]/A 6 0 R>>]", "<</S/GoToR/F<</F(b.pdf)/UF(b.pdf)>>>>", "<</S/GoToR/F<</F(b.pdf)/UF(c:/b.pdf)>>>>"},
	{"a file", "", "/Annots[<</Type/Annot/Subtype/Link/Rect[0 0 9 9]/A<</S/GoToR/F 6 0 R/D[0/Fit]>>>>]", "<</Type/Filespec/F(b.pdf)/UF(b.pdf)>>", "<</Type/Filespec/F(//host/b.pdf)/UF(//host/b.pdf)>>"},
	{"the name of a file", "", "/Annots[<</Type/Annot/Subtype/Link/Rect[0 0 9 9]/A<</S/GoToR/F 6 0 R/D[0/Fit]>>>>]", "(b.pdf)", "(//host/b.pdf)"},
	{"a click", "", "/Annots[<</Type/Annot/Subtype/Link/Rect[0 0 9 9]/A 6 0 R>>]", "<</S/URI/URI(https://example.com/)>>", "<</S/Paint>>"},
	{"a script", "/OpenAction 6 0 R", "", "[3 0 R/Fit]", "<</S/JavaScript/JS(app.alert\\(1\\))>>"},
}

// modelOf returns a stream with a model of U3D that has these blocks.
func modelOf(blocks string) string {
	model := "U3D\x00\x18\x00\x00\x00\x00\x00\x00\x00" + strings.Repeat("\x00", 24) + blocks
	return fmt.Sprintf("<</Type/3D/Subtype/U3D/Length %d>>stream\n%s\nendstream", len(model), model)
}
