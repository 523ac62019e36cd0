package clean_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/png"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/clean"
)

// pngOf returns a small PNG picture with these chunks, each of them a type and its data, after the
// header.
func pngOf(t testing.TB, chunks ...string) []byte {
	t.Helper()
	m := image.NewNRGBA(image.Rect(0, 0, 5, 3))
	for i := range m.Pix {
		m.Pix[i] = byte(i * 7)
	}
	var b bytes.Buffer
	require.NoError(t, png.Encode(&b, m))
	file := b.Bytes()
	var extra []byte
	for _, c := range chunks {
		extra = append(extra, pngChunk(c[:4], c[4:])...)
	}
	return append(append(bytes.Clone(file[:33]), extra...), file[33:]...)
}

func pngChunk(kind, data string) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	b = append(append(b, kind...), data...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

func TestPNG(t *testing.T) {
	t.Parallel()
	long := "SENTINEL-" + strings.Repeat("x", 5000)
	for _, c := range []struct {
		name    string
		file    []byte
		changed bool
	}{
		{name: "nothing to clean", file: pngOf(t)},
		{name: "kept chunks", file: pngOf(t, "gAMA\x00\x00\xb1\x8f", "pHYs\x00\x00\x0b\x13\x00\x00\x0b\x13\x01")},
		{name: "text", file: pngOf(t, "tEXtComment\x00"+long, "zTXtx\x00\x00"+long, "iTXt"+long), changed: true},
		{name: "time", file: pngOf(t, "tIME\x07\xe9\x01\x02\x03\x04\x05"), changed: true},
		{name: "private", file: pngOf(t, "caBX"+long, "vpAg"+long), changed: true},
		{name: "after the end", file: append(pngOf(t), long...), changed: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := whole(t, "image/png", c.file)
			require.NoError(t, got.Err)
			require.Equal(t, c.changed, got.Changed)
			require.NotContains(t, string(got.Content), "SENTINEL")
			require.Equal(t, clean.Facts{Width: 5, Height: 3, Frames: 1}, got.Facts)
			was, err := png.Decode(bytes.NewReader(c.file))
			require.NoError(t, err)
			is, err := png.Decode(bytes.NewReader(got.Content))
			require.NoError(t, err)
			require.Equal(t, was, is)
		})
	}
}

// TestPNGInvalidChunkType checks that a file is refused if the type of a chunk has a zero byte.
func TestPNGInvalidChunkType(t *testing.T) {
	t.Parallel()
	got := whole(t, "image/png", pngOf(t, "t\x00XtSENTINEL"))
	var fault *clean.Error
	require.ErrorAs(t, got.Err, &fault)
	require.Equal(t, clean.CodeUnclear, fault.Code)
	require.False(t, fault.Ended)
}

func FuzzPNG(f *testing.F) {
	seeds(f, "image/png")
	f.Add(pngOf(f, "eXIf"+string(phone(binary.LittleEndian, 6)), "tEXtSoftware\x00"+secret, "eXIf"+secret))
	f.Fuzz(func(t *testing.T, file []byte) { holdTogether(t, "image/png", file) })
}

// TestPNGFrames checks that the facts have as many frames as an animation announces.
func TestPNGFrames(t *testing.T) {
	t.Parallel()
	got := whole(t, "image/png", pngOf(t, "acTL\x00\x00\x00\x03\x00\x00\x00\x00"))
	require.NoError(t, got.Err)
	require.False(t, got.Changed)
	require.Equal(t, clean.Facts{Width: 5, Height: 3, Frames: 3}, got.Facts)
}
