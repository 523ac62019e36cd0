package clean_test

import (
	"testing"

	"github.com/airlock-go/upload/internal/clean"
	"github.com/airlock-go/upload/internal/corpus"
)

// BenchmarkCostly cleans 4 MiB of each of the worst files.
func BenchmarkCostly(b *testing.B) { benchmarkKinds(b, corpus.CostlyFiles()) }

// BenchmarkTypical cleans 4 MiB of each of the typical files.
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
