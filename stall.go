package upload

import (
	"context"
	"errors"
	"github.com/airlock-go/upload/storage"
	"io"
	"time"
)

var errStall = errors.New("upload: the storage sends no data")

// stallReader reads from a storage, which may stall like any other. Its errors
// are [CodeStorage]. An answer that ends early or goes on is one, too: it is not
// the object, and no check may judge it.
type stallReader struct {
	body   io.ReadCloser
	stall  time.Duration
	timer  *time.Timer
	cancel context.CancelCauseFunc
	read   int64
	size   int64 // how many bytes there must be

	progress *tracked
}

// piece is a part of one object, or all of it.
type piece struct {
	key, etag string
	offset    int64
	size      int64 // that it must have
	rest      bool  // it ends with the object
}

// openStalling opens a piece within the time that also each read has.
func openStalling(ctx context.Context, from storage.ObjectReader, p piece, stall time.Duration) (*stallReader, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	r := &stallReader{stall: stall, size: p.size, cancel: cancel, timer: time.AfterFunc(stall, func() { cancel(errStall) })}
	length := p.size
	if p.rest {
		length = -1
	}
	var err error
	r.body, err = from.OpenAt(ctx, p.key, p.etag, p.offset, length)
	r.timer.Stop()
	if err != nil {
		cancel(nil)
		return nil, err
	}
	return r, nil
}

func (r *stallReader) Read(p []byte) (int, error) {
	r.timer.Reset(r.stall)
	n, err := r.body.Read(p)
	r.timer.Stop()
	r.read += int64(n)
	r.progress.arrived(n)
	ended := err == io.EOF //nolint:errorlint // a wrapped one is not the end of a reader
	switch {
	case r.read > r.size || ended && r.read < r.size:
		return 0, storageError(io.ErrUnexpectedEOF)
	case err != nil && !ended:
		err = storageError(err)
	}
	return n, err
}

func (r *stallReader) close() {
	r.timer.Stop()
	_ = r.body.Close()
	r.cancel(nil)
}
