package s3store

import (
	"errors"
	"hash"
	"io"
	"sync"

	"github.com/airlock-go/upload/internal/s3calls"
)

var errBodyClosed = errors.New("s3store: the request that this body belonged to has ended")

// body shows a buffer to the SDK, which reads it to compute checksums and to send it, perhaps more
// than once. The transport may read a body after the call that sent it has returned. So the
// buffer's chunks are reused only after close, which waits for a running read and refuses all later
// ones.
type body struct {
	mu     sync.Mutex
	buffer *buffer // nil after close
	offset int64
	seen   byte // the XOR of what fetch has read, so that the compiler keeps its reads
}

func (b *buffer) body() *body { return &body{buffer: b} }

func (b *body) Read(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.buffer == nil {
		return 0, errBodyClosed
	}
	if b.offset >= b.buffer.size {
		return 0, io.EOF
	}
	n := copy(p, b.buffer.from(b.offset))
	b.offset += int64(n)
	return n, nil
}

func (b *buffer) toPut() s3calls.Body {
	body := b.body()
	return s3calls.Body{ReadSeeker: body, Size: b.size, End: body.close}
}

// copies are for WriteTo, so that each of the SDK's passes over a body needs no new buffer.
var copies = sync.Pool{New: func() any { return new([passSize]byte) }}

const passSize = 32 << 10 // that of io.Copy

// WriteTo makes io.Copy use a buffer that is kept. It shows w a copy: the transport may hang in w,
// and close must not wait for that. Only a hash sees the bytes themselves.
func (b *body) WriteTo(w io.Writer) (int64, error) {
	if h, ok := w.(hash.Hash); ok {
		return b.hashTo(h)
	}
	p := copies.Get().(*[passSize]byte)
	defer copies.Put(p)
	return io.CopyBuffer(w, struct{ io.Reader }{b}, p[:])
}

// hashTo writes the rest of the body to a hash, which never hangs.
func (b *body) hashTo(h hash.Hash) (n int64, err error) {
	for err == nil {
		var piece int
		piece, err = b.pieceTo(h)
		n += int64(piece)
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return n, err
}

// hashSize is small enough for the CPU's first cache.
const hashSize = 16 << 10

func (b *body) pieceTo(h hash.Hash) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.buffer == nil:
		return 0, errBodyClosed
	case b.offset >= b.buffer.size:
		return 0, io.EOF
	}
	p := b.buffer.from(b.offset)
	p = p[:min(len(p), hashSize)]
	b.fetch(p)
	n, err := h.Write(p)
	b.offset += int64(n)
	return n, err
}

// fetch brings p into the CPU's caches. A large part is not there. A hash would wait for it line by
// line, since each of its steps depends on the one before.
func (b *body) fetch(p []byte) {
	const line = 64 // bytes
	for i := 0; i < len(p); i += line {
		b.seen ^= p[i]
	}
}

func (b *body) Seek(offset int64, whence int) (int64, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.buffer == nil {
		return 0, errBodyClosed
	}
	switch whence {
	case io.SeekCurrent:
		offset += b.offset
	case io.SeekEnd:
		offset += b.buffer.size
	}
	if offset < 0 {
		return 0, errors.New("s3store: seek before the start of a body")
	}
	b.offset = offset
	return offset, nil
}

func (b *body) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.buffer = nil
}
