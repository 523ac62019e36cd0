package metadata_test

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/clean"
)

// owner are arguments by which exiftool writes texts with the sentinel, a place and a time.
var owner = []string{
	"-IFD0:Make=" + sentinel, "-IFD0:Model=" + sentinel, "-IFD0:Artist=" + sentinel, "-IFD0:XPAuthor=" + sentinel,
	"-ExifIFD:UserComment=" + sentinel, "-ExifIFD:SerialNumber=" + sentinel, "-ExifIFD:DateTimeOriginal=2024:01:02 03:04:05",
	"-GPS:GPSLatitude=48.85837", "-GPS:GPSLatitudeRef=N", "-GPS:GPSLongitude=2.294481", "-GPS:GPSLongitudeRef=E",
}

// packet are arguments by which exiftool writes a packet of XMP.
var packet = []string{"-XMP:Creator=" + sentinel, "-XMP:Title=" + sentinel, "-XMP:City=" + sentinel, "-XMP:GPSLatitude=48.85837"}

// shown are the tags that may stay in pictures of all types.
var shown = []string{
	"SourceFile", "ExifTool:ExifToolVersion", "File:FileType", "File:FileTypeExtension", "File:MIMEType", "File:ExifByteOrder",
	"IFD0:Orientation", "IFD0:XResolution", "IFD0:YResolution", "IFD0:ResolutionUnit", "ExifIFD:ColorSpace",
	"Composite:ImageSize", "Composite:Megapixels",
}

func TestWebPAndGIF(t *testing.T) {
	webp := []string{
		"RIFF:WebP_Flags", "RIFF:ImageWidth", "RIFF:ImageHeight", "RIFF:VP8Version", "RIFF:HorizontalScale", "RIFF:VerticalScale",
		"RIFF:BackgroundColor", "RIFF:AnimationLoopCount", "RIFF:Duration",
		"RIFF:AlphaIsUsed", "RIFF:AlphaPreprocessing", "RIFF:AlphaFiltering", "RIFF:AlphaCompression",
	}
	gif := []string{
		"GIF:GIFVersion", "GIF:ImageWidth", "GIF:ImageHeight", "GIF:HasColorMap", "GIF:ColorResolutionDepth", "GIF:BitsPerPixel",
		"GIF:BackgroundColor", "GIF:AnimationIterations", "GIF:TransparentColor", "GIF:FrameCount", "GIF:Duration",
	}
	for _, c := range []struct {
		sample, kind string
		tags         []string
		shown        []string
		facts        clean.Facts
	}{
		{"photo.webp", "image/webp", slices.Concat(owner, packet, []string{"-IFD0:Orientation#=6"}), webp, clean.Facts{Width: 16, Height: 24, Orientation: 6, Frames: 1}},
		{"lossless.webp", "image/webp", slices.Concat(owner, []string{"-IFD0:Orientation#=3"}), webp, clean.Facts{Width: 24, Height: 16, Orientation: 3, Frames: 1}},
		{"alpha.webp", "image/webp", packet, webp, clean.Facts{Width: 24, Height: 16, Frames: 1}},
		{"anim.webp", "image/webp", slices.Concat(owner, packet, []string{"-IFD0:Orientation#=8"}), webp, clean.Facts{Width: 16, Height: 24, Orientation: 8, Frames: 3, Milliseconds: 300}},
		{"anim.gif", "image/gif", slices.Concat(packet, []string{"-Comment=" + sentinel}), gif, clean.Facts{Width: 24, Height: 16, Frames: 3, Milliseconds: 300}},
		{"old.gif", "image/gif", []string{"-Comment=" + sentinel}, gif, clean.Facts{Width: 30, Height: 20, Frames: 1}},
	} {
		t.Run(c.sample, func(t *testing.T) {
			before := tagged(t, c.sample, sample(t, c.sample), c.tags...)
			after, facts := cleaned(t, c.kind, before)
			require.Equal(t, c.facts, facts)
			requireSilent(t, before, after)
			requireTags(t, tagsOf(t, after), c.shown)
			if c.kind == "image/webp" {
				said := silent(t, "webpinfo", after)
				require.Contains(t, said, "No error detected.")
				require.NotContains(t, said, "arning")
				silent(t, "webpmux", "-info", after)
			}
			require.Equal(t, pixels(t, before), pixels(t, after))
		})
	}
}

// requireSilent requires that the file before has the sentinel. The file after must not have it in
// UTF-8, UTF-16 or Base64, nor the date.
func requireSilent(t *testing.T, before, after string) {
	t.Helper()
	was, err := os.ReadFile(before)
	require.NoError(t, err)
	require.Contains(t, string(was), sentinel)
	is, err := os.ReadFile(after)
	require.NoError(t, err)
	var little, big string
	for _, u := range utf16.Encode([]rune(sentinel)) {
		little += string([]byte{byte(u), byte(u >> 8)})
		big += string([]byte{byte(u >> 8), byte(u)})
	}
	for _, form := range []string{sentinel, little, big, base64.StdEncoding.EncodeToString([]byte(sentinel))[:10], "2024:01:02"} {
		require.NotContains(t, string(is), form)
	}
}

// pixels returns all frames as ImageMagick shows them, after their orientation.
func pixels(t *testing.T, path string) string {
	t.Helper()
	raw := filepath.Join(t.TempDir(), "pixels")
	run(t, "convert", path, "-auto-orient", "rgba:"+raw)
	content, err := os.ReadFile(raw)
	require.NoError(t, err)
	require.NotEmpty(t, content)
	return string(content)
}
