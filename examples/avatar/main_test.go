package main

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/uploadtest"
)

// fixture is the application, with access to its storage and database.
type fixture struct {
	*httptest.Server
	store *memstore.Store
	db    *database
}

func start(t *testing.T) *fixture {
	t.Helper()
	db, err := openDatabase(":memory:")
	require.NoError(t, err)
	t.Cleanup(func() { _ = db.Close() })
	f := &fixture{store: &memstore.Store{}, db: db}
	handler, err := newApp(f.store, db)
	require.NoError(t, err)
	f.Server = httptest.NewServer(handler)
	t.Cleanup(f.Close)
	return f
}

// answer is a response that was read.
type answer struct {
	status int
	header http.Header
	body   string
}

// do sends r as user, "" for an anonymous one, and follows no redirect.
func (f *fixture) do(t *testing.T, user string, r *http.Request) answer {
	t.Helper()
	if user != "" {
		r.SetBasicAuth(user, passwords[user])
	}
	a := uploadtest.Send(t, f.Client(), r.WithContext(t.Context()))
	return answer{a.Status, a.Header, string(a.Body)}
}

func (f *fixture) get(t *testing.T, user, path string) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, f.URL+path, nil)
	require.NoError(t, err)
	return f.do(t, user, r)
}

// save sends the form.
func (f *fixture) save(t *testing.T, user string, file []byte, fields map[string]string) answer {
	t.Helper()
	form := uploadtest.Form{uploadtest.File("picture", "me.png", file)}
	for name, value := range fields {
		form = append(form, uploadtest.Text(name, value))
	}
	return f.do(t, user, uploadtest.NewRequest(f.URL+"/picture", form...))
}

// pictureOf returns a PNG of that width.
func pictureOf(t *testing.T, width int) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, png.Encode(&b, image.NewGray(image.Rect(0, 0, width, 2))))
	return b.Bytes()
}

var (
	described = map[string]string{"description": "Ada at her desk"}
	hidden    = map[string]string{"description": "Ada at her desk", "private": "on"}
)

func TestAnotherUserSeesThePicture(t *testing.T) {
	f := start(t)
	want := pictureOf(t, 3)
	res := f.save(t, "ada", want, described)
	require.Equal(t, http.StatusSeeOther, res.status, res.body)
	require.Equal(t, "/?uploaded=1", res.header.Get("Location"))
	require.Len(t, f.store.Keys(), 2) // with its square
	for _, key := range f.store.Keys() {
		require.Regexp(t, `^pictures/ada/[0-9a-f]{32}\.(png|jpg)$`, key)
	}

	page := f.get(t, "grace", "/")
	require.Contains(t, page.body, `src="/pictures/ada" alt="Ada at her desk"`)
	res = f.get(t, "grace", "/pictures/ada?whole")
	require.Equal(t, http.StatusSeeOther, res.status, res.body)
	require.Equal(t, "no-store", res.header.Get("Cache-Control"))
	res = f.get(t, "", res.header.Get("Location")) // the link itself is the permission
	require.Equal(t, string(want), res.body)
	require.Equal(t, "image/png", res.header.Get("Content-Type"))
}

func TestNewPictureReplacesTheOld(t *testing.T) {
	f := start(t)
	f.save(t, "ada", pictureOf(t, 3), described)
	old := f.store.Keys()
	f.save(t, "grace", pictureOf(t, 4), described)
	f.save(t, "ada", pictureOf(t, 5), described)
	require.Len(t, f.store.Keys(), 4)
	for _, key := range old {
		require.NotContains(t, f.store.Keys(), key)
	}
	res := f.get(t, "grace", f.get(t, "grace", "/pictures/ada?whole").header.Get("Location"))
	require.Equal(t, string(pictureOf(t, 5)), res.body)
}

// TestFailureLeavesNothing checks that a failure changes neither the store nor the previous
// picture.
func TestFailureLeavesNothing(t *testing.T) {
	html := []byte("<!doctype html><script>alert(1)</script>")
	tests := []struct {
		name     string
		file     []byte
		fields   map[string]string
		sabotage string // of the database
		status   int
		reason   string // in the redirect
	}{
		{"HTML named .png", html, described, "", 303, "HTML files are not accepted"},
		{"an insert that the database refuses", pictureOf(t, 4), map[string]string{"description": strings.Repeat("x", 121)}, "", 303, "a description of 120 characters"},
		{"a picture whose pixels are damaged", damaged(t), described, "", 303, "damaged"},
		{"no description", pictureOf(t, 4), nil, "", 303, "a description of 120 characters"},
		{"an insert that fails", pictureOf(t, 4), described, `CREATE TRIGGER broken BEFORE UPDATE ON pictures BEGIN SELECT RAISE(FAIL, 'disk full'); END`, 303, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := start(t)
			f.save(t, "ada", pictureOf(t, 3), described)
			before := f.store.Keys()
			if tt.sabotage != "" {
				_, err := f.db.Exec(tt.sabotage)
				require.NoError(t, err)
			}
			res := f.save(t, "ada", tt.file, tt.fields)
			require.Equal(t, tt.status, res.status)
			to, err := url.Parse(res.header.Get("Location"))
			require.NoError(t, err)
			require.Contains(t, to.Query().Get("reason"), tt.reason)
			require.Equal(t, tt.sabotage != "", to.Query().Get("error") == "internal")
			shown := f.get(t, "ada", f.get(t, "ada", "/pictures/ada?whole").header.Get("Location"))
			require.Equal(t, string(pictureOf(t, 3)), shown.body)
			f.Close() // waits for the handler, which removes files after its answer
			require.Equal(t, before, f.store.Keys())
		})
	}
}

// TestCancelledTransaction checks that a client that leaves ends the transaction, not the database.
func TestCancelledTransaction(t *testing.T) {
	f := start(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := f.db.set(ctx, picture{User: "ada", Key: "k", Description: "d"}, kept)
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, http.StatusSeeOther, f.save(t, "ada", pictureOf(t, 3), described).status)
}

func TestAnonymous(t *testing.T) {
	f := start(t)
	f.save(t, "ada", pictureOf(t, 3), described)
	before := f.store.Keys()
	for name, res := range map[string]answer{
		"the page":        f.get(t, "", "/"),
		"a picture":       f.get(t, "", "/pictures/ada"),
		"no picture":      f.get(t, "", "/pictures/nobody"),
		"a new one":       f.save(t, "", pictureOf(t, 4), described),
		"an unknown user": f.save(t, "eve", pictureOf(t, 4), described),
	} {
		require.Equal(t, http.StatusUnauthorized, res.status, name)
		require.Contains(t, res.header.Get("WWW-Authenticate"), "Basic", name)
	}
	require.Equal(t, before, f.store.Keys())
}

// TestUnknownLooksLikeForbidden checks that another user does not learn whether a hidden picture
// exists.
func TestUnknownLooksLikeForbidden(t *testing.T) {
	f := start(t)
	f.save(t, "ada", pictureOf(t, 3), hidden)
	require.Equal(t, http.StatusSeeOther, f.get(t, "ada", "/pictures/ada").status)
	require.NotContains(t, f.get(t, "grace", "/").body, "/pictures/ada")
	forbidden, unknown := f.get(t, "grace", "/pictures/ada"), f.get(t, "grace", "/pictures/nobody")
	forbidden.header.Del("Date")
	unknown.header.Del("Date")
	require.Equal(t, http.StatusNotFound, forbidden.status)
	require.Equal(t, unknown, forbidden)
	require.Contains(t, forbidden.body, string(upload.CodeNotFound))
}

// kept replaces upload.Keep in tests that write rows without a request.
func kept(context.Context) error { return nil }
