package s3store

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"
)

// TestFill checks that a range is whole only if its body has exactly its bytes. The HTTP client,
// which can be the caller's own, may deliver fewer or more.
func TestFill(t *testing.T) {
	broken := errors.New("broken")
	for name, row := range map[string]struct {
		body io.Reader
		want error
		read string
	}{
		"exact":                  {strings.NewReader("12345"), io.EOF, "12345"},
		"EOF with the last byte": {iotest.DataErrReader(strings.NewReader("12345")), io.EOF, "12345"},
		"byte by byte":           {iotest.OneByteReader(strings.NewReader("12345")), io.EOF, "12345"},
		"short":                  {strings.NewReader("1234"), io.ErrUnexpectedEOF, "1234"},
		"nothing":                {strings.NewReader(""), io.ErrUnexpectedEOF, ""},
		"more":                   {strings.NewReader("123456"), errMore, "12345"},
		"broken in the middle":   {io.MultiReader(strings.NewReader("12"), iotest.ErrReader(broken)), broken, "12"},
		"broken at the end":      {io.MultiReader(strings.NewReader("12345"), iotest.ErrReader(broken)), broken, "12345"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFetch(newMemory(chunkSize, chunkSize).spare("", chunkSize))
			f.end(f.fill(row.body, 5))
			var got []byte
			var err error
			for p := make([]byte, 2); err == nil; {
				var n int
				n, err = f.Read(p)
				got = append(got, p[:n]...)
			}
			require.ErrorIs(t, err, row.want)
			require.Equal(t, row.read, string(got))
		})
	}
}
