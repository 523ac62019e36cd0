package chain

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"
)

// MaxMarker is the most bytes that a marker may have.
const MaxMarker = 64 << 10

// markerWait is how long a marker may wait for memory. On a busy store an upload must end, too.
const markerWait = 30 * time.Second

// End ends the upload, unless it has ended, and returns how it ended: data, or what an earlier call
// decided, perhaps in another process. All callers get the same answer, or an error. If the answer
// of the store was lost, End reads what was decided. After an error the end may be decided all the
// same: a later call or State returns it.
func (c *Chain) End(ctx context.Context, data []byte) (decided []byte, err error) {
	return c.decide(ctx, endName, data)
}

// Done is like End for the second marker. It is called after the upload has ended.
func (c *Chain) Done(ctx context.Context, data []byte) (decided []byte, err error) {
	return c.decide(ctx, doneName, data)
}

func (c *Chain) decide(ctx context.Context, name string, data []byte) (decided []byte, err error) {
	if len(data) > MaxMarker {
		return nil, fmt.Errorf("chain: a marker of %d bytes; it may have %d", len(data), MaxMarker)
	}
	// The subject is the upload. So a marker does not wait for the caller's share of the memory.
	obj := c.object(c.prefix+name, max(1, int64(len(data))), Template{Subject: c.prefix, MaxWait: markerWait})
	staged, err := c.store.Stage(ctx, obj, bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	if err = commit(ctx, staged); err == nil {
		return data, nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	decided, asked := c.marker(ctx, name)
	switch {
	case asked == nil:
		return decided, nil
	case errors.Is(asked, fs.ErrNotExist):
		return nil, err
	}
	return nil, errors.Join(err, asked)
}

// marker reads a marker.
func (c *Chain) marker(ctx context.Context, name string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	r, err := c.store.OpenAt(ctx, c.prefix+name, "", 0, MaxMarker+1)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(r, MaxMarker+1))
	if err := errors.Join(err, r.Close()); err != nil {
		return nil, err
	}
	if len(data) > MaxMarker {
		return nil, fmt.Errorf("chain: %q is larger than a marker", c.prefix+name)
	}
	return data, nil
}
