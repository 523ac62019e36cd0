package storetest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"
)

// way is one way to send bytes.
type way struct {
	store   *direct
	name    string
	expires time.Duration
}

// ways returns the ways that the store has.
func (s *direct) ways() (list []way) {
	for _, by := range append(s.offered(), byPart) {
		list = append(list, way{s, by, 5 * time.Minute})
	}
	return list
}

// sign signs a request of that way, for a key or an upload of its own.
func (w way) sign(ctx context.Context, content []byte, sha256 string) (*sending, error) {
	d := file(content, sha256)
	d.Expires = w.expires
	if w.name != byPart {
		return w.store.whole(ctx, d, content, w.name)
	}
	id, err := w.store.create(ctx, d)
	if err != nil {
		return nil, err
	}
	return w.store.part(ctx, d, id, 1, content)
}

// nothing returns an error if the store has anything of the request.
func (s *direct) nothing(ctx context.Context, req *sending) error {
	for _, key := range []string{req.key, req.otherKey()} {
		if stored, err := s.Stat(ctx, key); !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("Stat of a key that must be free returned %+v and %v", stored, err) //nolint:errorlint // it may be nil
		}
	}
	if req.uploadID == "" {
		return nil
	}
	parts, err := s.Parts(ctx, req.key, req.uploadID)
	if err != nil {
		return fmt.Errorf("Parts: %w", err)
	}
	if len(parts) > 0 {
		return fmt.Errorf("the upload has %+v", parts)
	}
	return nil
}
