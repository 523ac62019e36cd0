package chain

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"time"

	"github.com/airlock-go/upload/storage"
)

// Pieces returns all stored pieces in order. They are about 150 bytes of memory each. If one is
// missing, the error is ErrGap or ErrUnsettled. On a store whose lists have no order, it may
// instead return the pieces before the gap, so compare their sizes with that of the upload.
func (c *Chain) Pieces(ctx context.Context) ([]storage.Source, error) {
	f, err := c.settled(ctx)
	if err != nil {
		return nil, err
	}
	return c.sources(f), nil
}

// sources returns the pieces in order.
func (c *Chain) sources(f contents) []storage.Source {
	list := make([]storage.Source, 0, len(f.pieces))
	for _, p := range slices.Backward(f.pieces) {
		list = append(list, storage.Source{Key: c.pieceKey(p.start), ETag: p.etag, Size: p.size})
	}
	return list
}

// Open returns all stored bytes in order. See Pieces and Read.
func (c *Chain) Open(ctx context.Context) (io.ReadCloser, error) {
	list, err := c.Pieces(ctx)
	if err != nil {
		return nil, err
	}
	return c.Read(ctx, list), nil
}

// Read returns the bytes of the sources in order, in a reader for one goroutine, which the caller
// closes. The reader opens one source at a time. The error for a source that is gone is ErrGap. For
// one with another ETag or Size, it is storage.ErrChanged. After two minutes without bytes the
// reader cancels the context of OpenAt. It waits for a store that ignores that.
func (c *Chain) Read(ctx context.Context, sources []storage.Source) io.ReadCloser {
	return &reader{ctx: ctx, store: c.store, rest: sources}
}

type reader struct {
	ctx   context.Context
	store storage.ObjectReader
	rest  []storage.Source // the first one is open if body is not nil
	body  io.ReadCloser
	left  int64 // bytes that the open source still has
	err   error // final; Close does not set it

	watch *time.Timer // calls stop
	stop  context.CancelCauseFunc
}

// errStalled is the error after patience without bytes.
var errStalled = errors.New("chain: the store delivers no bytes")

// Read implements io.Reader.
func (r *reader) Read(p []byte) (n int, err error) {
	if r.err == nil && r.body == nil {
		r.err = r.open()
	}
	if r.err != nil || len(p) == 0 {
		return 0, r.err
	}
	r.watch.Reset(patience)
	n, r.err = r.body.Read(p)
	if !r.watch.Stop() {
		n, r.err = 0, errStalled
	}
	r.left -= int64(n)
	switch {
	case r.left < 0, r.err == io.EOF && r.left > 0:
		n, r.err = 0, fmt.Errorf("chain: %q has another size: %w", r.rest[0].Key, storage.ErrChanged)
	case r.err == io.EOF:
		r.rest = r.rest[1:]
		r.err = r.Close()
	}
	return n, r.err
}

// open opens the first of the rest.
func (r *reader) open() (err error) {
	if len(r.rest) == 0 {
		return io.EOF
	}
	first := r.rest[0]
	r.left = first.Size
	ctx, stop := context.WithCancelCause(r.ctx)
	r.stop, r.watch = stop, time.AfterFunc(patience, func() { stop(errStalled) })
	r.body, err = r.store.OpenAt(ctx, first.Key, first.ETag, 0, -1)
	r.watch.Stop()
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrNotExist):
		err = fmt.Errorf("%w: %w", ErrGap, err)
	case errors.Is(context.Cause(ctx), errStalled):
		err = errStalled
	}
	stop(nil)
	return err
}

// Close implements io.Closer.
func (r *reader) Close() error {
	if r.body == nil {
		return nil
	}
	body := r.body
	r.body = nil
	defer r.stop(nil)
	return body.Close()
}
