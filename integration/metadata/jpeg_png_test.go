package metadata_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/clean"
)

// TestJPEGAndPNG: exiftool finds nothing of a person in cleaned pictures, and each pixel stays.
func TestJPEGAndPNG(t *testing.T) {
	iptc := []string{"-IPTC:By-line=" + sentinel, "-IPTC:City=" + sentinel, "-Photoshop:URL=" + sentinel, "-Comment=" + sentinel}
	for _, c := range []struct {
		name, sample, kind string
		tags               []string
		shown              []string
		facts              clean.Facts
	}{
		{"a phone's JPEG", "IMG_0001.jpg", "image/jpeg", slices.Concat(owner, packet, []string{"-IFD0:Orientation#=6"}), jpegShown, clean.Facts{Width: 16, Height: 24, Orientation: 6, Frames: 1}},
		{"an editor's JPEG", "IMG_0001.jpg", "image/jpeg", slices.Concat(owner, packet, iptc), jpegShown, clean.Facts{Width: 16, Height: 24, Orientation: 6, Frames: 1}},
		{"PNG", "deep.png", "image/png", slices.Concat(owner, packet, []string{"-PNG:Author=" + sentinel, "-PNG:Comment=" + sentinel, "-IFD0:Orientation#=3"}), pngShown, clean.Facts{Width: 24, Height: 16, Orientation: 3, Frames: 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := tagged(t, c.sample, sample(t, c.sample), c.tags...)
			after, facts := cleaned(t, c.kind, before)
			require.Equal(t, c.facts, facts)
			requireSilent(t, before, after)
			requireTags(t, tagsOf(t, after), c.shown)
			require.Equal(t, pixels(t, before), pixels(t, after))
		})
	}
}
