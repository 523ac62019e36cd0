package uploadtest

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync/atomic"
	"testing"
	"time"
)

// clientAddr is the address of the client of requests without a network.
const clientAddr = "192.0.2.1:1234"

// NewRequest returns a POST of a form to target, a path or a URL. A handler accepts it, like a
// request of httptest.NewRequest, and so do [Send] and, with a URL, [Dial]. Its length is known;
// set ContentLength to -1 for a chunked body, or to another number for a wrong length. It panics if
// target cannot be parsed.
func NewRequest(target string, parts ...Part) *http.Request {
	form := Form(parts)
	r := newRequest(http.MethodPost, target, Content{Size: form.Size(), Open: form.Body})
	r.Header.Set("Content-Type", ContentType)
	return r
}

// newRequest returns a request with content, for handlers and clients alike.
func newRequest(method, target string, c Content) *http.Request {
	r, err := http.NewRequestWithContext(context.Background(), method, target, http.NoBody)
	if err != nil {
		panic("uploadtest: " + err.Error())
	}
	if r.Host == "" {
		r.Host = "example.com"
	}
	r.RemoteAddr = clientAddr
	if r.ContentLength = c.Size; c.Size > 0 {
		r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(c.read(0, c.Size)), nil }
		r.Body, _ = r.GetBody()
	}
	return r
}

// Post sends a form to h, without a network, and returns the answer.
func Post(t testing.TB, h http.Handler, target string, parts ...Part) *Answer {
	t.Helper()
	return Send(t, Client(h), NewRequest(target, parts...))
}

// Send sends any request and reads the answer. It follows no redirects. A nil client is
// http.DefaultClient; [Client] makes one that needs no network. A missing or broken answer ends the
// test.
func Send(t testing.TB, c *http.Client, r *http.Request) *Answer {
	t.Helper()
	a, err := Do(c, r)
	if err != nil {
		t.Fatalf("uploadtest: %s %s: %v", r.Method, r.URL, err)
	}
	return a
}

// Do is [Send] for goroutines that must not end the test, and for tests that expect no answer.
func Do(c *http.Client, r *http.Request) (*Answer, error) {
	if c == nil {
		c = http.DefaultClient
	}
	unfollowing := *c
	unfollowing.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	r = r.WithContext(r.Context()) // a copy
	r.RequestURI = ""              // httptest.NewRequest sets it, and clients refuse it
	body := &counter{ReadCloser: r.Body}
	if r.Body != nil && r.Body != http.NoBody {
		r.Body = body
	}
	resp, err := unfollowing.Do(r) //nolint:gosec // the test chooses the URL
	if err != nil {
		return nil, err
	}
	a, err := ReadAnswer(resp)
	if err == nil {
		a.Sent = body.n.Load()
	}
	return a, err
}

// Client returns a client whose requests h answers in the caller's goroutine, for any host. A panic
// of h is passed on to the caller. The client uses no connection: nothing is cut off, deadlines are
// accepted and have no effect, and answers are always complete. [Serve] has connections.
func Client(h http.Handler) *http.Client { return &http.Client{Transport: handlerTransport{h}} }

type handlerTransport struct{ h http.Handler }

func (t handlerTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	in := r.Clone(r.Context())
	in.RequestURI = r.URL.RequestURI()
	in.URL = &url.URL{Path: r.URL.Path, RawPath: r.URL.RawPath, RawQuery: r.URL.RawQuery}
	if in.Host == "" {
		in.Host = r.URL.Host
	}
	if in.RemoteAddr == "" {
		in.RemoteAddr = clientAddr
	}
	if in.ContentLength < 0 {
		in.TransferEncoding = []string{"chunked"}
	}
	if in.Body == nil {
		in.Body = http.NoBody
	}
	defer func() { _ = in.Body.Close() }() // as a RoundTripper must
	w := untimed{httptest.NewRecorder()}
	t.h.ServeHTTP(w, in)
	resp := w.Result()
	resp.Request = r
	return resp, nil
}

// untimed is a response without a connection. It accepts deadlines and ignores them, so that a
// handler that warns of writers without deadlines warns only of the host's own.
type untimed struct{ *httptest.ResponseRecorder }

func (untimed) SetReadDeadline(time.Time) error { return nil }

func (untimed) SetWriteDeadline(time.Time) error { return nil }

// counter counts the bytes of a body as they are sent.
type counter struct {
	io.ReadCloser
	n atomic.Int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	c.n.Add(int64(n))
	return n, err
}
