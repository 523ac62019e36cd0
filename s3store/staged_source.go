package s3store

import (
	"context"
	"errors"
	"hash/crc32"
	"io"
)

// source is the reader of a file, held to the most bytes that it may deliver.
type source struct {
	r     io.Reader
	left  int64 // bytes that may still come, without the one in ahead
	sums  bool  // whether fill computes the CRC-32, while the CPU has the bytes at hand
	err   error // of r, final
	ahead []byte
	one   [1]byte // what ahead points to
}

// fill reads until b is full or the file ends. A full buffer may be the last, which must be known
// before it is sent and before memory is taken for the next. So fill then reads one byte ahead.
func (s *source) fill(ctx context.Context, b *buffer) (more bool, err error) {
	for !b.full() {
		space := b.space()
		n, err := s.read(ctx, space)
		b.size += int64(n)
		if s.sums {
			b.crc = crc32.Update(b.crc, crc32.IEEETable, space[:n])
		}
		if err != nil {
			return false, notEOF(err)
		}
	}
	n, err := s.read(ctx, s.one[:])
	s.ahead = s.one[:n]
	if n > 0 {
		return true, nil
	}
	return false, notEOF(err)
}

// rest returns the most bytes that can still come.
func (s *source) rest() int64 { return s.left + int64(len(s.ahead)) }

func (s *source) read(ctx context.Context, p []byte) (int, error) {
	if len(s.ahead) > 0 {
		n := copy(p, s.ahead)
		s.ahead = nil
		return n, nil
	}
	for range 100 { // reads of nothing, as many as bufio allows
		if s.err != nil {
			return 0, s.err
		}
		if ctx.Err() != nil {
			return 0, context.Cause(ctx)
		}
		var n int
		n, s.err = s.r.Read(p)
		s.left -= int64(n)
		if s.left < 0 {
			return 0, errors.New("s3store: the reader delivers more than MaxSize")
		}
		if n > 0 {
			return n, nil
		}
	}
	return 0, io.ErrNoProgress
}

func notEOF(err error) error {
	if err == io.EOF { // a wrapped io.EOF is not the end of a reader
		return nil
	}
	return err
}
