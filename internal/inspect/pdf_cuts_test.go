package inspect_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/corpus"
	"github.com/airlock-go/upload/internal/inspect"
	"github.com/airlock-go/upload/internal/rounds"
)

// TestPDFCuts checks that the pieces in which a file comes do not change its verdict, even if it
// has several faults.
func TestPDFCuts(t *testing.T) {
	const (
		acts   = "9 0 <</S/JavaScript/JS(x)>>"
		hidden = " 5 0 obj<</N 1/First 4/Length 3>>stream\nabc"
	)
	for _, c := range []struct{ name, in, want string }{
		{"decoded data, before a hidden object", pdf(pdfStream("/Type/ObjStm/N 1/First 4", acts+hidden)), script},
		{"a hidden object, before decoded data", pdf(pdfStream("/Type/ObjStm/N 1/First 60", "9 0 %"+hidden+strings.Repeat(" ", 60)+"\n<</S/JavaScript/JS(x)>>")), action},
		{"deflated data, before a hidden object", pdf(pdfStream("/Type/ObjStm/N 1/First 4/Filter/FlateDecode", deflate(acts)+hidden)), script},
		{"cross references before a hidden object", pdf(pdfStream("/Type/XRef/W[1 9 1]/Size 1", hidden)), pdfDamaged},
		{"deflated data that ends early", pdf(pdfStream("/Type/ObjStm/N 1/First 4/Filter/FlateDecode", deflate(acts)[:12])), pdfDamaged},
		{"deflated data that is damaged", pdf(pdfStream("/Type/ObjStm/N 1/First 4/Filter/FlateDecode", "\x78\x9c\xff\xff"+deflate(acts))), pdfDamaged},
		{"data after deflated data", pdf(pdfStream("/Type/ObjStm/N 1/First 4/Filter/FlateDecode", deflate("9 0 [/A]")+strings.Repeat("x", 9000))), ""},
		{"a stray string that hides an object", pdf("5 0 (1 0 obj << 2 0 obj <<)"), pdfDamaged},
		{"a stray string in hexadecimal that hides an object", pdf("<1 0 obj << 2 0 obj <<>"), pdfDamaged},
		{"a stray string after a wrong length", pdf("7 0 obj<</Length 60>>stream\nendstream endobj 5 0 (1 0 obj << 2 0 obj <<)"), action},
		{"a hidden object after near misses", pdf(pdfStream("", strings.Repeat("jbj obendstre", 3000)+" 5 0 obj<</S/JavaScript/JS(x)>>")), script},
		{"a stream of unknown length that ends after near misses", pdf("7 0 obj<</Length 8 0 R>>stream\n" + strings.Repeat("ndstream m e", 3000) + "\nendstream endobj 8 0 obj<</S/JavaScript/JS(x)>>endobj"), script},
		{"an object after near misses of the end of a stream", pdf("7 0 obj<</Length 8 0 R>>stream\n" + strings.Repeat("ndstream m e", 3000) + "\nendstream endobj 8 0 obj 9 endobj"), ""},
		{"a script before damage", pdf(object(5, "<</S/JavaScript/JS(x)>>"), "hello"), script},
		{"words that end in obj and begin no object", pdf(pdfStream("", "myobj<</S/URI/URI(x)>>endobj <</S/URI/URI(x)>>")), ""},
		{"a large object stream", pdf(objStm("[" + strings.Repeat("/A ", 100_000) + "]")), ""},
	} {
		require.Equal(t, c.want, passive(t, c.in, inspect.PDFAllow{}), c.name)
	}
}

// TestPDFCorpusCuts checks the same with the PDF files of the corpus, with RefuseActive and
// without.
func TestPDFCorpusCuts(t *testing.T) {
	takesTurn := rounds.Turns(3)
	for _, f := range append(corpus.Documents(), corpus.ActiveDocuments()...) {
		if f.Type != "application/pdf" {
			continue
		}
		for _, strict := range []bool{true, false} {
			whole := inPieces(string(f.Content), len(f.Content)+1, &inspect.PDF{RefuseActive: strict})
			for _, size := range []int{1, 2, 3, 7} {
				if takesTurn() {
					require.Equal(t, whole, inPieces(string(f.Content), size, &inspect.PDF{RefuseActive: strict}), "%s, in pieces of %d bytes", f.About, size)
				}
			}
		}
	}
}
