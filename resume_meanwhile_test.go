package upload_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/storage"
)

// TestResumeEndsMeanwhile ends an upload on one instance while another one receives bytes for it.
// The other one then stores them under keys that are free again. Its answer says how the
// upload has ended.
func TestResumeEndsMeanwhile(t *testing.T) {
	content := strings.Repeat("0123456789abcdef", 1<<10)
	for _, row := range []struct {
		name   string
		ends   func(t *testing.T, z *resumable, url string)
		status int
	}{
		{"published", func(t *testing.T, z *resumable, url string) {
			publishedBy(t, z.patch(t, url, 0, content))
		}, http.StatusNoContent},
		{"terminated", func(t *testing.T, z *resumable, url string) {
			require.Equal(t, http.StatusNoContent, z.do(t, tusRequest{method: "DELETE", url: url}).StatusCode)
		}, http.StatusGone},
	} {
		t.Run(row.name, func(t *testing.T) {
			store := &memstore.Store{}
			slow := newResumable(t, store, nil, upload.Options{}, upload.ResumeOptions{})
			other := newResumable(t, store, nil, upload.Options{}, upload.ResumeOptions{})
			url := slow.create(t, "a.txt", len(content))

			body, sends := io.Pipe()
			r := httptest.NewRequestWithContext(t.Context(), http.MethodPatch, "/files/"+url, body)
			r.ContentLength = int64(len(content))
			for name, value := range map[string]string{
				"Tus-Resumable": "1.0.0", "Subject": "ann", "Content-Type": "application/offset+octet-stream", "Upload-Offset": "0",
			} {
				r.Header.Set(name, value)
			}
			w, answered := httptest.NewRecorder(), make(chan struct{})
			go func() {
				defer close(answered)
				slow.resumer.ServeHTTP(w, r)
			}()
			_, err := io.WriteString(sends, content[:5000]) // returns when the request has read them
			require.NoError(t, err)
			row.ends(t, other, url)
			_, err = io.WriteString(sends, content[5000:])
			require.NoError(t, err)
			require.NoError(t, sends.Close())
			<-answered
			require.Equal(t, row.status, w.Code, w.Body)
			if row.status == http.StatusNoContent {
				require.Len(t, slow.publishedKeys(t), 1)
			}
		})
	}
}

// onStat calls then before it first looks for a published file.
type onStat struct {
	*memstore.Store
	once sync.Once
	then func()
}

func (s *onStat) Stat(ctx context.Context, key string) (storage.Stored, error) {
	if !strings.Contains(key, storage.StagingSegment) {
		s.once.Do(s.then)
	}
	return s.Store.Stat(ctx, key)
}

// TestResumeDecidedMeanwhile has another instance decide about a file, and remove its pieces, when
// this one is about to read them. The answer is what was decided, and no failure of the storage.
func TestResumeDecidedMeanwhile(t *testing.T) {
	content := strings.Repeat("0123456789", 2000) + "bad"
	for _, row := range []struct {
		name   string
		policy upload.Validator
		ends   func(t *testing.T, z *resumable, url string)
		status int
		code   string
	}{
		{"published", nil, func(t *testing.T, z *resumable, url string) {
			publishedBy(t, z.patch(t, url, len(content)-1, "d"))
		}, http.StatusNoContent, ""},
		{"refused", noWord{new(atomic.Int64)}, func(t *testing.T, z *resumable, url string) {
			require.Equal(t, http.StatusUnprocessableEntity, z.patch(t, url, len(content)-1, "d").StatusCode)
		}, http.StatusGone, `"code":"content"`},
		{"terminated", nil, func(t *testing.T, z *resumable, url string) {
			require.Equal(t, http.StatusNoContent, z.do(t, tusRequest{method: "DELETE", url: url}).StatusCode)
		}, http.StatusGone, `"code":"bad_ticket"`},
	} {
		t.Run(row.name, func(t *testing.T) {
			store := &onStat{Store: &memstore.Store{}}
			late := newResumable(t, store, row.policy, upload.Options{}, upload.ResumeOptions{})
			other := newResumable(t, store.Store, row.policy, upload.Options{}, upload.ResumeOptions{})
			url := late.create(t, "a.txt", len(content))
			store.then = func() { row.ends(t, other, url) }
			require.Equal(t, http.StatusNoContent, late.patch(t, url, 0, content[:9000]).StatusCode)
			got := late.patch(t, url, 9000, content[9000:])
			require.Equal(t, row.status, got.StatusCode, got.Body)
			require.Contains(t, got.Body, row.code)
			require.NotContains(t, late.log.String(), "ERROR")
		})
	}
}

// onList calls then before one of its lists.
type onList struct {
	*memstore.Store
	left int // lists up to the one before which it calls then
	then func()
}

func (s *onList) ListObjects(ctx context.Context, prefix, after string) (storage.ListPage[storage.ListedObject], error) {
	if s.left--; s.left == 0 {
		s.then()
	}
	return s.Store.ListObjects(ctx, prefix, after)
}

// TestResumeHeadGone has another instance end an upload when this one is about to read the stored
// first bytes of the file. The answer is that of the end.
func TestResumeHeadGone(t *testing.T) {
	content := strings.Repeat("0123456789abcdef", 1<<10)
	store := &onList{Store: &memstore.Store{}}
	late := newResumable(t, store, nil, upload.Options{}, upload.ResumeOptions{})
	other := newResumable(t, store.Store, nil, upload.Options{}, upload.ResumeOptions{})
	url := late.create(t, "a.txt", len(content))
	require.Equal(t, http.StatusNoContent, late.patch(t, url, 0, content[:10]).StatusCode)
	store.left, store.then = 2, func() { // the first one is for the state
		require.Equal(t, http.StatusNoContent, other.do(t, tusRequest{method: "DELETE", url: url}).StatusCode)
	}
	got := late.patch(t, url, 10, content[10:])
	require.Equal(t, http.StatusGone, got.StatusCode, got.Body)
	require.NotContains(t, late.log.String(), "ERROR")
}
