package browser

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/internal/corpus"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/uploadtest"
)

// drawnBy is a function in JavaScript that returns the pixels that the browser draws of a picture,
// for a plain screen and for a bright one (high dynamic range).
const drawnBy = `(async (name) => {
	const img = new Image()
	img.src = name
	await img.decode()
	const canvas = new OffscreenCanvas(img.naturalWidth, img.naturalHeight)
	const context = canvas.getContext('2d', { colorType: 'float16' })
	const pixels = (headroom) => {
		context.globalHDRHeadroom = headroom
		context.drawImage(img, 0, 0)
		return [...context.getImageData(0, 0, canvas.width, canvas.height, { pixelFormat: 'rgba-float16' }).data]
	}
	return { width: canvas.width, height: canvas.height, plain: pixels(0), bright: pixels(2) }
})`

type drawn struct {
	Width, Height int
	Plain, Bright []float64
}

const secret = "SENTINEL"

// TestCleanedPictures checks that the browser draws a picture whose metadata was blanked as it
// draws the one that was sent. It compares the pixels, the rotation, and the gain map on a bright
// screen.
func TestCleanedPictures(t *testing.T) {
	store := &memstore.Store{}
	h, err := upload.New(store, upload.Images(&upload.ImageOptions{Types: []string{"image/jpeg", "image/png", "image/webp", "image/gif", "image/avif"}}), upload.AllowAnonymous, &upload.Options{Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	files := map[string][]byte{"/": []byte("<!doctype html><title>pictures</title>")}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write(files[r.URL.Path]) }))
	t.Cleanup(server.Close)
	pictures := map[string]string{"photo.png": photo(t), "ultrahdr.jpg": ultraHDR(t)}
	for _, f := range corpus.Images() {
		switch f.Name {
		case "IMG_0001.jpg", "photo.webp", "anim.gif", "meta.avif":
			pictures[f.Name] = string(f.Content)
		}
	}
	require.Len(t, pictures, 6)
	turned := map[string]bool{"IMG_0001.jpg": true, "meta.avif": true}
	for name, picture := range pictures {
		stored, err := h.Store(t.Context(), &upload.Grant{}, upload.File{Field: "file", Name: name}, strings.NewReader(picture))
		require.NoError(t, err, name)
		files["/sent/"+name] = []byte(picture)
		files["/stored/"+name], _ = uploadtest.Stored(t, store, stored.Key)
		require.NotContains(t, string(files["/stored/"+name]), secret)
	}
	page := browsers.Fresh(t).Open(t, server.URL)
	draw := func(path string) (v drawn) {
		page.Do(chromedp.Evaluate(drawnBy+`("`+path+`")`, &v, func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }))
		return v
	}
	for name := range pictures {
		sent, stored := draw("/sent/"+name), draw("/stored/"+name)
		require.NotEmpty(t, sent.Plain)
		require.Equal(t, sent, stored, name)
		require.Equal(t, turned[name], sent.Width < sent.Height, name)
		require.Equal(t, name == "ultrahdr.jpg", fmt.Sprint(sent.Plain) != fmt.Sprint(sent.Bright), name)
	}
}

// ultraHDR returns a picture with a gain map that makes its right half brighter. The picture and
// the map have secret in their metadata.
func ultraHDR(t *testing.T) string {
	t.Helper()
	halves := func(left, right uint8) string {
		m := image.NewRGBA(image.Rect(0, 0, 64, 48))
		for i := range 64 * 48 {
			grey := left
			if i%64 >= 32 {
				grey = right
			}
			m.Set(i%64, i/64, color.RGBA{grey, grey, grey, 255})
		}
		var b bytes.Buffer
		require.NoError(t, jpeg.Encode(&b, m, nil))
		return b.String()[2:]
	}
	const start, comment = "\xff\xd8", "\xff\xfe\x00\x0a" + secret
	gains := start + gainXMP(`hdrgm:GainMapMin="0" hdrgm:GainMapMax="3" hdrgm:Gamma="1" hdrgm:OffsetSDR="0.015625" hdrgm:OffsetHDR="0.015625" hdrgm:HDRCapacityMin="0" hdrgm:HDRCapacityMax="3" hdrgm:BaseRenditionIsHDR="False"`, "") + comment + halves(0, 255)
	item := `<rdf:li rdf:parseType="Resource"><Container:Item Item:Semantic="%s" Item:Mime="image/jpeg" Item:Length="%d"/></rdf:li>`
	front := start + gainXMP("", `<Container:Directory><rdf:Seq>`+fmt.Sprintf(item, "Primary", 0)+fmt.Sprintf(item, "GainMap", len(gains))+`</rdf:Seq></Container:Directory>`)
	rest := comment + halves(60, 180)
	size := len(front) + len(announcement(0, 0, 0)) + len(rest)
	return front + announcement(size, len(gains), size-len(front)-8) + rest + gains
}

// gainXMP returns a segment with a packet about gain maps.
func gainXMP(attributes, elements string) string {
	return app(0xe1, "http://ns.adobe.com/xap/1.0/\x00"+`<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">`+
		`<rdf:Description rdf:about="" xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/" xmlns:Container="http://ns.google.com/photos/1.0/container/" `+
		`xmlns:Item="http://ns.google.com/photos/1.0/container/item/" xmlns:dc="http://purl.org/dc/elements/1.1/" dc:source="`+secret+`" hdrgm:Version="1.0" `+attributes+`>`+elements+`</rdf:Description></rdf:RDF></x:xmpmeta>`)
}

// announcement returns a segment that says where the second picture is (CIPA DC-007).
func announcement(size, second, at int) string {
	long := func(numbers ...int) (s string) {
		for _, n := range numbers {
			s += string(binary.LittleEndian.AppendUint32(nil, uint32(n)))
		}
		return s
	}
	entry := func(id, kind, count int, value string) string { return long(kind<<16|id, count) + value }
	return app(0xe2, "MPF\x00II*\x00"+long(8)+"\x03\x00"+entry(0xb000, 7, 4, "0100")+entry(0xb001, 4, 1, long(2))+entry(0xb002, 7, 32, long(50))+long(0)+
		long(0x030000, size, 0, 0)+long(0, second, at, 0))
}

// app returns an application segment (APPn) of a JPEG.
func app(marker byte, data string) string {
	return "\xff" + string([]byte{marker}) + string(binary.BigEndian.AppendUint16(nil, uint16(len(data)+2))) + data
}
