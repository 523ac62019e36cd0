package main

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	_ "image/jpeg" // opaque squares are JPEG files
	"image/png"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const place = "51.5074 N, 0.1278 W"

// quarters returns a PNG that is 3 times as wide as it is high. It has four colours of that alpha in
// its middle square, an orientation, and, after its Exif directory, a text with a place.
func quarters(t *testing.T, orientation byte, alpha uint8) []byte {
	t.Helper()
	m := image.NewNRGBA(image.Rect(0, 0, 1200, 400))
	for y := range 400 {
		for x := range 1200 {
			c := color.NRGBA{255, 255, 255, 255}
			if x >= 400 && x < 800 {
				c = color.NRGBA{uint8(x / 600 * 255), uint8(y / 200 * 255), 0, alpha}
			}
			m.SetNRGBA(x, y, c)
		}
	}
	var b bytes.Buffer
	require.NoError(t, png.Encode(&b, m))
	exif := "MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00" + string(orientation) + "\x00\x00\x00\x00\x00\x00" + place
	chunk := append([]byte("eXIf"), exif...)
	file := append(bytes.Clone(b.Bytes()[:33]), binary.BigEndian.AppendUint32(nil, uint32(len(exif)))...)
	file = binary.BigEndian.AppendUint32(append(file, chunk...), crc32.ChecksumIEEE(chunk))
	return append(file, b.Bytes()[33:]...)
}

// damaged returns a PNG whose pixels cannot be decoded, which its structure does not show.
func damaged(t *testing.T) []byte {
	t.Helper()
	file := pictureOf(t, 3)
	at := bytes.Index(file, []byte("IDAT"))
	length := int(binary.BigEndian.Uint32(file[at-4:]))
	copy(file[at+4:], "no zlib")
	binary.BigEndian.PutUint32(file[at+4+length:], crc32.ChecksumIEEE(file[at:at+4+length]))
	return file
}

// TestSquare checks that the square is the middle of the picture as it is to be shown. It also
// checks that neither the square nor the whole picture says where it was taken.
func TestSquare(t *testing.T) {
	const red, green, yellow, black = "red", "green", "yellow", "black"
	for _, tt := range []struct {
		name        string
		orientation byte
		alpha       uint8
		corners     [4]string // colours of the quarters, row by row from the top left
	}{
		{"upright", 1, 255, [4]string{black, red, green, yellow}},
		{"mirrored", 2, 255, [4]string{red, black, yellow, green}},
		{"upside down", 3, 255, [4]string{yellow, green, red, black}},
		{"mirrored, upside down", 4, 255, [4]string{green, yellow, black, red}},
		{"mirrored, to the left", 5, 255, [4]string{black, green, red, yellow}},
		{"to the right", 6, 255, [4]string{green, black, yellow, red}},
		{"mirrored, to the right", 7, 255, [4]string{yellow, red, green, black}},
		{"to the left", 8, 255, [4]string{red, yellow, black, green}},
		{"half transparent", 1, 128, [4]string{black, red, green, yellow}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := start(t)
			res := f.save(t, "ada", quarters(t, tt.orientation, tt.alpha), described)
			require.Equal(t, "/?uploaded=1", res.header.Get("Location"))
			res = f.get(t, "grace", f.get(t, "grace", "/pictures/ada").header.Get("Location"))
			m, format, err := image.Decode(strings.NewReader(res.body))
			require.NoError(t, err)
			require.Equal(t, map[bool]string{true: "jpeg", false: "png"}[tt.alpha == 255], format)
			require.Equal(t, image.Rect(0, 0, side, side), m.Bounds())
			for i, at := range []image.Point{{64, 64}, {192, 64}, {64, 192}, {192, 192}} {
				require.Equal(t, tt.corners[i], nameOf(m.At(at.X, at.Y)), "at %v", at)
			}
			require.NotContains(t, res.body, place)
			require.NotContains(t, f.get(t, "grace", f.get(t, "grace", "/pictures/ada?whole").header.Get("Location")).body, place)
		})
	}
}

func nameOf(c color.Color) string {
	n := color.NRGBAModel.Convert(c).(color.NRGBA)
	return map[[2]bool]string{{true, false}: "red", {false, true}: "green", {true, true}: "yellow", {false, false}: "black"}[[2]bool{n.R > 128, n.G > 128}]
}

// TestRemove checks that a picture and its square are removed together, and only by their user.
func TestRemove(t *testing.T) {
	f := start(t)
	f.save(t, "ada", pictureOf(t, 3), described)
	remove := func(user string, header ...string) int {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, f.URL+"/picture/remove", nil)
		require.NoError(t, err)
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		return f.do(t, user, r).status
	}
	require.Equal(t, http.StatusUnauthorized, remove(""))
	require.Equal(t, http.StatusForbidden, remove("ada", "Sec-Fetch-Site", "cross-site"))
	require.Equal(t, http.StatusSeeOther, remove("grace"))
	require.Len(t, f.store.Keys(), 2)
	require.Equal(t, http.StatusSeeOther, remove("ada"))
	require.Empty(t, f.store.Keys())
	require.Equal(t, http.StatusNotFound, f.get(t, "ada", "/pictures/ada").status)
	require.Equal(t, http.StatusSeeOther, remove("ada"))
}
