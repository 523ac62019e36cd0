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
	"github.com/airlock-go/upload/internal/rounds"
)

// pdf returns a file with these objects, a page tree before them and the end after them.
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
	w, _ := zlib.NewWriterLevel(&b, zlib.BestSpeed) // the level is valid, and tests pack mebibytes
	_, _ = w.Write([]byte(s))
	_ = w.Close()
	return b.String()
}

// objStm returns an object stream with one object, number 9.
func objStm(object string) string {
	return pdfStream("/Type/ObjStm/N 1/First 4/Filter/FlateDecode", deflate("9 0 "+object))
}

var (
	notPDF = finding{text: "does not begin with %PDF- and a version from 1.0 to 2.9"}
	cutPDF = finding{text: "is cut off: it does not end in startxref and %%EOF"}
)

func junkAt(n int) finding {
	return finding{text: fmt.Sprintf("has something other than an object at byte %d", n)}
}

func TestPDFStructure(t *testing.T) {
	good := pdf(catalog)
	for _, c := range []struct {
		name, in string
		want     finding // zero if the file is accepted
	}{
		{"plain", good, finding{}},
		{"version 1.0", strings.Replace(good, "1.7", "1.0", 1), finding{}},
		{"version 2.0", strings.Replace(good, "1.7", "2.0", 1), finding{}},
		{"version 1.9", strings.Replace(good, "1.7", "1.9", 1), finding{}},
		{"version 2.9", strings.Replace(good, "1.7", "2.9", 1), finding{}},
		{"white space before", "\r\n \t" + good, finding{}},
		{"as much white space before as there may be", strings.Repeat("\n", 1024) + good, finding{}},
		{"comments before", "%%START\r\n%%PAPER: A4\r\n\r\n" + good, finding{}},
		{"a mark of UTF-8 before", "\xef\xbb\xbf" + good, finding{}},
		{"a mark of UTF-8 and white space before", "\xef\xbb\xbf\n" + good, finding{}},
		{"version 1.70", strings.Replace(good, "1.7", "1.70", 1), finding{}},
		{"text after the version", strings.Replace(good, "1.7", "1.7 -*- coding: no-conversion -*-", 1), finding{}},
		{"long text after the version", strings.Replace(good, "1.7", "1.7 "+strings.Repeat("x", 500), 1), finding{}},
		{"word in the second line", strings.Replace(good, "%\xe2\xe3\xcf\xd3", "\xe2\xe3x\xcf\xd3", 1), finding{}},
		{"words in the second line", strings.Replace(good, "%\xe2\xe3\xcf\xd3", "zG_\xd5\xf9 \xb0#s6\x1f R L", 1), finding{}},
		{"CR line ends", strings.ReplaceAll(good, "\n", "\r"), finding{}},
		{"no line end", strings.TrimRight(good, "\n"), finding{}},
		{"white space after", good + "\r\n \t\x00\n", finding{}},
		{"padded with zeros", good + strings.Repeat("\x00", 5000), finding{}},
		{"incremental update", good + strings.TrimPrefix(pdf(catalog), "%PDF-1.7"), finding{}},
		{"active content", pdf("1 0 obj<</OpenAction<</S/JavaScript/JS(x)>>>>endobj"), finding{}},
		{"encrypted", strings.Replace(good, "/Root", "/Encrypt 5 0 R/Root", 1), finding{}},
		{"strings", pdf(`1 0 obj<</A(a\)(b)\\)/B<2829>/C<>/D(endobj)>>endobj`), finding{}},
		{"stream", pdf(catalog, pdfStream("", "endobj (<<\x00")), finding{}},
		{"stream that mentions its end", pdf(catalog, pdfStream("", "endstream endobj x")), finding{}},
		{"stream of unknown length", pdf(catalog, "7 0 obj<</Length 8 0 R>>stream\r\nenendstrendstream endobj 8 0 obj 8 endobj"), finding{}},
		{"stream of unknown length that mentions its end", pdf(catalog, "7 0 obj<</Length 8 0 R>>stream\n% endstream is endo endstream\r\nend endstream\nendendstream\nendobj 8 0 obj 60 endobj"), finding{}},
		{"stream without a length that mentions its end", pdf(catalog, "7 0 obj<<>>stream\n(endstream ) <</endstream \nendobj"), finding{}},
		{"stream of unknown length that ends twice", pdf(catalog, "7 0 obj<</Length 8 0 R>>stream\nendstream endstream endobj"), finding{}},
		{"comment after the end", good + "%x", finding{}},
		{"two end marks and a comment after them", good + "%%EOF\n\n% x\n\n", finding{}},
		{"update right after the end mark", strings.TrimSuffix(good, "\n") + strings.TrimPrefix(pdf(catalog), "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), finding{}},
		{"binary line without a percent sign", strings.Replace(good, "%\xe2\xe3\xcf\xd3", "\xe2\xe3\xcf\xd3", 1), finding{}},
		{"comment before the end mark", strings.Replace(good, "%%EOF", "% x\n%%EOF", 1), finding{}},
		{"two ends of one object", pdf(catalog + "\nendobj"), finding{}},
		{"length that is too long", pdf(catalog, "7 0 obj<</Length 9>>stream\nabc\nendstream\nendobj"), finding{}},
		{"length over several objects", pdf("7 0 obj<</Length 70>>stream\nabc\nendstream\nendobj", catalog, "8 0 obj 3 endobj"), finding{}},
		{"linearised before it was rearranged", pdf(catalog, "5 0 obj<</Linearized 1/L 99999>>endobj"), finding{}},
		{"length beyond the end", pdf(catalog, "7 0 obj<</Length 99999>>stream\nabc\nendstream\nendobj"), finding{}},
		{"length of nothing", pdf(catalog, "7 0 obj<</Length 0>>stream\nabc\nendstream\nendobj"), finding{}},
		{"no length", pdf(catalog, "7 0 obj<<>>stream\nabc\nendstream\nendobj"), finding{}},
		{"stream that mentions its end twice", pdf(catalog, pdfStream("", "endstream endstream endobj x (")), finding{}},
		{"stream that holds a file", pdf(catalog, pdfStream("", good)), finding{}},
		{"length that is too short", pdf(catalog, "7 0 obj<</Length 1>>stream\nabc\nendstream\nendobj"), finding{}},
		{"cross-reference stream", strings.Replace(pdf(catalog, pdfStream("/Type/XRef", "\x00")), "xref\n0 1\n0000000000 65535 f \ntrailer\n<</Size 9/Root 1 0 R>>\n", "", 1), finding{}},

		{"nothing", "", notPDF},
		{"no version", "%PDF-", notPDF},
		{"version 3.0", strings.Replace(good, "1.7", "3.0", 1), notPDF},
		{"header alone", "%PDF-1.7\n", cutPDF},
		{"header and end", "%PDF-1.7\nstartxref\n1\n%%EOF\n", finding{text: "is a PDF without objects"}},
		{"a mark of UTF-16 before", "\xfe\xff" + good, notPDF},
		{"a mark of UTF-8 after white space", "\n\xef\xbb\xbf" + good, notPDF},
		{"two marks of UTF-8 before", "\xef\xbb\xbf\xef\xbb\xbf" + good, notPDF},
		{"PostScript before", "%!PS-Adobe-3.0\n" + good, notPDF},
		{"many comments before", strings.Repeat("% x\n", 257) + good, notPDF},
		{"a comment and a word before", "% x\ny\n" + good, notPDF},
		{"another version before", "%PDF-3.0\n" + good, notPDF},
		{"much white space before", strings.Repeat("\n", 1025) + good, notPDF},
		{"white space alone", "\n \n", cutPDF},
		{"a mark of UTF-8 alone", "\xef\xbb\xbf", cutPDF},
		{"something before", "GIF89a" + good, notPDF},
		{"cut", good[:len(good)-20], cutPDF},
		{"cut before the marker", strings.TrimSuffix(good, "%%EOF\n"), cutPDF},
		{"cut in the marker", strings.TrimSuffix(good, "F\n"), cutPDF},
		{"cut in an update", good + "5 0 obj\n", cutPDF},
		{"cut in a stream", "%PDF-1.7\n7 0 obj<</Length 99999>>stream\nabc", cutPDF},
		{"cut in a string", pdf(catalog, "7 0 obj (abc"), cutPDF},
		{"word after the version", strings.Replace(good, "1.7", "1.7x", 1), notPDF},
		{"version without a minor one", strings.Replace(good, "1.7", "17", 1), notPDF},
		{"word in the second line, and an object's end", strings.Replace(good, "%\xe2\xe3\xcf\xd3", "x endobj", 1), junkAt(11)},
		{"markup in the second line", strings.Replace(good, "%\xe2\xe3\xcf\xd3", "x<html>", 1), junkAt(10)},
		{"word in the second line, and half an object", strings.Replace(good, "%\xe2\xe3\xcf\xd3", "x 5 0", 1), junkAt(15)},
		{"word after a comment", strings.Replace(good, "%\xe2\xe3\xcf\xd3", "%\nx", 1), junkAt(11)},
		{"length that hides damage", pdf("7 0 obj<</Length 40>>stream\nabc\nendstream\nendobj", "hello", catalog), junkAt(110)},
		{"unmatched brackets", pdf("1 0 obj <</A[>>]endobj"), junkAt(74)},
		{"array in the place of a key", pdf("1 0 obj <<[/A]>>endobj"), junkAt(71)},
		{"cut linearised file", strings.Replace(good, "2 0 obj", "4 0 obj<</Linearized 1/L 99999>>endobj 2 0 obj", 1), finding{text: "is cut off: it is shorter than its first object declares"}},
		{"offset after the end", strings.Replace(good, "\n100\n", "\n9999\n", 1), junkAt(strings.Index(good, "\n100\n") + 1)},
		{"no offset", strings.Replace(good, "\n100\n", "\n", 1), cutPDF},
		{"ZIP after the end", good + "PK\x03\x04", junkAt(len(good))},
		{"HTML after the end", good + "<script>alert(1)</script>", junkAt(len(good))},
		{"HTML on the last line", strings.TrimRight(good, "\n") + "<script>", cutPDF},
		{"word after a second file", good + good + "x", junkAt(2 * len(good))},
		{"HTML between objects", pdf("<html>", catalog), junkAt(61)},
		{"PHP between objects", pdf("<?php echo 1; ?>", catalog), junkAt(61)},
		{"words between objects", pdf("hello", catalog), junkAt(61)},
		{"object in an object", pdf("1 0 obj 2 0 obj 3 endobj endobj"), junkAt(73)},
		{"object without end", pdf("1 0 obj 3", catalog), junkAt(75)},
		{"too many brackets", pdf("1 0 obj ]]"), junkAt(69)},
		{"stream without dictionary", pdf("1 0 obj 3 stream\nendstream endobj"), junkAt(71)},
		{"stream of unknown length without endobj", pdf("1 0 obj <</Length 4 0 R>>stream\na\nendstream"), cutPDF},
		{"stream of unknown length and more than endobj", pdf("1 0 obj <</Length 4 0 R>>stream\na\nendstream endobj1 0 R"), junkAt(115)},
		{"stream without endobj", pdf("1 0 obj <</Length 1>>stream\na\nendstream 3 0 obj"), junkAt(101)},
	} {
		pdfVerdict(t, c.name, c.in, false, c.want)
	}
}

// pdfVerdict checks a file whole and byte by byte, or in small pieces if it is large.
func pdfVerdict(t *testing.T, name, in string, refuseActive bool, want finding) {
	t.Helper()
	for _, whole := range []bool{true, false} {
		pdfVerdictOnce(t, name, in, refuseActive, whole, want)
	}
}

func pdfVerdictOnce(t *testing.T, name, in string, refuseActive, whole bool, want finding) {
	t.Helper()
	step := 1 + len(in)/5000
	if whole {
		step = len(in) + 1
	}
	f := inspect.PDF{RefuseActive: refuseActive}
	for piece := range slices.Chunk([]byte(in), step) {
		_, _ = f.Write(piece)
	}
	if want == (finding{}) {
		require.NoError(t, f.Verdict(), name)
		return
	}
	got := found(f.Verdict())
	if want.code == "" {
		got.code = ""
	}
	require.Equal(t, want, got, name)
}

func TestPDFBounds(t *testing.T) {
	spaces := func(n int) string { return objStm("[" + strings.Repeat(" ", n) + "]") }
	const work = "takes more work to inspect than a file of its size may"
	for _, c := range []struct {
		name, in string
		want     finding
	}{
		{"large object stream", pdf(spaces(4 << 20)), finding{}},
		{"much to unpack", pdf(spaces(30 << 20)), finding{"too_complex", work}},
		{"many tokens", pdf(objStm("[" + strings.Repeat("[]", 1<<19) + "]")), finding{"too_complex", work}},
		{"many objects in a stream", pdf(pdfStream("/Type/ObjStm/N 9999999/First 4", "1 0 2")), finding{"too_complex", "has an object stream with too many objects"}},
		{"too many objects that matter", pdf(manyActions(100_000)), finding{"too_complex", "takes more memory to inspect than a file may"}},
		{"many objects that matter", pdf(manyActions(20_000)), finding{}},
	} {
		pdfVerdictOnce(t, c.name, c.in, true, false, c.want)
		pdfVerdictOnce(t, c.name, c.in, false, true, finding{})
		if rounds.Of(0, 1) > 0 {
			pdfVerdictOnce(t, c.name, c.in, true, true, c.want)
			pdfVerdictOnce(t, c.name, c.in, false, false, finding{})
		}
	}
	deep := pdf("1 0 obj " + strings.Repeat("[", 101) + strings.Repeat("]", 101) + " endobj")
	pdfVerdict(t, "deep", deep, false, junkAt(169))
}

// manyActions returns objects that are links, each of which takes memory.
func manyActions(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "%d 0 obj<</S/URI/URI(x)>>endobj\n", 10+i)
	}
	return b.String()
}

// noise returns bytes like those of compressed data.
func noise(n int) string {
	b := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{'p', 'd', 'f'}).Read(b)
	return string(b)
}

// TestPDFCleanFiles: compressed data is random bytes to a scan, and must not look like active
// content. UPLOAD_PDF_BYTES sets the amount to try.
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
