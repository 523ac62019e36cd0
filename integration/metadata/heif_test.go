package metadata_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/clean"
)

// TestHEICAndAVIF: exiftool finds nothing of a person in cleaned pictures, libheif finds no fault,
// and each pixel stays. Those that are not samples are coded by libheif, which copies the metadata
// of a JPEG into them.
func TestHEICAndAVIF(t *testing.T) {
	orientation := []string{"-IFD0:Orientation#=6"}
	for _, c := range []struct {
		name, sample, kind string
		tags               []string
		coded              []string // arguments of the encoder, nil for the sample itself
		facts              clean.Facts
	}{
		{"HEIC with a thumbnail", "IMG_0001.jpg", "image/heic", slices.Concat(owner, packet, orientation), []string{"-t", "16"}, clean.Facts{Width: 24, Height: 16, Frames: 1}},
		{"HEIC with packed XMP", "IMG_0001.jpg", "image/heic", packet, []string{"--enable-metadata-compression"}, clean.Facts{Width: 24, Height: 16, Frames: 1}},
		{"AVIF", "IMG_0001.jpg", "image/avif", slices.Concat(owner, packet), []string{"-A"}, clean.Facts{Width: 24, Height: 16, Frames: 1}},
		{"AVIF that is turned", "meta.avif", "image/avif", slices.Concat(owner, packet), nil, clean.Facts{Width: 16, Height: 24, Frames: 1}},
		{"AVIF with alpha", "alpha.avif", "image/avif", packet, nil, clean.Facts{Width: 24, Height: 16, Frames: 1}},
		{"AVIF of tiles", "grid.avif", "image/avif", slices.Concat(owner, packet), nil, clean.Facts{Width: 128, Height: 64, Frames: 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := tagged(t, c.sample, sample(t, c.sample), c.tags...)
			if c.coded != nil {
				picture := filepath.Join(filepath.Dir(before), "coded."+strings.TrimPrefix(c.kind, "image/"))
				run(t, "heif-enc", append(slices.Clone(c.coded), before, "-o", picture)...)
				before = picture
			}
			after, facts := cleaned(t, c.kind, before)
			require.Equal(t, c.facts, facts)
			if !slices.Contains(c.coded, "--enable-metadata-compression") {
				requireSilent(t, before, after)
			}
			requireHEIF(t, after)
			require.Equal(t, c.tags != nil, len(tagsOf(t, before)) > len(tagsOf(t, after)))
			require.Equal(t, pixels(t, decoded(t, before)), pixels(t, decoded(t, after)))
		})
	}
}

// TestAVIFSequence: each frame of an animation stays.
func TestAVIFSequence(t *testing.T) {
	before := tagged(t, "anim.avif", sample(t, "anim.avif"))
	after, facts := cleaned(t, "image/avif", before)
	require.Equal(t, clean.Facts{Width: 24, Height: 16, Frames: 3, Milliseconds: 100}, facts)
	requireHEIF(t, after)
	frames := func(path string) string {
		return run(t, "ffmpeg", "-v", "error", "-xerror", "-i", path, "-f", "framemd5", "-")
	}
	require.Equal(t, frames(before), frames(after))
}

// requireHEIF requires that a file has only tags that may stay in a picture, or that describe its
// tracks, and that none has a date or a name.
func requireHEIF(t *testing.T, path string) {
	t.Helper()
	heif := []string{"Meta:PrimaryItemReference", "Meta:MetaImageSize", "File:ImageWidth", "File:ImageHeight", "Composite:AvgBitrate"}
	for name, value := range tagsOf(t, path) {
		group, tag, _ := strings.Cut(name, ":")
		switch {
		case strings.Contains(tag, "Date"):
			assert.Equal(t, "0000:00:00 00:00:00", value, name)
		case group == "QuickTime", strings.HasPrefix(group, "Track"):
			assert.NotContains(t, []string{"HandlerDescription", "CompressorName", "HandlerVendorID"}, tag, value)
		default:
			assert.Contains(t, slices.Concat(shown, heif), name, value)
		}
	}
}

// decoded returns the path of the picture as PNG, turned as its properties say.
func decoded(t *testing.T, path string) string {
	t.Helper()
	out := path + ".png"
	silent(t, "heif-convert", path, out)
	return out
}
