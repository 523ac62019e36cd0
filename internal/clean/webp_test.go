package clean_test

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/clean"
)

const typeWebP = "image/webp"

// webpOf returns a WebP file of these chunks.
func webpOf(chunks ...string) []byte {
	all := strings.Join(chunks, "")
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(4+len(all))), "WEBP"+all...)
}

func riffChunk(kind, data string) string {
	return string(binary.LittleEndian.AppendUint32([]byte(kind), uint32(len(data)))) + data + zeros(len(data)%2)
}

// The chunks of a picture of 20 x 12 pixels. Of the coded pixels only the headers are valid: no
// test decodes them.
var (
	webpLossy    = riffChunk("VP8 ", "\x30\x01\x00\x9d\x01\x2a\x14\x00\x0c\x00pixels!")
	webpLossless = riffChunk("VP8L", "\x2f\x13\xc0\x02\x00pixels!!")
	webpStill    = webpCanvas("\x3c\x00\x00\x00")
	webpMoving   = webpCanvas("\x3e\x00\x00\x00")
	webpExif     = riffChunk("EXIF", string(phone(binary.LittleEndian, 6)))
)

func webpCanvas(flags string) string { return riffChunk("VP8X", flags+"\x13\x00\x00\x0b\x00\x00") }

func webpFrame(flags string, chunks ...string) string {
	return riffChunk("ANMF", zeros(6)+"\x13\x00\x00\x0b\x00\x00\x46\x00\x00"+flags+strings.Join(chunks, ""))
}

// webpExifOf returns a chunk with a block and zeros after it, as long as webpExif.
func webpExifOf(block []byte) string {
	return riffChunk("EXIF", string(block)+zeros(len(phone(binary.LittleEndian, 6))-len(block)))
}

func junk(n int) string { return riffChunk("JUNK", zeros(n)) }

func TestWebP(t *testing.T) {
	t.Parallel()
	long := strings.Repeat(secret, 4000)
	short := tiffOf(binary.LittleEndian, directory{})
	turned := tiffOf(binary.BigEndian, directory{{orientationTag, shorts, []uint16{6}}})
	plain := string(tiffOf(binary.BigEndian, directory{{orientationTag, shorts, []uint16{1}}}))
	const empty = `<x:xmpmeta xmlns:x="adobe:ns:meta/"/>`
	icc, anim := riffChunk("ICCP", "profile"), riffChunk("ANIM", "\x00\x00\x00\xff\x03\x00")
	alpha := riffChunk("ALPH", "\x00alpha")
	for _, c := range []struct {
		name   string
		chunks []string
		want   []string // nil for the same
		turns  bool
		frames int64
	}{
		{name: "lossy", chunks: []string{webpLossy}},
		{name: "lossless", chunks: []string{webpLossless}},
		{name: "what is kept", chunks: []string{webpStill, icc, alpha, webpLossy}},
		{name: "Exif", chunks: []string{webpStill, webpLossy, webpExif}, want: []string{webpStill, webpLossy, webpExifOf(keptExif(6))}, turns: true},
		{name: "Exif before the picture", chunks: []string{webpStill, webpExif, webpLossy}, want: []string{webpStill, webpExifOf(keptExif(6)), webpLossy}, turns: true},
		{name: "Exif without a canvas", chunks: []string{webpLossless, webpExif}, want: []string{webpLossless, webpExifOf(keptExif(6))}, turns: true},
		{name: "Exif with an identifier", chunks: []string{webpStill, webpLossy, riffChunk("EXIF", exifID+string(phone(binary.BigEndian, 6)))}, want: []string{webpStill, webpLossy, riffChunk("EXIF", exifID+string(keptExif(6))+zeros(len(phone(binary.BigEndian, 6))-len(keptExif(6))))}, turns: true},
		{name: "Exif twice", chunks: []string{webpStill, webpLossy, webpExif, webpExif}, want: []string{webpStill, webpLossy, webpExifOf(keptExif(6)), webpExifOf(nil)}, turns: true},
		{name: "Exif that is large", chunks: []string{webpStill, webpLossy, riffChunk("EXIF", string(phone(binary.LittleEndian, 6))+long)}, want: []string{webpStill, webpLossy, riffChunk("EXIF", string(keptExif(6))+zeros(len(phone(binary.LittleEndian, 6))+len(long)-len(keptExif(6))))}, turns: true},
		{name: "Exif of an orientation only", chunks: []string{webpStill, webpLossy, riffChunk("EXIF", string(turned))}, turns: true},
		{name: "Exif without tags", chunks: []string{webpStill, webpLossy, riffChunk("EXIF", string(short))}, want: []string{webpStill, webpLossy, riffChunk("EXIF", "MM\x00*\x00\x00\x00\x08"+zeros(len(short)-8))}},
		{name: "Exif too short for an identifier", chunks: []string{webpStill, webpLossy, riffChunk("EXIF", exifID+string(short)+"SENTINEL")}, want: []string{webpStill, webpLossy, riffChunk("EXIF", plain+zeros(6+len(short)+8-len(plain)))}},
		{name: "Exif too short for anything", chunks: []string{webpStill, webpLossy, riffChunk("EXIF", "SENTINEL")}, want: []string{webpStill, webpLossy, riffChunk("EXIF", zeros(8))}},
		{name: "XMP", chunks: []string{webpStill, webpLossy, riffChunk("XMP ", "<x:xmpmeta xmlns:x='adobe:ns:meta/'>"+secret+"</x:xmpmeta>")}, want: []string{webpStill, webpLossy, riffChunk("XMP ", "<x:xmpmeta xmlns:x='adobe:ns:meta/'>"+strings.Repeat(" ", len(secret))+"</x:xmpmeta>")}},
		{name: "XMP that is not XML", chunks: []string{webpStill, webpLossy, riffChunk("XMP ", secret+secret)}, want: []string{webpStill, webpLossy, riffChunk("XMP ", empty+strings.Repeat(" ", 2*len(secret)-len(empty)))}},
		{name: "XMP that is short", chunks: []string{webpStill, webpLossy, riffChunk("XMP ", "SENTINEL")}, want: []string{webpStill, webpLossy, riffChunk("XMP ", "        ")}},
		{name: "XMP that is large", chunks: []string{webpStill, webpLossy, riffChunk("XMP ", long)}, want: []string{webpStill, webpLossy, riffChunk("XMP ", empty+strings.Repeat(" ", 64<<10-8-len(empty))+zeros(len(long)-64<<10+8))}},
		{name: "other chunks", chunks: []string{webpStill, riffChunk("C2PA", secret), webpLossy, riffChunk("SENT", long), riffChunk("PSAI", "S")}, want: []string{webpStill, junk(len(secret)), webpLossy, junk(len(long)), junk(1)}},
		{name: "padding", chunks: []string{webpLossy[:len(webpLossy)-1] + "S"}, want: []string{webpLossy}},
		{name: "fields for the future", chunks: []string{riffChunk("VP8X", "\xfdSEN\x13\x00\x00\x0b\x00\x00SENTINEL"), webpLossy}, want: []string{riffChunk("VP8X", "\x3c\x00\x00\x00\x13\x00\x00\x0b\x00\x00"+zeros(8)), webpLossy}},
		{name: "animation", chunks: []string{webpMoving, icc, anim, webpFrame("\x03", alpha, webpLossy), webpFrame("\x00", webpLossless), webpExif}, want: []string{webpMoving, icc, anim, webpFrame("\x03", alpha, webpLossy), webpFrame("\x00", webpLossless), webpExifOf(keptExif(6))}, turns: true, frames: 2},
		{name: "animation that says more", chunks: []string{webpMoving, riffChunk("ANIM", "\x00\x00\x00\xff\x03\x00SENT"), webpFrame("\xff", webpLossy, riffChunk("XMP ", secret), webpExif), riffChunk("SENT", secret)}, want: []string{webpMoving, riffChunk("ANIM", "\x00\x00\x00\xff\x03\x00\x00\x00\x00\x00"), webpFrame("\x03", webpLossy, junk(len(secret)), junk(len(phone(binary.LittleEndian, 6)))), junk(len(secret))}, frames: 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			file := webpOf(c.chunks...)
			require.False(t, refused(t, typeWebP, file))
			got := whole(t, typeWebP, file)
			require.NoError(t, got.Err)
			want := file
			if c.want != nil {
				want = webpOf(c.want...)
			}
			require.Equal(t, c.want != nil, got.Changed)
			require.Equal(t, want, got.Content)
			require.False(t, refused(t, typeWebP, got.Content))
			facts := clean.Facts{Width: 20, Height: 12, Frames: max(1, c.frames)}
			if c.turns {
				facts.Orientation = 6
				facts.Width, facts.Height = 12, 20
			}
			if c.frames > 1 {
				facts.Milliseconds = 70 * c.frames
			}
			require.Equal(t, facts, got.Facts)
		})
	}
}

// TestWebPEnds checks that the last padding may be missing if the size of the file does not count
// it, and that bytes after the file are blanked.
func TestWebPEnds(t *testing.T) {
	t.Parallel()
	odd := webpOf(webpLossy)
	odd[4]--
	cut := odd[:len(odd)-1]
	for name, c := range map[string]struct {
		file []byte
		same bool
	}{
		"padding that is not counted": {odd, true},
		"no padding":                  {cut, true},
		"a byte in its place":         {append(bytes.Clone(cut), 'S'), false},
		"bytes after it":              {append(bytes.Clone(odd), secret...), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := whole(t, typeWebP, c.file)
			require.NoError(t, got.Err)
			require.Equal(t, !c.same, got.Changed)
			requireSilent(t, got.Content)
			require.NotContains(t, string(got.Content[len(cut):]), "S")
		})
	}
}

// TestWebPThatIsDamaged checks that a file is refused if its structure is malformed, as the
// inspector refuses it, or if it ends too early.
func TestWebPThatIsDamaged(t *testing.T) {
	t.Parallel()
	for name, file := range map[string][]byte{
		"another format":             []byte("RIFF\x10\x00\x00\x00WAVE" + secret),
		"no size":                    append([]byte("RIFF\x03\x00\x00\x00WEBP"), webpLossy...),
		"a chunk beyond the end":     append(webpOf(webpLossy, "EXIF\xff\x00\x00\x00"), long()...),
		"a chunk beyond its frame":   webpOf(webpMoving, webpFrame("\x00", webpLossy, "VP8 \xff\x00\x00\x00"), riffChunk("EXIF", secret+long())),
		"a frame in a frame":         webpOf(webpMoving, webpFrame("\x00", webpFrame("\x00", webpLossy))),
		"a frame of a still":         webpOf(webpStill, webpFrame("\x00", webpLossy)),
		"a frame without a header":   webpOf(webpMoving, riffChunk("ANMF", secret[:8])),
		"a frame of an odd length":   webpOf(webpMoving, riffChunk("ANMF", zeros(17))),
		"a canvas without a size":    webpOf(riffChunk("VP8X", "\x00\x00"), webpLossy),
		"a second canvas":            webpOf(webpStill, webpStill, webpLossy),
		"bytes that are no chunk":    webpOf(webpLossy, "SENT"),
		"a canvas after its picture": webpOf(webpLossy, webpStill),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.True(t, refused(t, typeWebP, file))
			var fault *clean.Error
			require.ErrorAs(t, whole(t, typeWebP, file).Err, &fault)
		})
	}
	file := webpOf(webpStill, webpLossy, webpExif)
	for n := 0; n < len(file); n += 5 {
		var fault *clean.Error
		require.ErrorAs(t, cleaned(typeWebP, file[:n], 100, 100, clean.Options{}).Err, &fault)
		require.True(t, fault.Ended, "cut at %d", n)
	}
}

func long() string { return strings.Repeat(secret, 20) }

func FuzzWebP(f *testing.F) {
	seeds(f, typeWebP)
	f.Add(webpOf(webpMoving, webpFrame("\xff", webpLossy, riffChunk("XMP ", secret), webpExif), riffChunk("SENT", secret)))
	f.Add(webpOf(webpStill, webpLossy, webpExif, riffChunk("XMP ", ultraHDR)))
	f.Fuzz(func(t *testing.T, file []byte) { holdTogether(t, typeWebP, file) })
}

// BenchmarkWebP cleans a picture of 16 MiB.
func BenchmarkWebP(b *testing.B) {
	benchmarkClean(b, typeWebP, webpOf(webpStill, riffChunk("VP8 ", "\x30\x01\x00\x9d\x01\x2a\x14\x00\x0c\x00"+strings.Repeat("pixels", 16<<20/6)), webpExif))
}
