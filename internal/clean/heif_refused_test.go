package clean_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/clean"
)

func requireUnclear(t *testing.T, name string, file []byte) {
	t.Helper()
	var fault *clean.Error
	require.ErrorAs(t, whole(t, typeHEIC, file).Err, &fault, name)
	require.Equal(t, clean.CodeUnclear, fault.Code, name)
	require.False(t, fault.Ended, name)
}

// TestHEIFLate checks that without Late a file is refused if data before the metadata box must be
// blanked, and accepted if not.
func TestHEIFLate(t *testing.T) {
	t.Parallel()
	file := heifFile{late: true, items: []heifItem{heifPicture}, properties: heifShape}
	require.NoError(t, cleaned(typeHEIC, file.bytes(), 100, 100, clean.Options{}).Err)
	file.items = append(file.items, heifExif)
	var fault *clean.Error
	require.ErrorAs(t, cleaned(typeHEIC, file.bytes(), 100, 100, clean.Options{}).Err, &fault)
	require.Equal(t, clean.CodeLate, fault.Code)
}

// TestHEIFMemory checks that the notes on many items take memory.
func TestHEIFMemory(t *testing.T) {
	t.Parallel()
	file := heifFile{properties: heifShape}
	for range 900 {
		file.items = append(file.items, heifPicture)
	}
	const holding = 128 << 10
	for memory, code := range map[purse]clean.Code{0: clean.CodeBusy, holding: clean.CodeBusy, 4 * holding: ""} {
		got := cleaned(typeHEIC, file.bytes(), 1000, 1000, clean.Options{Memory: &memory})
		if code == "" {
			require.NoError(t, got.Err)
			continue
		}
		var fault *clean.Error
		require.ErrorAs(t, got.Err, &fault)
		require.Equal(t, code, fault.Code)
	}
}

// TestHEIFThatIsUnclear checks that a file is refused that leaves open which item has which data,
// is malformed, or ends too early.
func TestHEIFThatIsUnclear(t *testing.T) {
	t.Parallel()
	file := heifFile{items: []heifItem{heifPicture, heifExif}, properties: heifShape}
	sound := file.bytes()
	change := func(after string, offset int, with string) []byte {
		b := bytes.Clone(sound)
		at := bytes.Index(b, []byte(after))
		require.Positive(t, at)
		copy(b[at+offset:], with)
		return b
	}
	length := n32(len(coded))
	huge := file
	huge.more = []string{atom("free", strings.Repeat(secret, 4000))}
	before := atom("ftyp", "heic", n32(0), "mif1heic")
	for name, damaged := range map[string][]byte{
		"data built from other items":      change("iloc", 15, "\x02"),
		"no length":                        change(length, 0, zeros(4)),
		"data beyond the media":            change(length, 0, "\x00\x10\x00\x00"),
		"data before the media":            change(length, -4, "\x00\x00\x00\x08"),
		"data of a picture and of Exif":    change(length, 0, n32(len(coded)+1)),
		"two items of one ID":              change("infe\x02\x00\x00\x00\x00\x02", 9, "\x01"),
		"an item with two places":          change(length, 4, "\x00\x01"),
		"a place of odd sizes":             change("iloc", 8, "\x99"),
		"more items than are listed":       change("iloc", 10, "\x00\x09"),
		"a box that does not fit":          change("hdlr", -1, "\x22"),
		"a box without a type":             change("hdlr", 0, "\x00"),
		"two lists of items":               heifFile{items: file.items, properties: heifShape, more: []string{atom("iinf", zeros(6)), atom("iinf", zeros(6))}}.bytes(),
		"a metadata box that is too large": huge.bytes(),
		"a second type":                    append(bytes.Clone(sound), before...),
		"fragments":                        append(bytes.Clone(sound), atom("moof", atom("traf"))...),
		"a box without a size":             append(bytes.Clone(sound), "\x00\x00\x00\x00free"+secret...),
		"bytes that form no box":           append(bytes.Clone(sound), "\x00\x00\x00\x10\x01\x02\x03\x04"+secret...),
		"another format":                   []byte(atom("wide") + string(sound)),
		"a sequence that is not announced": append(bytes.Clone(sound), atom("moov")...),
	} {
		requireUnclear(t, name, damaged)
	}
	undescribed := []byte(before + "\x00\x00\x00\x00mdat" + secret)
	for n := 0; n < len(sound); n += 3 {
		var fault *clean.Error
		require.ErrorAs(t, cleaned(typeHEIC, sound[:n], 100, 100, clean.Options{}).Err, &fault, "cut at %d", n)
		require.True(t, fault.Ended, "cut at %d", n)
		require.ErrorAs(t, cleaned(typeHEIC, undescribed[:min(n, len(undescribed))], 100, 100, clean.Options{}).Err, &fault)
		require.True(t, fault.Ended, "cut at %d", n)
	}
}

// TestHEIFSequenceWithoutMedia checks that media data within the movie box does not count as media
// of the file.
func TestHEIFSequenceWithoutMedia(t *testing.T) {
	t.Parallel()
	file := func(inside, after string) []byte {
		return []byte(atom("ftyp", "avis", n32(0), "avismsf1") + atom("moov", videoTrack(nil), inside) + after)
	}
	require.NoError(t, whole(t, "image/avif", file("", atom("mdat", coded))).Err)
	requireUnclear(t, "media within the movie", file(atom("mdat", coded), ""))
}
