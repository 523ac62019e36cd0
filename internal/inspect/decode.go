package inspect

import (
	"bytes"
	"errors"
	"fmt"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
)

// DefaultMaxDecoded is the largest file that [Decoded] takes by default. Photos of 50 megapixels have half of it.
const DefaultMaxDecoded = 32 << 20

// Picture is a format whose pixels [Decoded] can decode: [PNG], [JPEG] or [GIF].
type Picture interface {
	io.Writer
	Verdict() error
	Within(*Budget)
	decode(file []byte) error
}

// Decoded checks that the pixels of a picture can be decoded, after its Walk has accepted the whole file and with it the
// size that the picture declares. The decoder is the one of the walked format and of the standard library, whatever
// the bytes look like.
//
// It finds what a walk cannot, damaged pixels, and costs what a walk does not: the file is kept, up to MaxBytes and as much
// again while it grows, and decoders take up to 12 bytes for each pixel of a PNG picture (16 bits, interlaced), 24 of a JPEG
// one (progressive, CMYK), and 2 of the largest frame of a GIF. At the default Limits that is 768 MiB, 1.5 GiB and 128 MiB:
// choose lower ones, and let Acquire admit few at a time.
//
// Of an APNG the still picture is decoded, of a JPEG file with several pictures the first, of a GIF every frame. What the
// standard library does not decode is Malformed, such as unknown extensions in GIF; a file over MaxBytes is TooLarge.
type Decoded struct {
	Walk     Picture
	MaxBytes int // of the file; 0 is 32 MiB

	// Acquire is called by Verdict before the pixels are decoded. It may wait until others have called their release,
	// and its error is what Verdict returns. It must not be nil.
	Acquire func() (release func(), err error)

	file []byte
	err  error
}

// Within has the walk work from b; see [Budget].
func (d *Decoded) Within(b *Budget) { d.Walk.Within(b) }

// Write checks p. It returns the fault, an *Error, as soon as one is found, and from then on without looking at p.
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

// Verdict returns nil if the walk accepts the file and all its pixels can be decoded, the fault, an *Error, if not, and
// what Acquire returned if that failed. The stream must have ended. The decoding is done by the first call.
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
	release, err := d.Acquire()
	if err != nil {
		return err
	}
	defer release()
	if d.Walk.decode(d.file) != nil {
		return fault(CodeDamaged, "has pixels that cannot be decoded")
	}
	return nil
}

// fail gives up, and the file with it.
func (d *Decoded) fail(err error) error {
	d.file = nil
	d.err = err
	return err
}

func (g *PNG) decode(file []byte) error {
	_, err := png.Decode(bytes.NewReader(file))
	return err
}

func (g *JPEG) decode(file []byte) error {
	_, err := jpeg.Decode(bytes.NewReader(file))
	return err
}

// decode decodes one frame after the other, as if it were alone behind the header, so that only one is in memory.
func (g *GIF) decode(file []byte) error {
	header := file[:g.starts[0]]
	for _, start := range g.starts[:g.n] {
		if _, err := gif.Decode(io.MultiReader(bytes.NewReader(header), bytes.NewReader(file[start:]))); err != nil {
			return err
		}
	}
	return nil
}
