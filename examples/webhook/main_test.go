package main

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/uploadtest"
)

// world is the example over a store in memory, which reports nothing by itself.
type world struct {
	http.Handler
	store *memstore.Store
	site  *site
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{store: &memstore.Store{}}
	serve := w.store.Handler("/store/")
	s, err := newSite(w.store, openDatabase(":memory:"), make([]byte, 32), "password")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.db.Close()) })
	w.site = s
	mux := http.NewServeMux()
	mux.Handle("/store/", serve)
	mux.Handle("/", s.routes())
	w.Handler = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		r.Header.Set("Cookie", "visitor=ada")
		mux.ServeHTTP(rw, r)
	})
	return w
}

// send sends a file, and returns its staging key and the client's token.
func (w *world) send(t *testing.T, name string, content uploadtest.Content) (key, token string) {
	t.Helper()
	client := w.client()
	ticket, a := client.Sign(t, uploadtest.Declare(uploadtest.File("file", name, content)))
	require.NotNil(t, ticket, a)
	require.Less(t, client.Send(t, ticket, content).Status, 300)
	for _, k := range w.store.Keys() {
		if key, ok := strings.CutSuffix(k, ".ticket"); ok {
			return key, ticket.Token
		}
	}
	t.Fatal("no ticket is stored beside the file")
	return "", ""
}

// client returns a client for the steps. newWorld makes every request ada's.
func (w *world) client() *uploadtest.Direct {
	return &uploadtest.Direct{Client: uploadtest.Client(w), URL: "/tickets/"}
}

func (w *world) report(password, body string) int {
	r := httptest.NewRequest(http.MethodPost, "/events", strings.NewReader(body))
	r.SetBasicAuth("s3", password)
	rw := httptest.NewRecorder()
	w.ServeHTTP(rw, r)
	return rw.Code
}

func (w *world) files() string {
	rw := httptest.NewRecorder()
	w.ServeHTTP(rw, httptest.NewRequest(http.MethodGet, "/files", nil))
	return rw.Body.String()
}

func created(key string) string {
	return `{"Records":[{"eventName":"s3:ObjectCreated:Put","s3":{"object":{"key":"` + key + `"}}}]}`
}

// records returns a report with one record of key. It lies between before and after records of
// other.
func records(before int, other, key string, after int) string {
	one := func(key string) string {
		return strings.TrimSuffix(strings.TrimPrefix(created(key), `{"Records":[`), `]}`) + ","
	}
	all := strings.Repeat(one(other), before) + one(key) + strings.Repeat(one(other), after)
	return `{"Records":[` + strings.TrimSuffix(all, ",") + `]}`
}

// TestEarlyEvent checks that a report before the file has arrived spoils nothing, and that
// simultaneous reports and the client's confirmation add one row.
func TestEarlyEvent(t *testing.T) {
	w := newWorld(t)
	content := uploadtest.PNG(1000)
	ticket, _ := w.client().Sign(t, uploadtest.Declare(uploadtest.File("file", "a.png", content)))
	key := strings.TrimSuffix(w.store.Keys()[0], ".ticket")
	require.Equal(t, 204, w.report("password", created(key)))
	require.Equal(t, `[]`, w.files())
	require.Less(t, w.client().Send(t, ticket, content).Status, 300)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() { assert.Equal(t, 204, w.report("password", created(key))) })
	}
	all.Go(func() { assert.Equal(t, http.StatusCreated, w.client().Confirm(t, ticket.Token).Status) })
	all.Wait()
	require.Equal(t, `["a.png"]`, w.files())
	require.Len(t, w.store.Keys(), 1)
}

// TestEvents checks which reports confirm a file, and that each one is answered.
func TestEvents(t *testing.T) {
	for _, row := range []struct {
		name, password string
		body           func(key string) string
		status         int
		files          string
	}{
		{"versitygw", "password", created, 204, `["a.png"]`},
		{"AWS", "password", func(key string) string { return strings.ReplaceAll(created(url.QueryEscape(key)), "s3:", "") }, 204, `["a.png"]`},
		{"its removal", "password", func(key string) string { return strings.Replace(created(key), "Created", "Removed", 1) }, 204, `[]`},
		{"its stored ticket", "password", func(key string) string { return created(key + ".ticket") }, 204, `[]`},
		{"another object", "password", func(string) string { return created("ada/1.png") }, 204, `[]`},
		{"a broken key", "password", func(string) string { return created("%zz") }, 204, `[]`},
		{"a test event", "password", func(string) string { return `{"Event":"s3:TestEvent"}` }, 204, `[]`},
		{"joined parts, with a version", "password", func(key string) string {
			return strings.NewReplacer("Put", "CompleteMultipartUpload", `"}}}]`, `","versionId":"v1","eTag":"x","size":1}}}]`).Replace(created(key))
		}, 204, `["a.png"]`},
		{"a delete marker", "password", func(key string) string {
			return strings.Replace(created(key), "ObjectCreated:Put", "ObjectRemoved:DeleteMarkerCreated", 1)
		}, 204, `[]`},
		{"its expiry", "password", func(key string) string {
			return strings.Replace(created(key), "ObjectCreated:Put", "LifecycleExpiration:Delete", 1)
		}, 204, `[]`},
		{"a thousand records", "password", func(key string) string { return records(499, "ada/1.png", key, 500) }, 204, `["a.png"]`},
		{"the same record often", "password", func(key string) string { return records(9, key, key, 9) }, 204, `["a.png"]`},
		{"too long", "password", func(key string) string { return records(20_000, "ada/1.png", key, 0) }, 400, `[]`},
		{"a key with a zero byte", "password", func(key string) string { return created(key + "%00") }, 204, `[]`},
		{"another shape", "password", func(key string) string { return `{"Records":{"key":"` + key + `"}}` }, 400, `[]`},
		{"nothing", "password", func(string) string { return `null` }, 204, `[]`},
		{"no JSON", "password", func(string) string { return "key" }, 400, `[]`},
		{"a stranger", "guess", created, 401, `[]`},
	} {
		t.Run(row.name, func(t *testing.T) {
			w := newWorld(t)
			key, token := w.send(t, "a.png", uploadtest.PNG(1000))
			for range 2 { // events may come twice
				require.Equal(t, row.status, w.report(row.password, row.body(key)))
				require.Equal(t, row.files, w.files())
			}
			a := w.client().Confirm(t, token)
			require.Equal(t, http.StatusCreated, a.Status, "the client comes back")
			require.Equal(t, `["a.png"]`, w.files())
			require.Len(t, w.store.Keys(), 1)
		})
	}
}

// TestRefusedByEvent checks that a refused file is removed, and that its event is answered with
// 204, so that it is not sent again.
func TestRefusedByEvent(t *testing.T) {
	w := newWorld(t)
	key, _ := w.send(t, "a.png", uploadtest.Bytes("<!doctype html>"))
	require.Equal(t, 204, w.report("password", created(key)))
	require.Equal(t, `[]`, w.files())
	require.Empty(t, w.store.Keys())
}

// TestEventsComeAgain checks that an event whose row cannot be added is answered with 503, so that
// it is sent again.
func TestEventsComeAgain(t *testing.T) {
	w := newWorld(t)
	key, _ := w.send(t, "a.png", uploadtest.PNG(1000))
	_, err := w.site.db.Exec(`ALTER TABLE files RENAME TO gone`)
	require.NoError(t, err)
	require.Equal(t, 503, w.report("password", created(key)))
	_, err = w.site.db.Exec(`ALTER TABLE gone RENAME TO files`)
	require.NoError(t, err)
	require.Equal(t, 204, w.report("password", created(key)))
	require.Equal(t, `["a.png"]`, w.files())
}

// TestPage checks that a visitor gets one id, and that /page.js is served.
func TestPage(t *testing.T) {
	w := newWorld(t)
	rw := httptest.NewRecorder()
	w.site.routes().ServeHTTP(rw, httptest.NewRequest(http.MethodGet, "/", nil))
	require.Equal(t, 200, rw.Code)
	require.Contains(t, rw.Header().Get("Set-Cookie"), "visitor=")
	rw = httptest.NewRecorder()
	w.ServeHTTP(rw, httptest.NewRequest(http.MethodGet, "/", nil))
	require.Empty(t, rw.Header().Get("Set-Cookie"))
	rw = httptest.NewRecorder()
	w.ServeHTTP(rw, httptest.NewRequest(http.MethodGet, "/page.js", nil))
	require.Equal(t, 200, rw.Code)
}
