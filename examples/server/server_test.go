package main

import (
	"bytes"
	"encoding/json"
	"image"
	"image/png"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/uploadtest"
)

// start serves with these flags, over a store that the test can read.
func start(t *testing.T, args ...string) (url string, store *memstore.Store) {
	t.Helper()
	cfg, err := parseFlags(args, io.Discard)
	require.NoError(t, err)
	store = &memstore.Store{MaxBytes: cfg.maxMemory}
	s, err := newSite(t.Context(), cfg, store, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	srv := httptest.NewServer(s.handler)
	t.Cleanup(srv.Close)
	return srv.URL, store
}

type file struct {
	field, name string
	data        []byte
}

func pngBytes(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, png.Encode(&b, image.NewGray(image.Rect(0, 0, 3, 2))))
	return b.Bytes()
}

var htmlBytes = []byte("<!doctype html><script>alert(1)</script>")

// answer is a response that was read.
type answer struct {
	status int
	header http.Header
	body   string
}

// post sends files with the given headers.
func post(t *testing.T, url string, header http.Header, files ...file) answer {
	t.Helper()
	var form uploadtest.Form
	for _, f := range files {
		form = append(form, uploadtest.File(f.field, f.name, f.data))
	}
	header = header.Clone()
	if header == nil {
		header = http.Header{}
	}
	header.Set("Content-Type", uploadtest.ContentType)
	return do(t, http.MethodPost, url, header, form.Body())
}

func get(t *testing.T, url string, header http.Header) answer {
	t.Helper()
	return do(t, http.MethodGet, url, header, nil)
}

// do sends a request, and follows no redirects.
func do(t *testing.T, method, url string, header http.Header, body io.Reader) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, body)
	require.NoError(t, err)
	if header != nil {
		r.Header = header
	}
	a := uploadtest.Send(t, nil, r)
	return answer{a.Status, a.Header, string(a.Body)}
}

func TestUploadStoresTheBytes(t *testing.T) {
	url, store := start(t)
	want := pngBytes(t)
	res := post(t, url+"/upload", nil, file{"file", "cat.png", want})
	require.Equal(t, http.StatusCreated, res.status)

	var stored struct{ Files []upload.File }
	require.NoError(t, json.Unmarshal([]byte(res.body), &stored))
	require.Len(t, stored.Files, 1)
	got := stored.Files[0]
	require.Equal(t, upload.File{Field: "file", Name: "cat.png", Key: got.Key, Type: "image/png", Size: int64(len(want)), Facts: upload.Facts{Width: 3, Height: 2, Frames: 1}}, got)

	data, object := uploadtest.Stored(t, store, got.Key)
	require.Equal(t, want, data)
	require.Equal(t, "image/png", object.Type)
}

func TestUploadRefusals(t *testing.T) {
	picture := pngBytes(t)
	tests := []struct {
		name   string
		args   []string
		files  []file
		status int
		code   upload.Code
	}{
		{"HTML named .png", nil, []file{{"file", "cat.png", htmlBytes}}, 415, upload.CodeTypeNotAllowed},
		{"PNG named .pdf", nil, []file{{"file", "cat.pdf", picture}}, 415, upload.CodeTypeMismatch},
		{"a type left out of -types", []string{"-types", "application/pdf"}, []file{{"file", "cat.png", picture}}, 415, upload.CodeTypeNotAllowed},
		{"over -max-file-size", []string{"-max-file-size", "20"}, []file{{"file", "cat.png", picture}}, 413, upload.CodeTooLarge},
		{"over -max-files", []string{"-max-files", "1"}, []file{{"file", "a.png", picture}, {"file", "b.png", picture}}, 413, upload.CodeTooMany},
		{"over -max-memory", []string{"-max-memory", "20"}, []file{{"file", "cat.png", picture}}, 507, upload.CodeStorageFull},
		{"another field", nil, []file{{"other", "cat.png", picture}}, 400, upload.CodeUnexpectedField},
		{"no file", nil, nil, 400, upload.CodeMissingFile},
		{"a good file and a bad one", nil, []file{{"file", "cat.png", picture}, {"file", "dog.png", htmlBytes}}, 415, upload.CodeTypeNotAllowed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			url, store := start(t, tt.args...)
			res := post(t, url+"/upload", nil, tt.files...)
			require.Equal(t, tt.status, res.status)
			require.Equal(t, "application/problem+json", res.header.Get("Content-Type"))
			var problem struct {
				Code   upload.Code
				Detail string
			}
			require.NoError(t, json.Unmarshal([]byte(res.body), &problem))
			require.Equal(t, tt.code, problem.Code)
			require.NotEmpty(t, problem.Detail)
			require.Zero(t, store.Used())
		})
	}
}

func TestPlainForm(t *testing.T) {
	picture := pngBytes(t)
	tests := []struct {
		name   string
		files  []file
		stored int
		says   string
	}{
		{"one file", []file{{"file", "a.png", picture}}, 1, "One file is stored."},
		{"three files", []file{{"file", "a.png", picture}, {"file", "b.png", picture}, {"file", "c.txt", []byte("hello")}}, 3, "3 files are stored."},
		{"HTML named .png", []file{{"file", "a.png", htmlBytes}}, 0, "HTML files are not accepted"},
		{"one of two is bad", []file{{"file", "a.png", picture}, {"file", "b.png", htmlBytes}}, 0, "b.png: "},
		{"nothing chosen", []file{{"file", "", nil}}, 0, "Please choose a file."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			url, store := start(t)
			res := post(t, url+"/form", nil, tt.files...)
			require.Equal(t, http.StatusSeeOther, res.status)
			require.Len(t, store.Keys(), tt.stored)
			require.True(t, strings.HasPrefix(res.header.Get("Location"), "/?"))

			page := get(t, url+res.header.Get("Location"), nil)
			require.Equal(t, http.StatusOK, page.status)
			require.Contains(t, page.body, tt.says)
			for _, key := range store.Keys() {
				require.Contains(t, page.body, `href="/files/`+key+`?download"`)
				require.Contains(t, page.body, `Download: `+tt.files[0].name)
				require.Equal(t, strings.HasSuffix(key, ".png"), strings.Contains(page.body, `src="/files/`+key+`"`))
			}
		})
	}
}

func TestKeysBeginWithThePrefix(t *testing.T) {
	url, store := start(t, "-s3-bucket", "unused", "-s3-prefix", "incoming/today")
	res := post(t, url+"/upload", nil, file{"file", "cat.png", pngBytes(t)})
	require.Equal(t, http.StatusCreated, res.status)
	require.Len(t, store.Keys(), 1)
	require.Regexp(t, `^incoming/today/[0-9a-f]{32}\.png$`, store.Keys()[0])
}

func TestDebug(t *testing.T) {
	url, _ := start(t)
	require.Equal(t, http.StatusNotFound, get(t, url+"/__debug", nil).status, "without -debug")

	url, _ = start(t, "-debug")
	for _, query := range []string{"", "?gc"} {
		res := get(t, url+"/__debug"+query, nil)
		require.Equal(t, http.StatusOK, res.status)
		require.Regexp(t, `^\{"goroutines":[1-9][0-9]*\}\n$`, res.body)
	}
}
