package memstore_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/storage"
)

const (
	base = "http://files.example/memstore/"
	key  = "t/" + storage.StagingSegment + "/1"
)

// fixture is a store and its handler, called without a network.
type fixture struct {
	*memstore.Store
	http.Handler
}

func newFixture(maxBytes int64) fixture {
	s := &memstore.Store{MaxBytes: maxBytes}
	return fixture{s, s.Handler(base)}
}

func object(size int) storage.DirectObject {
	return storage.DirectObject{Key: key, Type: "text/plain", Size: int64(size), Expires: time.Hour}
}

// send sends the signed request q with body, which need not be what was signed.
func (f fixture) send(q *storage.SignedRequest, body io.Reader) *httptest.ResponseRecorder {
	r := httptest.NewRequest(q.Method, q.URL, body)
	for name, value := range q.Headers {
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	f.ServeHTTP(w, r)
	return w
}

// put sends a whole file under key.
func (f fixture) put(t *testing.T, content string) *httptest.ResponseRecorder {
	t.Helper()
	q, err := f.SignPut(t.Context(), object(len(content)))
	require.NoError(t, err)
	return f.send(q, strings.NewReader(content))
}

// part sends a part of an upload of key.
func (f fixture) part(t *testing.T, id string, number, size int) *httptest.ResponseRecorder {
	t.Helper()
	q, err := f.SignPart(t.Context(), object(size), id, number)
	require.NoError(t, err)
	return f.send(q, bytes.NewReader(make([]byte, size)))
}

func (f fixture) stage(t *testing.T, content string) (storage.Staged, error) {
	t.Helper()
	return f.Stage(t.Context(), storage.Object{Key: "streamed", MaxSize: 1000}, strings.NewReader(content))
}

// TestZeroValue checks that without a handler nothing can be signed, and that files can be stored.
func TestZeroValue(t *testing.T) {
	ctx, s := t.Context(), &memstore.Store{}
	for name, call := range map[string]func() error{
		"DirectMethods":   func() error { _, err := s.DirectMethods(); return err },
		"SignPut":         func() error { _, err := s.SignPut(ctx, object(1)); return err },
		"SignForm":        func() error { _, err := s.SignForm(ctx, object(1)); return err },
		"CreateMultipart": func() error { _, err := s.CreateMultipart(ctx, object(1)); return err },
		"SignPart":        func() error { _, err := s.SignPart(ctx, object(1), "1", 1); return err },
		"SignGet":         func() error { _, err := s.SignGet(ctx, key, storage.SignedGet{}); return err },
	} {
		require.ErrorContains(t, call(), "Handler", name)
	}
	staged, err := s.Stage(ctx, storage.Object{Key: "k", MaxSize: 10}, strings.NewReader("hello"))
	require.NoError(t, err)
	require.NoError(t, staged.Commit(ctx))
	require.Equal(t, []string{"k"}, s.Keys())
}

func TestHandlerWantsAnAddress(t *testing.T) {
	for _, url := range []string{"", "memstore/", "//files.example/", "/%2Ffiles.example/", "/a?q=1", "/a#f", "files.example", "ftp://files.example/", "http://", "http://a/?q=1", "http://a/#f", "http://a b/"} {
		require.Panics(t, func() { (&memstore.Store{}).Handler(url) }, url)
	}
}

func TestSigningRefuses(t *testing.T) {
	f := newFixture(0)
	for _, sum := range []string{"00", "xy", strings.Repeat("0", 63), strings.Repeat("g", 64)} {
		d := object(1)
		d.SHA256 = sum
		_, err := f.SignPut(t.Context(), d)
		require.Error(t, err, sum)
	}
	for _, number := range []int{-1, 0, 10_001} {
		_, err := f.SignPart(t.Context(), object(1), "1", number)
		require.Error(t, err, number)
	}
}

// TestStreamedFilesAreDescribed checks that a file has the digest that the upload computed, and an
// ETag and a nonce of its own. It also reads from offsets outside the file.
func TestStreamedFilesAreDescribed(t *testing.T) {
	s := &memstore.Store{}
	described := map[string]storage.Stored{}
	for _, k := range []string{"a", "b"} {
		staged, err := s.Stage(t.Context(), storage.Object{Key: k, Type: "text/plain", SHA256: func() string { return "5ha" }}, strings.NewReader("hello"))
		require.NoError(t, err)
		require.NoError(t, staged.Commit(t.Context()))
		stored, err := s.Stat(t.Context(), k)
		require.NoError(t, err)
		require.Equal(t, "5ha", stored.SHA256)
		described[k] = stored
	}
	require.NotEmpty(t, described["a"].ETag)
	require.NotEmpty(t, described["a"].Nonce)
	require.NotEqual(t, described["a"].ETag, described["b"].ETag)
	require.NotEqual(t, described["a"].Nonce, described["b"].Nonce)
	_, err := s.OpenAt(t.Context(), "a", "", -1, -1)
	require.Error(t, err)
	r, err := s.OpenAt(t.Context(), "a", "", 99, -1)
	require.NoError(t, err)
	rest, err := io.ReadAll(r)
	require.NoError(t, err)
	require.Empty(t, rest)
}

// TestKeysOfAllKinds checks that keys with special characters survive in a URL.
func TestKeysOfAllKinds(t *testing.T) {
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	defer server.Close()
	s := &memstore.Store{}
	mux.Handle("/deep/er/", s.Handler(server.URL+"/deep/er")) // without the last slash
	for _, k := range []string{"a b", "ü/日本.txt", "100%/a?b=c&d#e", "a+b", "a;b=c:d@e", "%2e%2e/x", "..a/b..", `"quoted'`, "policy=1&signature=2"} {
		require.NoError(t, storage.ValidKey(k))
		staged, err := s.Stage(t.Context(), storage.Object{Key: k}, strings.NewReader(k))
		require.NoError(t, err)
		require.NoError(t, staged.Commit(t.Context()))
		url, err := s.SignGet(t.Context(), k, storage.SignedGet{Type: "text/plain", Expires: time.Minute})
		require.NoError(t, err)
		res, err := http.Get(url)
		require.NoError(t, err)
		body, err := io.ReadAll(res.Body)
		require.NoError(t, err)
		require.NoError(t, res.Body.Close())
		require.Equal(t, 200, res.StatusCode, k)
		require.Equal(t, k, string(body))
	}
}

// TestPromotePinned checks that staged bytes with another SHA-256 than the checked ones are not
// published.
func TestPromotePinned(t *testing.T) {
	f := newFixture(0)
	sum := sha256.Sum256([]byte("hello"))
	digest := hex.EncodeToString(sum[:])
	o := object(5)
	o.SHA256 = digest
	put, err := f.SignPut(t.Context(), o)
	require.NoError(t, err)
	require.Equal(t, 200, f.send(put, strings.NewReader("hello")).Code)
	stored, err := f.Stat(t.Context(), key)
	require.NoError(t, err)
	p := storage.Promotion{Sources: []storage.Source{{Key: key, ETag: stored.ETag, Size: 5}}, Key: "kept", Size: 5, Nonce: "n"}
	p.SHA256 = strings.Repeat("a", 64)
	require.ErrorIs(t, f.Promote(t.Context(), p), storage.ErrChanged)
	p.SHA256 = digest
	require.NoError(t, f.Promote(t.Context(), p))
}

// TestAbandoned checks that the first upload after eight days removes unconfirmed and unfinished
// ones. The rest stays, including streamed files that are staged.
func TestAbandoned(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(0)
		require.Equal(t, 200, f.put(t, "hello").Code)
		stored, err := f.Stat(t.Context(), key)
		require.NoError(t, err)
		require.NoError(t, f.Promote(t.Context(), storage.Promotion{Sources: []storage.Source{{Key: key, ETag: stored.ETag, Size: 5}}, Key: "kept", Size: 5, Nonce: "n"}))
		id, err := f.CreateMultipart(t.Context(), object(1000))
		require.NoError(t, err)
		require.Equal(t, 200, f.part(t, id, 1, 1000).Code)
		require.EqualValues(t, 1005, f.Used())

		time.Sleep(7*24*time.Hour + 23*time.Hour)
		_, err = f.stage(t, "x")
		require.NoError(t, err)
		require.EqualValues(t, 1006, f.Used())

		time.Sleep(2 * time.Hour)
		_, err = f.stage(t, "x")
		require.NoError(t, err)
		require.Equal(t, []string{"kept"}, f.Keys())
		require.EqualValues(t, 7, f.Used())
		_, err = f.Parts(t.Context(), key, id)
		require.ErrorIs(t, err, fs.ErrNotExist)
	})
}

func ctxCancelled(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}
