package uploadtest_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/storage"
	"github.com/airlock-go/upload/uploadtest"
)

// reading is a storage whose object is read from a reader of the test.
type reading struct {
	storage.ObjectReader
	content io.Reader
}

func (r reading) OpenAt(context.Context, string, string, int64, int64) (io.ReadCloser, error) {
	return io.NopCloser(r.content), nil
}

func TestStored(t *testing.T) {
	m := reachable(t)
	content, info := uploadtest.Stored(t, m, "there")
	require.Equal(t, "hello", string(content))
	require.Equal(t, "text/plain", info.Type)
	for _, row := range []struct {
		about string
		store storage.ObjectReader
		key   string
		says  string
	}{
		{"no object", m, "none", "does not exist"},
		{"fewer bytes than it states", reading{m, strings.NewReader("hell")}, "there", "4 bytes, of 5"},
		{"more bytes than it states", reading{m, strings.NewReader("hello!")}, "there", "6 bytes, of 5"},
		{"a broken reader", reading{m, iotest.ErrReader(errors.New("broken"))}, "there", "broken"},
	} {
		t.Run(row.about, func(t *testing.T) {
			r := newRecorder(t)
			errs := r.run(func() { uploadtest.Stored(r, row.store, row.key) })
			require.Len(t, errs, 1)
			require.Contains(t, errs[0], row.says)
		})
	}
}
