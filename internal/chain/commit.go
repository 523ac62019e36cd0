package chain

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/airlock-go/upload/storage"
)

// Template describes pieces to the store.
type Template struct {
	Subject string        // the caller, as in [storage.Object]
	MaxWait time.Duration // for the memory of each piece
	Length  int64         // how many bytes the reader of Append should have, 0 if that is not known
}

// patience is the longest that the store may take for a commit, for the question of stillOpen, to
// read a marker, or to deliver bytes to a reader. For a commit and the questions after it, the end of
// the caller's context does not shorten this.
const patience = 2 * time.Minute

// octets is the type of all objects of an upload.
const octets = "application/octet-stream"

// object describes an object of the upload to the store.
func (c *Chain) object(key string, most int64, t Template) storage.Object {
	return storage.Object{Key: key, Type: octets, MaxSize: most, Subject: t.Subject, MaxWait: t.MaxWait}
}

// commit publishes an object under a key that was free. If the key was taken, the error is
// ErrTaken.
//
// After any other error it discards nothing. The object may be there, or arrive late, and another
// instance may have seen it and stored the next piece after it. Then a Discard would break the
// chain.
func commit(ctx context.Context, staged storage.Staged) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	err := staged.Commit(ctx)
	if errors.Is(err, storage.ErrExists) {
		return errors.Join(fmt.Errorf("%w: %w", ErrTaken, err), staged.Discard(ctx))
	}
	return err
}
