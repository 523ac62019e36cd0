package upload_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/internal/rounds"
	"github.com/airlock-go/upload/uploadtest"
)

// put returns a request whose body is the file.
func put(disposition, body string) *http.Request {
	r := httptest.NewRequest(http.MethodPut, "/files", strings.NewReader(body))
	if disposition != "" {
		r.Header.Set("Content-Disposition", disposition)
	}
	return r
}

// newRaw is newFixture for a Raw handler of the field "file".
func newRaw(t *testing.T, policy upload.Validator, o upload.Options, name func(*http.Request) string) *fixture {
	t.Helper()
	f := newFixture(t, policy, o)
	h, err := f.Raw("file", name)
	require.NoError(t, err)
	f.Handler = h
	return f
}

func fromPath(r *http.Request) string { return strings.TrimPrefix(r.URL.Path, "/") }

func TestRawNeedsAField(t *testing.T) {
	f := newFixture(t, nil, upload.Options{})
	_, err := f.Raw("other", nil)
	require.ErrorContains(t, err, `"other"`)
}

func TestRawNames(t *testing.T) {
	for _, tc := range []struct {
		about, disposition string
		name               func(*http.Request) string
		stored             string
		code               upload.Code
	}{
		{about: "attachment", disposition: `attachment; filename="a.png"`, stored: "a.png"},
		{about: "inline", disposition: `inline; filename=a.png`, stored: "a.png"},
		{about: "as in a form", disposition: `form-data; name="file"; filename="a.png"`, stored: "a.png"},
		{about: "filename*", disposition: `attachment; filename*=UTF-8''Gr%C3%BC%C3%9Fe.png`, stored: "Grüße.png"},
		{about: "both", disposition: `attachment; filename="Gr__e.png"; filename*=UTF-8''Gr%C3%BC%C3%9Fe.png`, stored: "Grüße.png"},
		{about: "a path", disposition: `attachment; filename="../../etc/a.png"`, stored: "a.png"},
		{about: "the header before the path", disposition: `attachment; filename="a.png"`, name: fromPath, stored: "a.png"},
		{about: "the path", name: fromPath, stored: "files"},
		{about: "the path after a header without a name", disposition: "attachment", name: fromPath, stored: "files"},
		{about: "no name", code: upload.CodeBadName},
		{about: "no name in the header", disposition: "attachment", code: upload.CodeBadName},
		{about: "an empty name", disposition: `attachment; filename=""`, code: upload.CodeBadName},
		{about: "an empty name of the host's", name: func(*http.Request) string { return "" }, code: upload.CodeBadName},
		{about: "a bad name of the host's", name: func(*http.Request) string { return "a\x00.png" }, code: upload.CodeBadName},
		{about: "a name of dots", disposition: `attachment; filename=".."`, code: upload.CodeBadName},
		{about: "a control character", disposition: "attachment; filename=\"a\x01.png\"", code: upload.CodeMalformed},
		{about: "two extensions", disposition: `attachment; filename="a.png"; filename*=UTF-8''a.php`, code: upload.CodeMalformed},
		{about: "two names", disposition: `attachment; filename="a.png"; filename="b.png"`, code: upload.CodeMalformed},
		{about: "an open quote", disposition: `attachment; filename="a.png`, code: upload.CodeMalformed},
		{about: "another kind", disposition: `signal; filename="a.png"`, code: upload.CodeMalformed},
		{about: "a function that panics", name: func(*http.Request) string { panic("host") }, code: upload.CodeInternal},
	} {
		t.Run(tc.about, func(t *testing.T) {
			f := newRaw(t, upload.NotEmpty(), upload.Options{}, tc.name)
			r := put(tc.disposition, pngBytes())
			if tc.code != "" {
				f.refuses(t, tc.code, r)
				require.Equal(t, pngBytes(), rest(t, r), "a refusal before the first byte")
				return
			}
			files := f.accepts(t, r)
			require.Len(t, files, 1)
			require.Equal(t, "file", files[0].Field)
			require.Equal(t, tc.stored, files[0].Name)
			content, stored := f.stored(t, files[0].Key)
			require.Equal(t, pngBytes(), content)
			require.Equal(t, tc.stored, stored.Name)
			require.Equal(t, "image/png", stored.Type)
		})
	}
}

// rest returns the unread rest of the body of a refused request.
func rest(t *testing.T, r *http.Request) string {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	require.NoError(t, err)
	return string(b)
}

// TestRawIsTheWholeFile: a request whose body may not be the whole file is refused. If its headers
// are enough to refuse it, no byte of the body is read.
func TestRawIsTheWholeFile(t *testing.T) {
	for _, tc := range []struct {
		about  string
		change func(r *http.Request)
		code   upload.Code // "" if it is accepted
		reads  bool        // bytes were read before the refusal, or no body came
	}{
		{about: "no Content-Type", change: func(*http.Request) {}},
		{about: "POST", change: func(r *http.Request) { r.Method = http.MethodPost }},
		{about: "a claimed type", change: header("Content-Type", "text/html")},
		{about: "the type of curl", change: header("Content-Type", "application/x-www-form-urlencoded")},
		{about: "a type that cannot be read", change: header("Content-Type", ";;;")},
		{about: "identity", change: header("Content-Encoding", "identity")},
		{about: "a query that cannot be read", change: func(r *http.Request) { r.URL.RawQuery = "%zz&;" }},
		{about: "all at once, by the draft", change: header("Upload-Complete", "?1")},
		{about: "all at once, by an older draft", change: header("Upload-Incomplete", "?0")},
		{about: "no length", change: func(r *http.Request) { r.ContentLength = -1 }},
		{about: "a query value read before", change: func(r *http.Request) { _ = r.FormValue("a") }},

		{about: "GET", change: func(r *http.Request) { r.Method = http.MethodGet }, code: upload.CodeMethod},
		{about: "PATCH", change: func(r *http.Request) { r.Method = http.MethodPatch }, code: upload.CodeMethod},
		{about: "a page of another origin", change: header("Sec-Fetch-Site", "cross-site"), code: upload.CodeCrossOrigin},
		{about: "a POST without preflight", change: func(r *http.Request) {
			r.Method = http.MethodPost
			r.Header.Set("Content-Type", "text/plain")
			r.Header.Set("Origin", "https://evil.example")
		}, code: upload.CodeCrossOrigin},
		{about: "gzip", change: header("Content-Encoding", "gzip"), code: upload.CodeNotRaw},
		{about: "identity and gzip", change: header("Content-Encoding", "identity", "gzip"), code: upload.CodeNotRaw},
		{about: "a form", change: header("Content-Type", "multipart/form-data; boundary=x"), code: upload.CodeNotRaw},
		{about: "a form in other case", change: header("Content-Type", " Multipart/Mixed; boundary=x"), code: upload.CodeNotRaw},
		{about: "two types", change: header("Content-Type", "image/png", "text/html"), code: upload.CodeMalformed},
		{about: "a range", change: header("Content-Range", "bytes 0-99/200"), code: upload.CodeMalformed},
		{about: "a range of all", change: header("Content-Range", "bytes 0-129/130"), code: upload.CodeMalformed},
		{about: "more follows, by the draft", change: header("Upload-Complete", "?0"), code: upload.CodeMalformed},
		{about: "two values of the draft's header", change: header("Upload-Complete", "?1", "?0"), code: upload.CodeMalformed},
		{about: "more follows, by an older draft", change: header("Upload-Incomplete", "?1"), code: upload.CodeMalformed},
		{about: "an offset", change: header("Upload-Offset", "0"), code: upload.CodeMalformed},
		{about: "tus", change: header("Tus-Resumable", "1.0.0"), code: upload.CodeMalformed},
		{about: "two names", change: func(r *http.Request) { r.Header.Add("Content-Disposition", `attachment; filename="b.png"`) }, code: upload.CodeMalformed},
		{about: "a length over the limit", change: func(r *http.Request) { r.ContentLength = 5<<20 + 1 }, code: upload.CodeTooLarge},
		{about: "a form that was parsed", change: func(r *http.Request) {
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			_ = r.ParseForm()
		}, code: upload.CodeInternal, reads: true},
		{about: "no body at all", change: func(r *http.Request) { r.Body, r.ContentLength = nil, 0 }, code: upload.CodeEmpty, reads: true},
		{about: "a body that was unpacked on its way", change: func(r *http.Request) { r.ContentLength-- }, code: upload.CodeInternal, reads: true},
		{about: "a large body that was unpacked on its way", change: func(r *http.Request) {
			r.Body, r.ContentLength = io.NopCloser(strings.NewReader(strings.Repeat("x", 200_000))), 100_000
		}, code: upload.CodeInternal, reads: true},
		{about: "a beginning that was read", change: func(r *http.Request) { _, _ = io.CopyN(io.Discard, r.Body, 10) }, code: upload.CodeInternal, reads: true},
	} {
		t.Run(tc.about, func(t *testing.T) {
			f := newRaw(t, upload.NotEmpty(), upload.Options{}, nil)
			r := put(`attachment; filename="a.png"`, pngBytes())
			tc.change(r)
			if tc.code == "" {
				content, _ := f.stored(t, f.accepts(t, r)[0].Key)
				require.Equal(t, pngBytes(), content)
				return
			}
			f.refuses(t, tc.code, r)
			if !tc.reads {
				require.Equal(t, pngBytes(), rest(t, r))
			}
		})
	}
}

func header(name string, values ...string) func(*http.Request) {
	return func(r *http.Request) { r.Header[name] = values }
}

func TestRawAnswers(t *testing.T) {
	f := newRaw(t, nil, upload.Options{}, nil)
	r := put(`attachment; filename="a.png"`, pngBytes())
	r.Method = http.MethodDelete
	require.Equal(t, "PUT, POST", f.do(r).Header().Get("Allow"))

	f.refuses(t, upload.CodeNotRaw, func() *http.Request {
		r := post(file("file", "a.png", pngBytes()))
		r.Method = http.MethodPut
		return r
	}())
	require.Contains(t, f.log.String(), "a form came to a handler of Raw")

	p := f.refuses(t, upload.CodeTypeNotAllowed, put(`attachment; filename="a.png"`, "<html>"))
	require.Len(t, p.Files, 1)
	require.Equal(t, "a.png", p.Files[0].Name)
	require.Equal(t, "file", p.Files[0].Field)
	f.refuses(t, upload.CodeEmpty, put(`attachment; filename="a.png"`, ""))
}

// TestRawWithoutALength: the size limit applies to a body without a length, too.
func TestRawWithoutALength(t *testing.T) {
	const limit = 100_000
	for _, tc := range []struct {
		size int
		code upload.Code
	}{{limit, ""}, {limit + 1, upload.CodeTooLarge}, {limit + 1<<20, upload.CodeTooLarge}} {
		f := newRaw(t, upload.NotEmpty(), upload.Options{MaxFileSize: limit}, nil)
		r := put(`attachment; filename="a.txt"`, strings.Repeat("x", tc.size))
		r.ContentLength = -1
		if tc.code == "" {
			f.accepts(t, r)
			continue
		}
		p := f.refuses(t, tc.code, r)
		require.Len(t, p.Files, 1, "the refusal names the file")
		known := f.refuses(t, tc.code, put(`attachment; filename="a.txt"`, strings.Repeat("x", tc.size)))
		require.Equal(t, known.Detail, p.Detail, "the detail is about the file, not the request")
	}
}

// TestRawIncoming: validators see the name, types, size and beginning of a raw body, as of a form's
// file.
func TestRawIncoming(t *testing.T) {
	var seen *upload.Incoming
	f := newRaw(t, upload.ValidatorFunc(func(_ context.Context, in *upload.Incoming) error { seen = in; return nil }), upload.Options{}, nil)
	r := put(`attachment; filename="a.png"`, pngBytes())
	r.Header.Set("Content-Type", "text/html; charset=utf-8")
	r.URL.RawQuery = "name=ada"
	f.accepts(t, r)
	require.EqualExportedValues(t, &upload.Incoming{
		Field: "file", Name: "a.png", ClaimedType: "text/html; charset=utf-8", Type: "image/png",
		Head: []byte(pngBytes()), Size: int64(len(pngBytes())),
	}, seen)
}

// TestRawEnds: each request ends with one decision of the streamed door.
func TestRawEnds(t *testing.T) {
	var events []upload.Event
	o := upload.Options{Hooks: upload.Hooks{Event: func(_ context.Context, e upload.Event) { events = append(events, e) }}}
	f := newRaw(t, nil, o, nil)
	f.accepts(t, put(`attachment; filename="a.png"`, pngBytes()))
	f.do(put(`attachment; filename="a.png"`, "<html>"))
	f.do(put("", pngBytes()))
	require.Len(t, events, 3)
	for i, code := range []upload.Code{"", upload.CodeTypeNotAllowed, upload.CodeBadName} {
		require.Equal(t, "streamed", events[i].Door)
		require.Equal(t, code, events[i].Code)
	}
	require.EqualValues(t, len(pngBytes()), events[0].Bytes)
	require.Zero(t, events[2].Bytes)
}

// TestRawMiddlewareAndReceive: Middleware and Receive serve raw bodies as they serve forms.
func TestRawMiddlewareAndReceive(t *testing.T) {
	f := newRaw(t, nil, upload.Options{}, nil)
	w := httptest.NewRecorder()
	status := http.StatusConflict
	next := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		require.Len(t, upload.Files(r.Context()), 1)
		require.Empty(t, r.FormValue("a"))
		w.WriteHeader(status)
	})
	f.Middleware(next).ServeHTTP(w, put(`attachment; filename="a.png"`, pngBytes()))
	require.Equal(t, status, w.Code)
	f.empty(t)

	status = http.StatusNoContent
	f.Middleware(next).ServeHTTP(httptest.NewRecorder(), put(`attachment; filename="a.png"`, pngBytes()))
	require.Len(t, f.store.Keys(), 1)

	tx, err := f.Receive(httptest.NewRecorder(), put(`attachment; filename="b.png"`, pngBytes()))
	require.NoError(t, err)
	require.Equal(t, "b.png", tx.Files()[0].Name)
	require.NoError(t, tx.Rollback())
	require.Len(t, f.store.Keys(), 1)
}

// TestRawCountsForTheLimiter: a raw body claims one file, and its announced length. Without one it
// claims the limit of a file.
func TestRawCountsForTheLimiter(t *testing.T) {
	l := &claims{}
	f := newRaw(t, upTo(7, upload.Types("image/png")), upload.Options{Limiter: l, MaxFileSize: 1000}, nil)
	f.accepts(t, put(`attachment; filename="a.png"`, pngBytes()))
	r := put(`attachment; filename="a.png"`, pngBytes())
	r.ContentLength = -1
	f.accepts(t, r)
	require.Equal(t, [][2]int64{{1, int64(len(pngBytes()))}, {1, 1000}}, l.claimed)
	require.Equal(t, []upload.Usage{{Files: 1, Bytes: int64(len(pngBytes()))}, {Files: 1, Bytes: int64(len(pngBytes()))}}, l.used)
}

// claims is a limiter that grants everything, and is its own reservation.
type claims struct {
	claimed [][2]int64
	used    []upload.Usage
}

func (l *claims) Reserve(_ context.Context, c upload.Claim) (upload.Reservation, error) {
	l.claimed = append(l.claimed, [2]int64{int64(c.Files), c.Bytes})
	return l, nil
}

func (l *claims) Settle(_ context.Context, u upload.Usage) error {
	l.used = append(l.used, u)
	return nil
}

// TestRawShutdown: after Shutdown of a handler, the one that Raw made of it refuses uploads, too.
func TestRawShutdown(t *testing.T) {
	f := newFixture(t, nil, upload.Options{})
	raw, err := f.Raw("file", nil)
	require.NoError(t, err)
	require.NoError(t, f.Shutdown(t.Context()))
	f.Handler = raw
	f.refuses(t, upload.CodeShutdown, put(`attachment; filename="a.png"`, pngBytes()))
}

// TestRawBodiesThatFail: a body that ends in an error is refused, wherever it ends. Neither the
// answer nor the log has the error's text.
func TestRawBodiesThatFail(t *testing.T) {
	for _, at := range []int{0, 1, 4095, 4096, 4097, 100_000} {
		f := newRaw(t, upload.NotEmpty(), upload.Options{}, nil)
		r := put(`attachment; filename="a.txt"`, "")
		r.ContentLength = -1
		r.Body = io.NopCloser(io.MultiReader(strings.NewReader(strings.Repeat("x", at)), failing{errors.New("secret")}))
		p := f.refuses(t, upload.CodeMalformed, r)
		require.NotContains(t, p.Detail, "secret")
		require.NotContains(t, f.log.String(), "secret")
	}
}

// failing is a reader that fails with err.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// TestWrappedEnd: a bare io.EOF ends a body. An error that wraps io.EOF is a failure.
func TestWrappedEnd(t *testing.T) {
	for about, err := range map[string]error{"wrapped": fmt.Errorf("the line broke: %w", io.EOF), "joined": errors.Join(io.EOF, io.ErrClosedPipe)} {
		f := newRaw(t, upload.Types("text/plain"), upload.Options{}, nil)
		r := httptest.NewRequest(http.MethodPut, "/files", io.MultiReader(strings.NewReader("half a file"), iotest.ErrReader(err)))
		r.ContentLength = -1
		r.Header.Set("Content-Disposition", `attachment; filename="a.txt"`)
		w := httptest.NewRecorder()
		f.ServeHTTP(w, r)
		require.Equal(t, http.StatusBadRequest, w.Code, "%s: %s", about, w.Body)
		require.Contains(t, w.Body.String(), upload.CodeMalformed, about)
		f.empty(t)
	}
}

// TestRawAttacks: presets refuse the hostile samples as raw bodies.
func TestRawAttacks(t *testing.T) {
	f := newRaw(t, upload.Any(upload.Images(nil), upload.Documents(nil), upload.Archives(nil)), upload.Options{}, nil)
	uploadtest.RunHostile(t, f, f.store, func(s uploadtest.Sample) *http.Request { return rawSample(t, s) })
}

// TestRawSamples: the legitimate samples are accepted as raw bodies, under their names.
func TestRawSamples(t *testing.T) {
	for s := range uploadtest.Legitimate() {
		if len(s.Content) > rounds.Of(64<<10, 1<<30) {
			continue // TestRawSizes has large files
		}
		f := newRaw(t, upload.Types(s.Type), upload.Options{}, nil)
		a := uploadtest.Send(t, uploadtest.Client(f), rawSample(t, s))
		require.Equal(t, http.StatusCreated, a.Status, "%s: %s", s.Name, a)
		require.Equal(t, s.FileName, a.Files[0].Name)
	}
}

func rawSample(t *testing.T, s uploadtest.Sample) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPut, "http://example.com/files", strings.NewReader(string(s.Content)))
	require.NoError(t, err)
	r.Header.Set("Content-Type", s.Type)
	r.Header.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": s.FileName}))
	return r
}
