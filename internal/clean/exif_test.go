package clean_test

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"image/png"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/clean"
)

const sentinel = "SENTINEL"

// secrets returns the forms of the sentinel: text, both orders of UTF-16, and numbers of rationals.
func secrets() (text, little, big string, ratio []uint32) {
	for _, u := range utf16.Encode([]rune(sentinel)) {
		little += string([]byte{byte(u), byte(u >> 8)})
		big += string([]byte{byte(u >> 8), byte(u)})
	}
	return sentinel + "\x00", little, big, []uint32{0x53454e54, 0x494e454c, 48_858_370, 1_000_003, 2_294_481, 1_000_003}
}

// phone returns the Exif block of a phone. Most of its fields that are not kept have a sentinel.
func phone(order binary.AppendByteOrder, orientation uint16) []byte {
	text, little, big, ratio := secrets()
	apple := note{"Apple iOS\x00\x00\x01", directory{
		{1, 9, []uint32{16}}, {3, undefined, "bplist" + text}, {17, ascii, text}, {33, signed, []uint32{87_637, 65_000}}, {43, ascii, text}, {48, signed, []uint32{0xffffffff, 3}},
	}}
	exif := directory{
		{0x829a, rational, ratio[:2]},
		{0x9003, ascii, text},
		{0x9010, ascii, text},
		{noteTag, undefined, apple},
		{0x9286, undefined, "UNICODE\x00" + big},
		{0xa001, shorts, []uint16{65535}},
		{0xa005, longs, directory{{1, ascii, "R98\x00"}, {0x1000, ascii, text}}},
		{0xa420, ascii, text},
		{0xa431, ascii, text},
	}
	gps := directory{{1, ascii, "N\x00"}, {2, rational, ratio}, {3, ascii, "E\x00"}, {4, rational, ratio}, {29, ascii, text}}
	return tiffOf(order, directory{
		{0x10e, ascii, text},
		{0x10f, ascii, text},
		{0x110, ascii, text},
		{orientationTag, shorts, []uint16{orientation}},
		{xResTag, rational, []uint32{720_000, 10_000}},
		{yResTag, rational, []uint32{72, 1}},
		{unitTag, shorts, []uint16{2}},
		{0x131, ascii, text},
		{0x132, ascii, text},
		{0x13b, ascii, text},
		{0x8298, ascii, text},
		{exifTag, longs, exif},
		{gpsTag, longs, gps},
		{0x9c9b, 1, little},
		{0xc4a5, undefined, text},
	}, directory{{0x103, shorts, []uint16{6}}, {0x201, longs, []uint32{8}}, {0x202, longs, []uint32{90}}, {0x10e, ascii, text}})
}

// requireSilent requires that no form of the sentinel is in b.
func requireSilent(t testing.TB, b []byte) {
	t.Helper()
	text, little, big, ratio := secrets()
	forms := []string{
		text[:8], little, big, base64.StdEncoding.EncodeToString([]byte(sentinel))[:10], hex.EncodeToString([]byte(sentinel)),
		string([]byte{0x53, 0x45, 0x4e, 0x54}), "TNES", // within rationals
	}
	for _, n := range ratio[2:] {
		forms = append(forms, string(binary.BigEndian.AppendUint32(nil, n)), string(binary.LittleEndian.AppendUint32(nil, n)))
	}
	for _, form := range forms {
		require.False(t, bytes.Contains(b, []byte(form)), "%q is left", form)
	}
}

// pngChunkData returns the data of the first chunk of that type.
func pngChunkData(file []byte, kind string) []byte {
	for at := 8; at < len(file); {
		n := int(binary.BigEndian.Uint32(file[at:]))
		if string(file[at+4:at+8]) == kind {
			return file[at+8 : at+8+n]
		}
		at += 12 + n
	}
	return nil
}

// keptExif returns the block that stays of phone, as it must be written.
func keptExif(orientation uint16) []byte {
	return tiffOf(binary.BigEndian, directory{
		{orientationTag, shorts, []uint16{orientation}},
		{xResTag, rational, []uint32{72, 1}},
		{yResTag, rational, []uint32{72, 1}},
		{unitTag, shorts, []uint16{2}},
		{exifTag, longs, directory{
			{noteTag, undefined, note{"Apple iOS\x00\x00\x01", directory{{33, signed, []uint32{88_360, 65_536}}, {48, signed, []uint32{0xffffaaab, 65_536}}}}},
			{0xa001, shorts, []uint16{65535}},
			{0xa005, longs, directory{{1, ascii, "R98\x00"}}},
		}},
	})
}

func TestExif(t *testing.T) {
	t.Parallel()
	plain := tiffOf(binary.BigEndian, directory{{orientationTag, shorts, []uint16{1}}})
	turned := tiffOf(binary.BigEndian, directory{{orientationTag, shorts, []uint16{6}}})
	for _, c := range []struct {
		name   string
		exif   []byte
		want   []byte // zeros follow it; nil if the chunk must become an npAd of zeros
		turned int    // the orientation, 0 for upright
	}{
		{name: "big-endian", exif: phone(binary.BigEndian, 6), want: keptExif(6), turned: 6},
		{name: "little-endian", exif: phone(binary.LittleEndian, 3), want: keptExif(3), turned: 3},
		{name: "with an identifier", exif: append([]byte("Exif\x00\x00"), phone(binary.LittleEndian, 8)...), want: append([]byte("Exif\x00\x00"), keptExif(8)...), turned: 8},
		{name: "no such orientation", exif: phone(binary.LittleEndian, 9), want: keptExif(1)},
		{name: "as it is written", exif: keptExif(5), want: keptExif(5), turned: 5},
		{name: "room for the orientation only", exif: tiffOf(binary.LittleEndian, directory{{orientationTag, shorts, []uint16{6}}}), want: turned, turned: 6},
		{name: "too short for an orientation", exif: tiffOf(binary.LittleEndian, directory{})[:14]},
		{name: "nothing", exif: nil},
		{name: "not TIFF", exif: []byte(strings.Repeat(sentinel, 10)), want: plain},
		{name: "a directory beyond the end", exif: []byte("II*\x00\xff\xff\xff\xff" + strings.Repeat(sentinel, 10)), want: plain},
		{name: "a directory that contains itself", exif: tiffOf(binary.LittleEndian, directory{{exifTag, longs, []uint32{8}}, {orientationTag, shorts, []uint16{6}}, {0x10e, ascii, sentinel}}), want: turned, turned: 6},
		{name: "more entries than bytes", exif: append([]byte("MM\x00*\x00\x00\x00\x08\xff\xff"), turned[10:22]...), want: nil},
		{name: "a value without end", exif: []byte("MM\x00*\x00\x00\x00\x08\x00\x02\x01\x12\x00\x03\xff\xff\xff\xff\x00\x00\x00\x08\x01\x1a\x00\x05\x20\x00\x00\x01\x00\x00\x00\x08" + sentinel), want: plain},
		{name: "an entry without a value", exif: tiffOf(binary.LittleEndian, directory{{orientationTag, shorts, []uint16{6}}, {0x10e, ascii, strings.Repeat(sentinel, 5)}, {xResTag, rational, make([]uint32, 0)}}), want: turned, turned: 6},
		{name: "values without sense", exif: tiffOf(binary.LittleEndian, directory{
			{xResTag, rational, []uint32{0x53454e54, 1}}, {yResTag, rational, []uint32{72, 0}}, {unitTag, shorts, []uint16{0x5345}}, {exifTag, longs, directory{{0xa001, shorts, []uint16{0x5345}}, {0xa005, longs, directory{{1, ascii, "SENT"}}}}},
		}), want: plain},
		{name: "a resolution with many decimals", exif: tiffOf(binary.LittleEndian, directory{{xResTag, rational, []uint32{0x53454e54, 0x53454e5}}, {orientationTag, shorts, []uint16{2}}}), want: tiffOf(binary.BigEndian, directory{
			{orientationTag, shorts, []uint16{2}}, {xResTag, rational, []uint32{16, 1}},
		}), turned: 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			file := pngOf(t, "eXIf"+string(c.exif))
			got := whole(t, "image/png", file)
			require.NoError(t, got.Err)
			requireSilent(t, got.Content)
			want := clean.Facts{Width: 5, Height: 3, Frames: 1}
			if c.turned >= 5 {
				want.Width, want.Height = 3, 5
			}
			want.Orientation = c.turned
			require.Equal(t, want, got.Facts)
			data := pngChunkData(got.Content, "eXIf")
			if c.want == nil {
				require.Nil(t, data)
				require.True(t, isZeros(pngChunkData(got.Content, "npAd")))
				return
			}
			require.Equal(t, hex.Dump(c.want), hex.Dump(data[:len(c.want)]))
			require.True(t, isZeros(data[len(c.want):]))
		})
	}
}

// TestExifOnce checks that the first block of a picture turns it, also a large one, and a second
// does not.
func TestExifOnce(t *testing.T) {
	t.Parallel()
	upright, turned := string(phone(binary.BigEndian, 1)), string(phone(binary.BigEndian, 6))
	large := turned + strings.Repeat(sentinel, 9000)
	facts := clean.Facts{Width: 5, Height: 3, Frames: 1}
	follows := clean.Facts{Width: 3, Height: 5, Orientation: 6, Frames: 1}
	for name, c := range map[string]struct {
		blocks []string
		facts  clean.Facts
	}{
		"twice":        {[]string{upright, turned}, facts},
		"large":        {[]string{large}, follows},
		"large, twice": {[]string{large, upright}, follows},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for i := range c.blocks {
				c.blocks[i] = "eXIf" + c.blocks[i]
			}
			got := whole(t, "image/png", pngOf(t, c.blocks...))
			require.NoError(t, got.Err)
			requireSilent(t, got.Content)
			require.Equal(t, c.facts, got.Facts)
			_, err := png.Decode(bytes.NewReader(got.Content))
			require.NoError(t, err)
		})
	}
}

// TestExifFar checks that a file is refused if the directory of an Exif block lies beyond the bytes
// that are held: it could turn the picture.
func TestExifFar(t *testing.T) {
	t.Parallel()
	far := "II*\x00" + string(binary.LittleEndian.AppendUint32(nil, 70_000)) + zeros(80_000)
	for mediaType, file := range map[string][]byte{
		"image/png": pngOf(t, "eXIf"+far),
		typeWebP:    webpOf(webpStill, webpLossy, riffChunk("EXIF", far)),
	} {
		var fault *clean.Error
		require.ErrorAs(t, whole(t, mediaType, file).Err, &fault, mediaType)
		require.Equal(t, clean.CodeUnclear, fault.Code, mediaType)
	}
}

func isZeros(b []byte) bool { return len(bytes.Trim(b, "\x00")) == 0 }

func FuzzExif(f *testing.F) {
	f.Add(phone(binary.BigEndian, 6))
	f.Add(phone(binary.LittleEndian, 3))
	f.Add(keptExif(8))
	f.Fuzz(func(t *testing.T, exif []byte) {
		file := pngOf(t, "eXIf"+string(exif))
		got := cleaned("image/png", file, len(file), len(file), clean.Options{})
		require.NoError(t, got.Err)
		require.Len(t, got.Content, len(file))
		again := cleaned("image/png", got.Content, len(file), len(file), clean.Options{})
		require.NoError(t, again.Err)
		require.False(t, again.Changed, fmt.Sprintf("%x", got.Content))
	})
}
