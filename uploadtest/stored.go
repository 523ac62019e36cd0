package uploadtest

import (
	"errors"
	"io"
	"testing"

	"github.com/airlock-go/upload/storage"
)

// Stored returns all bytes of an object that a storage keeps, published or under a staging key, and
// the storage's description of it. The test fails if the object does not exist, or if its size
// differs from the description.
func Stored(t testing.TB, s storage.ObjectReader, key string) (content []byte, info storage.Stored) {
	t.Helper()
	info, err := s.Stat(t.Context(), key)
	if err != nil {
		t.Fatalf("uploadtest: %v", err)
	}
	r, err := s.OpenAt(t.Context(), key, info.ETag, 0, -1)
	if err != nil {
		t.Fatalf("uploadtest: %v", err)
	}
	content, err = io.ReadAll(r)
	if err := errors.Join(err, r.Close()); err != nil {
		t.Fatalf("uploadtest: reading %q: %v", key, err)
	}
	if int64(len(content)) != info.Size {
		t.Fatalf("uploadtest: %q has %d bytes, of %d that the storage states", key, len(content), info.Size)
	}
	return content, info
}
