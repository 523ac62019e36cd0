package inspect_test

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/corpus"
	"github.com/airlock-go/upload/internal/inspect"
)

// TestMotionPhotos checks that a film after a picture is refused by default. With MotionPhotos it
// is walked, and accepted unless codes lists it.
func TestMotionPhotos(t *testing.T) {
	codes := map[string]string{
		"motion photo whose film is elsewhere":                    "active_content external",
		"motion photo by a Samsung phone whose film is elsewhere": "active_content external",
		"motion photo with HTML after its film":                   "truncated",
		"motion photo with an archive after its film":             "trailing_data",
		"motion photo whose film is cut off":                      "truncated",
		"motion photo by a Samsung phone whose film is cut off":   "trailing_data",
	}
	for _, f := range corpus.MotionPhotos() {
		require.Equal(t, "trailing_data media", found(judge(&inspect.JPEG{}, bytes.NewReader(f.Content))).code, f.About)
		whole := judge(&inspect.JPEG{MotionPhotos: true}, bytes.NewReader(f.Content))
		require.Equal(t, codes[f.About], found(whole).code, "%s: %v", f.About, whole)
		bytewise := judge(&inspect.JPEG{MotionPhotos: true}, iotest.OneByteReader(bytes.NewReader(f.Content)))
		require.Equal(t, whole, bytewise, f.About)
	}
}

// TestMotionPhotosEndSoon checks that a call ends with its context while it walks the boxes of a
// film after a picture.
func TestMotionPhotosEndSoon(t *testing.T) {
	boxes := strings.Repeat("\x00\x00\x00\x08free", 50_000)
	for _, f := range corpus.MotionPhotos() {
		if f.Code != "" {
			continue
		}
		at := bytes.Index(f.Content, []byte("ftyp")) - 4
		afterType := at + int(binary.BigEndian.Uint32(f.Content[at:]))
		budget := &inspect.Budget{}
		budget.Context = &endingContext{Context: t.Context(), budget: budget}
		w := &inspect.JPEG{MotionPhotos: true}
		w.Within(budget)
		_, err := w.Write(append(bytes.Clone(f.Content[:afterType]), boxes...))
		require.ErrorIs(t, err, errLeft, f.About)
	}
}
