package inspect_test

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/inspect"
)

// pdf returns a file with these objects, a page tree before them and the end behind them.
func pdf(objects ...string) string {
	return "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n2 0 obj\n<</Type/Pages/Kids[]/Count 0>>\nendobj\n" + strings.Join(objects, "\n") +
		"\nxref\n0 1\n0000000000 65535 f \ntrailer\n<</Size 9/Root 1 0 R>>\nstartxref\n100\n%%EOF\n"
}

const catalog = "1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj"

// pdfStream returns an object with a stream.
func pdfStream(entries, data string) string {
	return fmt.Sprintf("7 0 obj\n<<%s/Length %d>>\nstream\n%s\nendstream\nendobj", entries, len(data), data)
}

func deflate(s string) string {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	_, _ = w.Write([]byte(s))
	_ = w.Close()
	return b.String()
}

// objStm returns an object stream with one object, number 9.
func objStm(object string) string {
	return pdfStream("/Type/ObjStm/N 1/First 4/Filter/FlateDecode", deflate("9 0 "+object))
}

var (
	notPDF = finding{text: "does not begin with %PDF- and a version from 1.0 to 2.0"}
	cutPDF = finding{text: "is cut off: it does not end in startxref and %%EOF"}
)

func junkAt(n int) finding {
	return finding{text: fmt.Sprintf("has something other than an object at byte %d", n)}
}

func TestPDFStructure(t *testing.T) {
	good := pdf(catalog)
	for _, c := range []struct {
		name, in string
		want     finding // none if the file is accepted
	}{
		{"plain", good, finding{}},
		{"version 1.0", strings.Replace(good, "1.7", "1.0", 1), finding{}},
		{"version 2.0", strings.Replace(good, "1.7", "2.0", 1), finding{}},
		{"CR line ends", strings.ReplaceAll(good, "\n", "\r"), finding{}},
		{"no line end", strings.TrimRight(good, "\n"), finding{}},
		{"white space behind", good + "\r\n \t\x00\n", finding{}},
		{"padded with zeros", good + strings.Repeat("\x00", 5000), finding{}},
		{"incremental update", good + strings.TrimPrefix(pdf(catalog), "%PDF-1.7"), finding{}},
		{"active content", pdf("1 0 obj<</OpenAction<</S/JavaScript/JS(x)>>>>endobj"), finding{}},
		{"encrypted", strings.Replace(good, "/Root", "/Encrypt 5 0 R/Root", 1), finding{}},
		{"strings", pdf(`1 0 obj<</A(a\)(b)\\)/B<2829>/C<>/D(endobj)>>endobj`), finding{}},
		{"stream", pdf(catalog, pdfStream("", "endobj (<<\x00")), finding{}},
		{"stream that mentions its end", pdf(catalog, pdfStream("", "endstream endobj x")), finding{}},
		{"stream of unknown length", pdf(catalog, "7 0 obj<</Length 8 0 R>>stream\r\nenendstrendstream endobj 8 0 obj 8 endobj"), finding{}},
		{"stream that is shorter", pdf(catalog, "7 0 obj<</Length 1>>stream\nabc\nendstream\nendobj"), finding{}},
		{"cross-reference stream", strings.Replace(pdf(catalog, pdfStream("/Type/XRef", "\x00")), "xref\n0 1\n0000000000 65535 f \ntrailer\n<</Size 9/Root 1 0 R>>\n", "", 1), finding{}},

		{"nothing", "", notPDF},
		{"no version", "%PDF-", notPDF},
		{"version 1.8", strings.Replace(good, "1.7", "1.8", 1), notPDF},
		{"version 3.0", strings.Replace(good, "1.7", "3.0", 1), notPDF},
		{"header alone", "%PDF-1.7\n", cutPDF},
		{"header and end", "%PDF-1.7\nstartxref\n1\n%%EOF\n", finding{text: "is a PDF without objects"}},
		{"white space before", " " + good, notPDF},
		{"something before", "GIF89a" + good, notPDF},
		{"cut", good[:len(good)-20], cutPDF},
		{"cut before the marker", strings.TrimSuffix(good, "%%EOF\n"), cutPDF},
		{"cut in the marker", strings.TrimSuffix(good, "F\n"), cutPDF},
		{"cut in an update", good + "5 0 obj\n", cutPDF},
		{"cut in a stream", pdf(catalog, "7 0 obj<</Length 99999>>stream\nabc\nendstream\nendobj"), cutPDF},
		{"cut in a string", pdf(catalog, "7 0 obj (abc"), cutPDF},
		{"cut linearised file", pdf("1 0 obj<</Linearized 1/L 99999>>endobj"), cutPDF},
		{"offset behind the end", strings.Replace(good, "\n100\n", "\n9999\n", 1), junkAt(strings.Index(good, "\n100\n") + 1)},
		{"no offset", strings.Replace(good, "\n100\n", "\n", 1), cutPDF},
		{"comment behind the end", good + "%x", cutPDF},
		{"ZIP behind the end", good + "PK\x03\x04", junkAt(len(good))},
		{"HTML behind the end", good + "<script>alert(1)</script>", junkAt(len(good))},
		{"HTML on the last line", strings.TrimRight(good, "\n") + "<script>", cutPDF},
		{"second file behind the end", good + good + "x", junkAt(2 * len(good))},
		{"HTML between objects", pdf("<html>", catalog), junkAt(61)},
		{"PHP between objects", pdf("<?php echo 1; ?>", catalog), junkAt(61)},
		{"words between objects", pdf("hello", catalog), junkAt(61)},
		{"object in an object", pdf("1 0 obj 2 0 obj 3 endobj endobj"), junkAt(73)},
		{"object without end", pdf("1 0 obj 3", catalog), junkAt(75)},
		{"too many brackets", pdf("1 0 obj ]]"), junkAt(69)},
		{"stream without dictionary", pdf("1 0 obj 3 stream\nendstream endobj"), junkAt(71)},
		{"stream without endobj", pdf("1 0 obj <</Length 1>>stream\na\nendstream 3 0 obj"), junkAt(101)},
	} {
		pdfVerdict(t, c.name, c.in, false, c.want)
	}
}

// pdfVerdict checks a stream whole and byte by byte, or in small pieces if it is large.
func pdfVerdict(t *testing.T, name, in string, refuseActive bool, want finding) {
	t.Helper()
	for _, step := range []int{len(in) + 1, 1 + len(in)/5000} {
		f := inspect.PDF{RefuseActive: refuseActive}
		for piece := range slices.Chunk([]byte(in), step) {
			_, _ = f.Write(piece)
		}
		if want == (finding{}) {
			require.NoError(t, f.Verdict(), name)
			continue
		}
		got := found(f.Verdict())
		if want.code == "" {
			got.code = ""
		}
		require.Equal(t, want, got, name)
	}
}

func TestPDFActiveContent(t *testing.T) {
	const (
		script   = "contains JavaScript"
		files    = "carries other files"
		opens    = "contains an action that runs when it is opened"
		hides    = "hides an object in a string, a comment or a stream"
		unseen   = "has an object stream that cannot be examined"
		wrong    = "has a stream that is not as long as it says"
		accepted = ""
	)
	action := func(entries string) string { return pdf("5 0 obj\n<<" + entries + ">>\nendobj") }
	for _, c := range []struct{ name, in, want string }{
		{"plain", pdf(catalog), accepted},
		{"link to the web", action("/A<</S/URI/URI(https://example.com/JavaScript)>>"), accepted},
		{"words in strings", action("/Title(/JavaScript and /JS, 5 obj)"), accepted},
		{"names that only begin so", action("/JavaScripts/AAA/JSON/Launcher"), accepted},
		{"opens at a page", action("/OpenAction[3 0 R/Fit]"), accepted},
		{"opens nothing", action("/OpenAction null"), accepted},
		{"opens by a destination", pdf("5 0 obj<</OpenAction 6 0 R>>endobj 6 0 obj[3 0 R/Fit]endobj"), accepted},
		{"opens by an action to a page", pdf("6 0 obj<</S/GoTo/D[3 0 R/Fit]>>endobj 5 0 obj<</OpenAction 6 0 R>>endobj"), accepted},
		{"opens by an action in a stream", pdf(objStm("<</S/GoTo/D[3 0 R/Fit]>>"), "5 0 obj<</OpenAction 9 0 R>>endobj"), accepted},
		{"no files", action("/EmbeddedFiles <</Names[]>>"), accepted},
		{"random data", pdf(catalog, pdfStream("", noise(1<<20))), accepted},
		{"data with names", pdf(catalog, pdfStream("", "/JavaScript /JS /AA")), accepted},
		{"object stream", pdf(catalog, objStm("<</Type/Page>>")), accepted},
		{"object stream that is not compressed", pdf(pdfStream("/Type/ObjStm/N 2/First 8", "9 0 8 4 (a) <</B 1>>")), accepted},
		{"length before", pdf("8 0 obj 3 endobj 7 0 obj<</Length 8 0 R>>stream\nabc\nendstream endobj"), accepted},
		{"length behind", pdf("7 0 obj<</Length 8 0 R>>stream\nabc\nendstream endobj 8 0 obj 3 endobj"), accepted},
		{"length in an object stream", pdf("7 0 obj<</Length 9 0 R>>stream\nabc\nendstream endobj", objStm("3")), accepted},

		{"JavaScript", action("/S/JavaScript/JS(app.alert(1))"), script},
		{"JS", action("/S/Rendition/JS(app.alert(1))"), script},
		{"escaped", action("/S/J#61vaScript"), script},
		{"all escaped", action("/S/#4a#61#76#61#53#63#72#69#70#74"), script},
		{"launch", action("/S/Launch/F(cmd.exe)"), "contains an action that starts a program"},
		{"additional actions", action("/AA<</O 5 0 R>>"), "contains actions that run by themselves"},
		{"embedded file", action("/Type/EmbeddedFile"), files},
		{"embedded files", action("/EmbeddedFiles 6 0 R"), files},
		{"embedded files, one", action("/EmbeddedFiles<</Names[(a)6 0 R]>>"), files},
		{"file specification", action("/Type/Filespec/EF<</F 6 0 R>>"), files},
		{"rich media", action("/Subtype/RichMedia"), "contains rich media"},
		{"XFA", action("/XFA 6 0 R"), "contains an XFA form"},
		{"sends a form", action("/S/SubmitForm"), "contains a form that sends or reads data"},
		{"reads a form", action("/S/ImportData"), "contains a form that sends or reads data"},
		{"goes to an embedded file", action("/S/GoToE"), "contains an action that opens an embedded file"},
		{"opens with an action", action("/OpenAction<</S/URI>>"), opens},
		{"opens by reference", pdf("5 0 obj<</OpenAction 6 0 R>>endobj 6 0 obj<</S/URI/URI(x)>>endobj"), opens},
		{"opens by a reference to nothing", action("/OpenAction 6 0 R"), opens},
		{"opens by an action that was replaced", pdf("5 0 obj<</OpenAction 6 0 R>>endobj 6 0 obj<</S/GoTo>>endobj 6 0 obj<</S/URI>>endobj"), opens},
		{"in an object stream", pdf(objStm("<</S/JavaScript>>")), script},
		{"in an object stream in plain", pdf(pdfStream("/Type/ObjStm/N 1/First 4", "9 0 <</JS(a)>>")), script},
		{"in an update", pdf(catalog) + strings.TrimPrefix(action("/JS(x)"), "%PDF-1.7"), script},
		{"in a trailer", strings.Replace(pdf(catalog), "/Root", "/JS(x)/Root", 1), script},
		{"encrypted", strings.Replace(pdf(catalog), "/Root", "/Encrypt 5 0 R/Root", 1), "is encrypted and cannot be examined"},
		{"hidden in a stream", pdf(pdfStream("", "5 0 obj<</S/JavaScript>>")), hides},
		{"hidden in a stream by a comment", pdf(pdfStream("", "5 %6 0 %\n0\x00%%\robj<</S/JavaScript>>")), hides},
		{"hidden in a comment in a comment", pdf(pdfStream("", "5 %6 0 %\nobj<</S/JavaScript>>")), hides},
		{"hidden in a string", action("/A(5 0 obj<</S/JavaScript>>)"), hides},
		{"hidden in a comment", pdf("%5 0 obj<</S/JavaScript>>endobj\n" + catalog), hides},
		{"hidden behind a wrong length", pdf("7 0 obj<</Length 8 0 R>>stream\nendstream endobj 4 0 obj (\nendstream endobj 8 0 obj 30 endobj 5 0 obj<</S/JavaScript>>endobj 4 0 obj )endobj"), hides},
		{"hidden behind an early end", pdf("7 0 obj<</Length 8 0 R>>stream\nendstream endobj 4 0 obj (\nendstream endobj ) endobj 8 0 obj 27 endobj"), wrong},
		{"hidden behind a late end", pdf("7 0 obj<</Length 60>>stream\nendstream endobj 5 0 obj<</S/JavaScript>> endobj 4 0 obj<<>>stream endstream endobj"), hides},
		{"two lengths", pdf("7 0 obj<</Length 3/Length 3>>stream\nabc\nendstream endobj"), wrong},
		{"no length", pdf("7 0 obj<<>>stream\nabc\nendstream endobj"), wrong},
		{"length of nothing", pdf("7 0 obj<</Length 8 0 R>>stream\nabc\nendstream endobj"), wrong},
		{"stream that is longer", pdf("7 0 obj<</Length 1>>stream\nabc\nendstream endobj"), wrong},
		{"object stream with another filter", pdf(pdfStream("/Type/ObjStm/N 1/First 4/Filter[/ASCIIHexDecode/FlateDecode]", "00>")), unseen},
		{"object stream with a predictor", pdf(pdfStream("/Type/ObjStm/N 1/First 4/Filter/FlateDecode/DecodeParms<</Predictor 12>>", deflate("9 0 []"))), unseen},
		{"object stream that is damaged", pdf(pdfStream("/Type/ObjStm/N 1/First 4/Filter/FlateDecode", deflate("9 0 []")[:9])), unseen},
		{"object stream without a size", pdf(pdfStream("/Type/ObjStm/First 4", "9 0 []")), unseen},
		{"object stream with an offset into a string", pdf(pdfStream("/Type/ObjStm/N 2/First 8", "9 0 8 2 (<</S/JavaScript>>)")), unseen},
		{"object stream with an offset into a comment", pdf(pdfStream("/Type/ObjStm/N 2/First 8", "9 0 8 4 1 % <</S/JavaScript>>")), unseen},
		{"object stream with an offset into an array", pdf(pdfStream("/Type/ObjStm/N 2/First 8", "9 0 8 2 [ [] ]")), unseen},
		{"object stream with an offset behind it", pdf(pdfStream("/Type/ObjStm/N 1/First 4", "9 9 []")), unseen},
	} {
		f := inspect.PDF{RefuseActive: true}
		_, _ = f.Write([]byte(c.in))
		var want finding
		if err := f.Verdict(); c.want != accepted {
			require.Error(t, err, c.name)
			reason, _, _ := strings.Cut(err.Error(), " at byte ")
			require.Equal(t, c.want, reason, c.name)
			want = found(err)
			require.Equal(t, c.want == wrong, want.code == codeDamaged, c.name)
		}
		pdfVerdict(t, c.name, c.in, true, want)
	}
}

func TestPDFBounds(t *testing.T) {
	spaces := func(n int) string { return objStm("[" + strings.Repeat(" ", n) + "]") }
	for _, c := range []struct {
		name, in string
		want     string
	}{
		{"large object stream", pdf(spaces(8 << 20)), ""},
		{"much to unpack", pdf(spaces(9 << 20)), "has more in object streams than can be examined"},
		{"much to unpack in sum", pdf(strings.Repeat(spaces(1<<20)+"\n", 9)), "has more in object streams than can be examined"},
		{"many tokens", pdf(objStm("[" + strings.Repeat("[]", 1<<20) + "]")), "has more in object streams than can be examined"},
		{"much data", pdf(pdfStream("/Type/ObjStm/N 1/First 4/Filter/FlateDecode", noise(1<<20+1))), "has an object stream that is too large to be examined"},
	} {
		want := finding{text: c.want}
		if c.want != "" {
			want.code = "bomb"
		}
		pdfVerdict(t, c.name, c.in, true, want)
		pdfVerdict(t, c.name, c.in, false, finding{})
	}
	deep := pdf("1 0 obj " + strings.Repeat("[", 101) + strings.Repeat("]", 101) + " endobj")
	pdfVerdict(t, "deep", deep, false, junkAt(169))
}

// noise returns bytes as they stand in compressed data.
func noise(n int) string {
	b := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{'p', 'd', 'f'}).Read(b)
	return string(b)
}

// Compressed data is random bytes to a scan, and must never look like active content. UPLOAD_PDF_BYTES says how much of it
// is tried.
func TestPDFCleanFiles(t *testing.T) {
	total := int64(8 << 20)
	if s := os.Getenv("UPLOAD_PDF_BYTES"); s != "" {
		var err error
		total, err = strconv.ParseInt(s, 10, 64)
		require.NoError(t, err)
	}
	random := rand.NewChaCha8([32]byte{'c', 'l', 'e', 'a', 'n'})
	words := rand.New(random)
	data := make([]byte, 1<<20)
	for n, size := 0, int64(0); size < total; n++ {
		_, _ = random.Read(data)
		var text strings.Builder
		for range 2000 {
			fmt.Fprintf(&text, "%d %d Td (%x) Tj ", words.IntN(900), words.IntN(900), words.Uint32())
		}
		in := pdf(catalog, pdfStream("/Filter/FlateDecode", deflate(text.String())), pdfStream("/Subtype/Image/Filter/DCTDecode", string(data)),
			fmt.Sprintf("8 0 obj<</Length 9 0 R>>stream\n%s\nendstream endobj 9 0 obj %d endobj", data[:1<<18], 1<<18), objStm("[/Type/Page]"))
		f := inspect.PDF{RefuseActive: true}
		_, _ = f.Write([]byte(in))
		require.NoError(t, f.Verdict(), "file %d", n)
		size += int64(len(in))
	}
}

func FuzzPDF(f *testing.F) {
	for _, s := range []string{
		pdf(catalog), pdf(objStm("<</S/JavaScript>>")), pdf("5 0 obj<</OpenAction 6 0 R>>endobj 6 0 obj[3 0 R/Fit]endobj"),
		pdf("7 0 obj<</Length 8 0 R>>stream\nabc\nendstream endobj 8 0 obj 3 endobj"), pdf(pdfStream("", "5 %\n0 obj")),
	} {
		f.Add([]byte(s), []byte{1, 3, 2}, true)
	}
	f.Fuzz(func(t *testing.T, in, cuts []byte, refuseActive bool) {
		whole, cut := inspect.PDF{RefuseActive: refuseActive}, inspect.PDF{RefuseActive: refuseActive}
		_, _ = whole.Write(in)
		rest := in
		for _, c := range cuts {
			n := min(len(rest), int(c))
			_, _ = cut.Write(rest[:n])
			rest = rest[n:]
		}
		_, _ = cut.Write(rest)
		require.Equal(t, whole.Verdict(), cut.Verdict())
		if whole.Verdict() != nil {
			return
		}
		require.True(t, bytes.HasPrefix(in, []byte("%PDF-")))
		require.True(t, bytes.HasSuffix(bytes.TrimRight(in, "\x00\t\n\f\r "), []byte("%%EOF")))
		if refuseActive {
			loose := inspect.PDF{}
			_, _ = loose.Write(in)
			require.NoError(t, loose.Verdict(), "the option only adds refusals")
		}
	})
}

func BenchmarkPDF(b *testing.B) {
	page := pdfStream("/Filter/FlateDecode", noise(64<<10)) + "\n" + catalog + "\n"
	p := []byte(pdf(strings.Repeat(page, 64)))
	for _, active := range []bool{false, true} {
		b.Run(fmt.Sprintf("RefuseActive=%t", active), func(b *testing.B) {
			b.SetBytes(int64(len(p)))
			for b.Loop() {
				f := inspect.PDF{RefuseActive: active}
				if _, err := f.Write(p); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
