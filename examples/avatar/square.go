package main

import (
	"bytes"
	"context"
	"fmt"
	"image"
	_ "image/gif" // Go has a decoder for each type that Images(nil) accepts
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp"

	"github.com/airlock-go/upload"
)

// side is the width and height of a square, in pixels.
const side = 256

// squarePolicy is for the squares, which the program itself makes and stores.
var squarePolicy = upload.Form{"picture": {Accept: upload.Images(&upload.ImageOptions{MaxWidth: side, MaxHeight: side})}}

// square stores the middle of a published picture as a second file, and returns the key of that
// file. At most two pictures are decoded at once, since each takes up to 24 bytes a pixel.
func (a *app) square(ctx context.Context, user string, f upload.File) (key string, err error) {
	select {
	case a.decoding <- struct{}{}:
		defer func() { <-a.decoding }()
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
	r, err := a.store.OpenAt(ctx, f.Key, "", 0, -1)
	if err != nil {
		return "", err
	}
	m, _, err := image.Decode(r)
	if err := r.Close(); err != nil {
		return "", err
	}
	if err != nil {
		// Only decoding finds damaged pixels, and pictures that Go cannot decode.
		return "", upload.Reject(upload.CodeDamaged, "")
	}
	name, content, err := encode(turned(middle(m), f.Orientation))
	if err != nil {
		return "", err
	}
	grant := &upload.Grant{Subject: user, Policy: squarePolicy}
	stored, err := a.uploads.Store(ctx, grant, upload.File{Field: "picture", Name: name}, content)
	return stored.Key, err
}

// middle scales the largest square in the middle of a picture.
func middle(m image.Image) *image.NRGBA {
	b := m.Bounds()
	n := min(b.Dx(), b.Dy())
	from := image.Rect(0, 0, n, n).Add(b.Min).Add(image.Pt((b.Dx()-n)/2, (b.Dy()-n)/2))
	to := image.NewNRGBA(image.Rect(0, 0, side, side))
	draw.BiLinear.Scale(to, to.Rect, m, from, draw.Src, nil)
	return to
}

// turned applies an orientation of Exif, which decoders ignore.
func turned(m *image.NRGBA, orientation int) *image.NRGBA {
	const last = side - 1
	source := map[int]func(x, y int) (int, int){
		2: func(x, y int) (int, int) { return last - x, y },
		3: func(x, y int) (int, int) { return last - x, last - y },
		4: func(x, y int) (int, int) { return x, last - y },
		5: func(x, y int) (int, int) { return y, x },
		6: func(x, y int) (int, int) { return y, last - x },
		7: func(x, y int) (int, int) { return last - y, last - x },
		8: func(x, y int) (int, int) { return last - y, x },
	}[orientation]
	if source == nil {
		return m
	}
	to := image.NewNRGBA(m.Rect)
	for y := range side {
		for x := range side {
			to.SetNRGBA(x, y, m.NRGBAAt(source(x, y)))
		}
	}
	return to
}

// encode returns a picture as a JPEG file or, if it is transparent, as a PNG file.
func encode(m *image.NRGBA) (name string, content io.Reader, err error) {
	var b bytes.Buffer
	if m.Opaque() {
		name, err = "square.jpg", jpeg.Encode(&b, m, &jpeg.Options{Quality: 85})
	} else {
		name, err = "square.png", png.Encode(&b, m)
	}
	if err != nil {
		return "", nil, fmt.Errorf("the square could not be encoded: %w", err)
	}
	return name, &b, nil
}
