package inspect_test

import (
	"io"
	"slices"
	"testing"

	"github.com/airlock-go/upload/internal/corpus"
)

// BenchmarkTypical reads whole files of each type, as common programs write them.
func BenchmarkTypical(b *testing.B) { benchmarkKinds(b, corpus.TypicalFiles()) }

// BenchmarkCostly reads the worst files of each type, up to their refusal.
func BenchmarkCostly(b *testing.B) { benchmarkKinds(b, corpus.CostlyFiles()) }

func benchmarkKinds(b *testing.B, kinds []corpus.Kind) {
	for _, c := range kinds {
		b.Run(c.About, func(b *testing.B) {
			content := c.Make(1 << 20)
			b.SetBytes(int64(seen(lookingInspector(c.Type), content)))
			b.ReportAllocs()
			for b.Loop() {
				seen(lookingInspector(c.Type), content)
			}
		})
	}
}

// seen has w read content, in the pieces in which the library passes files on. It returns the
// number of bytes before a refusal.
func seen(w inspector, content []byte) (n int) {
	for piece := range slices.Chunk(content, 32<<10) {
		if _, err := w.Write(piece); err != nil {
			break
		}
		n += len(piece)
	}
	_ = w.Verdict()
	if closer, ok := w.(io.Closer); ok {
		_ = closer.Close()
	}
	return n
}
