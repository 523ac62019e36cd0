package inspect_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/inspect"
)

func TestPDFLinks(t *testing.T) {
	for _, c := range []struct{ name, uri, want string }{
		{"web", "(https://example.com/)", ""},
		{"web in capitals", "(HTTP://EXAMPLE.COM)", ""},
		{"mail", "(mailto:a@example.com)", ""},
		{"telephone", "(tel:+49123)", ""},
		{"relative", "(docs/a:b.html)", ""},
		{"without a scheme", "(www.example.com)", ""},
		{"another computer, with a port", "(//example.com:80/)", link},
		{"nothing", "()", ""},
		{"script", "(javascript:alert(1))", script},
		{"script in capitals", "(JavaScript:alert(1))", script},
		{"script after white space", "(  \t javascript:x)", script},
		{"script with a line break", `(java\nscript:x)`, script},
		{"script in octal", `(\152\141\166\141script:x)`, script},
		{"script over two lines", "(java\\\nscript:x)", script},
		{"script in hexadecimal", "<6a6176617363726970743a78>", script},
		{"script in UTF-16", "<feff006a006100760061007300630072006900700074003a>", script},
		{"data", "(data:text/html,x)", script},
		{"file", "(file:///etc/passwd)", link},
		{"file on another computer", `(\\\\host\\share)`, link},
		{"file on another computer, other slashes", `(/\\host/share)`, link},
		{"drive", `(C:\\Windows\\x.exe)`, link},
		{"handler of a program", "(ms-word:ofe|u|https://example.com/a.docx)", link},
		{"transfer", "(ftp://example.com/)", ""},
		{"news", "(news:comp.text.tex)", ""},
		{"editor", "(textedit:///home/x/a.ly:1:1:1)", link},
		{"longer than any scheme", "(" + strings.Repeat("a", 65) + ":x)", link},
		{"script by reference", "6 0 R", script},
	} {
		in := pdf(catalog, object(5, "<</A<</S/URI/URI "+c.uri+">>>>"), object(6, "(javascript:x)"))
		require.Equal(t, c.want, passive(t, in, inspect.PDFAllow{}), c.name)
		if c.want != script {
			require.Empty(t, passive(t, in, inspect.PDFAllow{Links: true}), c.name)
		}
	}
	require.Equal(t, script, passive(t, holds("/URI<</Base(javascript:)>>"), inspect.PDFAllow{Links: true}), "base of relative links")
}

func TestPDFCarries(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"annotation for a model, without a place", clicks(`/B<</Subtype/3D>>`), media},
		{"annotation for a model, escaped", clicks(`/B<</Subtype/#33D>>`), media},
		{"script of a model", pdf(pdfStream("/Type/3D/Subtype/U3D/OnInstantiate 6 0 R", "x")), script},
		{"model of an annotation", clicks(`/3DD 6 0 R`), media},
		{"rich media", clicks(`/Subtype/RichMedia/RichMediaContent 6 0 R`), media},
		{"rich media with an action", clicks(`/Subtype/RichMedia/A<</S/GoTo/D[3 0 R/Fit]>>`), media},
		{"rich media without a place", clicks(`/B<</Type/Annot/Subtype/RichMedia>>`), media},
		{"rich media with an unknown entry", clicks(`/Subtype/RichMedia/Settings 6 0 R`), media},
		{"film in another file", clicks(`/Subtype/Movie/Movie 6 0 R`), media},
		{"film in one body of two", pdf(object(5, "<</Subtype/Movie/Rect[0 0 9 9]>>"), object(5, "<</Subtype/Movie/Rect[0 0 9 9]/Movie<</F(x)>>>>")), media},
		{"content of rich media", clicks(`/RichMediaContent<<>>`), media},
		{"film without a place", clicks(`/B<</Subtype/Movie>>`), media},
		{"sound in another file on a click", pdf(object(5, "<</A<</S/Sound/Sound 7 0 R>>>>"), pdfStream("/R 8000/F(x.wav)", "")), external},
		{"sound in another file", pdf(object(5, "<</Subtype/Sound/Rect[0 0 1 1]/Sound 7 0 R>>"), pdfStream("/R 8000/F(x.wav)", "")), external},
		{"screen that plays", pdf(object(5, "<</Subtype/Screen/Rect[0 0 1 1]/A<</S/Rendition/OP 0>>>>")), media},
		{"unknown annotation with an entry of its own", clicks(`/B<</Rect[0 0 9 9]/Subtype/Hologram/Data 6 0 R>>`), action},
		{"unknown annotation with an action", clicks(`/B<</Rect[0 0 9 9]/Subtype/Hologram/A<</S/GoTo/D[3 0 R/Fit]>>>>`), action},
		{"unknown annotation with events", clicks(`/B<</Rect[0 0 9 9]/Subtype/Hologram/AA 6 0 R>>`), action},
		{"unknown annotation with a script", clicks(`/B<</Rect[0 0 9 9]/Subtype/Hologram/AP<</S/JavaScript/JS(x)>>>>`), script},
		{"unknown annotation by its type", clicks(`/B<</Type/Annot/Subtype/Hologram>>`), action},
		{"data in another file", pdf(pdfStream("/F(https://example.com/x)", "")), external},
		{"data in another file, specified", pdf(pdfStream("/F<</FS/URL/F(https://example.com/x)>>", "")), external},
		{"data in another file, by reference", pdf(pdfStream("/F 6 0 R", "")), external},
		{"data in another file, escaped", pdf(pdfStream("/#46(x)", "")), external},
		{"data of several files", pdf(pdfStream("/F[(x)]", "")), external},
		{"page of another file", pdf(pdfStream("/Subtype/Form/Ref<</F(x.pdf)/Page 0>>", "")), external},
		{"form", holds("/AcroForm<</XFA 6 0 R>>"), form},
		{"form in parts", holds("/AcroForm<</XFA[(a)6 0 R]>>"), form},
		{"tree of attachments that is not there", holds("/Names<</EmbeddedFiles 6 0 R>>"), ""},
		{"attachments, one", pdf(holdsNames("/EmbeddedFiles 6 0 R"), object(6, "<</Kids[7 0 R]>>")), attachment},
		{"attachment", clicks("/FS<</Type/Filespec/F(a)/EF<</F 6 0 R>>>>"), attachment},
		{"attachment by an object without a type", pdf(object(5, "<</EF 6 0 R>>"), object(6, "<</UF 7 0 R>>")), attachment},
		{"annotation of an attachment", clicks("/Subtype/FileAttachment"), attachment},
		{"embedded file", pdf(pdfStream("/Type/EmbeddedFile", "MZ")), attachment},
		{"collection", holds("/Collection<</View/D>>"), action},
		{"names of scripts", holds("/Names<</JavaScript<</Names[(a)6 0 R]>>>>"), script},
		{"names of scripts in kids", holds("/Names<</JavaScript<</Kids[6 0 R]>>>>"), script},
		{"names of scripts by reference", holds("/Names<</JavaScript<</Names 6 0 R>>>>"), script},
		{"script of no type", clicks("/A<</JS(app.alert(1))>>"), script},
		{"encrypted, with an apparent link", strings.Replace(pdf(catalog, object(5, "<</S/URI/URI(//\x90)>>")), "/Root", "/Encrypt<</Filter/Standard>>/Root", 1), encrypted},
		{"encrypted", strings.Replace(pdf(catalog), "/Root", "/Encrypt<</Filter/Standard>>/Root", 1), encrypted},
		{"hidden stream of objects", pdf(pdfStream("", "9 0 obj<</N 1/First 4/Length 3>>stream\nabc")), action},
		{"hidden cross references", pdf(pdfStream("", "9 0 obj<</W[1 1 1]/Length 3>>stream\nabc")), action},
		{"hidden within a hidden object", pdf(pdfStream("", "5 0 obj (6 0 obj <</S/URI>>")), action},
		{"hidden beyond the string", pdf(object(5, "<</A(6 0 obj<</S)/JavaScript/JS(x)>>")), script},
		{"hidden without white space", pdf(pdfStream("", "5 0obj<</S/Launch>>")), program},
	} {
		require.Equal(t, c.want, passive(t, c.in, inspect.PDFAllow{}), c.name)
	}
}
