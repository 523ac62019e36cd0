package upload_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
)

// TestMaxBytesHandler: a limit that the host set around the handler is answered like the
// handler's own, with and without an announced length. The answer arrives whole.
func TestMaxBytesHandler(t *testing.T) {
	body := file("file", "a.txt", strings.Repeat("hello ", 30_000))
	for about, length := range map[string]int64{"announced": int64(len(body)), "chunked": -1} {
		t.Run(about, func(t *testing.T) {
			f := newFixture(t, nil, upload.Options{})
			srv := serveHTTP(t, http.MaxBytesHandler(f, 100_000), nil)
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, srv.URL, strings.NewReader(body))
			require.NoError(t, err)
			r.Header.Set("Content-Type", "multipart/form-data; boundary="+boundary)
			r.ContentLength = length
			res, err := srv.Client().Do(r)
			require.NoError(t, err)
			defer func() { _ = res.Body.Close() }()
			p := problemOf(t, res)
			require.Equal(t, upload.CodeTooLarge, p.Code)
			require.Contains(t, p.Detail, "97.6 KB") // 100,000 bytes
			f.empty(t)
		})
	}
}

// TestFormReadBefore: a form that a middleware has read has lost its files, and is refused.
func TestFormReadBefore(t *testing.T) {
	for about, read := range map[string]func(*http.Request) error{
		"FormValue":          func(r *http.Request) error { _ = r.FormValue("csrf"); return nil },
		"ParseMultipartForm": func(r *http.Request) error { return r.ParseMultipartForm(1 << 20) },
		"MultipartReader":    func(r *http.Request) error { _, err := r.MultipartReader(); return err },
	} {
		t.Run(about, func(t *testing.T) {
			f := newFixture(t, upload.Form{"file": {Accept: upload.NotEmpty(), Optional: true}}, upload.Options{})
			r := post(file("file", "a.txt", "hello"))
			require.NoError(t, read(r))
			p := f.refuses(t, upload.CodeInternal, r)
			require.NotContains(t, p.Detail, "FormValue")
			require.Contains(t, f.log.String(), "the form was read before the upload handler")
		})
	}
	f := newFixture(t, nil, upload.Options{})
	r := post(file("file", "a.txt", "hello"))
	require.NoError(t, r.ParseForm(), "ParseForm reads only the query")
	f.accepts(t, r)
}

func TestBadQueryIsRefusedUnread(t *testing.T) {
	for _, query := range []string{"a=%zz", "a=%", "a;b"} {
		f := newFixture(t, nil, upload.Options{})
		read := false
		r := post("")
		r.URL.RawQuery, r.ContentLength = query, -1
		r.Body = io.NopCloser(readerFunc(func([]byte) (int, error) { read = true; return 0, io.EOF }))
		f.refuses(t, upload.CodeMalformed, r)
		require.False(t, read, query)
	}
}

// TestWriteDeadlineAfterReceive: a host that calls Receive has the server's whole WriteTimeout
// for its answer, however long the upload took. A client that never reads is cut off.
func TestWriteDeadlineAfterReceive(t *testing.T) {
	t.Parallel()
	const writeTimeout = time.Second
	for about, tc := range map[string]struct {
		answer int
		whole  bool
	}{
		"to a client that reads":  {10, true},
		"to one that never reads": {64 << 20, false},
	} {
		t.Run(about, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t, nil, upload.Options{})
			wrote := make(chan error, 1)
			srv := serveHTTP(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				tx, err := f.Receive(w, r)
				if err == nil {
					err = tx.Commit(r.Context())
				}
				if err == nil {
					_, err = w.Write(make([]byte, tc.answer))
				}
				wrote <- err
			}), func(s *http.Server) { s.WriteTimeout = writeTimeout })
			body := file("file", "a.txt", "hello")
			c := rawUpload(t, srv, len(body), body[:20])
			time.Sleep(writeTimeout * 3 / 2)
			_, err := io.WriteString(c, body[20:])
			require.NoError(t, err)
			if tc.whole {
				resp := answerOn(t, c)
				answer, err := io.ReadAll(resp.Body)
				require.NoError(t, err)
				require.NoError(t, resp.Body.Close())
				require.Len(t, answer, tc.answer)
			}
			select {
			case err := <-wrote:
				require.Equal(t, tc.whole, err == nil, "%v", err)
			case <-time.After(20 * time.Second):
				t.Fatal("the answer does not end")
			}
		})
	}
}

// codeOf returns the code of a refusal, or "" for an accepted upload.
func codeOf(t *testing.T, w *httptest.ResponseRecorder) upload.Code {
	t.Helper()
	if w.Code == http.StatusCreated {
		return ""
	}
	return problemOf(t, w.Result()).Code
}
