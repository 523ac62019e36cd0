package pdfreaders_test

import (
	"fmt"
	"testing"

	"github.com/airlock-go/upload/internal/rounds"
)

// TestOffsets has cross references lead to each byte of a file, or in usual runs to each fourth,
// and to objects of streams, most of which are missing. By such an entry no reader finds anything
// that acts in an accepted file.
func TestOffsets(t *testing.T) {
	opens := subjects[0]
	build := func(end func(f *file)) []byte {
		f := begin(opens)
		f.WriteString("% a comment\n")
		f.object(7, opens.acting)
		f.object(8, "[7 0 R (7 0 obj) 6.0 <37> /7#200#20obj 6 0 R]")
		f.stream(9, "", "7 0 obj "+opens.acting+" endobj")
		f.packed(10, "/Type/ObjStm", 11, "[]", 12, opens.acting)
		end(f)
		return f.Bytes()
	}
	step := 4 / rounds.Of(1, 4)
	d := open(t)
	all := build(func(f *file) { f.end("", f.at) })
	for offset := 0; offset < len(all); offset += step {
		d.show(fmt.Sprintf("an entry that leads to byte %d", offset), build(func(f *file) { f.end("", f.with(6, offset)) }))
	}
	for stream := range 14 {
		for index := range 3 {
			d.show(fmt.Sprintf("an entry that leads to object %d of stream %d", index, stream),
				build(func(f *file) { f.endStream("", map[int]row{6: {2, stream, index}}) }))
		}
	}
	d.close(180, map[string]int{"pdfcpu": 1})
}
