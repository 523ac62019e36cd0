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
// server, with a file that it has stored and one that it has refused. The pictures in the
// repository are of the same width and small; fonts make the rest differ between machines.
func TestPicture(t *testing.T) {
	browser := chromium.Start(t)
	for _, scheme := range []string{"light", "dark"} {
		t.Run(scheme, func(t *testing.T) {
			url := server(t)
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

// reduced encodes a picture with its 256 most frequent colours, which is enough for a page.
func reduced(t *testing.T, taken []byte) []byte {
	t.Helper()
	full, err := png.Decode(bytes.NewReader(taken))
	require.NoError(t, err)
	counts := map[color.RGBA]int{}
	for y := range full.Bounds().Dy() {
		for x := range full.Bounds().Dx() {
			counts[color.RGBAModel.Convert(full.At(x, y)).(color.RGBA)]++
		}
	}
	colors := slices.SortedFunc(maps.Keys(counts), func(a, b color.RGBA) int {
		return cmp.Or(counts[b]-counts[a], int(a.R)-int(b.R), int(a.G)-int(b.G), int(a.B)-int(b.B)) // the same each time
	})
	var palette color.Palette
	for _, c := range colors[:min(len(colors), 256)] {
		palette = append(palette, c)
	}
	small := image.NewPaletted(full.Bounds(), palette)
	draw.Draw(small, small.Bounds(), full, image.Point{}, draw.Src)
	var b bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	require.NoError(t, encoder.Encode(&b, small))
	return b.Bytes()
}
