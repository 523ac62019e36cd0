package corpus

import (
	"bytes"
	"fmt"
	"strings"
)

func typicalPDF() []Kind {
	text := "\x78\x9c" + string(deflate([]byte(prose(8<<10)))) + "\x00\x00\x00\x00"
	photo := random(128 << 10)
	return []Kind{
		{"PDF of streams", "t.pdf", typePDF, objects(func(b *bytes.Buffer, n int) {
			if n%2 == 0 {
				_, _ = fmt.Fprintf(b, "<</Filter/FlateDecode/Length %d>>\nstream\n%s\nendstream", len(text), text)
				return
			}
			_, _ = fmt.Fprintf(b, "<</Type/XObject/Subtype/Image/Width 1600/Height 1200/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/DCTDecode/Length %d>>\nstream\n%s\nendstream", len(photo), photo)
		})},
		{"PDF of many objects", "u.pdf", typePDF, objects(func(b *bytes.Buffer, n int) {
			_, _ = fmt.Fprintf(b, "<</Type/StructElem/S/P/P %d 0 R/K %d/Pg 3 0 R>>", n-1, n%100)
		})},
	}
}

// objects returns a function that makes a PDF with many objects and their cross references.
func objects(object func(b *bytes.Buffer, n int)) func(size int) []byte {
	return func(size int) []byte {
		b := bytes.NewBuffer(make([]byte, 0, size+256<<10))
		_, _ = b.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
		var table strings.Builder
		n := 1
		for ; b.Len()+table.Len() < size || n < 4; n++ {
			_, _ = fmt.Fprintf(&table, "%010d 00000 n \n", b.Len())
			_, _ = fmt.Fprintf(b, "%d 0 obj\n", n)
			switch n {
			case 1:
				b.WriteString("<</Type/Catalog/Pages 2 0 R>>")
			case 2:
				b.WriteString("<</Type/Pages/Kids[3 0 R]/Count 1>>")
			case 3:
				b.WriteString("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>")
			default:
				object(b, n)
			}
			b.WriteString("\nendobj\n")
		}
		at := b.Len()
		_, _ = fmt.Fprintf(b, "xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", n, table.String(), n, at)
		return b.Bytes()
	}
}
