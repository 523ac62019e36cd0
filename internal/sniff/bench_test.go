package sniff_test

import (
	"bytes"
	"testing"

	"github.com/airlock-go/upload/internal/corpus"
	"github.com/airlock-go/upload/internal/sniff"
)

// BenchmarkResolve detects heads of everyday files.
func BenchmarkResolve(b *testing.B) {
	text := bytes.Repeat([]byte("all work and no play makes jack a dull boy\n"), 100)
	heads := map[string]struct {
		head []byte
		ext  string
	}{
		"text":   {text, ".txt"},
		"csv":    {bytes.Repeat([]byte("a,b,c\n1,2,3\n"), 400), ".csv"},
		"binary": {bytes.Repeat([]byte{0, 1, 2, 3}, 1024), ".bin"},
	}
	for _, f := range corpus.Images() {
		if f.Code == "" {
			heads[f.Type] = struct {
				head []byte
				ext  string
			}{f.Content, ".png"}
		}
	}
	for name, h := range heads {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				sniff.Resolve(h.head[:min(len(h.head), sniff.HeadLen)], h.ext)
			}
		})
	}
}
