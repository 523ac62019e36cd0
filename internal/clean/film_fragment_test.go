package clean_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/clean"
)

// TestFilmFragments checks that the samples of a track that is not kept are blanked in time, since
// fragments say where they are before they come. The numbers of tfhd and trun are their flags.
func TestFilmFragments(t *testing.T) {
	t.Parallel()
	extend := func(id int) string { return atom("trex", n32(0), n32(id), n32(1), n32(10), n32(5), n32(0)) }
	start := atom("ftyp", "iso5"+n32(0)) + atom("moov", movieHead("mvhd", n32(1000), n32(0)), videoTrack(nil), dataTrack(2, "meta", "", tables(nil)),
		atom("mvex", atom("mehd", n32(0), n32(4000)), extend(1), extend(2), atom("secr", hidden)))
	sized := func(id int, more string, sizes ...int) string {
		var list strings.Builder
		for _, n := range sizes {
			list.WriteString(n32(10) + n32(n))
		}
		return atom("traf", atom("tfhd", n32(0x20000), n32(id)), atom("tfdt", n32(0), n32(0)), atom("trun", n32(0x301), n32(len(sizes)), "OFFS", list.String()), atom("secr", hidden), more)
	}
	for _, c := range []struct {
		name  string
		trafs string
	}{
		{name: "offsets from the fragment", trafs: strings.Replace(sized(1, "", 20, 6), "OFFS", "PICT", 1) + strings.Replace(sized(2, atom("secr", hidden), 8, 12), "OFFS", "PLCE", 1)},
		{name: "one after another", trafs: atom("traf", atom("tfhd", n32(0), n32(1)), atom("trun", n32(0x201), n32(2), "PICT", n32(20), n32(6))) +
			atom("traf", atom("tfhd", n32(0x10), n32(2), n32(10)), atom("trun", n32(0), n32(1)), atom("trun", n32(4), n32(1), n32(0)))},
		{name: "a size from the movie box", trafs: atom("traf", atom("tfhd", n32(0), n32(1)), atom("trun", n32(0x201), n32(1), "PICT", n32(26))) +
			atom("traf", atom("tfhd", n32(0), n32(2)), atom("trun", n32(0xd00), n32(4), strings.Repeat(hidden+"\xd1\xd2\xd3\xd4", 4)))},
		{name: "offsets from the file", trafs: atom("traf", atom("tfhd", n32(1), n32(1), "WIDEPICT"), atom("trun", n32(0x201), n32(1), n32(0), n32(26))) +
			atom("traf", atom("tfhd", n32(0x3b), n32(2), "WIDEPLCE", n32(1), n32(1), n32(20), n32(0)), atom("trun", n32(0), n32(1)), atom("uuid", zeros(16), hidden))},
		{name: "an unknown track", trafs: atom("traf", atom("tfhd", n32(0x10), n32(9), n32(20)), atom("trun", n32(1), n32(1), "PLCE"))},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			require.Len(t, pictureA, 26)
			require.Len(t, place, 20)
			file := start
			for range 2 {
				file += atom("prft", hidden) + atom("emsg", hidden)
				fragment := atom("moof", atom("mfhd", n32(0), n32(1)), c.trafs, atom("meta", n32(0), hidden))
				from := len(fragment) + 8
				fragment = strings.NewReplacer("WIDEPICT", n64(len(file)+from), "WIDEPLCE", n64(len(file)+from+26), "PICT", n32(from), "PLCE", n32(from+26)).Replace(fragment)
				file += fragment + atom("mdat", pictureA, place)
			}
			file += atom("mfra", atom("tfra", n32(0)), atom("secr", hidden), atom("mfro", n32(0), n32(0)))
			got := whole(t, "video/mp4", []byte(file))
			require.NoError(t, got.Err)
			requireNothing(t, got.Content)
			require.Equal(t, 2, bytes.Count(got.Content, []byte("mdat"+pictureA+zeros(20))))
			inTime := cleaned("video/mp4", []byte(file), 100, 100, clean.Options{}) // without Late
			require.NoError(t, inTime.Err)
		})
	}
}

// TestFilmFragmentsOfLateHeaders has tracks with their tkhd after their mdia.
func TestFilmFragmentsOfLateHeaders(t *testing.T) {
	t.Parallel()
	late := func(track, header string) string {
		return atom("trak", strings.Replace(track[8:], header, "", 1), header)
	}
	extend := func(id int) string { return atom("trex", n32(0), n32(id), n32(1), n32(10), n32(0), n32(0)) }
	start := atom("ftyp", "iso5"+n32(0)) + atom("moov", late(videoTrack(nil), trackHead(1, 64, 48, upright)), late(dataTrack(2, "meta", "", tables(nil)), trackHead(2, 0, 0, upright)),
		atom("mvex", extend(1), extend(2)))
	run := func(id, size, at int) string {
		return atom("traf", atom("tfhd", n32(0x20010), n32(id), n32(size)), atom("trun", n32(1), n32(1), n32(at)))
	}
	fragment := func(at int) string {
		return atom("moof", run(1, len(pictureA), at), run(2, len(place), at+len(pictureA)))
	}
	got := whole(t, "video/mp4", []byte(start+fragment(len(fragment(0))+8)+atom("mdat", pictureA, place)))
	require.NoError(t, got.Err)
	requireNothing(t, got.Content)
	require.Contains(t, string(got.Content), pictureA+zeros(len(place)))
}
