package inspect_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/corpus"
	"github.com/airlock-go/upload/internal/inspect"
)

// Beginnings of files of one large stream and of files of objects, and units that follow them.
const (
	streamBegins  = "%PDF-1.7\n1 0 obj<</Length 9999999999>>stream\n"
	objectsBegin  = "%PDF-1.7\n"
	smallObject   = "123456 0 obj<<>>endobj "
	linkingObject = "123456 0 obj\n<</Type/Annot/Subtype/Link/Border[0 0 0]/Rect[72 700.25 144.5 712]/P 12 0 R/A<</S/URI/URI(https://example.com/)>>>>\nendobj\n"
	pageText      = "BT /F1 12 Tf 72 712 Td [(A line of )-250(text, as on any page)] TJ ET\n0.5 w 10 20 m 100.25 200 l S\n"
)

// pdfPieces returns files of usual content, and of content that is costly to search. Of each, head
// comes once, and then the piece of 32 KiB any number of times.
func pdfPieces() []struct{ name, head, piece string } {
	piece := func(unit string) string {
		n := 32 << 10 / len(unit)
		return strings.Repeat(unit, n) + strings.Repeat(" ", 32<<10-n*len(unit))
	}
	return []struct{ name, head, piece string }{
		{"stream of noise", streamBegins, noise(32 << 10)},
		{"stream of text", streamBegins, piece(pageText)},
		{"stream of spaces", streamBegins, piece(" ")},
		{"near misses by their beginning", streamBegins, piece("1 0 ob endstrea xre ")},
		{"near misses by their end", streamBegins, piece("1 0 bj ndstream ref ")},
		{"rare letters", streamBegins, piece("jmx")},
		{"words that are not objects", streamBegins, piece("obj ")},
		{"smallest objects", objectsBegin, piece(smallObject)},
		{"small objects", objectsBegin, piece(linkingObject)},
		{"names", objectsBegin + "1 0 obj[", piece("/Name")},
		{"escaped names", objectsBegin + "1 0 obj[", piece("/#41")},
		{"numbers", objectsBegin + "1 0 obj[", piece("1 -2.5 ")},
		{"dictionaries", objectsBegin + "1 0 obj[", piece("<</A<</S/GoTo>>>>")},
		{"strings", objectsBegin + "1 0 obj[", piece("(abc)<41>")},
		{"small streams", objectsBegin, piece("123456 0 obj<</Length 0>>stream\n\nendstream endobj ")},
	}
}

func BenchmarkPDF(b *testing.B) {
	const pieces = 2048 // 64 MiB
	for _, c := range pdfPieces() {
		piece := []byte(c.piece)
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(pieces * int64(len(piece)))
			b.ReportAllocs()
			for b.Loop() {
				f := inspect.PDF{RefuseActive: true}
				_, err := f.Write([]byte(c.head))
				for range pieces {
					if err == nil {
						_, err = f.Write(piece)
					}
				}
				require.NoError(b, err)
			}
		})
	}
}

// BenchmarkPDFCostly reads the costliest known PDF files, of about 1 MiB each.
func BenchmarkPDFCostly(b *testing.B) {
	for _, c := range corpus.CostlyFiles() {
		if c.Type != "application/pdf" {
			continue
		}
		file := c.Make(1 << 20)
		b.Run(c.About, func(b *testing.B) {
			b.SetBytes(int64(len(file)))
			b.ReportAllocs()
			for b.Loop() {
				show(&inspect.PDF{RefuseActive: true}, file)
			}
		})
	}
}

// TestPDFAllocations: further pieces of a file allocate nothing.
func TestPDFAllocations(t *testing.T) {
	for _, c := range pdfPieces() {
		f := inspect.PDF{RefuseActive: true}
		_, err := f.Write([]byte(c.head + c.piece))
		require.NoError(t, err, c.name)
		piece := []byte(c.piece)
		require.Zero(t, testing.AllocsPerRun(20, func() { _, err = f.Write(piece) }), c.name)
		require.NoError(t, err, c.name)
	}
}
