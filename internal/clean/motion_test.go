package clean_test

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/clean"
)

func l32(n int) string { return string(binary.LittleEndian.AppendUint32(nil, uint32(n))) }

// phoneNote returns a block of a Samsung phone, and phoneNotes its blocks with their directory.
func phoneNote(name, text string) string { return "\x00\x00\x01\x0a" + l32(len(name)) + name + text }

func phoneNotes(blocks ...string) string {
	all := strings.Join(blocks, "")
	directory, back := "SEFH"+l32(107)+l32(len(blocks)), len(all)
	for _, b := range blocks {
		directory += b[:4] + l32(back) + l32(len(b))
		back -= len(b)
	}
	return all + directory + l32(len(directory)) + "SEFT"
}

// TestMotionPhotos checks that a film after a picture is cleaned, and is found where it was.
func TestMotionPhotos(t *testing.T) {
	t.Parallel()
	photo := string(jpegOf(t))
	placed := phoneNote("Image_UTC_Data", hidden+"1714557600000")
	for _, front := range []bool{true, false} {
		film := strings.Replace(cameraFilm(front, placesAt), "qt  ", "mp42", 1)
		for _, c := range []struct{ name, file, kept string }{
			{name: "Pixel", file: photo + film},
			{name: "Pixel with a gain map", file: photo + photo + film},
			{name: "padded", file: photo + zeros(9) + film},
			{name: "with notes after it", file: photo + film + phoneNotes(placed, phoneNote("Camera", hidden)), kept: "SEFT"},
			{name: "Samsung", file: photo + phoneNotes(placed, phoneNote("MotionPhoto_Data", film), phoneNote("MotionPhoto_Version", "mpv3"), phoneNote("Big", strings.Repeat(hidden, 9000))), kept: "MotionPhoto_Versionmpv3"},
			{name: "Samsung, film last", file: photo + phoneNotes(placed, phoneNote("MotionPhoto_Data", film)), kept: "MotionPhoto_Data"},
			{name: "HTML after it", file: photo + film + "\xff\x00\x00\x00\x00\x00\x00\x00" + hidden},
			{name: "broken notes", file: photo + film + "\x00\x00\x01\x0a" + l32(7) + hidden},
		} {
			t.Run(c.name, func(t *testing.T) {
				t.Parallel()
				got := whole(t, "image/jpeg", []byte(c.file))
				require.NoError(t, got.Err)
				requireNothing(t, got.Content)
				require.Equal(t, clean.Facts{Width: 20, Height: 12, Frames: 1}, got.Facts)
				kept := pictureA + zeros(len(place)) + pictureB
				require.Equal(t, strings.Index(c.file, pictureA), bytes.Index(got.Content, []byte(kept)))
				require.Contains(t, string(got.Content), c.kept)
				require.Equal(t, len(photo)+strings.Index(c.file[len(photo):], "ftyp"), bytes.Index(got.Content, []byte("ftypmp42")))
				if c.kept != "" {
					at := strings.LastIndex(c.file, "SEFH")
					require.Equal(t, c.file[at:], string(got.Content[at:]), "the directory")
				}
				require.True(t, refused(t, "image/jpeg", []byte(c.file)) || !refused(t, "image/jpeg", got.Content))
			})
		}
	}
}

// TestNotes checks that notes of a Samsung phone without a film lose their text, and other bytes
// become zeros.
func TestNotes(t *testing.T) {
	t.Parallel()
	photo := string(jpegOf(t))
	good := phoneNotes(phoneNote("Image_UTC_Data", hidden), phoneNote("MotionPhoto_Version", hidden), phoneNote("Place", strings.Repeat("SEFHA", 2000)))
	for _, c := range []struct {
		name, tail string
		zeros      bool
	}{
		{name: "notes", tail: good},
		{name: "cut in the directory", tail: good[:len(good)-1]},
		{name: "cut in the text", tail: good[:len(good)-100]},
		{name: "no end", tail: good[:len(good)-4] + hidden[:4]},
		{name: "a long name", tail: "\x00\x00\x01\x0a" + l32(65) + strings.Repeat(hidden, 20), zeros: true},
		{name: "no name", tail: "\x00\x00\x01\x0a" + l32(0) + hidden, zeros: true},
		{name: "short", tail: "\x00\x00\x01\x0a", zeros: true},
		{name: "JSON", tail: `vivo{"place":"SENTINEL"}`, zeros: true},
		{name: "a film that begins in another way", tail: "\x00\x00\x00\x08fTyp" + hidden, zeros: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := whole(t, "image/jpeg", []byte(photo+c.tail))
			require.NoError(t, got.Err)
			requireNothing(t, got.Content)
			if c.zeros {
				require.Equal(t, zeros(len(c.tail)), string(got.Content[len(photo):]))
			}
		})
	}
}

// TestNotesOfData checks that the inspector accepts cleaned notes with depth maps, pictures or
// sound.
func TestNotesOfData(t *testing.T) {
	t.Parallel()
	photo := string(jpegOf(t))
	utc := phoneNote("Image_UTC_Data", hidden)
	for name, data := range map[string]string{
		"a depth map of zeros":       zeros(5000),
		"a depth map":                hidden + "\x01\x02\x00\x00\x03" + hidden + "\x00" + strings.Repeat("\x00\x80\xff", 1000),
		"a second picture":           photo,
		"sound":                      "\x00\x00\x00\x18ftyp3gp4" + hidden + zeros(20) + hidden,
		"data like the next block":   "\x00\x00\x01\x0a" + l32(4) + hidden + zeros(9) + hidden,
		"data that begins with zero": "\x00" + hidden,
	} {
		for place, tail := range map[string]string{
			"alone":  phoneNotes(phoneNote("DualShot_DepthMap_1", data)),
			"first":  phoneNotes(phoneNote("DualShot_DepthMap_1", data), utc),
			"second": phoneNotes(utc, phoneNote("DualShot_DepthMap_1", data)),
			"long":   phoneNotes(utc, phoneNote("SoundShot_000", strings.Repeat(data, 40)), utc),
		} {
			got := whole(t, "image/jpeg", []byte(photo+tail))
			require.NoError(t, got.Err)
			requireNothing(t, got.Content)
			assert.False(t, refused(t, "image/jpeg", got.Content), "%s, %s", name, place)
		}
	}
}

func TestMotionPhotoCutOff(t *testing.T) {
	t.Parallel()
	film := cameraFilm(true, placesAt)
	got := whole(t, "image/jpeg", append(jpegOf(t), film[:len(film)-1]...))
	var fault *clean.Error
	require.ErrorAs(t, got.Err, &fault)
	require.Equal(t, clean.CodeUnclear, fault.Code)
}
