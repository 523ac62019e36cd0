package clean_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/clean"
)

func TestMayPatch(t *testing.T) {
	t.Parallel()
	const ftyp = "\x00\x00\x00\x14ftypisom\x00\x00\x00\x00isom"
	rest := strings.Repeat("x", 100)
	for _, c := range []struct {
		name, mediaType, head string
		want                  bool
	}{
		{"the index first", "video/mp4", ftyp + "\x00\x00\x10\x00moov" + rest, false},
		{"samples first", "video/quicktime", ftyp + "\x00\x00\x00\x08wide\x00\x00\x10\x00mdat" + rest, true},
		{"samples after a box of 64 bits", "audio/mp4", "\x00\x00\x00\x01free\x00\x00\x00\x00\x00\x00\x00\x10\x00\x00\x00\x01mdat" + rest, true},
		{"an index after a box of 64 bits", "audio/mp4", "\x00\x00\x00\x01free\x00\x00\x00\x00\x00\x00\x00\x10\x00\x00\x00\x01moov" + rest, false},
		{"neither in the head", "video/3gpp", ftyp + "\x00\x00\x10\x00free" + rest, true},
		{"a box without end", "video/mp4", "\x00\x00\x00\x00free" + rest, true},
		{"nothing", "video/mp4", "", true},
		{"a picture", "image/png", "\x00\x00\x00\x08wide\x00\x00\x10\x00mdat" + rest, false},
	} {
		require.Equal(t, c.want, clean.MayPatch(c.mediaType, []byte(c.head)), c.name)
	}
}
