package clean_test

import (
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/clean"
	"github.com/airlock-go/upload/internal/corpus"
	"github.com/airlock-go/upload/internal/inspect"
)

// inspector is an inspector of package inspect.
type inspector interface {
	io.Writer
	Verdict() error
}

// inspectors make the inspector of each type that has a cleaner and files in the corpus.
var inspectors = map[string]func() inspector{
	"image/avif": func() inspector { return &inspect.HEIF{} },
	"image/heic": func() inspector { return &inspect.HEIF{} },
	"image/gif":  func() inspector { return &inspect.GIF{} },
	"image/jpeg": func() inspector { return &inspect.JPEG{MotionPhotos: true} },
	"image/png":  func() inspector { return &inspect.PNG{} },
	"image/webp": func() inspector { return &inspect.WebP{} },

	"audio/mp4":       func() inspector { return &inspect.MP4{} },
	"video/3gpp":      func() inspector { return &inspect.MP4{} },
	"video/matroska":  func() inspector { return &inspect.WebM{Matroska: true} },
	"video/mp4":       func() inspector { return &inspect.MP4{} },
	"video/quicktime": func() inspector { return &inspect.MP4{} },
	"video/webm":      func() inspector { return &inspect.WebM{} },
}

func refused(t testing.TB, mediaType string, file []byte) bool {
	t.Helper()
	newInspector := inspectors[mediaType]
	require.NotNil(t, newInspector, mediaType)
	g := newInspector()
	_, _ = g.Write(file)
	return g.Verdict() != nil
}

// TestAcceptedFilesStayAccepted checks that an inspector that accepts a file also accepts the
// cleaned file.
func TestAcceptedFilesStayAccepted(t *testing.T) {
	t.Parallel()
	seen := map[string]int{}
	for _, f := range slices.Concat(corpus.Images(), corpus.MotionPhotos(), corpus.Media()) {
		if !clean.Has(f.Type) || refused(t, f.Type, f.Content) {
			continue
		}
		seen[f.Type]++
		t.Run(f.About, func(t *testing.T) {
			t.Parallel()
			got := cleaned(f.Type, f.Content, 1000, 777, clean.Options{})
			require.NoError(t, got.Err)
			require.Len(t, got.Content, len(f.Content))
			require.False(t, refused(t, f.Type, got.Content))
			if strings.HasPrefix(f.Type, "image/") {
				require.NotZero(t, got.Facts.Width)
				require.NotZero(t, got.Facts.Height)
				require.NotZero(t, got.Facts.Frames)
			}
			again := cleaned(f.Type, got.Content, 1000, 777, clean.Options{})
			require.NoError(t, again.Err)
			require.False(t, again.Changed)
		})
	}
	for mediaType := range inspectors {
		require.NotZero(t, seen[mediaType], mediaType)
	}
}

// holdTogether requires of any file of a type: the cleaner refuses only what the inspector refuses,
// the size stays, cleaning again changes nothing, and the inspector still accepts what it accepted.
func holdTogether(t *testing.T, mediaType string, file []byte) {
	t.Helper()
	got := cleaned(mediaType, file, len(file)+1, len(file)+1, clean.Options{})
	require.Len(t, got.Content, len(file))
	if got.Err != nil {
		require.True(t, refused(t, mediaType, file))
		return
	}
	cut := cleaned(mediaType, file, 3, 7, clean.Options{})
	require.NoError(t, cut.Err)
	require.Equal(t, got.Content, cut.Content)
	again := cleaned(mediaType, got.Content, len(file)+1, 100, clean.Options{})
	require.NoError(t, again.Err)
	require.False(t, again.Changed)
	require.Equal(t, got.Facts, again.Facts)
	require.True(t, refused(t, mediaType, file) || !refused(t, mediaType, got.Content))
}

// seeds adds the small pictures of a type that the corpus has.
func seeds(f *testing.F, mediaType string) {
	for _, file := range append(corpus.Images(), corpus.MotionPhotos()...) {
		if file.Type == mediaType && len(file.Content) < 20_000 {
			f.Add(file.Content)
		}
	}
}
