package clean_test

import (
	"bytes"
	"image"
	"image/color/palette"
	"image/gif"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/clean"
)

const typeGIF = "image/gif"

// gifOf returns a GIF of the given number of frames, each shown for 70 ms, with these blocks before
// the first of them.
func gifOf(t testing.TB, frames int, blocks ...string) []byte {
	t.Helper()
	var g gif.GIF
	for i := range frames {
		m := image.NewPaletted(image.Rect(0, 0, 20, 12), palette.Plan9)
		for j := range m.Pix {
			m.Pix[j] = byte(j * (i + 3))
		}
		g.Image, g.Delay = append(g.Image, m), append(g.Delay, 7)
	}
	var b bytes.Buffer
	require.NoError(t, gif.EncodeAll(&b, &g))
	file := b.Bytes()
	at := 13
	if file[10]&0x80 != 0 {
		at += 3 * 2 << (file[10] & 7)
	}
	return append(append(bytes.Clone(file[:at]), strings.Join(blocks, "")...), file[at:]...)
}

// gifBlock returns an extension. Its sub-blocks are first, unless that is empty, and data, cut into
// the longest that there can be.
func gifBlock(label byte, first, data string) string {
	b := []byte{'!', label}
	if first != "" {
		b = append(append(b, byte(len(first))), first...)
	}
	for len(data) > 0 {
		n := min(len(data), 255)
		b = append(append(b, byte(n)), data[:n]...)
		data = data[n:]
	}
	return string(append(b, 0))
}

// gifXMP returns a packet as Adobe puts it into a GIF, without sub-blocks. Readers that skip
// sub-blocks take bytes of the text for lengths. The falling numbers after it lead them to its end.
func gifXMP(packet string) string {
	b := []byte("!\xff\x0bXMP DataXMP" + packet + "\x01")
	for n := 255; n >= 0; n-- {
		b = append(b, byte(n))
	}
	return string(append(b, 0))
}

func TestGIF(t *testing.T) {
	t.Parallel()
	text, little, big, _ := secrets()
	long := strings.Repeat(secret, 300)
	const loop = "!\xff\x0bNETSCAPE2.0\x03\x01\x05\x00\x00"
	const icc = "!\xff\x0bICCRGBG1012\x07profile\x00"
	for _, c := range []struct {
		name   string
		blocks []string
		want   []string // in their place; nil for the same
	}{
		{name: "nothing to clean"},
		{name: "what is kept", blocks: []string{loop, "!\xff\x0bANIMEXTS1.0\x05\x02\x00\x01\x00\x00\x00", icc, "!\xf9\x04\x05\x00\x00\x03\x00"}},
		{name: "comment", blocks: []string{gifBlock(0xfe, "", secret)}, want: []string{gifBlock(0xfe, "", zeros(len(secret)))}},
		{name: "comment in UTF-16", blocks: []string{gifBlock(0xfe, "", little), gifBlock(0xfe, "", big)}, want: []string{gifBlock(0xfe, "", zeros(16)), gifBlock(0xfe, "", zeros(16))}},
		{name: "comment of many sub-blocks", blocks: []string{gifBlock(0xfe, "", long)}, want: []string{gifBlock(0xfe, "", zeros(len(long)))}},
		{name: "comment whose lengths are text", blocks: []string{"!\xfe\x04SENT\x03INE\x00"}, want: []string{"!\xfe\x08" + zeros(8) + "\x00"}},
		{name: "comment without text", blocks: []string{"!\xfe\x00"}},
		{name: "text", blocks: []string{gifBlock(0x01, "SENTINEL1234", secret)}, want: []string{gifBlock(0x01, zeros(12), zeros(len(secret)))}},
		{name: "text without its place", blocks: []string{gifBlock(0x01, secret, secret)}, want: []string{"!\xfe" + string([]byte{byte(2*len(secret) + 1)}) + zeros(2*len(secret)+1) + "\x00"}},
		{name: "an application", blocks: []string{gifBlock(0xff, "SENTINEL1.0", text)}, want: []string{gifBlock(0xff, "           ", zeros(9))}},
		{name: "an application without data", blocks: []string{"!\xff\x0bSENTINEL1.0\x00"}, want: []string{"!\xff\x0b           \x00"}},
		{name: "an application with a short name", blocks: []string{gifBlock(0xff, "SENTINEL", text)}, want: []string{gifBlock(0xfe, "", zeros(18))}},
		{name: "XMP", blocks: []string{gifXMP(long)}, want: []string{gifBlanked("!\xff\x0b           ", len(long)+257)}},
		{name: "XMP by another name", blocks: []string{strings.Replace(gifXMP(ultraHDR), "XMP DataXMP", "XMP DataSEN", 1)}, want: []string{gifBlanked("!\xff\x0b           ", len(ultraHDR)+257)}},
		{name: "a loop and more", blocks: []string{"!\xff\x0bNETSCAPE2.0\x03\x01\x05\x00\x03SEN\x05\x02SENT\x05SENTI\x08SENTINEL\x01S\x00"}, want: []string{"!\xff\x0bNETSCAPE2.0\x03\x01\x05\x00\x03\x00\x00\x00\x05\x02SENT\x05" + zeros(5) + "\x0a" + zeros(10) + "\x00"}},
		{name: "a control and more", blocks: []string{"!\xf9\x0c\x05\x00\x00\x03SENTINEL\x08SENTINEL\x00"}, want: []string{"!\xf9\x0c\x05\x00\x00\x03" + zeros(8) + "\x08" + zeros(8) + "\x00"}},
		{name: "controls that are empty or short", blocks: []string{"!\xf9\x00", "!\xf9\x02\x01\x00\x00"}},
		{name: "an unknown extension", blocks: []string{gifBlock('S', "", secret)}, want: []string{gifBlock(0xfe, "", zeros(len(secret)))}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			file := gifOf(t, 3, c.blocks...)
			got := whole(t, typeGIF, file)
			require.NoError(t, got.Err)
			want := file
			if c.want != nil {
				want = gifOf(t, 3, c.want...)
				require.True(t, got.Changed)
			}
			require.Equal(t, want, got.Content)
			require.False(t, refused(t, typeGIF, got.Content))
			require.Equal(t, clean.Facts{Width: 20, Height: 12, Frames: 3, Milliseconds: 210}, got.Facts)
			was, err := gif.DecodeAll(bytes.NewReader(file))
			if err != nil {
				return // package image/gif is stricter than browsers
			}
			is, err := gif.DecodeAll(bytes.NewReader(got.Content))
			require.NoError(t, err)
			require.Equal(t, was, is)
		})
	}
}

func zeros(n int) string { return strings.Repeat("\x00", n) }

// gifBlanked returns the extension with that head, and n bytes of blanked sub-blocks.
func gifBlanked(head string, n int) string {
	for ; n > 257; n -= 256 {
		head += "\xff" + zeros(255)
	}
	if n == 257 {
		return head + "\xfe" + zeros(254) + "\x01\x00\x00"
	}
	return head + string([]byte{byte(n - 1)}) + zeros(n)
}

// TestGIFIsCutAnew checks that the lengths of blanked sub-blocks depend only on the size of all of
// them.
func TestGIFIsCutAnew(t *testing.T) {
	t.Parallel()
	for n := 2; n < 2600; n += 7 - n%2 {
		two := "!\xfe" + strings.Repeat("\x01S", n%2) + strings.Repeat("\x02SE", (n-2*(n%2))/3)
		two += strings.Repeat("\x01S", (n-2*(n%2))%3)
		size := len(two) - 2
		got := cleaned(typeGIF, gifOf(t, 1, two+"\x00"), 100, 100, clean.Options{})
		require.NoError(t, got.Err)
		require.True(t, bytes.Contains(got.Content, []byte(gifBlanked("!\xfe", size))), "of %d bytes", size)
	}
}

// TestGIFStill checks that a picture that does not move has no duration. Bytes after its end are
// blanked.
func TestGIFStill(t *testing.T) {
	t.Parallel()
	file := append(gifOf(t, 1, "!\xf9\x04\x05\x09\x00\x03\x00"), "\x00\x00"+secret...)
	got := whole(t, typeGIF, file)
	require.NoError(t, got.Err)
	require.Equal(t, clean.Facts{Width: 20, Height: 12, Frames: 1}, got.Facts)
	requireSilent(t, got.Content)
	require.False(t, refused(t, typeGIF, got.Content))
}

// TestGIFThatIsDamaged checks that a file is refused that is not a GIF, has a malformed block, or
// ends too early.
func TestGIFThatIsDamaged(t *testing.T) {
	t.Parallel()
	for _, file := range []string{"GIF88a" + secret, string(gifOf(t, 1, "\x00"))} {
		var fault *clean.Error
		require.ErrorAs(t, whole(t, typeGIF, []byte(file)).Err, &fault)
		require.False(t, fault.Ended)
	}
	file := gifOf(t, 2, gifBlock(0xfe, "", secret))
	for n := 0; n < len(file); n += 5 {
		var fault *clean.Error
		require.ErrorAs(t, cleaned(typeGIF, file[:n], 100, 100, clean.Options{}).Err, &fault)
		require.True(t, fault.Ended, "cut at %d", n)
	}
}

func FuzzGIF(f *testing.F) {
	seeds(f, typeGIF)
	f.Add(gifOf(f, 1, gifXMP(ultraHDR), gifBlock(0xff, "NETSCAPE2.0", "\x01\x05\x00")))
	f.Add(gifOf(f, 1, gifBlock(0x01, "SENTINEL1234", secret), gifBlock(0xfe, "", strings.Repeat(secret, 200))))
	f.Fuzz(func(t *testing.T, file []byte) { holdTogether(t, typeGIF, file) })
}

// BenchmarkGIF cleans 16 MiB of frames.
func BenchmarkGIF(b *testing.B) {
	file := gifOf(b, 1)
	frame := "," + zeros(4) + "\x14\x00\x0c\x00\x00\x08" + strings.Repeat("\xff"+strings.Repeat("p", 255), 4096) + "\x00"
	benchmarkClean(b, typeGIF, append(file[:len(file)-1:len(file)-1], strings.Repeat(frame, 16)+";"...))
}

// BenchmarkGIFComments cleans 16 MiB of a comment whose sub-blocks have one byte.
func BenchmarkGIFComments(b *testing.B) {
	file := gifOf(b, 1)
	benchmarkClean(b, typeGIF, append(file[:len(file)-1:len(file)-1], "!\xfe"+strings.Repeat("\x01s", 8<<20)+"\x00;"...))
}
