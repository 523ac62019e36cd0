package inspect

import (
	"bufio"
	"compress/flate"
	"encoding/binary"
	"errors"
	"io"
	"math"
)

// zipBuffer holds the largest header and the head that shows the type of a file.
const zipBuffer = 8 << 10

// Details of an archive that ends too early, and of an entry whose data ends too early or cannot be
// inflated.
const (
	cutOff  = "is cut off"
	damaged = "has an entry whose data is damaged or cut off"
)

// zipInput is the bytes of one archive, in order.
type zipInput struct {
	*bufio.Reader
	off int64 // bytes taken
}

// take returns the next n bytes, valid until the next call. n is at most zipBuffer.
func (in *zipInput) take(n int) ([]byte, error) {
	p, err := in.Peek(n)
	if err != nil {
		return nil, faultOr(err, CodeTruncated, cutOff)
	}
	in.off += int64(n)
	_, err = in.Discard(n)
	return p, err
}

// lineEnd takes one line end, which programs add when they send a file as text.
func (in *zipInput) lineEnd() error {
	n := 0
	switch p, _ := in.Peek(1); string(p) { // its error returns with the next byte
	case "\n":
		n = 1
	case "\r":
		if p, _ := in.Peek(2); string(p) == "\r\n" {
			n = 2
		}
	}
	_, err := in.take(n)
	return err
}

// ended reports whether nothing follows.
func (in *zipInput) ended() bool {
	_, err := in.Peek(1)
	return err == io.EOF // readers return it bare
}

// signature returns the next four bytes without taking them, 0 if there are fewer.
func (in *zipInput) signature() uint32 {
	p, err := in.Peek(4)
	if err != nil {
		return 0
	}
	return binary.LittleEndian.Uint32(p)
}

// zipData is the data of one entry as it is stored. It is a flate.Reader, so the inflater reads
// nothing after the end of the deflate stream.
type zipData struct {
	in   *zipInput
	left int64
}

func (d *zipData) ReadByte() (byte, error) {
	if d.left <= 0 {
		return 0, io.EOF
	}
	c, err := d.in.ReadByte()
	if err == nil {
		d.left--
		d.in.off++
	}
	return c, err
}

func (d *zipData) Read(p []byte) (int, error) {
	if d.left <= 0 {
		return 0, io.EOF
	}
	n, err := d.in.Read(p[:min(int64(len(p)), d.left)])
	d.left -= int64(n)
	d.in.off += int64(n)
	return n, err
}

// zipFields reads the fields of a header, from the first on.
type zipFields []byte

func (f *zipFields) u16() uint16 {
	v := binary.LittleEndian.Uint16(*f)
	*f = (*f)[2:]
	return v
}

func (f *zipFields) u32() uint32 {
	v := binary.LittleEndian.Uint32(*f)
	*f = (*f)[4:]
	return v
}

// size reads 64 bits. A size has 63 of them: a larger value is -1.
func (f *zipFields) size() int64 {
	v := binary.LittleEndian.Uint64(*f)
	*f = (*f)[8:]
	if v > math.MaxInt64 {
		return -1
	}
	return int64(v)
}

// faultOr returns a new fault if err is only a failure of a reader, and otherwise err: a fault, or
// the reason that the inspection ended.
func faultOr(err error, code Code, detail string) error {
	var corrupt flate.CorruptInputError
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.As(err, &corrupt) {
		return fault(code, detail)
	}
	return err
}
