package upload_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"path"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/diskstore"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/storage"
	"github.com/airlock-go/upload/uploadtest"
)

// resumable is an application with resumable uploads under /files/. Callers name themselves in the
// header Subject.
type resumable struct {
	*httptest.Server
	reader  storage.ObjectReader
	memory  *memstore.Store // nil if the storage is another one
	resumer *upload.Resumer
	handler *upload.Handler
	log     *syncBuffer

	progress *upload.Progress
}

func newResumable(t *testing.T, store upload.Storage, policy upload.Validator, o upload.Options, ro upload.ResumeOptions) *resumable {
	t.Helper()
	z := &resumable{log: &syncBuffer{}}
	z.memory, _ = store.(*memstore.Store)
	z.reader, _ = store.(storage.ObjectReader)
	if policy == nil {
		policy = upload.Types("image/png", "application/pdf", "text/plain")
	}
	o.Logger = (&fixture{log: z.log}).logger()
	if o.Progress == nil {
		o.Progress = &upload.Progress{}
	}
	z.progress = o.Progress
	var err error
	z.handler, err = upload.New(store, policy, upload.RequireSubject(bySubject), &o)
	require.NoError(t, err)
	z.serve(t, ro)
	return z
}

func (z *resumable) serve(t *testing.T, ro upload.ResumeOptions) {
	t.Helper()
	var err error
	z.resumer, err = upload.NewResumer(z.handler, [][]byte{secret}, &ro)
	require.NoError(t, err)
	mux := http.NewServeMux()
	mux.Handle("/files/", z.resumer)
	z.Server = httptest.NewServer(mux)
	t.Cleanup(z.Close)
}

// sends sends a file in requests of so many bytes.
func (z *resumable) sends(t *testing.T, name, content string, size int) upload.File {
	t.Helper()
	url := z.create(t, name, len(content))
	for at := 0; ; at += size {
		got := z.patch(t, url, at, content[at:min(at+size, len(content))])
		require.Equal(t, http.StatusNoContent, got.StatusCode, got.Body)
		if at+size >= len(content) {
			return publishedBy(t, got)
		}
	}
}

// tusRequest is a request of a client, with headers of lines "Name: value".
type tusRequest struct {
	method, url, headers string
	body                 io.Reader
	as                   string // the subject, "ann" if it is empty
}

func (z *resumable) do(t *testing.T, q tusRequest) reply {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), q.method, z.resolve(q.url), q.body)
	require.NoError(t, err)
	r.Header.Set("Tus-Resumable", "1.0.0")
	r.Header.Set("Subject", q.as)
	if q.as == "" {
		r.Header.Set("Subject", "ann")
	}
	for line := range strings.SplitSeq(q.headers, "\n") {
		if name, value, ok := strings.Cut(line, ": "); ok {
			r.Header.Set(name, value)
		}
	}
	got := fetch(t, z.Client(), r)
	if q.method != http.MethodOptions {
		require.Equal(t, "1.0.0", got.Header.Get("Tus-Resumable"))
	}
	if got.StatusCode >= 400 {
		require.Empty(t, got.Header.Get("Upload-Offset"), "a refusal has no offset")
	}
	return got
}

// inProcess is a Resumer without a network.
type inProcess struct{ *upload.Resumer }

func (z *inProcess) do(ctx context.Context, method, url, headers, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	r.Header.Set("Tus-Resumable", "1.0.0")
	r.Header.Set("Subject", "ann")
	for line := range strings.SplitSeq(headers, "\n") {
		if name, value, ok := strings.Cut(line, ": "); ok {
			r.Header.Set(name, value)
		}
	}
	w := httptest.NewRecorder()
	z.ServeHTTP(w, r)
	return w
}

func (z *resumable) resolve(url string) string {
	if strings.HasPrefix(url, "/") {
		return z.URL + url
	}
	return z.URL + "/files/" + url
}

func metadataOf(pairs ...string) string {
	var all []string
	for i := 0; i < len(pairs); i += 2 {
		all = append(all, pairs[i]+" "+base64.StdEncoding.EncodeToString([]byte(pairs[i+1])))
	}
	return strings.Join(all, ",")
}

// create returns the URL of a new upload.
func (z *resumable) create(t *testing.T, name string, size int) string {
	t.Helper()
	got := z.do(t, tusRequest{method: "POST", headers: "Upload-Length: " + strconv.Itoa(size) + "\nUpload-Metadata: " + metadataOf("filename", name)})
	require.Equal(t, http.StatusCreated, got.StatusCode, got.Body)
	require.NotEmpty(t, got.Header.Get("Upload-Expires"))
	return got.Header.Get("Location")
}

const offsetBytes = "Content-Type: application/offset+octet-stream\nUpload-Offset: "

func (z *resumable) patch(t *testing.T, url string, offset int, content string) reply {
	t.Helper()
	return z.do(t, tusRequest{method: "PATCH", url: url, headers: offsetBytes + strconv.Itoa(offset), body: strings.NewReader(content)})
}

// offset returns what HEAD says.
func (z *resumable) offset(t *testing.T, url string) int {
	t.Helper()
	got := z.do(t, tusRequest{method: "HEAD", url: url})
	require.Equal(t, http.StatusOK, got.StatusCode)
	require.Equal(t, "no-store", got.Header.Get("Cache-Control"))
	n, err := strconv.Atoi(got.Header.Get("Upload-Offset"))
	require.NoError(t, err)
	return n
}

// publishedBy requires that got is the last answer of an upload, and returns its file.
func publishedBy(t *testing.T, got reply) (f upload.File) {
	t.Helper()
	require.Equal(t, http.StatusNoContent, got.StatusCode, got.Body)
	require.NoError(t, json.Unmarshal([]byte(got.Header.Get("Upload-File")), &f))
	return f
}

func (z *resumable) requireStored(t *testing.T, f upload.File, content string) {
	t.Helper()
	got, info := uploadtest.Stored(t, z.reader, f.Key)
	require.Equal(t, content, string(got))
	require.Equal(t, f.Type, info.Type)
	require.Equal(t, f.Name, info.Name)
}

// publishedKeys are the keys outside of staging.
func (z *resumable) publishedKeys(t *testing.T) (keys []string) {
	t.Helper()
	for _, key := range z.keys(t) {
		if !storage.IsStaging(key) {
			keys = append(keys, key)
		}
	}
	return keys
}

// stagedKeys are the last elements of the keys in staging.
func (z *resumable) stagedKeys(t *testing.T) (names []string) {
	t.Helper()
	for _, key := range z.keys(t) {
		if storage.IsStaging(key) {
			names = append(names, path.Base(key))
		}
	}
	return names
}

func (z *resumable) keys(t *testing.T) []string {
	t.Helper()
	return z.memory.Keys()
}

func TestResume(t *testing.T) {
	content := strings.Repeat("0123456789abcdef", 1000)
	for _, row := range []struct {
		name   string
		chunks []int // where requests end
	}{
		{"one request", []int{16000}},
		{"two requests", []int{7000, 16000}},
		{"the head in pieces", []int{1, 2, 100, 4095, 4096, 16000}},
		{"the last byte alone", []int{15999, 16000}},
		{"many", []int{1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000, 9000, 10000, 15998, 15999, 16000}},
	} {
		t.Run(row.name, func(t *testing.T) {
			z := newResumable(t, &memstore.Store{}, nil, upload.Options{}, upload.ResumeOptions{})
			url := z.create(t, "Größe.txt", len(content))
			require.Zero(t, z.offset(t, url))
			begin := 0
			for _, end := range row.chunks {
				got := z.patch(t, url, begin, content[begin:end])
				require.Equal(t, http.StatusNoContent, got.StatusCode, got.Body)
				require.Equal(t, strconv.Itoa(end), got.Header.Get("Upload-Offset"))
				begin = end
				if end < len(content) {
					require.Equal(t, end, z.offset(t, url))
					continue
				}
				f := publishedBy(t, got)
				require.Equal(t, upload.File{Field: "file", Name: "Größe.txt", Key: f.Key, Type: "text/plain", Size: 16000}, f)
				z.requireStored(t, f, content)
				require.Equal(t, len(content), z.offset(t, url))
				answer := z.do(t, tusRequest{method: "GET", url: url})
				require.Equal(t, http.StatusOK, answer.StatusCode)
				var files struct{ Files []upload.File }
				require.NoError(t, json.Unmarshal([]byte(answer.Body), &files))
				require.Equal(t, []upload.File{f}, files.Files)
			}
		})
	}
}

// TestResumeCells checks a file that is larger than a cell, in requests that do not end with one. A
// cell of such a file has 5 MiB in memstore, and 8 MiB in diskstore.
func TestResumeCells(t *testing.T) {
	disk, err := diskstore.Open(t.TempDir())
	require.NoError(t, err)
	content := strings.Repeat("0123456789abcde\n", 600_000)
	for name, store := range map[string]storage.Storage{"memory": &memstore.Store{}, "disk": disk} {
		for _, size := range []int{len(content), 3_000_001} {
			t.Run(name+" "+strconv.Itoa(size), func(t *testing.T) {
				z := newResumable(t, store, nil, upload.Options{MaxFileSize: 20 << 20, SHA256: true}, upload.ResumeOptions{})
				f := z.sends(t, "a.txt", content, size)
				require.Equal(t, digestOf(content), f.SHA256)
				z.requireStored(t, f, content)
			})
		}
	}
}

// TestResumeLate checks that the locations that a film has before its index are blanked in the
// published file.
func TestResumeLate(t *testing.T) {
	disk, err := diskstore.Open(t.TempDir())
	require.NoError(t, err)
	for name, store := range map[string]storage.Storage{"memory": &memstore.Store{}, "disk": disk} {
		for _, size := range []int{1 << 20, 300, 30} {
			t.Run(name+" "+strconv.Itoa(size), func(t *testing.T) {
				z := newResumable(t, store, upload.Types("video/quicktime"), upload.Options{SHA256: true}, upload.ResumeOptions{})
				f := z.sends(t, "a.mov", film(t), size)
				require.Empty(t, f.SHA256, "that of the stored bytes is not known")
				require.Equal(t, upload.Facts{Width: 64, Height: 48, Frames: 1, Duration: 2.5, Cleaned: true}, f.Facts)
				stored, _ := uploadtest.Stored(t, z.reader, f.Key)
				requirePlaceless(t, string(stored))
			})
		}
	}
}

// tusClient returns a function that sends requests to h, and returns the headers of the answers.
func tusClient(h http.Handler) func(method, url, headers, body string) http.Header {
	return func(method, url, headers, body string) http.Header {
		r := httptest.NewRequest(method, "/files/"+url, strings.NewReader(body))
		r.Header.Set("Tus-Resumable", "1.0.0")
		r.Header.Set("Content-Type", "application/offset+octet-stream")
		for line := range strings.Lines(headers) {
			name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
			r.Header.Set(name, value)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Header()
	}
}
