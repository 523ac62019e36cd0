package upload_test

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/uploadtest"
	"github.com/stretchr/testify/require"
)

// resumable is an application with resumable uploads under /files/. Callers name themselves.
type resumable struct {
	*httptest.Server
	store   upload.Storage
	resumer *upload.Resumer
	handler *upload.Handler
	log     *syncBuffer
}

func newResumable(t *testing.T, store upload.Storage, policy upload.Validator, o upload.Options, ro upload.ResumeOptions) *resumable {
	t.Helper()
	z := &resumable{store: store, log: &syncBuffer{}}
	if policy == nil {
		policy = upload.Types("image/png", "application/pdf", "text/plain")
	}
	o.Logger = (&fixture{log: z.log}).logger()
	var err error
	z.handler, err = upload.New(store, policy, upload.RequireSubject(bySubject), &o)
	require.NoError(t, err)
	z.resumer, err = upload.NewResumer(z.handler, [][]byte{secret}, &ro)
	require.NoError(t, err)
	mux := http.NewServeMux()
	mux.Handle("/files/", z.resumer)
	z.Server = httptest.NewServer(mux)
	t.Cleanup(z.Close)
	return z
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
	got, info := uploadtest.Stored(t, z.store.(*memstore.Store), f.Key)
	require.Equal(t, content, string(got))
	require.Equal(t, f.Type, info.Type)
	require.Equal(t, f.Name, info.Name)
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
