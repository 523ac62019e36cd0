package inspect_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/inspect"
)

// verdictOf returns the verdict on a file that comes in pieces of these sizes, and then the rest.
func verdictOf(f *inspect.PDF, in, cuts []byte) finding {
	for _, c := range cuts {
		n := min(len(in), int(c))
		_, _ = f.Write(in[:n])
		in = in[n:]
	}
	_, _ = f.Write(in)
	return found(f.Verdict())
}

func FuzzPDF(f *testing.F) {
	for _, s := range []string{
		pdf(catalog), pdf(objStm("<</S/JavaScript>>")), pdf("5 0 obj<</OpenAction 6 0 R>>endobj 6 0 obj[3 0 R/Fit]endobj"),
		pdf("7 0 obj<</Length 8 0 R>>stream\nabc\nendstream endobj 8 0 obj 3 endobj"), pdf(pdfStream("", "5 %\n0 obj")),
		pdf("7 0 obj<</Length 40>>stream\nabc\nendstream\nendobj", catalog, "8 0 obj 3 endobj"), pdf(pdfStream("/N 3/Filter/FlateDecode", deflate("acsp"))),
		clicks(`/A<</S/URI/URI(http\072//x)/Next[6 0 R]>>`), "\xef\xbb\xbf\n% x\n" + pdf(catalog), pdf("7 0 obj<</Length 8 0 R>>stream\nendstream endo (\nendstream\nendobj"),
		pdf(object(5, "<</Subtype/3D/Rect[0 0 9 9]/3DD 7 0 R>>"), pdfStream("/Subtype/U3D", u3d(0x443355, strings.Repeat("\x00", 24), "")+u3dChain("x", 0, 3, u3d(0xffffff21, "x", "")))),
		pdf(pdfStream("/Type/ObjStm/N 1/First 4/Filter/Fl/DecodeParms<</Predictor 2/Columns 9>>", deflate("9 0 <</S/JavaScript>>"))), pdf(pdfStream("", "endstream endobj 5 0 obj<</A(x)>>endobj")),
	} {
		f.Add([]byte(s), []byte{1, 3, 2}, true)
	}
	f.Add([]byte("%PDF-1.0\n0 0 <0 0o@\x00<00 0 obj <0 0obj<0>"), []byte("0"), true)      // a stray string
	f.Add([]byte("%00000000 00obj<</N 000000000000000000 stream 00\n"), []byte{48}, true) // the first line is wrong, and holds an object
	f.Fuzz(func(t *testing.T, in, cuts []byte, refuseActive bool) {
		whole := verdictOf(&inspect.PDF{RefuseActive: refuseActive}, in, nil)
		require.Equal(t, whole, verdictOf(&inspect.PDF{RefuseActive: refuseActive}, in, cuts), "cutting makes no difference")
		if whole != (finding{}) {
			return
		}
		require.Contains(t, string(in[:min(len(in), 1024+len("%PDF-"))]), "%PDF-")
		require.Contains(t, string(in), "%%EOF")
		if refuseActive {
			require.Zero(t, verdictOf(&inspect.PDF{}, in, nil), "the option only adds refusals")
			allowed := inspect.PDFAllow{Calculations: true, Attachments: true, Links: true}
			require.Zero(t, verdictOf(&inspect.PDF{RefuseActive: true, Allow: allowed}, in, nil), "allowances only remove refusals")
		}
	})
}

// FuzzPDFReferences puts cross references of any kind after objects. It checks that cuts make no
// difference, memory is bounded, and a file whose opening action leads to the web is refused.
func FuzzPDFReferences(f *testing.F) {
	f.Add([]byte("\x01\x00\x00\x00\x40\x00\x00\x02\x00\x00\x00\x05\x00\x01"), "/W[1 4 2]/Size 9", "6 1\n0000000200 00000 n\n", []byte{7})
	f.Add([]byte(deflate("\x02\x02\x00\x00\x00\x05\x00\x01")), "/W[1 4 2]/Index[6 1]/Filter/FlateDecode/DecodeParms<</Predictor 12/Columns 7>>", "", []byte{1, 1})
	f.Add([]byte{}, "/N 1/First 4", "0 1\n0000000000 65535 f\n6 2\n0000000017 00000 n\n", []byte{})
	f.Fuzz(func(t *testing.T, data []byte, entries, table string, cuts []byte) {
		if strings.Contains(entries, "obj") || strings.Contains(table, "obj") || strings.Contains(string(data), "endstream") {
			return
		}
		file := func(opens string) []byte {
			return []byte(pdf("1 0 obj<</Type/Catalog/OpenAction 6 0 R>>endobj", object(7, "<</S/URI/URI(x)>>"), object(6, opens),
				pdfStream(entries, string(data))+"\nxref\n"+table+"trailer<<>>"))
		}
		harmless, memory := file("[3 0 R/Fit]"), &counted{}
		one := &inspect.PDF{RefuseActive: true}
		one.Within(&inspect.Budget{Memory: memory})
		whole := verdictOf(one, harmless, nil)
		require.Equal(t, whole, verdictOf(&inspect.PDF{RefuseActive: true}, harmless, cuts), "cutting makes no difference")
		require.LessOrEqual(t, memory.most, int64(8<<20), "more than a budget grants one file")
		require.NotZero(t, verdictOf(&inspect.PDF{RefuseActive: true}, file("<</S/URI/URI(x)>>"), nil), "opens a web page")
	})
}

// counted is a shared memory without a limit. It counts the bytes that are taken.
type counted struct{ now, most int64 }

func (c *counted) Take(n int64) bool {
	c.now += n
	c.most = max(c.most, c.now)
	return true
}

func (c *counted) Give(n int64) { c.now -= n }

// FuzzPDFTokens checks that usual sequences of tokens, which are read in one step, mean the same as
// in pieces of one byte, which are read token by token.
func FuzzPDFTokens(f *testing.F) {
	for _, s := range []string{
		"<</A 6 0 R/B[1 2 3 0 R]/C<</D/E>>>>", "1 2 3 4 0 R R", "[1 0 R2 0 R]", "<</A>>/B>>", "<</A 1 0 obj>>", "/N#41 5 6 R", "<</F 1 00 R/UF(x)>>", "] >>",
		"<</S/URI/A 12345678901234567890 0 R>>", "<</Length 3/Length 4 0 R>>", "endobj 7 0 obj 8 0 obj", "endobjx", "<</Kids[6 0 R]/Names[(a)6 0 R]>>", "0000000017 0000, n",
	} {
		f.Add(s, s, true)
		f.Add(s, "0 2\n0000000000 65535 f\r\n0000000016 00000 n\n"+s, false)
	}
	f.Fuzz(func(t *testing.T, value, table string, refuseActive bool) {
		in := []byte(pdf("5 0 obj\n"+value+"\nendobj\n6 0 obj "+value+" endobj\nxref\n"+table+"\ntrailer") + value)
		cuts := make([]byte, len(in))
		for i := range cuts {
			cuts[i] = 1
		}
		require.Equal(t, verdictOf(&inspect.PDF{RefuseActive: refuseActive}, in, nil), verdictOf(&inspect.PDF{RefuseActive: refuseActive}, in, cuts))
	})
}
