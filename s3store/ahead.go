package s3store

import (
	"context"
	"fmt"
	"io"
	"sync"

	"github.com/airlock-go/upload/storage"
)

// maxFetches is how many ranges of one object are requested at a time.
const maxFetches = 2

// OpenStaged implements [storage.DirectStorage]. An object larger than PartSize is read in ranges
// of that size, two at a time. Each takes as much of MaxMemory, while that is free and nobody waits
// for memory. Any other object, and the rest once memory is lacking, is read by one request, as
// OpenAt does. CallTimeout limits the time until each range begins. The ETag of every answer is
// compared, and the length of each range; the caller counts the bytes of the rest.
func (s *Store) OpenStaged(ctx context.Context, o storage.StagedObject) (io.ReadCloser, error) {
	if o.ETag == "" {
		return nil, fmt.Errorf("s3store: %q: the staged object has no ETag", o.Key)
	}
	a := &ahead{store: s, object: o, noMore: o.Size <= s.opts.PartSize}
	a.ctx, a.cancel = context.WithCancel(ctx)
	a.request()
	if err := a.begin(); err != nil {
		_ = a.Close()
		return nil, err
	}
	return a, nil
}

// ahead reads an object in ranges, while the next one is on its way.
type ahead struct {
	store   *Store
	object  storage.StagedObject
	ctx     context.Context
	cancel  context.CancelFunc
	running sync.WaitGroup

	fetches []*fetch // the first is being read
	next    int64    // where the next range begins
	noMore  bool     // no more ranges are requested: memory is lacking, or the object is small
	rest    io.ReadCloser
}

// request requests ranges until enough are on their way. Once memory is lacking it requests no
// more: ranges that wait for each other are slower than one request for the rest.
func (a *ahead) request() {
	for len(a.fetches) < maxFetches && a.next < a.object.Size && !a.noMore {
		n := min(a.store.opts.PartSize, a.object.Size-a.next)
		b := a.store.memory.spare(a.object.Subject, footprint(n))
		if b == nil {
			a.noMore = true
			return
		}
		f, asked := newFetch(b), byteRange{a.next, n}
		if a.next += n; a.next == a.object.Size {
			asked.length = -1 // so that a longer object shows
		}
		a.fetches = append(a.fetches, f)
		a.running.Go(func() { f.end(a.because(a.fetch(f, asked, n))) })
	}
}

// fetch gets a range of exactly n bytes.
func (a *ahead) fetch(f *fetch, asked byteRange, n int64) error {
	body, length, err := a.store.open(a.ctx, a.object.Key, a.object.ETag, asked)
	if err != nil {
		return err
	}
	defer func() { _ = body.Close() }()
	if length != n {
		return fmt.Errorf("s3store: %q: the answer from byte %d on has %d bytes, not %d: %w", a.object.Key, asked.offset, length, n, io.ErrUnexpectedEOF)
	}
	return f.fill(body, n)
}

// because returns why the context has ended, if it has, in place of err. The SDK says only that it
// has ended.
func (a *ahead) because(err error) error {
	if err != nil && a.ctx.Err() != nil {
		return context.Cause(a.ctx)
	}
	return err
}

// begin returns when S3 has begun to answer, or with the error.
func (a *ahead) begin() error {
	if len(a.fetches) == 0 {
		return a.openRest()
	}
	_, err := a.fetches[0].wait()
	return err
}

// openRest requests all that was not requested.
func (a *ahead) openRest() (err error) {
	a.rest, err = a.store.OpenAt(a.ctx, a.object.Key, a.object.ETag, a.next, -1)
	return err
}

func (a *ahead) Read(p []byte) (int, error) {
	if a.ctx.Err() != nil {
		return 0, context.Cause(a.ctx)
	}
	for len(a.fetches) > 0 {
		n, err := a.fetches[0].Read(p)
		if err != io.EOF { // a wrapped io.EOF does not end a reader
			return n, err
		}
		a.fetches[0].buffer.free()
		a.fetches = a.fetches[1:]
		a.request()
	}
	if a.rest == nil {
		if a.next >= a.object.Size {
			return 0, io.EOF
		}
		if err := a.openRest(); err != nil {
			return 0, err
		}
	}
	return a.rest.Read(p)
}

// Close ends the requests, waits for them, and returns the memory.
func (a *ahead) Close() error {
	a.cancel()
	a.running.Wait()
	for _, f := range a.fetches {
		f.buffer.free()
	}
	a.fetches = nil
	if a.rest == nil {
		return nil
	}
	return a.rest.Close()
}
