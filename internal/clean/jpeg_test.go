package clean_test

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"image"
	"image/jpeg"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/clean"
)

const (
	exifID  = "Exif\x00\x00"
	xmpID   = "http://ns.adobe.com/xap/1.0/\x00"
	secret  = "SENTINEL-" + "data of a person"
	typeJPG = "image/jpeg"
)

// jpegOf returns a small JPEG picture with these segments, each of them a marker and its data,
// after the start.
func jpegOf(t testing.TB, segments ...string) []byte {
	t.Helper()
	m := image.NewNRGBA(image.Rect(0, 0, 20, 12))
	for i := range m.Pix {
		m.Pix[i] = byte(i * 7)
	}
	var b bytes.Buffer
	require.NoError(t, jpeg.Encode(&b, m, nil))
	file := []byte("\xff\xd8")
	for _, s := range segments {
		file = append(file, 0xff, s[0])
		file = binary.BigEndian.AppendUint16(file, uint16(len(s)+1))
		file = append(file, s[1:]...)
	}
	return append(file, b.Bytes()[2:]...)
}

// mpfOf returns a segment that announces pictures (MPF) in that byte order. Each picture has 4 of
// the entries.
func mpfOf(order binary.AppendByteOrder, entries ...uint32) string {
	return "\xe2MPF\x00" + string(tiffOf(order, directory{
		{0xb000, undefined, "0100"},
		{0xb001, longs, []uint32{uint32(len(entries) / 4)}},
		{0xb002, undefined, packed(order, entries)},
		{0xb003, undefined, strings.Repeat(secret, 4)},
		{0xb101, longs, []uint32{0x53454e54}},
	}))
}

func packed(order binary.AppendByteOrder, numbers []uint32) string {
	var b []byte
	for _, n := range numbers {
		b = order.AppendUint32(b, n)
	}
	return string(b)
}

func TestJPEG(t *testing.T) {
	t.Parallel()
	exif := "\xe1" + exifID + string(phone(binary.LittleEndian, 6))
	turned := "\xe1" + exifID + string(phone(binary.BigEndian, 3))
	jfif := "\xe0JFIF\x00\x01\x02\x01\x00\x48\x00\x48"
	announcement := mpfOf(binary.LittleEndian, 0x20030000, 5000, 0, 0, 0x53454e54, 900, 4800, 0x53454e54)
	const gain = "\xe2urn:iso:std:iso:ts:21496:-1\x00"
	numbers := strings.Repeat("\x00\x00\x00\x01", 44)
	for _, c := range []struct {
		name   string
		file   []byte
		same   bool
		turned int // the orientation, 0 for upright
		keeps  []string
	}{
		{name: "nothing to clean", file: jpegOf(t, jfif+"\x00\x00"), same: true, keeps: []string{jfif[1:]}},
		{name: "what is kept", file: jpegOf(t, jfif+"\x00\x00", "\xe2ICC_PROFILE\x00\x01\x01profile", "\xeeAdobe\x00\x64\x00\x00\x00\x00\x01"), same: true},
		{name: "gain maps of ISO 21496-1", file: jpegOf(t, gain+zeros(4), gain+zeros(4)+"\x40"+numbers[:56], gain+zeros(4)+"\xc0"+numbers[:136], gain+zeros(4)+"\x08"+numbers[:32], gain+zeros(4)+"\x88"+numbers[:72]), same: true},
		{name: "text after a gain map", file: jpegOf(t, gain+zeros(4)+"\x70"+numbers[:56]+secret), keeps: []string{gain[1:] + zeros(4) + "\x40" + numbers[:56] + zeros(len(secret))}},
		{name: "no gain map", file: jpegOf(t, gain+zeros(4)+"\xc0"+numbers[:100]+secret[:8], gain+"\x00\x01"+secret, gain+"S")},
		{name: "Exif", file: jpegOf(t, exif), turned: 6, keeps: []string{exifID + string(keptExif(6))}},
		{name: "Exif twice", file: jpegOf(t, turned, exif), turned: 3, keeps: []string{exifID + string(keptExif(3))}},
		{name: "Exif of old Kodak cameras", file: jpegOf(t, strings.Replace(exif, exifID, "Exif\x00S", 1)), turned: 6, keeps: []string{exifID + string(keptExif(6))}},
		{name: "Exif that is too short", file: jpegOf(t, "\xe1"+exifID+"II*\x00\x08\x00\x00\x00\x01\x00SENTINEL")},
		{name: "thumbnails", file: jpegOf(t, jfif+"\x01\x06"+secret, "\xe0JFXX\x00\x10"+secret), keeps: []string{jfif[1:] + "\x01\x06\x00\x00\x00"}},
		{name: "XMP", file: jpegOf(t, "\xe1"+xmpID+"<x:xmpmeta xmlns:x='adobe:ns:meta/' x:xmptk='"+secret+"'>"+secret+"</x:xmpmeta>"), keeps: []string{xmpID + "<x:xmpmeta xmlns:x='adobe:ns:meta/' "}},
		{name: "XMP that is not XML", file: jpegOf(t, "\xe1"+xmpID+secret+strings.Repeat(" ", 40)), keeps: []string{xmpID + `<x:xmpmeta xmlns:x="adobe:ns:meta/"/>`}},
		{name: "XMP that is too short", file: jpegOf(t, "\xe1"+xmpID+secret)},
		{name: "extended XMP", file: jpegOf(t, "\xe1http://ns.adobe.com/xmp/extension/\x00"+secret)},
		{name: "other segments", file: jpegOf(t, "\xe2FPXR\x00"+secret, "\xebJP\x00\x01"+secret, "\xedPhotoshop 3.0\x00"+secret, "\xee"+secret, "\xef"+secret, "\xfe"+secret, "\xe0"+secret)},
		{name: "the largest comment", file: jpegOf(t, "\xfe"+strings.Repeat("SENTINEL", 8191)+"SENTI")},
		{name: "the largest Exif", file: jpegOf(t, exif+strings.Repeat("S", 65_534-len(exif))), turned: 6, keeps: []string{exifID + string(keptExif(6))}},
		{name: "announced pictures", file: append(jpegOf(t, announcement), jpegOf(t, turned, "\xfe"+secret)...), keeps: []string{"MPF\x00" + string(tiffOf(binary.BigEndian, directory{
			{0xb000, undefined, "0100"}, {0xb001, longs, []uint32{2}}, {0xb002, undefined, packed(binary.BigEndian, []uint32{0x20030000, 5000, 0, 0, 0x40000000, 900, 4800, 0})},
		})), exifID + string(keptExif(3))}},
		{name: "no announcement", file: jpegOf(t, "\xe2MPF\x00"+secret)},
		{name: "after the end", file: append(jpegOf(t), secret...)},
		{name: "after padding", file: append(jpegOf(t), "\x00\xff\x00\r\n\x00"+secret...)},
		{name: "a picture after padding", file: append(append(jpegOf(t, exif), "\x00\x00\r\n\xff"...), jpegOf(t, turned)...), turned: 6, keeps: []string{exifID + string(keptExif(6)), exifID + string(keptExif(3))}},
		{name: "the marker of a picture without 0xff", file: append(jpegOf(t), "\xd8SENTINEL"...)},
		{name: "the emulator of a Pixel phone", file: bytes.Replace(jpegOf(t), []byte("\xff\xdb"), []byte("\x00\xe1\x00\x10Exif\x00\x00SENTINEL\xff\xdb"), 1)},
		{name: "fill bytes", file: bytes.ReplaceAll(jpegOf(t, "\xfe"+secret), []byte("\xff\xda"), []byte("\xff\xff\xff\xda"))},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := whole(t, typeJPG, c.file)
			require.NoError(t, got.Err)
			require.Equal(t, !c.same, got.Changed)
			requireSilent(t, got.Content)
			want := clean.Facts{Width: 20, Height: 12, Frames: 1}
			if c.turned >= 5 {
				want.Width, want.Height = 12, 20
			}
			want.Orientation = c.turned
			require.Equal(t, want, got.Facts)
			for _, kept := range c.keeps {
				require.True(t, bytes.Contains(got.Content, []byte(kept)), hex.Dump([]byte(kept)))
			}
			was, err := jpeg.Decode(bytes.NewReader(c.file))
			require.NoError(t, err)
			is, err := jpeg.Decode(bytes.NewReader(got.Content))
			require.NoError(t, err)
			require.Equal(t, was, is)
		})
	}
}

// TestJPEGThatIsDamaged checks that a file is refused that is not a JPEG picture, is malformed, or
// ends too early.
func TestJPEGThatIsDamaged(t *testing.T) {
	t.Parallel()
	for name, file := range map[string]string{
		"bytes between segments": "\xff\xd8\x41\x42" + secret,
		"a segment of no length": "\xff\xd8\xff\xe0\x00\x01" + secret,
		"a misplaced marker":     "\xff\xd8\xff\xd0\x00\x08" + secret,
		"another format":         "GIF89a",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var fault *clean.Error
			require.ErrorAs(t, whole(t, typeJPG, []byte(file)).Err, &fault)
			require.False(t, fault.Ended)
		})
	}
	file := jpegOf(t, "\xfe"+secret)
	for n := 2; n < len(file); n += 7 {
		var fault *clean.Error
		require.ErrorAs(t, cleaned(typeJPG, file[:n], 100, 100, clean.Options{}).Err, &fault)
		require.True(t, fault.Ended, "cut at %d", n)
	}
}

func FuzzJPEG(f *testing.F) {
	f.Add(jpegOf(f, "\xe1"+exifID+string(phone(binary.LittleEndian, 6)), "\xe1"+xmpID+ultraHDR, mpfOf(binary.BigEndian, 0x20030000, 5000, 0, 0)))
	f.Add(append(jpegOf(f, "\xfe"+secret), jpegOf(f, "\xe0JFIF\x00\x01\x02\x01\x00\x48\x00\x48\x01\x01abc")...))
	f.Fuzz(func(t *testing.T, file []byte) { holdTogether(t, typeJPG, file) })
}

// BenchmarkJPEG cleans 16 MiB of scan, in which every 256th byte is 0xff, as it is by chance.
func BenchmarkJPEG(b *testing.B) {
	file := jpegOf(b)
	file = append(append(file[:len(file)-2:len(file)-2], bytes.Repeat([]byte("\xff\x00"+strings.Repeat("scan bytes", 26)[:254]), 16<<20/256)...), 0xff, 0xd9)
	benchmarkClean(b, typeJPG, file)
}
