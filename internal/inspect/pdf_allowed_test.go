package inspect_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/inspect"
)

// TestPDFHarmless: names that an author chose, entries that do nothing, and some actions are
// accepted.
func TestPDFHarmless(t *testing.T) {
	for _, c := range []struct{ name, in string }{
		{"fonts", pdf(object(3, "<</Resources<</Font<</AA 5 0 R/JS 5 0 R/EF 5 0 R/OpenAction 5 0 R/JavaScript 5 0 R/URI 5 0 R/S 5 0 R>>>>>>"), object(5, "<</Type/Font/Subtype/Type1>>"))},
		{"glyphs", pdf(object(5, "<</Type/Encoding/Differences[65/AA/EF/JS/JavaScript/Launch]>>"))},
		{"roles", pdf(object(5, "<</RoleMap<</JavaScript/P/Launch/Span/AA/P>>>>"))},
		{"font with a name", pdf(object(5, "<</Type/Font/BaseFont/JavaScript>>"))},
		{"empty trees", pdf(holdsNames("/JavaScript<</Names[]>>/EmbeddedFiles<</Kids[]>>"))},
		{"a form whose XFA is null", holds("/AcroForm<</XFA null/Fields[]>>")},
		{"a form whose XFA is empty", holds("/AcroForm<</XFA[]>>")},
		{"usage rights", holds("/Perms<</UR3<</EF[/Create/Delete]>>>>")},
		{"element of the structure", pdf(object(5, "<</Type/StructElem/S/Sect/P 3 0 R/A<</O/Layout>>>>"))},
		{"element of the structure by reference", pdf(object(5, "<</A 6 0 R/Next 7 0 R>>"), object(6, "<</S/Sect/P 3 0 R>>"), object(7, "<</Title(x)>>"))},
		{"attributes of the structure", pdf(object(5, "<</Type/StructElem/S/Link/P 3 0 R/A<</O/Link/S/R>>>>"))},
		{"attributes of the structure by reference", pdf(object(5, "<</A 6 0 R>>"), object(6, "<</ID(x)/O/Link/S/R>>"))},
		{"type that is stored elsewhere", pdf(object(5, "<</Type 6 0 R/Differences[]>>"), object(6, "/Encoding"))},
		{"opens at a page", holds("/OpenAction<</Type/Action/S/GoTo/D[3 0 R/Fit]>>")},
		{"a link to a file beside it", clicks("/A<</S/GoToR/F(../b/x%20y.pdf)/D[0/Fit]/NewWindow true>>")},
		{"a link to a file beside it, specified", clicks("/A<</S/GoToR/D(a)/F<</Type/Filespec/F(x.pdf)/UF<feff00e9002e007000640066>>>>>")},
		{"a link to a file with a bar in its name", clicks(`/A<</S/GoToR/F(report|final.pdf)>>`)},
		{"a link to a file with a long name", clicks(`/A<</S/GoToR/F(` + strings.Repeat("x", 9000) + `)>>`)},
		{"a link to a file with a Russian name", clicks("/A<</S/GoToR/F<feff043a002f043a>>>")},
		{"a link to a file beside it, specified elsewhere", pdf(object(5, "<</A<</F 6 0 R/S/GoToR>>>>"), object(6, "<</Type/Filespec/F(x.pdf)/UF(x.pdf)/Subtype/application#2fpdf/AFRelationship/Unspecified/Desc(x)>>"))},
		{"a link to a file whose name is an object", pdf(object(5, "<</A<</S/GoToR/F 6 0 R>>>>"), object(6, "(Part 2: x.pdf)"))},
		{"a link to a file that is described", clicks("/A<</S/GoToR/F<</Type/Filespec/F(x.pdf)/UF(x.pdf)/Desc(//x)/AFRelationship/Unspecified>>>>")},
		{"a link to a file beside it, by reference", pdf(object(5, "<</Subtype/Link/Rect[0 0 1 1]/A 6 0 R>>"), object(6, "<</S/GoToR/F(x.pdf)>>"))},
		{"a button that prints", clicks("/A<</S/Named/N/Print>>")},
		{"a button of slides that shows them in full screen", clicks("/A<</S/Named/N/FullScreen>>")},
		{"a button of slides that closes them", clicks("/A<</S/Named/N/Quit>>")},
		{"a place for media", pdf(object(5, "<</Type/Annot/Subtype/Screen/Rect[0 0 1 1]/MK<<>>>>"))},
		{"a note that can be heard", pdf(object(5, "<</Type/Annot/Subtype/Sound/Rect[0 0 1 1]/Sound 7 0 R>>"), pdfStream("/Type/Sound/R 8000", "x"))},
		{"a note that plays its sound", clicks("/A<</Type/Action/S/Sound/Sound 7 0 R/Volume 1/Repeat false>>")},
		{"no operation, of PDF 1.2", clicks("/A<</Type/Action/S/NOP>>")},
		{"the appearance of an annotation, set as in PDF 1.2", clicks("/A<</Type/Action/S/SetState/T[5 0 R]/AS/On>>")},
		{"a type of annotation that is misspelled", pdf(object(5, "<</Type/Annot/Subtype/FREETEXT/Rect[0 0 9 9]/F 4/P 3 0 R/C[1 0 0]/Contents(x)/DA(x)/DS(x)/RC(x)/IT/FreeTextTypewriter/BS 6 0 R/AP<</N 7 0 R>>>>"))},
		{"a place for a film that has none", pdf(object(5, "<</Type/Annot/Subtype/Movie/Rect[0 0 9 9]/Border[0 0 0]/AP<</N 7 0 R>>>>"))},
		{"a place for rich media that has none", pdf(object(5, "<</Type/Annot/Subtype/RichMedia/NM(x)/BS<</S/S/W 0>>/Rect[0 0 9 9]>>"))},
		{"hides a field on opening", holds("/OpenAction<</S/Hide/T(x)/H true>>")},
		{"shows a layer on opening", holds("/OpenAction<</S/SetOCGState/State[/ON 3 0 R]/PreserveRB true>>")},
		{"a transition by an event", pdf(object(3, "<</AA<</Fo 5 0 R>>>>"), object(5, "<</S/Trans/Trans<</S/Split/Dm/V/M/O/D 3>>>>"))},
		{"a part of the document, and then a layer", holds("/OpenAction<</S/GoToDp/Dp 3 0 R/Next[<</S/NOP>><</S/SetOCGState/State[]>>]>>")},
		{"events by reference, to a page by reference", pdf(object(3, "<</Type/Page/AA 5 0 R>>"), object(5, "<</O 6 0 R/C 6 0 R>>"), object(6, "<</S/GoTo/D 7 0 R>>"), object(7, "[3 0 R/Fit]"))},
		{"text of a book", pdf(pdfStream("", "(12 0 obj) Tj 13 0 obj <</Type/Page/Contents 5 0 R>> endobj (the obj )"))},
		{"profile of colours", pdf(pdfStream("/N 3/Filter/FlateDecode", deflate("\x00\x00\x0c4ADBE 1 2")))},
		{"annotations in an array", pdf(object(5, "[<</Subtype/Link/Rect[0 0 1 1]>><</Subtype/Highlight/Rect[0 0 1 1]>><</Type/Annot/Subtype/Stamp>>]"))},
		{"length that is wrong", pdf("7 0 obj<</Length 40>>stream\nabc\nendstream\nendobj", catalog, "8 0 obj 3 endobj")},
	} {
		require.Empty(t, passive(t, c.in, inspect.PDFAllow{}), c.name)
	}
}

func TestPDFAllow(t *testing.T) {
	calculates := func(script string) string {
		return pdf(object(5, "<</Subtype/Widget/AA<</F<</S/JavaScript/JS("+script+")>>>>>>"))
	}
	var (
		calculations = inspect.PDFAllow{Calculations: true}
		attachments  = inspect.PDFAllow{Attachments: true}
		links        = inspect.PDFAllow{Links: true}
	)
	for _, c := range []struct {
		name, in string
		allow    inspect.PDFAllow
		want     string
	}{
		{"formats", calculates(`AFDate_FormatEx\("dd.mm.yyyy"\);`), calculations, ""},
		{"adds up", calculates(`AFSimple_Calculate\("SUM", new Array \("a","b"\)\);`), calculations, ""},
		{"two calls", calculates(`AFNumber_Format\(2, 0, 0, 0, "", true\); AFRange_Validate\(true, -1, false, 1.5\)`), calculations, ""},
		{"by reference", pdf(object(5, "<</AA<</F 6 0 R>>>>"), object(6, `<</S/JavaScript/JS(AFTime_Format\(0\))>>`)), calculations, ""},
		{"in UTF-16", pdf(object(5, "<</S/JavaScript/JS<feff004100460054006900"+"6d0065005f0046006f0072006d006100740028"+"00300029>>>")), calculations, ""},
		{"in UTF-16, not a call", pdf(object(5, "<</S/JavaScript/JS<feff0041004600540069006d0065>>>")), calculations, script},
		{"runs something else, too", calculates(`AFTime_Format\(0\);app.alert\(1\)`), calculations, script},
		{"another function", calculates(`AFMergeChange\(event\)`), calculations, script},
		{"a call as an argument", calculates(`AFTime_Format\(app.alert\(1\)\)`), calculations, script},
		{"a template as an argument", calculates("AFTime_Format\\(`${app.alert\\(1\\)}`\\)"), calculations, script},
		{"an operator", calculates(`AFTime_Format\(0+x\)`), calculations, script},
		{"a comment", calculates(`AFTime_Format\(0\)//`), calculations, script},
		{"nothing", calculates(``), calculations, script},
		{"unfinished string", calculates(`AFTime_Format\("x`), calculations, script},
		{"elsewhere", pdf(object(5, "<</S/JavaScript/JS 6 0 R>>")), calculations, script},
		{"attachment with calculations", pdf(pdfStream("/Type/EmbeddedFile", "x")), calculations, attachment},
		{"attachment", pdf(pdfStream("/Type/EmbeddedFile", "x"), holdsNames("/EmbeddedFiles<</Names[(a)6 0 R]>>"), object(6, "<</EF<</F 7 0 R>>>>")), attachments, ""},
		{"attachment by reference", pdf(object(5, "<</EF 6 0 R>>"), object(6, "<</UF 7 0 R>>")), attachments, ""},
		{"tree of attachments by reference", pdf(holdsNames("/EmbeddedFiles 6 0 R"), object(6, "<</Names[(a)7 0 R]>>")), attachments, ""},
		{"script with attachments", calculates(`AFTime_Format\(0\)`), attachments, script},
		{"link to a file", clicks("/A<</S/GoToR/F(//host/x.pdf)/D[0/Fit]>>"), links, ""},
		{"link to a file on opening", holds("/OpenAction<</S/GoToR/F(x.pdf)>>"), links, action},
		{"link by a reference", pdf(object(5, "<</A<</S/URI/URI 6 0 R>>>>"), object(6, "(file:x)")), links, ""},
		{"script by a reference", pdf(object(5, "<</A<</S/URI/URI 6 0 R>>>>"), object(6, "(javascript:x)")), links, script},
		{"program with links", clicks("/A<</S/Launch/F(x)>>"), links, program},
	} {
		require.Equal(t, c.want, passive(t, c.in, c.allow), c.name)
	}
}
