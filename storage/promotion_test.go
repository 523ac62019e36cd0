package storage_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/storage"
)

// TestPromotionPin checks which digest the staged bytes must have, and which digests and patches a
// promotion can have.
func TestPromotionPin(t *testing.T) {
	patches := []storage.Patch{{Offset: 0, Length: 1}}
	for _, row := range []struct {
		name  string
		p     storage.Promotion
		pin   string
		valid bool
	}{
		{"no digest", storage.Promotion{}, "", true},
		{"one digest", storage.Promotion{SHA256: "a"}, "a", true},
		{"one digest of both", storage.Promotion{SHA256: "a", SourceSHA256: "a"}, "a", true},
		{"only that of the source", storage.Promotion{SourceSHA256: "a"}, "a", true},
		{"two without patches", storage.Promotion{SHA256: "b", SourceSHA256: "a"}, "a", false},
		{"two with patches", storage.Promotion{SHA256: "b", SourceSHA256: "a", Patches: patches}, "a", true},
		{"only the new one with patches", storage.Promotion{SHA256: "b", Patches: patches}, "", true},
		{"patches after the end", storage.Promotion{SHA256: "b", SourceSHA256: "a", Patches: []storage.Patch{{Offset: 1, Length: 1}}}, "a", false},
	} {
		t.Run(row.name, func(t *testing.T) {
			row.p.Sources, row.p.Size = []storage.Source{{Key: "k", ETag: "e", Size: 1}}, 1
			require.Equal(t, row.pin, row.p.Pin())
			require.Equal(t, row.valid, row.p.Valid() == nil)
		})
	}
}

// TestPromotionSources checks which sources a promotion can have. It has 10 bytes, except where
// change sets another size.
func TestPromotionSources(t *testing.T) {
	for _, row := range []struct {
		name   string
		sizes  []int64
		change func(*storage.Promotion)
		valid  bool
	}{
		{name: "none"},
		{name: "one", sizes: []int64{10}, valid: true},
		{name: "one that is shorter", sizes: []int64{9}},
		{name: "one that is longer", sizes: []int64{11}},
		{name: "several", sizes: []int64{4, 4, 2}, valid: true},
		{name: "a last one of the size of a piece", sizes: []int64{4, 4}, change: func(p *storage.Promotion) { p.Size = 8 }, valid: true},
		{name: "a last one of 1 byte", sizes: []int64{4, 1}, change: func(p *storage.Promotion) { p.Size = 5 }, valid: true},
		{name: "fewer bytes than the size", sizes: []int64{4, 4, 1}},
		{name: "more bytes than the size", sizes: []int64{4, 4, 3}},
		{name: "no bytes in the last", sizes: []int64{5, 5, 0}},
		{name: "the most", sizes: slices.Repeat([]int64{1}, storage.MaxParts), change: sizeOfAll, valid: true},
		{name: "one too many", sizes: slices.Repeat([]int64{1}, storage.MaxParts+1), change: sizeOfAll},
		{name: "the largest", sizes: []int64{storage.MaxPartSize, storage.MaxPartSize}, change: sizeOfAll, valid: true},
		{name: "larger than a part", sizes: []int64{storage.MaxPartSize + 1, 1}, change: sizeOfAll},
		{name: "a large last one", sizes: []int64{4, 6}},
		{name: "a large first one", sizes: []int64{6, 4}, valid: true},
		{name: "a small one in the middle", sizes: []int64{4, 2, 4}},
		{name: "a negative size", sizes: []int64{4, 10, -4}},
		{name: "sizes that overflow", sizes: []int64{4, 1<<63 - 1, 1<<63 - 1, 8}},
		{name: "no key", sizes: []int64{4, 4, 2}, change: func(p *storage.Promotion) { p.Sources[1].Key = "" }},
		{name: "no ETag", sizes: []int64{4, 4, 2}, change: func(p *storage.Promotion) { p.Sources[2].ETag = "" }},
		{name: "a digest of several", sizes: []int64{4, 4, 2}, change: func(p *storage.Promotion) { p.SourceSHA256 = "a" }},
		{name: "a digest of what is published", sizes: []int64{4, 4, 2}, change: func(p *storage.Promotion) { p.SHA256 = "a" }, valid: true},
	} {
		t.Run(row.name, func(t *testing.T) {
			p := storage.Promotion{Size: 10}
			for size := range slices.Values(row.sizes) {
				p.Sources = append(p.Sources, storage.Source{Key: "k", ETag: "e", Size: size})
			}
			if row.change != nil {
				row.change(&p)
			}
			require.Equal(t, row.valid, p.Valid() == nil)
		})
	}
}

// sizeOfAll makes the size that of all sources.
func sizeOfAll(p *storage.Promotion) {
	p.Size = 0
	for _, s := range p.Sources {
		p.Size += s.Size
	}
}
