package inspect

import (
	"bufio"
	"compress/flate"
	"encoding/binary"
	"errors"
	"io"
	"math"
)

// zipBuffer is the size of a buffer. The largest header fits into it, and so does the head that
// shows the type of a file.
const zipBuffer = 8 << 10

// Details of an archive that ends too early, and of an entry whose data ends too early or cannot be
// inflated.
const (
	cutOff  = "is cut off"
	damaged = "has an entry whose data is damaged or cut off"
)

// zipInput reads the bytes of one archive, in order.
type zipInput struct {
	*bufio.Reader
	from *pull // what the buffer is filled from; nil for an archive within an entry
	off  int64 // bytes taken
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

// lineEnd takes one line end if it follows. Programs add it when they send a file as text.
func (in *zipInput) lineEnd() error {
	n := 0
	switch p, _ := in.Peek(1); string(p) { // the next read returns its error again
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
// nothing after the end of the deflate stream. It reads from a window of the archive's buffer since
// the inflater takes single bytes. release ends the window: until then the archive does not count
// what was read.
type zipData struct {
	in     *zipInput
	left   int64  // bytes after those that are counted
	window []byte // the next bytes, in the buffer of in
	read   int    // bytes of window that were read
}

func (d *zipData) ReadByte() (byte, error) {
	if d.read == len(d.window) {
		if err := d.open(); err != nil {
			return 0, err
		}
	}
	c := d.window[d.read]
	d.read++
	return c, nil
}

func (d *zipData) Read(p []byte) (int, error) {
	if d.read == len(d.window) {
		if err := d.open(); err != nil {
			return 0, err
		}
	}
	n := copy(p, d.window[d.read:])
	d.read += n
	return n, nil
}

// next returns all bytes of the next window, which are valid until the next call.
func (d *zipData) next() ([]byte, error) {
	d.release()
	if err := d.open(); err != nil {
		return nil, err
	}
	d.read = len(d.window)
	return d.window, nil
}

// direct returns data that was written and is not in the buffer, without copying it, and counts it.
// It returns none for an archive within an entry, or while the buffer has bytes: next returns these.
func (d *zipData) direct() []byte {
	d.release()
	if d.in.from == nil || d.in.Buffered() > 0 {
		return nil
	}
	p := d.in.from.piece(min(max(0, d.left), zipBuffer))
	d.in.off += int64(len(p))
	d.left -= int64(len(p))
	return p
}

// open opens the next window, which has at least one byte.
func (d *zipData) open() error {
	d.release()
	if d.left <= 0 {
		return io.EOF
	}
	if _, err := d.in.Peek(1); err != nil {
		return err
	}
	var err error
	d.window, err = d.in.Peek(int(min(d.left, int64(d.in.Buffered()))))
	return err
}

// release counts what was read from the window, and ends it.
func (d *zipData) release() {
	_, _ = d.in.Discard(d.read) // it is in the buffer
	d.in.off += int64(d.read)
	d.left -= int64(d.read)
	d.window, d.read = nil, 0
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
