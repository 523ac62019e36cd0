package inspect

import (
	"io"
	"testing"

	"github.com/stretchr/testify/require"
)

// anyPicture is a Picture that accepts everything.
type anyPicture struct{}

func (anyPicture) Write(p []byte) (int, error) { return len(p), nil }
func (anyPicture) Verdict() error              { return nil }
func (anyPicture) Within(*Budget)              {}

func (anyPicture) decode([]byte, func([]byte) io.Reader) error { return nil }

// TestDecodedKeepsNoMoreThanMaxBytes checks that the memory for the file never has more than
// MaxBytes, however the file grows.
func TestDecodedKeepsNoMoreThanMaxBytes(t *testing.T) {
	for _, size := range []int{1, 7, 1000, 4096, 100_000} {
		d := &Decoded{Walk: anyPicture{}, MaxBytes: 100_001}
		var err error
		for n := 0; err == nil; n += size {
			require.LessOrEqual(t, cap(d.file), d.MaxBytes, "pieces of %d bytes", size)
			require.Len(t, d.file, n)
			_, err = d.Write(make([]byte, size))
		}
		fault := (*Error)(nil)
		require.ErrorAs(t, err, &fault)
		require.Equal(t, CodeComplex, fault.Code)
	}
}
