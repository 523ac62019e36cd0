package clean_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/clean"
	"github.com/airlock-go/upload/internal/corpus"
)

// TestAllocations checks that the allocations of a cleaner hardly grow with the size of a file.
func TestAllocations(t *testing.T) {
	for _, c := range slices.Concat(corpus.CostlyFiles(), corpus.TypicalFiles()) {
		if !clean.Has(c.Type) {
			continue
		}
		of := func(size int) float64 {
			file, buf := c.Make(size), make([]byte, 4<<10)
			return testing.AllocsPerRun(3, func() { readAll(c.Type, file, buf) })
		}
		require.LessOrEqual(t, of(512<<10), of(128<<10)+8, c.About)
	}
}

// BenchmarkCostly cleans a file of 4 MiB of each costly kind.
func BenchmarkCostly(b *testing.B) { benchmarkKinds(b, corpus.CostlyFiles()) }

// BenchmarkTypical cleans a file of 4 MiB of each typical kind.
func BenchmarkTypical(b *testing.B) { benchmarkKinds(b, corpus.TypicalFiles()) }

func benchmarkKinds(b *testing.B, kinds []corpus.Kind) {
	b.Helper()
	for _, c := range kinds {
		if !clean.Has(c.Type) {
			continue
		}
		b.Run(c.About, func(b *testing.B) { benchmarkClean(b, c.Type, c.Make(4<<20)) })
	}
}

// benchmarkClean measures the time and the allocations of a cleaner.
func benchmarkClean(b *testing.B, mediaType string, file []byte) {
	b.Helper()
	buf := make([]byte, 32<<10)
	b.SetBytes(int64(len(file)))
	b.ReportAllocs()
	for b.Loop() {
		readAll(mediaType, file, buf)
	}
}

func readAll(mediaType string, file, buf []byte) {
	r := clean.NewReader(bytes.NewReader(file), mediaType, clean.Options{})
	defer r.Close()
	for err := error(nil); err == nil; {
		_, err = r.Read(buf)
	}
}
