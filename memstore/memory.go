package memstore

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/airlock-go/upload/storage"
)

// Remains of direct and resumable uploads that are older than abandonedAfter are removed when
// memory is reserved. Searches for them are at least sweepEvery apart.
const (
	abandonedAfter = 8 * 24 * time.Hour // longer than any ticket or resumable upload lasts
	sweepEvery     = time.Minute
)

// read reads all of r. It keeps nothing when it returns an error, or r panics.
func (k *kept) read(ctx context.Context, r io.Reader, limit int64) (*blob, error) {
	var data []byte
	whole := false
	defer func() {
		if !whole {
			k.drop(&blob{size: int64(len(data)), refs: 1})
		}
	}()
	buf := make([]byte, 32<<10)
	for {
		n, err := r.Read(buf)
		if n > 0 {
			if e := k.reserve(int64(n), limit); e != nil {
				err = e
			} else {
				data = append(data, buf[:n]...)
			}
		}
		if err == nil {
			err = ctx.Err()
		}
		if err == io.EOF { // a wrapped io.EOF is not the end of a reader
			whole = true
			return &blob{pieces: [][]byte{data}, size: int64(len(data)), refs: 1}, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// patch returns a patched copy of b, which stays as it is: objects share it.
func (k *kept) patch(b *blob, list []storage.Patch, limit int64) (*blob, error) {
	if err := k.reserve(b.size, limit); err != nil {
		return nil, err
	}
	data := make([]byte, b.size)
	_, _ = b.ReadAt(data, 0) // b has as many bytes
	storage.ApplyPatches(data, 0, list)
	return &blob{pieces: [][]byte{data}, size: b.size, refs: 1}, nil
}

// reserve takes n bytes of the limit, after a sweep.
func (k *kept) reserve(n, limit int64) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.sweep(time.Now())
	if k.used > limit-n {
		return fmt.Errorf("memstore: %d bytes are in use: %w", k.used, storage.ErrFull)
	}
	k.used += n
	return nil
}

// sweep removes the old remains of direct and resumable uploads. The caller holds the lock.
func (k *kept) sweep(now time.Time) {
	if now.Sub(k.swept) < sweepEvery {
		return
	}
	k.swept = now
	for key, o := range k.objects {
		if storage.IsStaging(key) && now.Sub(o.since) > abandonedAfter {
			k.remove(key)
		}
	}
	for id, m := range k.uploads {
		if now.Sub(m.since) > abandonedAfter {
			k.abort(id)
		}
	}
}
