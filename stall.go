package upload

import (
	"context"
	"errors"
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
	size   int64 // that the object has, 0 if the caller looks at that itself

	progress *tracked
}

// openStalling opens an object within the time that also each read has.
func openStalling(ctx context.Context, from ObjectReader, key, etag string, offset int64, stall time.Duration) (*stallReader, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	r := &stallReader{stall: stall, cancel: cancel, timer: time.AfterFunc(stall, func() { cancel(errStall) })}
	var err error
	r.body, err = from.OpenAt(ctx, key, etag, offset)
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
	case r.size > 0 && (r.read > r.size || ended && r.read < r.size):
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
