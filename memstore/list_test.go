package memstore_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/storage"
)

func publish(t *testing.T, s *memstore.Store, key string) {
	t.Helper()
	staged, err := s.Stage(t.Context(), storage.Object{Key: key}, strings.NewReader("hello"))
	require.NoError(t, err)
	require.NoError(t, staged.Commit(t.Context()))
}

// TestRemoveListed checks that a new object under the key of the listed one stays. It has the same
// bytes, and was written at the same time or later.
func TestRemoveListed(t *testing.T) {
	for _, later := range []time.Duration{0, time.Hour} {
		synctest.Test(t, func(t *testing.T) {
			s := &memstore.Store{}
			publish(t, s, "a")
			page, err := s.ListObjects(t.Context(), "", "")
			require.NoError(t, err)
			require.NoError(t, s.Delete(t.Context(), "a"))
			time.Sleep(later)
			publish(t, s, "a")
			require.ErrorIs(t, s.RemoveListed(t.Context(), page.Items[0]), storage.ErrChanged)
			require.Equal(t, []string{"a"}, s.Keys())
		})
	}
}

// TestListUploadsInPages lists the uploads of three keys. Two of them have more uploads than a page
// holds. Each listed upload is ended before the next page.
func TestListUploadsInPages(t *testing.T) {
	s := &memstore.Store{}
	s.Handler("http://store.example/")
	for i := range 2500 {
		_, err := s.CreateMultipart(t.Context(), storage.DirectObject{Key: fmt.Sprintf("p/%d", i/1100)})
		require.NoError(t, err)
	}
	var sizes []int
	for after := ""; ; {
		page, err := s.ListUploads(t.Context(), "p/", after)
		require.NoError(t, err)
		sizes = append(sizes, len(page.Items))
		for _, u := range page.Items {
			require.NoError(t, s.AbortMultipart(t.Context(), u.Key, u.UploadID))
		}
		if after = page.Next; after == "" {
			break
		}
	}
	require.Equal(t, []int{1000, 1000, 500}, sizes)
}
