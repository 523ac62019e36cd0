package memstore

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/airlock-go/upload/storage"
)

// What direct uploads leave behind is kept for abandonedAfter, and looked for
// every sweepEvery at most.
const (
	abandonedAfter = 24 * time.Hour
	sweepEvery     = time.Minute
)

// blob is bytes that count as used. They never change once they are whole, so
// objects share them. It is an io.ReaderAt.
type blob struct {
	pieces [][]byte
	size   int64
	refs   int // under the store's lock
}

// ReadAt reads what is there, over the seams of the pieces.
func (b *blob) ReadAt(p []byte, offset int64) (n int, err error) {
	for _, piece := range b.pieces {
		if offset >= int64(len(piece)) {
			offset -= int64(len(piece))
			continue
		}
		n += copy(p[n:], piece[offset:])
		offset = 0
		if n == len(p) {
			return n, nil
		}
	}
	return n, io.EOF
}

// from reads from offset on.
func (b *blob) from(offset int64) *io.SectionReader {
	return io.NewSectionReader(b, offset, max(b.size-offset, 0))
}

// read takes all of r, and leaves nothing behind when r or the limit fails, or r
// panics.
func (s *Store) read(ctx context.Context, r io.Reader) (*blob, error) {
	var data []byte
	whole := false
	defer func() {
		if !whole {
			s.drop(&blob{size: int64(len(data)), refs: 1})
		}
	}()
	buf := make([]byte, 32<<10)
	for {
		n, err := r.Read(buf)
		if n > 0 {
			if e := s.reserve(int64(n)); e != nil {
				err = e
			} else {
				data = append(data, buf[:n]...)
			}
		}
		if err == nil {
			err = ctx.Err()
		}
		if err == io.EOF { //nolint:errorlint // a wrapped one is not the end of a reader
			whole = true
			return &blob{pieces: [][]byte{data}, size: int64(len(data)), refs: 1}, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// Used is how many bytes the store holds, staged files and the parts of
// unfinished uploads included.
func (s *Store) Used() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.used
}

// reserve takes n bytes of the limit.
func (s *Store) reserve(n int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sweep(time.Now())
	limit := s.MaxBytes
	if limit == 0 {
		limit = DefaultMaxBytes
	}
	if s.used > limit-n {
		return fmt.Errorf("memstore: %d bytes are in use: %w", s.used, storage.ErrBusy)
	}
	s.used += n
	return nil
}

// drop gives back one use of a blob.
func (s *Store) drop(b *blob) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.release(b)
}

// release is drop for those who have the lock.
func (s *Store) release(b *blob) {
	if b.refs--; b.refs == 0 {
		s.used -= b.size
	}
}

// sweep removes what direct uploads left behind. It needs the lock.
func (s *Store) sweep(now time.Time) {
	if now.Sub(s.swept) < sweepEvery {
		return
	}
	s.swept = now
	for key, o := range s.objects {
		if strings.Contains("/"+key, "/"+storage.StagingSegment+"/") && now.Sub(o.since) > abandonedAfter {
			s.remove(key)
		}
	}
	for id, m := range s.uploads {
		if now.Sub(m.since) > abandonedAfter {
			s.abort(id)
		}
	}
}
