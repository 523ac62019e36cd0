package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/airlock-go/upload/storage"
)

// store is the storage under test, with the operations of the cases.
type store struct {
	storage.Storage
	storage.ObjectReader
}

// object returns the object that the cases stage. Its limit is far above the sizes, as for a client
// that does not declare the size. Stage may wait for the memory that such a limit takes.
func object(key string) storage.Object {
	return storage.Object{Key: key, Type: "text/plain", Name: "name.txt", MaxSize: 64 << 20, MaxWait: 10 * time.Second}
}

func (s store) stage(ctx context.Context, key string, content []byte) (storage.Staged, error) {
	staged, err := s.Stage(ctx, object(key), bytes.NewReader(content))
	if err != nil {
		return nil, fmt.Errorf("Stage: %w", err)
	}
	return staged, nil
}

func (s store) publish(ctx context.Context, key string, content []byte) (storage.Staged, error) {
	staged, err := s.stage(ctx, key, content)
	if err != nil {
		return nil, err
	}
	if err := staged.Commit(ctx); err != nil {
		return nil, fmt.Errorf("Commit: %w", err)
	}
	return staged, nil
}

// holds returns an error unless exactly content is readable under key.
func (s store) holds(ctx context.Context, key string, content []byte) error {
	info, err := s.Stat(ctx, key)
	switch {
	case err != nil:
		return fmt.Errorf("Stat: %w", err)
	case info.Size != int64(len(content)), info.Type != "text/plain", info.Name != "name.txt",
		info.SHA256 != "" && info.SHA256 != digest(content):
		return fmt.Errorf("Stat returned %+v", info)
	}
	return s.reads(ctx, key, info.ETag, 0, content)
}

// absent returns an error if an object is under the key.
func (s store) absent(ctx context.Context, key string) error {
	if stored, err := s.Stat(ctx, key); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("Stat of a key that must be free returned %+v and %v", stored, err) //nolint:errorlint // it may be nil
	}
	r, err := s.OpenAt(ctx, key, "", 0, -1)
	if err == nil {
		return errors.Join(errors.New("the object is readable"), r.Close())
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("OpenAt of an absent key must be fs.ErrNotExist, not: %w", err)
	}
	return nil
}

// reads returns an error unless exactly content can be read from offset on.
func (s store) reads(ctx context.Context, key, etag string, offset int64, content []byte) error {
	return reads(ctx, s, key, etag, span{offset, -1}, content)
}

// span is a range that OpenAt reads.
type span struct{ offset, length int64 }

// reads returns an error unless OpenAt returns exactly content for the span.
func reads(ctx context.Context, s storage.ObjectReader, key, etag string, of span, content []byte) error {
	r, err := s.OpenAt(ctx, key, etag, of.offset, of.length)
	if err != nil {
		return fmt.Errorf("OpenAt: %w", err)
	}
	n, same, err := compare(r, content)
	if err := errors.Join(err, r.Close()); err != nil {
		return fmt.Errorf("reading: %w", err)
	}
	if !same || n != len(content) {
		return fmt.Errorf("%+v: the %d bytes read differ from the %d bytes sent", of, n, len(content))
	}
	return nil
}
