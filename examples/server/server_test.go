package main

import (
	"bytes"
	"encoding/json"
	"image"
	"image/png"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
)

// start serves what the command line asks for, over a store that the test can
// look into.
func start(t *testing.T, args ...string) (url string, store *memstore.Store) {
	t.Helper()
	cfg, err := parseFlags(args, io.Discard)
	require.NoError(t, err)
	store = &memstore.Store{MaxBytes: cfg.maxMemory}
	uploads, err := newUploads(cfg, store, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	mux, err := newMux(cfg, uploads)
	require.NoError(t, err)
	srv := httptest.NewServer(mux)
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

func form(t *testing.T, files ...file) (contentType string, body *bytes.Buffer) {
	t.Helper()
	body = &bytes.Buffer{}
	w := multipart.NewWriter(body)
	for _, f := range files {
		part, err := w.CreateFormFile(f.field, f.name)
		require.NoError(t, err)
		_, err = part.Write(f.data)
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return w.FormDataContentType(), body
}

// post sends files with the given headers, and does not follow a redirect.
func post(t *testing.T, url string, header http.Header, files ...file) *http.Response {
	t.Helper()
	contentType, body := form(t, files...)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, body)
	require.NoError(t, err)
	if header != nil {
		r.Header = header.Clone()
	}
	r.Header.Set("Content-Type", contentType)
	return do(t, r)
}

func get(t *testing.T, url string, header http.Header) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	require.NoError(t, err)
	if header != nil {
		r.Header = header
	}
	res := do(t, r)
	body, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	return res, string(body)
}

func do(t *testing.T, r *http.Request) *http.Response {
	t.Helper()
	c := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := c.Do(r)
	require.NoError(t, err)
	t.Cleanup(func() { res.Body.Close() })
	return res
}

func TestUploadStoresTheBytes(t *testing.T) {
	url, store := start(t)
	want := pngBytes(t)
	res := post(t, url+"/upload", nil, file{"file", "cat.png", want})
	require.Equal(t, http.StatusCreated, res.StatusCode)

	var answer struct{ Files []upload.File }
	require.NoError(t, json.NewDecoder(res.Body).Decode(&answer))
	require.Len(t, answer.Files, 1)
	got := answer.Files[0]
	require.Equal(t, upload.File{Field: "file", Name: "cat.png", Key: got.Key, Type: "image/png", Size: int64(len(want))}, got)

	r, stored, err := store.Open(t.Context(), got.Key)
	require.NoError(t, err)
	defer r.Close()
	data, err := io.ReadAll(r)
	require.NoError(t, err)
	require.Equal(t, want, data)
	require.Equal(t, "image/png", stored.Type)
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
		{"over -max-memory", []string{"-max-memory", "20"}, []file{{"file", "cat.png", picture}}, 503, upload.CodeBusy},
		{"another field", nil, []file{{"other", "cat.png", picture}}, 400, upload.CodeUnexpectedField},
		{"no file", nil, nil, 400, upload.CodeNoFile},
		{"a good file and a bad one", nil, []file{{"file", "cat.png", picture}, {"file", "dog.png", htmlBytes}}, 415, upload.CodeTypeNotAllowed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			url, store := start(t, tt.args...)
			res := post(t, url+"/upload", nil, tt.files...)
			require.Equal(t, tt.status, res.StatusCode)
			require.Equal(t, "application/problem+json", res.Header.Get("Content-Type"))
			var problem struct {
				Code   upload.Code
				Detail string
			}
			require.NoError(t, json.NewDecoder(res.Body).Decode(&problem))
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
		{"HTML named .png", []file{{"file", "a.png", htmlBytes}}, 0, "files of type text/html are not accepted"},
		{"one of two is bad", []file{{"file", "a.png", picture}, {"file", "b.png", htmlBytes}}, 0, "files of type text/html are not accepted"},
		{"nothing chosen", []file{{"file", "", nil}}, 0, "the form has no file"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			url, store := start(t)
			res := post(t, url+"/form", nil, tt.files...)
			require.Equal(t, http.StatusSeeOther, res.StatusCode)
			require.Len(t, store.Keys(), tt.stored)
			require.True(t, strings.HasPrefix(res.Header.Get("Location"), "/?"))

			res, page := get(t, url+res.Header.Get("Location"), nil)
			require.Equal(t, http.StatusOK, res.StatusCode)
			require.Contains(t, page, tt.says)
		})
	}
}

func TestPrefixStandsBeforeKeys(t *testing.T) {
	url, store := start(t, "-s3-bucket", "unused", "-s3-prefix", "incoming/today")
	res := post(t, url+"/upload", nil, file{"file", "cat.png", pngBytes(t)})
	require.Equal(t, http.StatusCreated, res.StatusCode)
	require.Len(t, store.Keys(), 1)
	require.Regexp(t, `^incoming/today/[0-9a-f]{32}\.png$`, store.Keys()[0])
}

func TestOrigins(t *testing.T) {
	const trusted = "https://app.example.com"
	flag := []string{"-cors-origin", trusted}
	tests := []struct {
		name    string
		args    []string
		path    string
		origin  string
		site    string
		status  int
		allowed string
	}{
		{"no browser", nil, "/upload", "", "", 201, ""},
		{"the page itself", nil, "/upload", "", "same-origin", 201, ""},
		{"another site", nil, "/upload", trusted, "cross-site", 403, ""},
		{"another site, plain form", nil, "/form", trusted, "cross-site", 303, ""},
		{"the trusted origin", flag, "/upload", trusted, "cross-site", 201, trusted},
		{"another site beside a trusted one", flag, "/upload", "https://evil.example.com", "cross-site", 403, ""},
		{"a name that begins like the trusted one", flag, "/upload", trusted + ".evil.org", "cross-site", 403, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			url, store := start(t, tt.args...)
			header := http.Header{}
			if tt.origin != "" {
				header.Set("Origin", tt.origin)
			}
			if tt.site != "" {
				header.Set("Sec-Fetch-Site", tt.site)
			}
			res := post(t, url+tt.path, header, file{"file", "cat.png", pngBytes(t)})
			require.Equal(t, tt.status, res.StatusCode)
			require.Equal(t, tt.allowed, res.Header.Get("Access-Control-Allow-Origin"))
			if tt.status == http.StatusCreated {
				require.Len(t, store.Keys(), 1)
			} else {
				require.Zero(t, store.Used())
			}
		})
	}
}

func TestPreflight(t *testing.T) {
	const trusted = "https://app.example.com"
	url, _ := start(t, "-cors-origin", trusted)
	for origin, allowed := range map[string]string{trusted: trusted, "https://evil.example.com": ""} {
		t.Run(origin, func(t *testing.T) {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodOptions, url+"/upload", nil)
			require.NoError(t, err)
			r.Header.Set("Origin", origin)
			r.Header.Set("Access-Control-Request-Method", http.MethodPost)
			require.Equal(t, allowed, do(t, r).Header.Get("Access-Control-Allow-Origin"))
		})
	}
}

func TestDebug(t *testing.T) {
	url, _ := start(t)
	res, _ := get(t, url+"/__debug", nil)
	require.Equal(t, http.StatusNotFound, res.StatusCode, "without -debug")

	url, _ = start(t, "-debug")
	for _, query := range []string{"", "?gc"} {
		res, body := get(t, url+"/__debug"+query, nil)
		require.Equal(t, http.StatusOK, res.StatusCode)
		require.Regexp(t, `^\{"goroutines":[1-9][0-9]*\}\n$`, body)
	}
}
