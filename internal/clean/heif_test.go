package clean_test

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/clean"
)

// heifBlock returns the data of an Exif item: the block, and zeros up to the length of a phone's.
func heifBlock(block []byte) string {
	return n32(0) + string(block) + zeros(len(phone(binary.BigEndian, 6))-len(block))
}

var (
	heifPicture = heifItem{kind: "hvc1", words: "\x00", pieces: []string{coded}, has: []int{1, 0x82}}
	heifExif    = heifItem{kind: "Exif", words: "\x00", pieces: []string{heifBlock(phone(binary.BigEndian, 6))}}
	heifWasExif = heifItem{kind: "Exif", words: "\x00", pieces: []string{heifBlock(keptExif(6))}}
	heifShape   = []string{ispeSize, hvcConfig}
)

// blanked returns an item as it is after its blanking.
func (i heifItem) blanked() heifItem {
	i.kind, i.words, i.gap, i.lost = "free", zeros(len(i.words)), zeros(len(i.gap)), true
	pieces := i.pieces
	i.pieces = nil
	for _, p := range pieces {
		i.pieces = append(i.pieces, zeros(len(p)))
	}
	return i
}

func TestHEIF(t *testing.T) {
	t.Parallel()
	text, little, big, _ := secrets()
	packet := "<x:xmpmeta xmlns:x='adobe:ns:meta/'>" + secret + "</x:xmpmeta>"
	wasPacket := "<x:xmpmeta xmlns:x='adobe:ns:meta/'>" + strings.Repeat(" ", len(secret)) + "</x:xmpmeta>"
	const empty = `<x:xmpmeta xmlns:x="adobe:ns:meta/"/>`
	long := strings.Repeat(secret, 4000)
	named := heifItem{kind: "hvc1", words: text, pieces: []string{coded}, has: []int{1, 0x82}}
	unnamed := heifItem{kind: "hvc1", words: zeros(len(text)), pieces: []string{coded}, has: []int{1, 0x82}}
	described := heifItem{kind: "mime", words: "\x00text/plain\x00", pieces: []string{text, big}, gap: little}
	in := func(i heifItem) heifItem { i.how = 1; return i }
	alpha := "auxC\x00\x00\x00\x00urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\x00"
	for _, c := range []struct {
		name       string
		file, want heifFile
	}{
		{"a picture", heifFile{items: []heifItem{heifPicture}, properties: heifShape}, heifFile{items: []heifItem{heifPicture}, properties: heifShape}},
		{"Exif", heifFile{items: []heifItem{heifPicture, heifExif}, properties: heifShape}, heifFile{items: []heifItem{heifPicture, heifWasExif}, properties: heifShape}},
		{
			"Exif between pictures",
			heifFile{items: []heifItem{heifPicture, {kind: "Exif", words: "\x00", pieces: heifExif.pieces}, heifPicture}, properties: heifShape},
			heifFile{items: []heifItem{heifPicture, heifWasExif, heifPicture}, properties: heifShape},
		},
		{"Exif within the metadata box", heifFile{items: []heifItem{heifPicture, in(heifExif)}, properties: heifShape}, heifFile{items: []heifItem{heifPicture, in(heifWasExif)}, properties: heifShape}},
		{
			"Exif in pieces",
			heifFile{items: []heifItem{heifPicture, {kind: "Exif", words: "\x00", pieces: []string{"\x00\x00\x00\x00II*\x00", text}}}, properties: heifShape},
			heifFile{items: []heifItem{heifPicture, heifItem{words: "\x00", pieces: []string{zeros(8), text}}.blanked()}, properties: heifShape},
		},
		{"Exif twice", heifFile{items: []heifItem{heifPicture, heifExif, heifExif}, properties: heifShape}, heifFile{items: []heifItem{heifPicture, heifWasExif, heifExif.blanked()}, properties: heifShape}},
		{
			"Exif after an identifier",
			heifFile{items: []heifItem{heifPicture, {kind: "Exif", words: "\x00", pieces: []string{"\x00\x00\x00\x06" + exifID + string(phone(binary.LittleEndian, 3))}}}, properties: heifShape},
			heifFile{items: []heifItem{heifPicture, {kind: "Exif", words: "\x00", pieces: []string{"\x00\x00\x00\x06" + exifID + string(keptExif(3)) + zeros(len(phone(binary.LittleEndian, 3))-len(keptExif(3)))}}}, properties: heifShape},
		},
		{
			"Exif after text",
			heifFile{items: []heifItem{heifPicture, {kind: "Exif", words: "\x00", pieces: []string{"\x00\x00\x00\x08SENTINEL" + string(phone(binary.LittleEndian, 3))}}}, properties: heifShape},
			heifFile{items: []heifItem{heifPicture, {kind: "Exif", words: "\x00", pieces: []string{"\x00\x00\x00\x08" + zeros(8) + string(keptExif(3)) + zeros(len(phone(binary.LittleEndian, 3))-len(keptExif(3)))}}}, properties: heifShape},
		},
		{
			"Exif that is short",
			heifFile{items: []heifItem{heifPicture, {kind: "Exif", words: "\x00", pieces: []string{"SENTINELSENTINELSE"}}}, properties: heifShape},
			heifFile{items: []heifItem{heifPicture, {kind: "Exif", words: "\x00", pieces: []string{"\x00\x00\x00\x00MM\x00*\x00\x00\x00\x08" + zeros(6)}}}, properties: heifShape},
		},
		{
			"Exif that is too short",
			heifFile{items: []heifItem{heifPicture, {kind: "Exif", words: "\x00", pieces: []string{"SEN"}}}, properties: heifShape},
			heifFile{items: []heifItem{heifPicture, {kind: "Exif", words: "\x00", pieces: []string{zeros(3)}}}, properties: heifShape},
		},
		{
			"Exif that is large",
			heifFile{items: []heifItem{heifPicture, {kind: "Exif", words: "\x00", pieces: []string{heifExif.pieces[0] + long}}}, properties: heifShape},
			heifFile{items: []heifItem{heifPicture, {kind: "Exif", words: "\x00", pieces: []string{heifWasExif.pieces[0] + zeros(len(long))}}}, properties: heifShape},
		},
		{
			"XMP",
			heifFile{items: []heifItem{heifPicture, {kind: "mime", words: text + isRDF, pieces: []string{packet}}}, properties: heifShape},
			heifFile{items: []heifItem{heifPicture, {kind: "mime", words: "\x00" + isRDF + zeros(8), pieces: []string{wasPacket}}}, properties: heifShape},
		},
		{
			"XMP within the metadata box",
			heifFile{items: []heifItem{in(heifPicture), {kind: "mime", words: "\x00" + isRDF, how: 1, pieces: []string{packet}, gap: text}}, properties: heifShape},
			heifFile{items: []heifItem{in(heifPicture), {kind: "mime", words: "\x00" + isRDF, how: 1, pieces: []string{wasPacket}, gap: zeros(len(text))}}, properties: heifShape},
		},
		{
			"XMP that is packed",
			heifFile{items: []heifItem{heifPicture, {kind: "mime", words: "\x00" + isRDF + "deflate\x00", pieces: []string{secret + secret}}}, properties: heifShape},
			heifFile{items: []heifItem{heifPicture, {kind: "mime", words: "\x00" + isRDF + zeros(8), pieces: []string{empty + strings.Repeat(" ", 2*len(secret)-len(empty))}}}, properties: heifShape},
		},
		{
			"XMP in pieces",
			heifFile{items: []heifItem{heifPicture, {kind: "mime", words: "\x00" + isRDF, pieces: []string{packet[:50], packet[50:]}}}, properties: heifShape},
			heifFile{items: []heifItem{heifPicture, heifItem{words: "\x00" + isRDF, pieces: []string{packet[:50], packet[50:]}}.blanked()}, properties: heifShape},
		},
		{
			"XMP that is short",
			heifFile{items: []heifItem{heifPicture, {kind: "mime", words: "\x00" + isRDF, pieces: []string{"SENTINEL"}}}, properties: heifShape},
			heifFile{items: []heifItem{heifPicture, {kind: "mime", words: "\x00" + isRDF, pieces: []string{strings.Repeat(" ", 8)}}}, properties: heifShape},
		},
		{
			"names, other items and what lies between",
			heifFile{items: []heifItem{named, described, {kind: "SENT", words: text, pieces: []string{text}, how: 1}, {kind: "uri ", words: "\x00" + text}}, properties: heifShape},
			heifFile{items: []heifItem{unnamed, described.blanked(), {kind: "free", words: zeros(len(text)), pieces: []string{zeros(len(text))}, how: 1, lost: true}, {kind: "free", words: zeros(1 + len(text)), lost: true}}, properties: heifShape},
		},
		{
			"properties",
			heifFile{items: []heifItem{{kind: "hvc1", words: "\x00", pieces: []string{coded}, has: []int{1, 0x82, 0x83, 0x84, 5, 0x89}}}, properties: []string{ispeSize, hvcConfig, "udesSENTINEL", "uuid" + secret, "auxC\x00\x00\x00\x00urn:SENTINEL\x00", alpha, "irot\x01SENT", "colrSENTINEL", "colrprofICC"}},
			heifFile{items: []heifItem{{kind: "hvc1", words: "\x00", pieces: []string{coded}, has: []int{1, 0x82, 3, 4, 5, 0x89}}}, properties: []string{ispeSize, hvcConfig, "free" + zeros(8), "free" + zeros(len(secret)), "auxC" + zeros(17), alpha, "irot\x01" + zeros(4), "free" + zeros(8), "colrprofICC"}},
		},
		{
			"relations and groups",
			heifFile{
				items: []heifItem{heifPicture, heifPicture}, properties: heifShape, relations: []string{atom("thmb", "\x00\x02\x00\x01\x00\x01SENT"), atom("SENT", "\x00\x02\x00\x01\x00\x01")},
				more: []string{atom("grpl", atom("altr", zeros(4), n32(1), n32(1), n32(1), "SENT"), atom("SENT", text)), atom("dinf", atom("dref", zeros(4), n32(1), atom("url ", n32(1), "SENTINEL")))},
			},
			heifFile{
				items: []heifItem{heifPicture, heifPicture}, properties: heifShape, relations: []string{atom("thmb", "\x00\x02\x00\x01\x00\x01", zeros(4)), atom("free", "\x00\x02\x00\x01\x00\x01")},
				more: []string{atom("grpl", atom("altr", zeros(4), n32(1), n32(1), n32(1), zeros(4)), atom("free", zeros(len(text)))), atom("dinf", atom("dref", zeros(4), n32(1), atom("url ", n32(1), zeros(8))))},
			},
		},
		{
			"other boxes",
			heifFile{items: []heifItem{heifPicture}, properties: heifShape, more: []string{atom("xml ", secret), atom("free", secret), atom("skip", secret), atom("uuid", secret)}, first: []string{atom("free", secret), atom("uuid", secret), atom("skip", secret), atom("mpvd", long), atom("SENT", "S")}},
			heifFile{items: []heifItem{heifPicture}, properties: heifShape, more: []string{atom("free", zeros(len(secret))), atom("free", zeros(len(secret))), atom("skip", zeros(len(secret))), atom("free", zeros(len(secret)))}, first: []string{atom("free", zeros(len(secret))), atom("free", zeros(len(secret))), atom("skip", zeros(len(secret))), atom("free", zeros(len(long))), atom("free", zeros(1))}},
		},
		{"XMP of a phone after it", heifFile{items: []heifItem{heifPicture}, properties: heifShape, last: packet}, heifFile{items: []heifItem{heifPicture}, properties: heifShape, last: zeros(len(packet))}},
		{"zeros after it", heifFile{items: []heifItem{heifPicture}, properties: heifShape, last: zeros(100)}, heifFile{items: []heifItem{heifPicture}, properties: heifShape, last: zeros(100)}},
		{
			"metadata after the media",
			heifFile{late: true, items: []heifItem{heifPicture, heifExif, {kind: "mime", words: "\x00" + isRDF, pieces: []string{packet}}, described, {kind: "mime", words: "\x00" + isRDF, pieces: []string{packet}, how: 1}}, properties: heifShape},
			heifFile{late: true, items: []heifItem{heifPicture, heifExif.blanked(), heifItem{words: "\x00" + isRDF, pieces: []string{packet}}.blanked(), func() heifItem { i := described.blanked(); i.gap = described.gap; return i }(), {kind: "mime", words: "\x00" + isRDF, pieces: []string{wasPacket}, how: 1}}, properties: heifShape},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			file, want := c.file.bytes(), c.want.bytes()
			require.False(t, refused(t, typeHEIC, want))
			got := whole(t, typeHEIC, file)
			require.NoError(t, got.Err)
			require.Equal(t, want, got.Content)
			require.Equal(t, !bytes.Equal(file, want), got.Changed)
			if !c.file.late {
				requireSilent(t, got.Content)
			}
			facts := clean.Facts{Width: 20, Height: 12, Frames: 1}
			require.Equal(t, facts, got.Facts)
		})
	}
}

// TestHEIFWithJPEG checks that a picture coded as JPEG is cleaned like a JPEG file. A file in which
// that is not possible is refused as unclear.
func TestHEIFWithJPEG(t *testing.T) {
	t.Parallel()
	picture := string(jpegOf(t, "\xe1"+exifID+string(phone(binary.BigEndian, 6)), "\xfe"+secret))
	plain := cleaned(typeJPG, []byte(picture), 100, 100, clean.Options{})
	file := func(picture string, pieces ...string) []byte {
		return heifFile{items: []heifItem{{kind: "jpeg", words: "\x00", pieces: append([]string{picture}, pieces...), has: []int{1}}}, properties: heifShape}.bytes()
	}
	got := whole(t, typeHEIC, file(picture+secret))
	require.NoError(t, got.Err)
	require.Equal(t, file(string(plain.Content)+zeros(len(secret))), got.Content)
	require.Equal(t, clean.Facts{Width: 20, Height: 12, Frames: 1}, got.Facts)
	requireSilent(t, got.Content)

	for name, damaged := range map[string][]byte{
		"in pieces":            file(picture[:40], picture[40:]),
		"another picture":      file("pixels"),
		"longer than its item": heifFile{items: []heifItem{{kind: "jpeg", words: "\x00", pieces: []string{picture[:len(picture)-2]}, has: []int{1}}, {kind: "hvc1", words: "\x00", pieces: []string{picture[len(picture)-2:]}}}, properties: heifShape}.bytes(),
		"before its metadata":  heifFile{late: true, items: []heifItem{{kind: "jpeg", words: "\x00", pieces: []string{picture}}}}.bytes(),
	} {
		requireUnclear(t, name, damaged)
	}
}

// TestHEIFSize checks that the size is that of the primary item, as it is shown. If the item has no
// size, the first one among the properties of the file counts.
func TestHEIFSize(t *testing.T) {
	t.Parallel()
	clap := "clap" + n32(18) + n32(1) + n32(21) + n32(2) + zeros(16)
	properties := append(heifShape, "ispe"+zeros(4)+n32(100)+n32(50), "irot\x01", "irot\x02", "imir\x01", clap)
	for _, c := range []struct {
		name          string
		has           []int
		width, height int64
	}{
		{"as it is", []int{3, 0x82}, 100, 50},
		{"turned by 90 degrees", []int{3, 0x84}, 50, 100},
		{"turned by 180 degrees", []int{3, 0x85, 6}, 100, 50},
		{"cropped and turned", []int{3, 7, 4}, 10, 18},
		{"of no property", nil, 20, 12},
		{"of a property that is missing", []int{9}, 20, 12},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := whole(t, typeHEIC, heifFile{items: []heifItem{{kind: "hvc1", words: "\x00", pieces: []string{coded}, has: c.has}, heifPicture}, properties: properties}.bytes())
			require.NoError(t, got.Err)
			require.Equal(t, clean.Facts{Width: c.width, Height: c.height, Frames: 1}, got.Facts)
		})
	}
}

func FuzzHEIF(f *testing.F) {
	seeds(f, typeHEIC)
	seeds(f, "image/avif")
	f.Add(heifFile{items: []heifItem{heifPicture, heifExif}, properties: heifShape, relations: []string{atom("cdsc", "\x00\x02\x00\x01\x00\x01")}}.bytes())
	f.Add(heifFile{late: true, items: []heifItem{heifPicture, heifExif, {kind: "mime", words: "\x00" + isRDF, pieces: []string{ultraHDR}, how: 1}}, properties: heifShape}.bytes())
	f.Fuzz(func(t *testing.T, file []byte) {
		got := cleaned(typeHEIC, file, len(file)+1, len(file)+1, clean.Options{Record: true, Late: true})
		if got.Err != nil {
			return
		}
		require.Len(t, got.Content, len(file))
		out := apply(bytes.Clone(file), got.Patches)
		again := cleaned(typeHEIC, out, 3, 7, clean.Options{Record: true, Late: true})
		require.NoError(t, again.Err)
		require.False(t, again.Changed)
		sizeElsewhere := got.Facts.Width == 0 // which the inspector accepts, and decoders do not
		require.True(t, refused(t, typeHEIC, file) || !refused(t, typeHEIC, out) || sizeElsewhere)
	})
}

// BenchmarkHEIF cleans a picture of 3 MiB in 512 tiles.
func BenchmarkHEIF(b *testing.B) {
	file := heifFile{items: []heifItem{heifExif}, properties: heifShape}
	for range 512 {
		file.items = append(file.items, heifItem{kind: "hvc1", words: "\x00", pieces: []string{strings.Repeat("pixels!!", 768)}, has: []int{1, 0x82}})
	}
	benchmarkClean(b, typeHEIC, file.bytes())
}
