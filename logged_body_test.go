package upload_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/internal/corpus"
	"github.com/airlock-go/upload/internal/rounds"
	"github.com/airlock-go/upload/memstore"
)

// mark is the word that clients send in these tests. It is a valid token and name.
const mark = "Zq7Xk9mArk"

// markedNumber replaces mark where only a number can stand.
const markedNumber = "98765432109876543210"

// listener keeps the texts that the log and the hook for events get.
type listener struct {
	mu   sync.Mutex
	said []string
	kind map[upload.EventKind]int
}

func (l *listener) Enabled(context.Context, slog.Level) bool { return true }
func (l *listener) WithAttrs([]slog.Attr) slog.Handler       { return l }
func (l *listener) WithGroup(string) slog.Handler            { return l }

func (l *listener) Handle(_ context.Context, r slog.Record) error {
	r.Attrs(func(a slog.Attr) bool {
		l.keep("log "+a.Key, a.Value.String())
		return true
	})
	l.keep("log", r.Message)
	return nil
}

func (l *listener) event(_ context.Context, e upload.Event) {
	for _, f := range e.Files {
		l.keep("event key", f.Key)
		l.keep("event type", f.Type)
		l.keep("event name", f.Name)
		l.keep("event field", f.Field)
	}
	for err := range unwrapped(e.Err) {
		l.keep(fmt.Sprintf("event error %T", err), err.Error())
	}
	var refusal *upload.Error
	if errors.As(e.Err, &refusal) {
		l.keep("event reason", refusal.Text())
		l.keep("event params", fmt.Sprint(refusal.Params))
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.kind[e.Kind]++
}

// unwrapped yields err and every error that it wraps.
func unwrapped(err error) func(func(error) bool) {
	return func(yield func(error) bool) {
		for rest := []error{err}; len(rest) > 0; rest = rest[1:] {
			switch err := rest[0].(type) { //nolint:errorlint // it goes down the chain by itself
			case nil:
				continue
			case interface{ Unwrap() error }:
				rest = append(rest, err.Unwrap())
			case interface{ Unwrap() []error }:
				rest = append(rest, err.Unwrap()...)
			}
			if !yield(rest[0]) {
				return
			}
		}
	}
}

func (l *listener) keep(what, text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.said = append(l.said, what+": "+text)
}

// requireSilent requires that no text of the log and the hooks is long, and that none has the mark
// except where the caller allows it. Then it forgets them.
func (l *listener) requireSilent(t *testing.T, about string, except ...string) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, s := range l.said {
		what, text, _ := strings.Cut(s, ": ")
		if slices.Contains(except, what) {
			require.LessOrEqual(t, len(text), 1024, "%s: %s", about, what)
			continue
		}
		for _, m := range []string{mark, markedNumber} {
			require.NotContains(t, strings.ToLower(text), strings.ToLower(m), "%s: %s", about, what)
		}
		limit := 200 + len("…")
		if what == "event error *upload.Error" { // code, reason and cause
			limit *= 2
		}
		require.LessOrEqual(t, len(text), limit, "%s: %s: %s", about, what, text)
	}
	require.NotEmpty(t, l.said, about)
	l.said = nil
}

// bugged returns a handler and a presigner with that policy, and the listener of their log and
// events.
func bugged(t *testing.T, policy upload.Validator) (*listener, *upload.Handler, *upload.Presigner) {
	t.Helper()
	l := &listener{kind: map[upload.EventKind]int{}}
	store := &memstore.Store{}
	store.Handler("http://store.example/")
	h, err := upload.New(store, upTo(2, policy), upload.AllowAnonymous, &upload.Options{
		Logger: slog.New(l), Hooks: upload.Hooks{Event: l.event},
	})
	require.NoError(t, err)
	p, err := upload.NewPresigner(h, [][]byte{secret}, nil)
	require.NoError(t, err)
	return l, h, p
}

// texts returns a form of n text fields.
func texts(n int, value string) *form {
	f := new(form)
	for i := range n {
		f.text("t"+strconv.Itoa(i), value)
	}
	return f
}

// TestLogHoldsNoBody: neither the log nor the hooks get a word of texts and content, or of what
// makes a request malformed.
func TestLogHoldsNoBody(t *testing.T) {
	l, h, p := bugged(t, upload.Types("text/plain"))
	ok := `Content-Disposition: form-data; name="file"; filename="a.txt"`
	part := func(headers string) string { return new(form).part(headers, "hello").String() }
	long := strings.Repeat(mark, 2000)
	for about, body := range map[string]string{
		"preamble":                  mark + "\r\n" + file("file", "a.txt", "hello"),
		"a preamble alone":          long,
		"after a boundary":          "--" + boundary + mark + "\r\n" + ok + "\r\n\r\nhello\r\n--" + boundary + "--",
		"after a boundary and dash": "--" + boundary + "-" + mark + "\r\n\r\n",
		"a header without colon":    part(ok + "\r\n" + mark),
		"a header of control bytes": part(ok + "\r\n" + mark + "\x00: x"),
		"a folded header":           part(" " + mark + "\r\n" + ok),
		"a header without a name":   part(ok + "\r\n: " + mark),
		"a header's name":           part(ok + "\r\n" + mark + " " + mark + ": x"),
		"a header twice":            part(ok + "\r\n" + mark + ": x\r\n" + mark + ": y"),
		"a header's value":          part(ok + "\r\nX: " + mark + "\x01"),
		"headers too large":         part(ok + "\r\nX: " + long),
		"a disposition's kind":      part(`Content-Disposition: ` + mark + `; name="file"`),
		"a disposition's parameter": part(ok + `; ` + mark),
		"a parameter twice":         part(ok + `; ` + mark + `=1; ` + mark + `=2`),
		"an extended parameter":     part(ok + `; ` + mark + `*=x''1`),
		"a parameter's value":       part(ok + `; x=` + mark + ` "`),
		"an encoding":               part(ok + "\r\nContent-Transfer-Encoding: " + mark),
		"a type":                    part(ok + "\r\nContent-Type: multipart/" + mark),
		"a name's charset":          part(`Content-Disposition: form-data; name="file"; filename*=` + mark + `''a.txt`),
		"names that disagree":       part(`Content-Disposition: form-data; name="file"; filename="a.txt"; filename*=utf-8''` + mark + `.html`),
		"a name's control bytes":    part(`Content-Disposition: form-data; name="file"; filename*=utf-8''` + mark + `%00.txt`),
		"a name's bad encoding":     part(`Content-Disposition: form-data; name="file"; filename*=utf-8''` + mark + `%zz.txt`),
		"a name's long extension":   part(`Content-Disposition: form-data; name="file"; filename="a.` + long[:300] + `"`),
		"a file without a name":     part(`Content-Disposition: form-data; name="file"; filename=""` + "\r\nX: " + mark),
		"a text":                    new(form).text("a", mark).String(),
		"a text too large":          new(form).text("a", strings.Repeat(long, 1+(64<<10)/len(long))).String(),
		"texts too many":            texts(101, mark).String(),
		"content":                   file("file", "a.txt", mark+"\x00"+mark),
		"content that is cut":       file("file", "a.txt", mark)[:150],
		"content that is accepted":  file("file", "a.txt", mark),
		"an epilogue":               file("file", "a.txt", "hello") + long,
	} {
		h.ServeHTTP(httptest.NewRecorder(), post(body))
		l.requireSilent(t, about)
	}
	for about, change := range map[string]func(*http.Request){
		"a query":            func(r *http.Request) { r.URL.RawQuery = "a=%" + mark + ";" + mark },
		"a content type":     func(r *http.Request) { r.Header.Set("Content-Type", mark) },
		"a content encoding": func(r *http.Request) { r.Header.Set("Content-Encoding", mark) },
		"a parameter":        func(r *http.Request) { r.Header.Set("Content-Type", "multipart/form-data; "+mark+`="`) },
		"a parameter twice":  func(r *http.Request) { r.Header.Set("Content-Type", "multipart/form-data; "+mark+"=1; "+mark+"=2") },
		"an extended one":    func(r *http.Request) { r.Header.Set("Content-Type", "multipart/form-data; "+mark+"*=x''1") },
		"a boundary":         func(r *http.Request) { r.Header.Set("Content-Type", "multipart/form-data; boundary=\""+mark+"\x80\"") },
		"a method":           func(r *http.Request) { r.Method = mark },
		"an origin": func(r *http.Request) {
			r.Header.Set("Origin", "https://"+mark)
			r.Header.Set("Sec-Fetch-Site", "cross-site")
		},
		"an unreadable origin": func(r *http.Request) { r.Header.Set("Origin", "%zz"+mark) },
	} {
		r := post(file("file", "a.txt", "hello"))
		change(r)
		h.ServeHTTP(httptest.NewRecorder(), r)
		l.requireSilent(t, about)
	}
	for about, body := range map[string]string{
		"no JSON": mark, "a word": `{"token":` + mark, "a key": `{"` + mark + `":1`, "a string": `"` + mark + `"`, "a number": `{"size":1e` + strings.Repeat("9", 300) + `}`,
		"another type": `{"field":{"` + mark + `":1},"size":"` + mark + `"}`, "a large number": `{"partNumber":` + markedNumber + `,"size":` + markedNumber + `}`,
		"an array": `["` + mark + `"]`, "an escape": `{"token":"\` + mark + `"}`, "a token": `{"token":"` + mark + `"}`, "a long token": `{"token":"` + long + `"}`,
		"too long": `{"token":"` + strings.Repeat(long, 4) + `"}`, "a digest": `{"field":"file","name":"a.txt","size":1,"sha256":"` + mark + `"}`,
		"a type": `{"field":"file","name":"a.txt","size":-1,"type":"` + mark + `"}`, "a rest": `{"token":"x"} ` + mark,
		"a name's control bytes": `{"field":"file","name":"` + mark + `\u0000.txt","size":1}`,
	} {
		for _, step := range []string{"", "part", "confirm", "abort"} {
			r := httptest.NewRequest(http.MethodPost, "/tickets/"+step, strings.NewReader(body))
			r.Header.Set("Content-Type", "application/json")
			p.ServeHTTP(httptest.NewRecorder(), r)
			l.requireSilent(t, about+" "+step)
		}
	}
	require.Greater(t, l.kind[upload.KindRefused], 100)
}

// TestLogHoldsNoChunks: net/http's own reader quotes the body in its errors, the log does not.
func TestLogHoldsNoChunks(t *testing.T) {
	l, h, _ := bugged(t, upload.Types("text/plain"))
	done := make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer close(done)
		h.ServeHTTP(w, r)
	}))
	t.Cleanup(srv.Close)
	whole := file("file", "a.txt", "hello")
	chunk := fmt.Sprintf("%x\r\n%s\r\n", len(whole), whole)
	for about, body := range map[string]string{
		"a chunk's size":         mark + "\r\n" + mark,
		"a chunk's end":          fmt.Sprintf("%x\r\n%s%s", len(whole), whole, mark),
		"a chunk's extension":    "5;" + strings.Repeat(mark, 1000) + "\r\n",
		"a trailer":              chunk + "0\r\n" + mark + "\r\n\r\n",
		"a trailer's name":       chunk + "0\r\n" + mark + " " + mark + ": x\r\n\r\n",
		"a trailer that is long": chunk + "0\r\n" + strings.Repeat(mark, 1000) + "\r\n\r\n",
	} {
		done = make(chan struct{})
		c, err := net.Dial("tcp", srv.Listener.Addr().String())
		require.NoError(t, err)
		_, err = io.WriteString(c, "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n"+
			"Content-Type: multipart/form-data; boundary="+boundary+"\r\n\r\n"+body)
		require.NoError(t, err)
		<-done
		require.NoError(t, c.Close())
		l.requireSilent(t, about)
	}
}

// TestLogBoundsNames: names that clients choose are logged only where they are expected, in texts
// of at most 1,024 bytes.
func TestLogBoundsNames(t *testing.T) {
	l, h, p := bugged(t, upload.Types("text/plain"))
	long := strings.Repeat(mark+"\u202e", 300)
	names := []string{"log name", "log field", "log error", "event name", "event field", "event error *form.Error", "log files", "event error *upload.Error"}
	for about, body := range map[string]string{
		"a name":           file("file", long+".txt", "hello"),
		"a refused name":   file("file", long+".txt", "<html>"),
		"a field":          file(long, "a.txt", "hello"),
		"two names":        new(form).file("file", long+".txt", "hello").file("file", long+".txt", "hello").String(),
		"a text too large": new(form).text(long, strings.Repeat("x", 64<<10+1)).String(),
	} {
		h.ServeHTTP(httptest.NewRecorder(), post(body))
		l.requireSilent(t, about, names...)
	}
	for _, d := range []upload.Declaration{
		{Field: "file", Name: long + ".txt", Size: 5}, {Field: long, Name: "a.txt", Size: 5}, {Field: long[:200], Name: "a.txt", Size: 5},
	} {
		b, err := json.Marshal(d)
		require.NoError(t, err)
		r := httptest.NewRequest(http.MethodPost, "/tickets/", bytes.NewReader(b))
		r.Header.Set("Content-Type", "application/json")
		p.ServeHTTP(httptest.NewRecorder(), r)
		l.requireSilent(t, "a declaration", names...)
	}
}

// TestLogHoldsNoContent: no word of a file is logged, whether the file is accepted or refused.
func TestLogHoldsNoContent(t *testing.T) {
	for family, files := range map[string][]corpus.File{
		"images": corpus.Images(), "documents": corpus.Documents(), "active": corpus.ActiveDocuments(), "archives": corpus.Archives(),
		"texts": corpus.Texts(), "media": corpus.Media(), "formulas": corpus.Formulas(),
	} {
		seen, refused, takesTurn := map[string]int{}, 0, rounds.Turns(3)
		for _, f := range files {
			if seen[f.Type+f.Code]++; seen[f.Type+f.Code] > 1 || len(f.Content) > rounds.Of(8, 200)<<10 {
				continue
			}
			l, h, _ := bugged(t, policyFor(f.Type))
			for i, content := range marked(t, f.Content) {
				if !takesTurn() {
					continue
				}
				body := new(form).part(`Content-Disposition: form-data; name="file"; filename="`+f.Name+`"`, content).String()
				h.ServeHTTP(httptest.NewRecorder(), post(body))
				l.requireSilent(t, fmt.Sprintf("%s: %s (%d)", family, f.About, i), "log name", "event name")
			}
			refused += l.kind[upload.KindRefused]
		}
		require.Positive(t, refused, family)
	}
}

// policyFor returns the policy that reads most of a file of the type.
func policyFor(mediaType string) upload.Validator {
	switch {
	case mediaType == "application/zip":
		return upload.Archives(nil)
	case slices.Contains([]string{"image/png", "image/jpeg", "image/gif", "image/webp"}, mediaType):
		return upload.Images(&upload.ImageOptions{Decode: true})
	case strings.HasPrefix(mediaType, "image/"), strings.HasPrefix(mediaType, "audio/"), strings.HasPrefix(mediaType, "video/"):
		return upload.Types(mediaType)
	}
	return upload.Documents(&upload.DocumentOptions{Types: []string{mediaType}})
}

// marked returns contents with the mark in one of four places. Of an archive of up to 8 entries it
// also returns those with the mark in the name or the content of an entry. Otherwise it also
// returns content itself.
func marked(t *testing.T, content []byte) (all []string) {
	t.Helper()
	const places = 4
	for i := range places {
		at := len(content) * i / places
		all = append(all, string(content[:at])+mark+string(content[at:]))
		if over := slices.Clone(content); len(over) >= at+len(mark) {
			copy(over[at:], mark)
			all = append(all, string(over))
		}
	}
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil || len(archive.File) > 8 {
		return append(all, string(content))
	}
	names := []string{mark, "../" + mark, mark + ".exe", mark + "\\x", mark + "/", mark + "\x00", "word/" + mark + ".xml"}
	for i := range archive.File {
		for _, name := range []string{"", names[i%len(names)]} {
			if b, ok := rezipped(archive, i, name); ok {
				all = append(all, b)
			}
		}
	}
	return all
}

// rezipped writes the archive again, with one entry renamed, or marked inside.
func rezipped(archive *zip.Reader, which int, name string) (string, bool) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i, f := range archive.File {
		r, err := f.Open()
		if err != nil {
			return "", false
		}
		content, err := io.ReadAll(io.LimitReader(r, 1<<20))
		if err != nil {
			return "", false
		}
		header := &zip.FileHeader{Name: f.Name, Method: f.Method}
		if i == which && name != "" {
			header.Name = name
		} else if i == which {
			half := bytes.LastIndexByte(content, '<')
			half = max(half, 0)
			content = slices.Concat(content[:half], []byte("<"+mark+` x="`+mark+`">`+mark+"&"+mark+";"), content[half:])
		}
		e, err := w.CreateHeader(header)
		if err != nil {
			return "", false
		}
		if _, err := e.Write(content); err != nil {
			return "", false
		}
	}
	return b.String(), w.Close() == nil
}
