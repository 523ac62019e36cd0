package clean_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/clean"
)

// TestFilmNested checks that a film is refused if the boxes of a track that is dropped lie too
// deep.
func TestFilmNested(t *testing.T) {
	t.Parallel()
	film := func(depth int) []byte {
		boxes := tables([]span{{24, len(place)}})
		for i := range depth {
			boxes = atom([]string{"stbl", "minf"}[i%2], boxes)
		}
		media := atom("mdia", handler("meta", ""), boxes)
		return []byte(atom("ftyp", "isom"+n32(0)) + atom("mdat", place) + atom("moov", videoTrack(nil), atom("trak", trackHead(2, 0, 0, upright), media)))
	}
	got := whole(t, "video/mp4", film(2))
	require.NoError(t, got.Err)
	requireNothing(t, got.Content)

	var fault *clean.Error
	got = whole(t, "video/mp4", film(100))
	require.ErrorAs(t, got.Err, &fault)
	require.Equal(t, clean.CodeUnclear, fault.Code)
}

// TestFilmFragmentsCost checks that a file is refused early if its fragments each look at the
// samples of another one, which never come.
func TestFilmFragmentsCost(t *testing.T) {
	t.Parallel()
	whole := cameraFilm(true, placesAt)
	var runs strings.Builder
	for i := range 4000 {
		runs.WriteString(atom("trun", n32(1), n32(1), n32(4*i)))
	}
	dropped := atom("moof", atom("traf", atom("tfhd", n32(0x11), n32(99), n64(1<<40), n32(1)), runs.String()))
	file := whole + dropped + strings.Repeat(atom("moof"), 100_000)
	got := cleaned("video/quicktime", []byte(file), 32<<10, 32<<10, clean.Options{})
	var fault *clean.Error
	require.ErrorAs(t, got.Err, &fault)
	require.Equal(t, clean.CodeUnclear, fault.Code)
	require.Less(t, fault.Offset, int64(len(whole)+len(dropped)+8*2000))
}
