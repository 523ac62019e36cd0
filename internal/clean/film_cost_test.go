package clean_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/clean"
)

// TestFilmFragmentsCost: fragments that each look at the samples of another one, which never come,
// end the file early.
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
