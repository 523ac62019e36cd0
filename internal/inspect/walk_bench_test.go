package inspect_test

import (
	"io"
	"slices"
	"testing"

	"github.com/airlock-go/upload/internal/corpus"
)

// BenchmarkTypical reads whole typical files, as common programs write them.
func BenchmarkTypical(b *testing.B) { benchmarkKinds(b, corpus.TypicalFiles()) }

// BenchmarkCostly reads the worst known files, up to their refusal.
func BenchmarkCostly(b *testing.B) { benchmarkKinds(b, corpus.CostlyFiles()) }

func benchmarkKinds(b *testing.B, kinds []corpus.Kind) {
	for _, c := range kinds {
		b.Run(c.About, func(b *testing.B) {
			content := c.Make(1 << 20)
			b.SetBytes(int64(seen(strictInspector(c.Type), content)))
			b.ReportAllocs()
			for b.Loop() {
				seen(strictInspector(c.Type), content)
			}
		})
	}
}

// seen writes content to w in pieces of 32 KiB. It returns the number of bytes in the pieces before
// a refusal.
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
