package inspect_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/inspect"
)

// The refusals, as the code and the kind that clients see.
const (
	script     = "active_content script"
	action     = "active_content action"
	program    = "active_content program"
	attachment = "active_content attachment"
	external   = "active_content external"
	link       = "active_content remote_link"
	form       = "active_content form"
	media      = "active_content media"
	pdfDamaged = "damaged"
	encrypted  = "encrypted"
	otherForm  = "unsupported_variant"
)

// passive returns the code and the kind with which an inspector that refuses active content refuses
// a file, "" if it accepts the file. It checks that the pieces of the file make no difference.
func passive(t *testing.T, in string, allow inspect.PDFAllow) string {
	t.Helper()
	whole := inPieces(in, len(in)+1, &inspect.PDF{RefuseActive: true, Allow: allow})
	for _, size := range []int{1, 2, 3, 7} {
		require.Equal(t, whole, inPieces(in, size, &inspect.PDF{RefuseActive: true, Allow: allow}), "in pieces of %d bytes: %.2000q", size, in)
	}
	return whole.code
}

// inPieces returns the verdict on a file that comes in pieces of that size.
func inPieces(in string, size int, f *inspect.PDF) finding {
	for piece := range slices.Chunk([]byte(in), size) {
		_, _ = f.Write(piece)
	}
	return found(f.Verdict())
}

// holds returns a file whose catalogue holds these entries.
func holds(entries string) string {
	return pdf("1 0 obj\n<</Type/Catalog/Pages 2 0 R" + entries + ">>\nendobj")
}

// clicks returns a file with a link that holds these entries.
func clicks(entries string) string {
	return pdf(catalog, "5 0 obj\n<</Type/Annot/Subtype/Link/Rect[0 0 9 9]"+entries+">>\nendobj")
}

func object(num int, value string) string { return fmt.Sprintf("%d 0 obj\n%s\nendobj", num, value) }

// referred returns a file of these objects and a cross-reference stream, whose rows have fields of
// 1, 4 and 2 bytes.
func referred(entries string, rows [][3]int, objects ...string) string {
	var data strings.Builder
	for _, r := range rows {
		data.Write([]byte{byte(r[0]), byte(r[1] >> 24), byte(r[1] >> 16), byte(r[1] >> 8), byte(r[1]), byte(r[2] >> 8), byte(r[2])})
	}
	file := "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + strings.Join(objects, "\n") + "\n"
	return file + fmt.Sprintf("20 0 obj\n<<%s/W[1 4 2]/Size %d/Root 1 0 R/Length %d>>stream\n%s\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n",
		entries, len(rows), data.Len(), data.String(), len(file))
}

// TestPDFStreamsOfObjects: readers follow the cross references to a stream of objects, whatever its
// type.
func TestPDFStreamsOfObjects(t *testing.T) {
	const acts = "1 0 <</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(app.alert(1))>>>>"
	stored := func(entries string) string {
		stream := fmt.Sprintf("5 0 obj\n<<%s/Length %d>>stream\n%s\nendstream\nendobj", entries, len(acts), acts)
		return referred("/Type/XRef", [][3]int{{0, 0, 0}, {2, 5, 0}}, object(2, "<</Type/Pages/Kids[]/Count 0>>"), stream)
	}
	deflated := func(entries, data string) string {
		data = deflate(data)
		stream := fmt.Sprintf("5 0 obj\n<<%s/Length %d>>stream\n%s\nendstream\nendobj", entries, len(data), data)
		return referred("/Type/XRef", [][3]int{{0, 0, 0}, {2, 5, 0}}, stream)
	}
	rows := "\x00" + acts // a row of PNG that predicts nothing
	for _, c := range []struct{ name, in, want string }{
		{"no type", stored("/N 1/First 4"), script},
		{"type of a picture", stored("/Type/XObject/N 1/First 4"), script},
		{"type elsewhere", stored("/Type 9 0 R/N 1/First 4"), script},
		{"type twice", stored("/Type/ObjStm/Type/XObject/N 1/First 4"), script},
		{"escaped type", stored("/#54ype/Obj#53tm/N 1/First 4"), script},
		{"type of null", stored("/Type null/N 1/First 4"), script},
		{"type as a string", stored("/Type(ObjStm)/N 1/First 4"), script},
		{"type in small letters", stored("/Type/objstm/N 1/First 4"), script},
		{"escaped keys", stored("/#4e 1/F#69rst 4"), script},
		{"type of metadata", stored("/Type/Metadata/Subtype/XML/N 1/First 4"), script},
		{"deflated", deflated("/N 1/First 4/Filter/FlateDecode", acts), script},
		{"deflated in an array", deflated("/N 1/First 4/Filter[/FlateDecode]/DecodeParms[null]", acts), script},
		{"predicted", deflated(fmt.Sprintf("/N 1/First 4/Filter/FlateDecode/DecodeParms<</Predictor 12/Columns %d>>", len(acts)), rows), script},
		{"predicted as in TIFF", deflated("/N 1/First 4/Filter/FlateDecode/DecodeParms<</Predictor 2/Columns 30>>", differences(acts, 1, 30)), script},
		{"predicted as in TIFF, of three colours", deflated("/N 1/First 4/Filter/Fl/DecodeParms<</Predictor 2/Colors 3/Columns 7>>", differences(acts, 3, 21)), script},
		{"predicted as in TIFF, of few bits", deflated("/N 1/First 4/Filter/FlateDecode/DecodeParms<</Predictor 2/BitsPerComponent 4/Columns 30>>", acts), otherForm},
		{"predicted in an unknown way", deflated("/N 1/First 4/Filter/FlateDecode/DecodeParms<</Predictor 3/Columns 30>>", acts), otherForm},
		{"cross references without a type", strings.Replace(stored("/N 1/First 4"), "/Type/XRef", "", 1), script},

		{"count elsewhere", stored("/N 9 0 R/First 4"), pdfDamaged},
		{"count as a fraction", stored("/N 1.0/First 4"), pdfDamaged},
		{"beginning elsewhere", stored("/N 1/First 9 0 R"), pdfDamaged},
		{"count twice", stored("/N 0/N 1/First 4"), pdfDamaged},
		{"beginning twice", stored("/N 1/First 4/First 5"), pdfDamaged},
		{"no beginning", stored("/N 1"), pdfDamaged},
		{"no beginning, type of a picture", stored("/Type/XObject/N 1"), pdfDamaged},
		{"filter twice", stored("/N 1/First 4/Filter null/Filter null"), pdfDamaged},
		{"length twice", stored("/N 1/First 4/Length 3"), pdfDamaged},
		{"short filter", deflated("/N 1/First 4/Filter/Fl", acts), script},
		{"short filter that is unknown", deflated("/N 1/First 4/Filter/Fla", acts), otherForm},
		{"short key of a filter", deflated("/N 1/First 4/F/FlateDecode", acts), otherForm},
		{"filter elsewhere", deflated("/N 1/First 4/Filter 9 0 R", acts), otherForm},
		{"other filter", deflated("/N 1/First 4/Filter/LZWDecode", acts), otherForm},
		{"two filters", deflated("/N 1/First 4/Filter[/FlateDecode/FlateDecode]", acts), otherForm},
		{"parameters elsewhere", deflated("/N 1/First 4/Filter/FlateDecode/DecodeParms 9 0 R", acts), otherForm},
		{"parameter twice", deflated("/N 1/First 4/Filter/FlateDecode/DecodeParms<</Predictor 1/Predictor 12>>", acts), otherForm},
		{"length elsewhere, and a word that may end it", strings.Replace(stored("/N 1/First 4"), fmt.Sprintf("/Length %d>>stream\n1 0 ", len(acts)), "/Length 8 0 R>>stream\nendstream 1 0 ", 1), pdfDamaged},
		{"objects and cross references, by its type", stored("/Type/ObjStm/W[1 1 1]/Size 1"), pdfDamaged},
		{"objects and cross references, by a count", stored("/N 1/W[1 1 1]/Size 1"), pdfDamaged},
		{"cross references by its type, with a count", stored("/Type/XRef/N 1/W[1 1 1]/Size 1"), pdfDamaged},
		{"objects and cross references", stored("/N 1/First 4/W[1 1 1]/Size 1"), pdfDamaged},
		{"length that is too short", strings.Replace(stored("/N 1/First 4"), fmt.Sprintf("/Length %d>>stream\n1", len(acts)), "/Length 9>>stream\n1", 1), script},
		{"without an action, length that is too short", pdf("7 0 obj<</N 1/First 4/Length 9>>stream\n9 0 <</Type/Page>>\nendstream endobj"), pdfDamaged},
	} {
		require.Equal(t, c.want, passive(t, c.in, inspect.PDFAllow{}), c.name)
	}
}

// differences predicts rows of row bytes as TIFF does: by the byte that is step bytes before.
func differences(s string, step, row int) string {
	out := []byte(s)
	for i := range out {
		if i%row >= step {
			out[i] = s[i] - s[i-step]
		}
	}
	return string(out)
}

// TestPDFBodiesOfOneObject: an object may have several bodies, and readers differ in which they
// use.
func TestPDFBodiesOfOneObject(t *testing.T) {
	const (
		page   = "<</S/GoTo/D[3 0 R/Fit]>>"
		web    = "<</S/URI/URI(https://example.com/)>>"
		opener = "1 0 obj<</Type/Catalog/OpenAction 6 0 R>>endobj"
	)
	xref := func(offset int, objects ...string) string {
		file := pdf(objects...)
		return strings.Replace(file, "xref\n0 1\n0000000000 65535 f \n", fmt.Sprintf("xref\n6 1\n%010d 00000 n \n", offset), 1)
	}
	prefix := len("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n2 0 obj\n<</Type/Pages/Kids[]/Count 0>>\nendobj\n")
	packed := func(rows [][3]int, header, objects string) string {
		data := header + objects
		return referred("/Type/XRef", rows, opener,
			fmt.Sprintf("5 0 obj<</Type/ObjStm/N 2/First %d/Length %d>>stream\n%s\nendstream endobj", len(header), len(data), data))
	}
	for _, c := range []struct{ name, in, want string }{
		{"one, to a page", pdf(opener, object(6, page)), ""},
		{"two, both to a page", pdf(opener, object(6, page), object(6, "[3 0 R/Fit]")), ""},
		{"the first leads to the web", pdf(opener, object(6, web), object(6, page)), action},
		{"the last leads to the web", pdf(opener, object(6, page), object(6, web)), action},
		{"the middle one leads to the web", pdf(opener, object(6, page), object(6, web), object(6, page)), action},
		{"before the reference", pdf(object(6, web), object(6, page), opener), action},
		{"in an update", pdf(opener, object(6, page)) + strings.TrimPrefix(pdf(object(6, web)), "%PDF-1.7"), action},
		{"of another generation", pdf(opener, object(6, page), "6 1 obj"+web+"endobj"), action},
		{"with zeros in front", pdf(opener, object(6, page), "0006 0 obj"+web+"endobj"), action},
		{"within the number of another", pdf(opener, object(6, page), object(16, web)), action},
		{"in an object stream", pdf(opener, object(6, page), pdfStream("/Type/ObjStm/N 1/First 4", "6 0 "+web)), action},
		{"hidden in a stream", pdf(opener, object(6, page), pdfStream("", object(6, web))), action},
		{"hidden in a string", pdf(opener, object(6, page), object(7, "("+object(6, "<</S/URI/URI<00>>>")+")")), action},
		{"hidden in a comment", pdf(opener, object(6, page), "%6 0 obj"+web), action},
		{"in a stream of unknown length, after a word that may end it", pdf(opener, object(6, page), "7 0 obj<</Length 8 0 R>>stream\nendstream 6 0 obj"+web+"endobj endstream endobj"), action},
		{"in a stream of unknown length, around a word that may end it", pdf(opener, object(6, page), "7 0 obj<</Length 8 0 R>>stream\n6 0 obj<</D(endstream )/S/URI/URI(x)>>endobj endstream endobj"), action},
		{"in a stream of unknown length, after it", pdf(opener, object(6, page), "7 0 obj<</Length 8 0 R>>stream\nendstream endo endstream endobj 6 0 obj"+web+"endobj"), action},
		{"after a stream of unknown length that has no end", pdf(opener, object(6, page), "7 0 obj<</Length 8 0 R>>stream\nendstream\n6 0 obj<</Length 8 0 R/S/URI/URI(x)>>stream\nendstream\nendobj"), action},
		{"hidden in a comment before the header", "% 6 0 obj" + web + "endobj\n" + pdf(opener, object(6, page)), action},
		{"hidden in the first line", strings.Replace(pdf(opener, object(6, page)), "1.7", "1.7 6 0 obj"+web+"endobj", 1), action},
		{"after a word in the second line", strings.Replace(pdf(opener, object(6, page)), "%\xe2", "x 6 0 obj"+web+"endobj %", 1), action},
		{"a reference", pdf(opener, object(6, "7 0 R"), object(7, web)), action},
		{"followed by another action", pdf(opener, object(6, "<</S/GoTo/D[3 0 R/Fit]/Next 7 0 R>>")), action},
		{"of an unknown type", pdf(opener, object(6, "<</S/Paint/D[3 0 R/Fit]>>")), action},
		{"reference by a fraction", pdf("1 0 obj<</OpenAction 6.0 0 R>>endobj", object(6, web)), action},
		{"reference by a sign", pdf("1 0 obj<</OpenAction +6 0 R>>endobj", object(6, web)), action},
		{"reference without white space", pdf("1 0 obj<</OpenAction 6 0R>>endobj", object(6, web)), action},
		{"reference that a comment splits", pdf("1 0 obj<</OpenAction 6%\n0%\nR>>endobj", object(6, web)), action},
		{"cross reference to the body of another", xref(prefix, object(7, web), opener, object(6, page)), action},
		{"cross reference to the body of another, ahead", pdf(fmt.Sprintf("xref\n6 1\n%010d 00000 n\ntrailer<<>>", prefix+len("xref\n6 1\n0000000000 00000 n\ntrailer<<>>\n")), object(7, web), opener), action},
		{"cross reference to the body of another, from where the header is", strings.Repeat("\n", 99) + xref(prefix, object(7, web), opener, object(6, page)), action},
		{"cross reference to the body of another, from where the file begins", strings.Repeat("\n", 99) + xref(prefix+99, object(7, web), opener, object(6, page)), action},
		{"cross reference to the body of another, from after a mark", "\xef\xbb\xbf\n" + xref(prefix, object(7, web), opener, object(6, page)), action},
		{"cross reference in a table before the header, from where that is", fmt.Sprintf("%% xref 6 1 %010d 00000 n 7 1\n", prefix) + pdf(object(7, web), opener, object(6, page)), action},
		{"cross reference in a hidden table, from where the header is", strings.Repeat("\n", 99) + pdf(object(7, web), opener, object(6, page), pdfStream("", fmt.Sprintf("xref\n6 1\n%010d 00000 n\n", prefix))), action},
		{"cross reference to its own body", xref(prefix, object(6, page), opener), ""},
		{"cross reference that leads nowhere", xref(12, object(6, page), opener), ""},
		{
			"cross reference in a stream to the body of another",
			packed([][3]int{6: {2, 5, 1}}, "7 0 8 25 ", page+" "+web), action,
		},
		{"cross reference in a stream to its own body", packed([][3]int{6: {2, 5, 0}}, "6 0 8 25 ", page+" "+web), ""},
		{"tree of names, one body of two", pdf(holdsNames("/JavaScript 6 0 R"), object(6, "<</Names[]>>"), object(6, "<</Names[(a)7 0 R]>>")), script},
		{"events, one body of two", pdf(object(5, "<</AA 6 0 R>>"), object(6, "<<>>"), object(6, "<</O<</S/URI/URI(x)>>>>")), action},
	} {
		require.Equal(t, c.want, passive(t, c.in, inspect.PDFAllow{}), c.name)
	}
}

func holdsNames(entries string) string { return "1 0 obj<</Names<<" + entries + ">>>>endobj" }

func TestPDFActions(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"followed by a link to a file", holds(`/OpenAction<</S/GoTo/D[3 0 R/Fit]/Next<</S/GoToR/F(\\\\host\\x.pdf)>>>>`), action},
		{"followed by one of several", holds(`/OpenAction<</S/GoTo/D[3 0 R/Fit]/Next[<</S/GoTo>><</S/URI/URI(x)>>]>>`), action},
		{"followed by one after another", holds(`/OpenAction<</S/GoTo/Next<</S/GoTo/Next<</S/URI/URI(x)>>>>>>`), action},
		{"followed by a reference", pdf(object(1, "<</OpenAction<</S/GoTo/Next 6 0 R>>>>"), object(6, "<</S/URI/URI(x)>>")), action},
		{"followed by pages", holds(`/OpenAction<</S/GoTo/D[3 0 R/Fit]/Next<</S/Named/N/NextPage>>>>`), ""},
		{"with a file", holds(`/OpenAction<</S/GoTo/F(x.pdf)/D[0/Fit]>>`), action},
		{"with entries of another", clicks(`/A<</S/GoTo/D[0/Fit]/Win<<>>>>`), action},
		{"two types", clicks(`/A<</S/GoTo/S/URI/URI(x)>>`), action},
		{"type elsewhere", pdf(object(5, "<</A<</S 6 0 R/JS 7 0 R>>>>"), object(6, "/JavaScript")), action},
		{"unknown", clicks(`/A<</S/Paint>>`), action},
		{"unknown, with an owner, by its type", clicks(`/A<</Type/Action/O/Link/S/Paint>>`), action},
		{"unknown, with an owner, on opening", holds(`/OpenAction<</O/Link/S/Paint>>`), action},
		{"unknown, with an owner, on opening by reference", pdf(object(1, "<</OpenAction 6 0 R>>"), object(6, "<</O/Link/S/Paint>>")), action},
		{"unknown, with an owner, by an event", pdf(object(3, "<</AA 5 0 R>>"), object(5, "<</X<</O/Link/S/Paint>>>>")), action},
		{"a script, with an owner", clicks(`/A<</O/Link/S/JavaScript/JS(x)>>`), script},
		{"a page, with an owner", clicks(`/A<</O/Link/S/GoTo/D[3 0 R/Fit]>>`), action},
		{"a script whose type is stored elsewhere", pdf(object(5, "<</A<</Type 6 0 R/S/JavaScript/JS(x)>>>>"), object(6, "/Action")), script},
		{"an annotation whose type is stored elsewhere", pdf(object(5, "<</Type 6 0 R/Rect[0 0 9 9]/Subtype/Hologram/X 0>>"), object(6, "/Annot")), action},
		{"unknown, by its type", clicks(`/B<</Type/Action/S/Paint>>`), action},
		{"unknown, by reference", pdf(object(5, "<</A 6 0 R>>"), object(6, "<</S/Paint>>")), action},
		{"unknown, by reference in an array", pdf(object(5, "<</Next[6 0 R]>>"), object(6, "<</S/Paint>>")), action},
		{"of the viewer", clicks(`/A<</S/Named/N/SaveAs>>`), action},
		{"prints on opening", holds(`/OpenAction<</S/Named/N/Print>>`), action},
		{"prints by an event", pdf(object(3, `<</AA<</O<</S/Named/N/Print>>>>>>`)), action},
		{"full screen on opening", holds(`/OpenAction<</S/Named/N/FullScreen>>`), action},
		{"a menu of the viewer that opens a file", clicks(`/A<</S/Named/N/Open>>`), action},
		{"of the viewer, elsewhere", clicks(`/A<</S/Named/N 6 0 R>>`), action},
		{"of the viewer, on opening", holds(`/OpenAction<</S/Named/N/GoBack>>`), action},
		{"of the viewer, to a page", clicks(`/A<</S/Named/N/NextPage>>`), ""},
		{"a program", clicks(`/A<</S/Launch/F(cmd.exe)>>`), program},
		{"a link to a file on another computer", clicks(`/A<</S/GoToR/F(\\\\host\\x.pdf)/D[0/Fit]>>`), link},
		{"a link to a file on another computer, in UTF-16", clicks(`/A<</S/GoToR/F<feff002f002f0078>>>`), link},
		{"a link to a file on another computer, as PDF writes it", clicks(`/A<</S/GoToR/F(//host/x.pdf)>>`), link},
		{"a link to a file on this computer", clicks(`/A<</F(/c/x.pdf)/S/GoToR>>`), link},
		{"a link to a file on a drive", clicks(`/A<</S/GoToR/F(c:x.pdf)>>`), link},
		{"a link to a file on a drive, as old URLs write it", clicks(`/A<</S/GoToR/F(c|/x.pdf)>>`), link},
		{"a link to a file on another computer after many blanks", clicks(`/A<</S/GoToR/F(` + strings.Repeat(" ", 70) + `\\\\host\\x.pdf)>>`), link},
		{"a link to the web that is a drive", clicks(`/A<</S/URI/URI(c|)>>`), link},
		{"a link to the web that is a file on a drive", clicks(`/A<</S/URI/URI(c|/x.exe)>>`), link},
		{"a link to a Windows folder", clicks(`/A<</S/GoToR/F(..\\x.pdf)>>`), link},
		{"a link to a file with two names", clicks(`/A<</S/GoToR/F(c:x.pdf)/F(x.pdf)>>`), link},
		{"a link to a file on another computer, specified elsewhere", pdf(object(5, `<</A<</F 6 0 R/S/GoToR>>>>`), object(6, `<</Type/Filespec/F(//host/x.pdf)>>`)), link},
		{"a link to a file in a file system, specified elsewhere", pdf(object(5, `<</A<</S/GoToR/F 6 0 R>>>>`), object(6, `<</FS/URL/F(x.pdf)>>`)), link},
		{"a link to a file with two names, one of which leads elsewhere", pdf(object(5, `<</A<</S/GoToR/F 6 0 R>>>>`), object(6, `<</F(x.pdf)/UF 7 0 R>>`), object(7, `(//host/x.pdf)`)), link},
		{"a link to a file on another computer, whose name is an object", pdf(object(5, `<</A<</S/GoToR/F 6 0 R>>>>`), object(6, `(\\\\host\\x.pdf)`)), link},
		{"a link to a file with a scheme, whose name is an object", pdf(object(5, `<</A<</S/GoToR/F 6 0 R>>>>`), object(6, `(smb:x.pdf)`)), link},
		{"a link to a file by a reference to a reference", pdf(object(5, `<</A<</S/GoToR/F 6 0 R>>>>`), object(6, `7 0 R`), object(7, `(//host/x)`)), action},
		{"a link to a file with two references", pdf(object(5, `<</A<</S/GoToR/F 6 0 R/F 7 0 R>>>>`), object(6, `<</F(//host/x)>>`), object(7, `(x.pdf)`)), link},
		{"a link to a file that is not a string", clicks(`/A<</S/GoToR/F[(x)]>>`), link},
		{"a link to a file on another computer, specified", clicks(`/A<</S/GoToR/F<</Type/Filespec/F(x.pdf)/UF(//host/x.pdf)>>>>`), link},
		{"a link to a file in a file system", clicks(`/A<</S/GoToR/F<</FS/URL/F(x.pdf)>>>>`), link},
		{"a link to a file whose specification carries files", clicks(`/A<</S/GoToR/F<</F(x.pdf)/EF 6 0 R>>>>`), link},
		{"a link to a file whose specification is deep", clicks(`/A<</S/GoToR/F<</F<</F(//host/x)>>>>>>`), link},
		{"a link to a file, with what is not its own", clicks(`/A<</S/GoToR/F(x.pdf)/Win<<>>>>`), action},
		{"a link to a file on opening", holds(`/OpenAction<</S/GoToR/F(x.pdf)/D[0/Fit]>>`), action},
		{"a link to a file, by an event", pdf(object(3, `<</AA<</O 5 0 R>>>>`), object(5, `<</S/GoToR/F(x.pdf)>>`)), action},
		{"an embedded file", clicks(`/A<</S/GoToE/T<<>>>>`), action},
		{"a thread", clicks(`/A<</S/Thread/F(x.pdf)/D 0>>`), action},
		{"media", clicks(`/A<</S/Rendition/OP 0>>`), media},
		{"a film", clicks(`/A<</S/Movie>>`), media},
		{"a sound on opening", holds(`/OpenAction<</S/Sound/Sound 7 0 R>>`), action},
		{"a sound by an event", pdf(object(3, `<</AA<</O 5 0 R>>>>`), object(5, `<</S/Sound/Sound 7 0 R>>`)), action},
		{"a sound that starts a program", clicks(`/A<</S/Sound/Sound 7 0 R/F(x.exe)>>`), action},
		{"nothing, with entries of another", clicks(`/A<</S/NOP/F(x.exe)>>`), action},
		{"nothing, and then the web on opening", holds(`/OpenAction<</S/NOP/Next<</S/URI/URI(x)>>>>`), action},
		{"a view", clicks(`/A<</S/GoTo3DView/TA 5 0 R/V 0>>`), ""},
		{"a view on opening", holds(`/OpenAction<</S/GoTo3DView/TA 5 0 R/V 0>>`), action},
		{"a view, with a file", clicks(`/A<</S/GoTo3DView/TA 5 0 R/F(x)>>`), action},
		{"commands of media", clicks(`/A<</S/RichMediaExecute>>`), media},
		{"sends a form", clicks(`/A<</S/SubmitForm>>`), form},
		{"reads a form", clicks(`/A<</S/ImportData>>`), form},
		{"empties a form", clicks(`/A<</S/ResetForm>>`), ""},
		{"hides a field", clicks(`/A<</S/Hide/T(x)>>`), ""},
		{"hides a field on opening, and then leads to the web", holds(`/OpenAction<</S/Hide/T(x)/Next<</S/URI/URI(https://x/)>>>>`), action},
		{"hides a field on opening, and then something by reference", pdf(object(1, `<</OpenAction 6 0 R>>`), object(6, `<</S/Hide/T(x)/Next 7 0 R>>`)), action},
		{"empties a form on opening", holds(`/OpenAction<</S/ResetForm>>`), action},
		{"empties a form by an event", pdf(object(3, `<</AA<</O<</S/ResetForm>>>>>>`)), action},
		{"shows a layer", clicks(`/A<</S/SetOCGState/State[/ON 3 0 R]>>`), ""},
		{"a presentation that goes on to the web", pdf(object(3, `<</Type/Page/PresSteps<</Type/NavNode/Dur 0/NA<</S/URI/URI(https://x/)>>>>>>`)), action},
		{"a presentation that goes on to the web by reference", pdf(object(5, `<</Type/NavNode/NA 6 0 R>>`), object(6, `<</S/URI/URI(https://x/)>>`)), action},
		{"a presentation that goes on to a layer", pdf(object(5, `<</Type/NavNode/NA<</S/SetOCGState/State[/ON 7 0 R]>>/PA 6 0 R>>`), object(6, `<</S/SetOCGState/State[]>>`)), ""},
		{"events of a page", pdf(object(3, `<</Type/Page/AA<</O<</S/URI/URI(https://x/)>>>>>>`)), action},
		{"events of a page, to a page", pdf(object(3, `<</Type/Page/AA<</O<</S/Named/N/FirstPage>>>>>>`)), ""},
		{"events by reference", pdf(object(3, `<</AA 5 0 R>>`), object(5, "<</PO<</S/URI/URI(https://x/)>>>>")), action},
		{"an event by reference", pdf(object(3, `<</AA<</C 5 0 R>>>>`), object(5, "<</S/URI/URI(https://x/)>>")), action},
		{"events by reference, to the web by reference", pdf(object(3, "<</AA 5 0 R>>"), object(5, "<</O 6 0 R>>"), object(6, "<</S/URI/URI(https://x/)>>")), action},
		{"events by reference, to an unknown action by reference", pdf(object(3, "<</AA 5 0 R>>"), object(5, "<</WC 6 0 R>>"), object(6, "<</S/Paint>>")), action},
		{"events that run a script", pdf(object(3, `<</AA<</K<</S/JavaScript/JS(AFNumber_Format\(2\))>>>>>>`)), script},
	} {
		require.Equal(t, c.want, passive(t, c.in, inspect.PDFAllow{}), c.name)
	}
}
