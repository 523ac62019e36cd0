package clean_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/clean"
)

func TestMayPatch(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, kind, head string
		want             bool
	}{
		{name: "movie in front", kind: "video/mp4", head: cameraFilm(true, placesAt)},
		{name: "movie at the end", kind: "video/mp4", head: cameraFilm(false, placesAt), want: true},
		{name: "M4A", kind: "audio/mp4", head: atom("ftyp", "M4A ", n32(0)) + bigAtom("free") + n32(9999) + "moov" + zeros(8)},
		{name: "neither in the head", kind: "video/quicktime", head: atom("free", zeros(10)) + n32(9999) + "free" + zeros(8), want: true},
		{name: "cut within a box", kind: "video/3gpp", head: atom("ftyp", "3gp5", n32(0))[:15], want: true},
		{name: "no size", kind: "video/mp4", head: zeros(100), want: true},
		{name: "HEIC", kind: typeHEIC, head: atom("ftyp", "heic", n32(0)) + n32(9999) + "meta" + zeros(8)},
		{name: "HEIC whose media comes first", kind: typeHEIC, head: atom("ftyp", "heic", n32(0)) + n32(9999) + "mdat" + zeros(8), want: true},
		{name: "AVIF sequence", kind: "image/avif", head: atom("ftyp", "avis", n32(0)) + atom("meta", zeros(4)) + n32(9999) + "moov" + zeros(8)},
		{name: "AVIF sequence whose movie may come last", kind: "image/avif", head: atom("ftyp", "avif", n32(0), "avifmsf1") + n32(9999) + "meta" + zeros(8), want: true},
		{name: "HEIC cut within its type", kind: typeHEIC, head: "\x00\x00\x00\x18ft", want: true},
		{name: "JPEG", kind: "image/jpeg", want: true},
		{name: "PNG", kind: "image/png"},
	} {
		require.Equal(t, c.want, clean.MayPatch(c.kind, []byte(c.head)), c.name)
	}
}
