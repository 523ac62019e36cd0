package inspect

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
)

// DefaultMaxDecoded is the size in bytes of the largest file that [Decoded] takes by default.
const DefaultMaxDecoded = 32 << 20

// Picture is a format whose pixels [Decoded] can decode: [PNG], [JPEG] or [GIF].
type Picture interface {
	io.Writer
	Verdict() error
	Within(*Budget)
	decode(file []byte, from func(file []byte) io.Reader) error
}

// Decoded checks that the pixels of a picture can be decoded. It does so after its Walk has
// accepted the whole file, including its declared width and height. It uses the standard library's
// decoder for the walked format, whatever the bytes look like.
//
// It finds damage to pixels that a walk does not find, since a walk does not decompress them. It
// keeps the file, up to MaxBytes and as much again while it grows. Decoders take memory for each
// pixel: up to 12 bytes of a PNG picture (16 bits, interlaced), 24 of a JPEG picture (progressive,
// CMYK), and 2 for each pixel of a GIF's largest frame. At the default Limits that is 768 MiB, 1.5
// GiB and 128 MiB. So choose lower limits, and let Acquire admit few at a time.
//
// It decodes the still picture of an APNG, the first picture of a JPEG file, and every frame of a
// GIF. If the standard library cannot decode the file, it refuses the file as damaged, for example
// a GIF with an unknown extension before a frame. It refuses a file over MaxBytes as too complex.
type Decoded struct {
	Walk     Picture
	MaxBytes int // of the file; 0 is 32 MiB

	// Verdict calls Acquire before the pixels are decoded, and release after it. Acquire may wait
	// until other calls release, or until ctx, the context of the [Budget], ends. Verdict returns
	// Acquire's error. Acquire must not be nil.
	Acquire func(ctx context.Context) (release func(), err error)

	budget *Budget
	file   []byte
	err    error
}

// Within makes the walk and the decoding work from b; see [Budget].
func (d *Decoded) Within(b *Budget) {
	d.budget = b
	d.Walk.Within(b)
}

// Write checks p. It returns the first fault, an *Error, at once. Later calls return it without
// looking at p.
func (d *Decoded) Write(p []byte) (int, error) {
	if d.err != nil {
		return 0, d.err
	}
	if _, err := d.Walk.Write(p); err != nil {
		return 0, d.fail(err)
	}
	most := d.MaxBytes
	if most == 0 {
		most = DefaultMaxDecoded
	}
	if len(p) > most-len(d.file) {
		return 0, d.fail(beyond(CodeComplex, int64(most), fmt.Sprintf("has more than %d bytes, so its pixels cannot be checked", most)))
	}
	if n := len(d.file) + len(p); n > cap(d.file) {
		d.file = append(make([]byte, 0, min(most, max(n, 2*cap(d.file)))), d.file...)
	}
	d.file = append(d.file, p...)
	return len(p), nil
}

// Verdict returns nil if the walk accepts the file and its pixels can be decoded. Otherwise it
// returns the fault, an *Error, the reason that ended the call (see [Budget.Spend]), or the error
// of Acquire. The stream must have ended. The first call decodes.
func (d *Decoded) Verdict() error {
	if d.err == nil && d.file != nil {
		d.err = d.decode()
		d.file = nil
	}
	if d.err != nil {
		return d.err
	}
	return d.Walk.Verdict()
}

func (d *Decoded) decode() error {
	if err := d.Walk.Verdict(); err != nil {
		return err
	}
	if d.Acquire == nil {
		return errors.New("inspect: Decoded.Acquire is nil")
	}
	ctx := context.Background()
	if d.budget != nil && d.budget.Context != nil {
		ctx = d.budget.Context
	}
	release, err := d.Acquire(ctx)
	if err != nil {
		return err
	}
	defer release()
	var ended error
	err = d.Walk.decode(d.file, func(file []byte) io.Reader { return &endingReader{bytes.NewReader(file), d.budget, &ended} })
	switch {
	case ended != nil:
		return ended
	case err != nil:
		return fault(CodeDamaged, "has pixels that cannot be decoded")
	}
	return nil
}

// endingReader ends when its budget does. Decoders take no context, but read a few KiB at a time.
type endingReader struct {
	r      io.Reader
	budget *Budget
	ended  *error
}

func (r *endingReader) Read(p []byte) (int, error) {
	if r.budget != nil && *r.ended == nil {
		*r.ended = r.budget.ask()
	}
	if *r.ended != nil {
		return 0, *r.ended
	}
	return r.r.Read(p)
}

// fail gives up and drops the file.
func (d *Decoded) fail(err error) error {
	d.file = nil
	d.err = err
	return err
}

func (g *PNG) decode(file []byte, from func([]byte) io.Reader) error {
	_, err := png.Decode(from(file))
	return err
}

func (g *JPEG) decode(file []byte, from func([]byte) io.Reader) error {
	_, err := jpeg.Decode(from(file))
	return err
}

// decode decodes each frame as if it were alone after the header, so that only one is in memory.
func (g *GIF) decode(file []byte, from func([]byte) io.Reader) error {
	header := file[:g.starts[0]]
	for _, start := range g.starts[:g.n] {
		if _, err := gif.Decode(io.MultiReader(bytes.NewReader(header), from(file[start:]))); err != nil {
			return err
		}
	}
	return nil
}
