package form_test

import (
	"bytes"
	"io"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/form"
)

// BenchmarkReader reads a form of one file, from memory, into a buffer of 64 KiB.
func BenchmarkReader(b *testing.B) {
	const size = 16 << 20
	random := make([]byte, size)
	_, _ = rand.NewChaCha8([32]byte{}).Read(random)
	contents := map[string][]byte{
		"random":      random,
		"text":        bytes.Repeat([]byte("all work and no play makes a line\r\n"), size/35),
		"near miss":   bytes.Repeat([]byte("\r\n--xBOUNDARy"), size/13),
		"line breaks": bytes.Repeat([]byte("\r\n"), size/2),
	}
	for name, content := range contents {
		b.Run(name, func(b *testing.B) {
			head := "--xBOUNDARYx\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a\"\r\n\r\n"
			body := append(append([]byte(head), content...), "\r\n--xBOUNDARYx--\r\n"...)
			chunk := make([]byte, 64<<10)
			b.SetBytes(int64(len(content)))
			b.ReportAllocs()
			for b.Loop() {
				r := form.NewReader(onlyReader{bytes.NewReader(body)}, "xBOUNDARYx", form.Limits{Parts: 1, HeaderBytes: 8 << 10, EpilogueBytes: 8 << 10})
				p, err := r.Next()
				require.NoError(b, err)
				n := 0
				for err == nil {
					var m int
					m, err = io.ReadFull(p, chunk)
					n += m
				}
				require.Equal(b, len(content), n)
				r.Release()
			}
		})
	}
}

type onlyReader struct{ io.Reader }
