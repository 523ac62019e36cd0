package upload_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
)

// TestLinkEvents: an event says who got which file, or why not.
func TestLinkEvents(t *testing.T) {
	for _, tc := range []struct {
		about, method, path, subject string
		proxy                        bool
		kind                         upload.EventKind
		code                         upload.Code
		bytes                        int64
	}{
		{"a redirect", "GET", "a.png", "ann", false, upload.KindLinked, "", 0},
		{"HEAD", "HEAD", "a.png", "ann", false, upload.KindServed, "", 0},
		{"passed through", "GET", "a.png", "ann", true, upload.KindServed, "", 7},
		{"absent, passed through", "GET", "b.png", "ann", true, upload.KindRefused, upload.CodeNotFound, 0},
		{"absent, by a redirect", "GET", "b.png", "ann", false, upload.KindRefused, upload.CodeNotFound, 0},
		{"forbidden", "GET", "a.png", "mallory", false, upload.KindRefused, upload.CodeNotFound, 0},
		{"anonymous", "GET", "a.png", "", false, upload.KindRefused, upload.CodeUnauthenticated, 0},
		{"a panic", "GET", "a.png", "panic", false, upload.KindRefused, upload.CodeInternal, 0},
		{"another method", "POST", "a.png", "ann", false, upload.KindRefused, upload.CodeMethod, 0},
	} {
		t.Run(tc.about, func(t *testing.T) {
			s := &seen{}
			l := newLinked(t, upload.LinksOptions{Proxy: tc.proxy, Hooks: s.hooks()})
			l.Client().CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
			l.put(t, "a.png", "image/png", "a.png", "content")
			l.get(t, tc.method, l.URL+"/files/"+tc.path, "Subject", tc.subject)
			l.Close() // waits for the events after the answer
			kinds, got := s.take(t, l.log)
			require.Equal(t, string(tc.kind), kinds)
			require.Equal(t, "link", got.Door)
			require.Equal(t, tc.code, got.Code)
			require.Equal(t, tc.bytes, got.Bytes)
			if tc.code == "" {
				require.Equal(t, []upload.File{{Key: "a.png", Name: "a.png", Type: "image/png", Size: 7}}, got.Files)
				require.Equal(t, "ann", got.Subject)
			}
		})
	}
}

// TestServedCutOff: if the storage cuts a file off, the event is a refusal with the bytes served.
func TestServedCutOff(t *testing.T) {
	s, log := &seen{}, &syncBuffer{}
	store := cutStore{&memstore.Store{}}
	links, err := upload.NewLinks(store, &upload.LinksOptions{Proxy: true, Logger: (&fixture{log: log}).logger(), Hooks: s.hooks()})
	require.NoError(t, err)
	(&linked{store: store.Store}).put(t, "a.txt", "text/plain", "a.txt", "content")
	h := links.Handler(func(*http.Request) (upload.Link, error) { return upload.Link{Key: "a.txt"}, nil })
	require.PanicsWithValue(t, http.ErrAbortHandler, func() {
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil))
	})
	kinds, got := s.take(t, log)
	require.Equal(t, "refused", kinds)
	require.Equal(t, upload.CodeStorage, got.Code)
	require.EqualValues(t, 3, got.Bytes)
	require.ErrorIs(t, got.Err, io.ErrUnexpectedEOF)
}

// cutStore opens the first three bytes of everything.
type cutStore struct{ *memstore.Store }

func (s cutStore) OpenAt(ctx context.Context, key, etag string, offset, length int64) (io.ReadCloser, error) {
	r, err := s.Store.OpenAt(ctx, key, etag, offset, length)
	return io.NopCloser(io.LimitReader(r, 3)), err
}
