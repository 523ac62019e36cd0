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

// DefaultMaxDecoded is the largest file that [Decoded] takes by default. Photos of 50 megapixels
// have half of it.
const DefaultMaxDecoded = 32 << 20

// Picture is a format whose pixels [Decoded] can decode: [PNG], [JPEG] or [GIF].
type Picture interface {
	io.Writer
	Verdict() error
	Within(*Budget)
	decode(file []byte, from func(file []byte) io.Reader) error
}

// Decoded checks that the pixels of a picture can be decoded, after its Walk has accepted the whole
// file and with it the size that the picture declares. The decoder is the one of the walked format
// and of the standard library, whatever the bytes look like.
//
// It finds what a walk cannot, damaged pixels, and costs what a walk does not: the file is kept, up
// to MaxBytes and as much again while it grows, and decoders take up to 12 bytes for each pixel of
// a PNG picture (16 bits, interlaced), 24 of a JPEG one (progressive, CMYK), and 2 of the largest
// frame of a GIF. At the default Limits that is 768 MiB, 1.5 GiB and 128 MiB: choose lower ones,
// and let Acquire admit few at a time.
//
// Of an APNG the still picture is decoded, of a JPEG file with several pictures the first, of a GIF
// every frame. What the standard library does not decode is Malformed, such as unknown extensions
// in GIF; a file over MaxBytes is TooLarge.
type Decoded struct {
	Walk     Picture
	MaxBytes int // of the file; 0 is 32 MiB

	// Acquire is called by Verdict before the pixels are decoded. It may wait until others have
	// called their release, or ctx, that of the [Budget], has ended. Its error is what Verdict
	// returns. It must not be nil.
	Acquire func(ctx context.Context) (release func(), err error)

	budget *Budget
	file   []byte
	err    error
}

// Within has the walk work from b, and decoding end as b does; see [Budget].
func (d *Decoded) Within(b *Budget) {
	d.budget = b
	d.Walk.Within(b)
}

// Write checks p. It returns the fault, an *Error, as soon as one is found, and from then on
// without looking at p.
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
		return 0, d.fail(beyond(CodeComplex, int64(most), fmt.Sprintf("has more than %d bytes, and its pixels cannot be checked", most)))
	}
	d.file = append(d.file, p...)
	return len(p), nil
}

// Verdict returns nil if the walk accepts the file and all its pixels can be decoded, the fault, an
// *Error, if not, and what Acquire returned if that failed. The stream must have ended. The
// decoding is done by the first call.
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
		return errors.New("inspect: Decoded needs Acquire")
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

// endingReader ends as its budget does. It is how a decoder, which knows of no context, is ended:
// decoders read a few KiB at a time.
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

// fail gives up, and the file with it.
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

// decode decodes one frame after the other, as if it were alone behind the header, so that only one
// is in memory.
func (g *GIF) decode(file []byte, from func([]byte) io.Reader) error {
	header := file[:g.starts[0]]
	for _, start := range g.starts[:g.n] {
		if _, err := gif.Decode(io.MultiReader(bytes.NewReader(header), from(file[start:]))); err != nil {
			return err
		}
	}
	return nil
}
