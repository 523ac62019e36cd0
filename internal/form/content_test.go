package form_test

import (
	"bytes"
	"io"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/form"
)

// TestContent checks that content comes out whole, whatever pieces of a delimiter it has, wherever
// reads end, and whatever it is read into.
func TestContent(t *testing.T) {
	pieces := []string{"\r", "\n", "\r\n", "\r\n-", "\r\n--", "\r\n--BoUn", "\r\n--BoUnDx", "--BoUnDz", "x", "hello, world", "\r\n--BoUnD-x"}
	rng := rand.New(rand.NewPCG(1, 2))
	for range 60 {
		var content []byte
		for size := rng.IntN(300_000); len(content) < size; {
			if rng.IntN(10) == 0 {
				content = append(content, make([]byte, rng.IntN(70_000))...)
			}
			content = append(content, pieces[rng.IntN(len(pieces))]...)
		}
		content = append(content, "."...)
		b := "--BoUnD\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x\"\r\n\r\n" + string(content) + "\r\n--BoUnD--\r\n"
		src := &ragged{bytes.NewReader([]byte(b)), rng}
		r := form.NewReader(src, "BoUnD", form.Limits{Parts: 1, HeaderBytes: 1 << 10, EpilogueBytes: 10})
		p, err := r.Next()
		require.NoError(t, err)
		var got []byte
		for err == nil {
			dst := make([]byte, 1+rng.IntN(100_000))
			var n int
			n, err = p.Read(dst)
			got = append(got, dst[:n]...)
		}
		require.Equal(t, io.EOF, err)
		require.True(t, bytes.Equal(content, got))
		_, err = r.Next()
		require.Equal(t, io.EOF, err)
		r.Release()
	}
}

// ragged delivers its data in pieces of random sizes.
type ragged struct {
	r   io.Reader
	rng *rand.Rand
}

func (r *ragged) Read(p []byte) (int, error) {
	most := []int{1, 7, 100, 5000, 1 << 20}[r.rng.IntN(5)]
	return r.r.Read(p[:min(len(p), 1+r.rng.IntN(most))])
}
