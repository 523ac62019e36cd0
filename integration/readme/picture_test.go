package readme

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/integration/internal/chromium"
)

const (
	width, scale = 720, 2
	maxSize      = 80 << 10 // bytes of a picture
)

// TestPicture takes the picture of the README in both colour schemes: the page of the example
// server, with a file that it has stored and one that it has refused. Of the pictures in the
// repository only the width and the size in bytes are checked: fonts differ between machines.
func TestPicture(t *testing.T) {
	browser, program := chromium.Start(t), build(t, "./server")
	for _, scheme := range []string{"light", "dark"} {
		t.Run(scheme, func(t *testing.T) {
			url := server(t, program)
			p := browser.Open(t, "about:blank")
			p.Do(
				chromedp.EmulateViewport(width, 400, chromedp.EmulateScale(scale)),
				emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}),
				chromedp.Navigate(url),
			)
			const element = `document.querySelector('#uploader').shadowRoot`
			p.Await(element + `.querySelector('#picker') != null`)
			p.ChooseIn(element+`.querySelector('#picker')`, "sunset.png", sunset(t))
			p.Await(element + `.querySelector('#files > li')?.dataset.state === "stored" && ` + element + `.querySelector('.thumb img')?.naturalWidth > 0`)
			p.ChooseIn(element+`.querySelector('#picker')`, "invoice.png", "<!doctype html><script>alert(1)</script>")
			p.Await(element + `.querySelectorAll('#files > li')[1]?.dataset.state === "refused"`)
			var taken []byte
			p.Do(chromedp.Sleep(500*time.Millisecond), chromedp.FullScreenshot(&taken, 100)) // after the animations, not as JPEG
			small := reduced(t, taken)
			require.Less(t, len(small), maxSize)

			path := filepath.Join("../../docs/images", "page-"+scheme+".png")
			if writes {
				require.NoError(t, os.WriteFile(path, small, 0o600))
			}
			kept, err := os.ReadFile(path)
			require.NoError(t, err)
			require.Less(t, len(kept), maxSize)
			config, err := png.DecodeConfig(bytes.NewReader(kept))
			require.NoError(t, err)
			require.Equal(t, width*scale, config.Width)
		})
	}
}

// sunset returns a small picture that says where it was taken.
func sunset(t *testing.T) string {
	t.Helper()
	const side = 256
	m := image.NewRGBA(image.Rect(0, 0, side, side))
	for y := range side {
		for x := range side {
			c := color.RGBA{uint8(255 - y/3), uint8(170 - y/2), uint8(60 + y/2), 255}
			if dx, dy := x-side/2, y-side*2/5; dx*dx+dy*dy < 48*48 {
				c = color.RGBA{255, 236, 160, 255}
			}
			if y > side*2/3 {
				c = color.RGBA{uint8(70 - (y-170)/3), 60, uint8(120 - (y-170)/2), 255}
			}
			m.Set(x, y, c)
		}
	}
	var b bytes.Buffer
	require.NoError(t, png.Encode(&b, m))
	header, rest := b.String()[:33], b.String()[33:]
	return header + chunk("tEXt", "Comment\x0051.5074 N, 0.1278 W") + rest
}

func chunk(kind, data string) string {
	length := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	sum := binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE([]byte(kind+data)))
	return string(length) + kind + data + string(sum)
}

// pixel is a colour of an opaque picture, in the order of image.RGBA.
type pixel [4]uint8

func (p pixel) color() color.RGBA { return color.RGBA{p[0], p[1], p[2], p[3]} }

// reduced encodes a picture with its 256 most frequent colours, which is enough for a page.
func reduced(t *testing.T, taken []byte) []byte {
	t.Helper()
	decoded, err := png.Decode(bytes.NewReader(taken))
	require.NoError(t, err)
	full := image.NewRGBA(decoded.Bounds())
	draw.Draw(full, full.Bounds(), decoded, image.Point{}, draw.Src)
	small := image.NewPaletted(full.Bounds(), frequent(full))
	found := map[pixel]uint8{} // a search of the palette for each pixel would take seconds
	for i := range small.Pix {
		p := pixel(full.Pix[4*i:])
		index, ok := found[p]
		if !ok {
			index = uint8(small.Palette.Index(p.color()))
			found[p] = index
		}
		small.Pix[i] = index
	}
	var b bytes.Buffer
	require.NoError(t, png.Encode(&b, small))
	return b.Bytes()
}

// frequent returns the up to 256 most frequent colours, in the same order each time.
func frequent(m *image.RGBA) (palette color.Palette) {
	counts := map[pixel]int{}
	for i := 0; i < len(m.Pix); i += 4 {
		counts[pixel(m.Pix[i:])]++
	}
	pixels := slices.SortedFunc(maps.Keys(counts), func(a, b pixel) int {
		return cmp.Or(counts[b]-counts[a], slices.Compare(a[:], b[:]))
	})
	for _, p := range pixels[:min(len(pixels), 256)] {
		palette = append(palette, p.color())
	}
	return palette
}
