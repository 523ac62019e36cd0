// Package refusal tests what clients of a refused upload get, and when: over HTTP/1.1 and HTTP/2,
// with Go's client, curl and raw sockets. One test puts wrappers around the handler, as hosts do.
package refusal_test

import (
	"context"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/integration/internal/client"
	"github.com/airlock-go/upload/integration/internal/host"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/uploadtest"
)

const (
	mib = 1 << 20
	gib = 1 << 30

	patience = 2 * time.Minute // for short operations, on a busy machine
)

// anything accepts every file.
var anything = upload.ValidatorFunc(func(context.Context, *upload.Incoming) error { return nil })

func newHandler(t testing.TB, policy upload.Validator, opts upload.Options) (*upload.Handler, *memstore.Store) {
	t.Helper()
	store := &memstore.Store{}
	opts.Logger = slog.New(slog.DiscardHandler)
	h, err := upload.New(store, policy, upload.AllowAnonymous, &opts)
	require.NoError(t, err)
	return h, store
}

// refusals are requests of a gibibyte, of which the server needs at most the first mebibyte.
var refusals = []struct {
	name    string
	file    client.Part
	chunked bool
	policy  upload.Validator
	limit   int64 // of a file
	needed  int64 // bytes that the server must read to decide, without the few that show a type
	status  int
	code    upload.Code
}{
	{"Content-Length over the limit", client.File("a.bin", client.Zeros(gib)), false, anything, mib, 0, 413, upload.CodeTooLarge},
	{"chunked over the limit", client.File("a.bin", client.Zeros(gib)), true, anything, mib, mib, 413, upload.CodeTooLarge},
	{"a program named .png", client.File("a.png", client.Executable(gib)), false, upload.Types("image/png"), 2 * gib, 0, 415, upload.CodeTypeNotAllowed},
	{"a program named .png, chunked", client.File("a.png", client.Executable(gib)), true, upload.Types("image/png"), 2 * gib, 0, 415, upload.CodeTypeNotAllowed},
}

// senders send a form, each in one of the ways that clients do. The URL's scheme decides the
// protocol: HTTP/2 over https.
var senders = []struct {
	name  string
	tls   bool
	proto string
	// allowed is how many bytes the client may send beyond what the server needs. On HTTP/2
	// net/http lets it send a whole window before any handler sees a byte: by default a mebibyte.
	allowed int64
	// unsent is how many bytes the client may have counted and not sent: under curl the kernel has
	// a large buffer, and Go reads a frame ahead.
	unsent    int64
	configure []func(*http.Server)
	send      func(t testing.TB, s *host.Server, f client.Form, chunked bool) (*client.Answer, error)
}{
	{"Go over HTTP/1.1", false, "HTTP/1.1", mib, 0, nil, goClient()},
	{"Go over HTTP/1.1 with Expect", false, "HTTP/1.1", mib, 0, nil, goClient("Expect", "100-continue")},
	{"Go over HTTP/2", true, "HTTP/2.0", mib, 512 << 10, smallWindow, goClient()},
	{"Go over HTTP/2, default window", true, "HTTP/2.0", mib + 256<<10, 512 << 10, nil, goClient()},
	{"raw socket", false, "HTTP/1.1", mib, 0, nil, rawClient(false)},
	{"raw socket with Expect, not waiting", false, "HTTP/1.1", mib, 0, nil, rawClient(false, "Expect", "100-continue")},
	{"curl over HTTP/1.1", false, "HTTP/1.1", mib, 4 * mib, nil, curl("--limit-rate", "32M")},
	{"curl over HTTP/1.1 without Expect", false, "HTTP/1.1", mib, 4 * mib, nil, curl("--limit-rate", "32M", "-H", "Expect:")},
	{"curl over HTTP/2", true, "HTTP/2.0", mib, 4 * mib, smallWindow, curl("--http2", "--limit-rate", "32M")},
}

// smallWindow is the window that the documentation recommends.
var smallWindow = []func(*http.Server){func(s *http.Server) {
	s.HTTP2 = &http.HTTP2Config{MaxReceiveBufferPerStream: 256 << 10}
}}

func goClient(header ...string) func(testing.TB, *host.Server, client.Form, bool) (*client.Answer, error) {
	return func(t testing.TB, s *host.Server, f client.Form, chunked bool) (*client.Answer, error) {
		c := s.Client()
		c.Transport.(*http.Transport).ExpectContinueTimeout = time.Minute
		c.Transport.(*http.Transport).DialContext = client.Dialer
		return client.Post(t.Context(), c, s.URL, f, chunked, header...)
	}
}

// rawClient sends until the answer has arrived. An error of sending is returned, unless the client
// is tolerant and can read the answer.
func rawClient(tolerant bool, header ...string) func(testing.TB, *host.Server, client.Form, bool) (*client.Answer, error) {
	return func(_ testing.TB, s *host.Server, f client.Form, chunked bool) (*client.Answer, error) {
		length := int64(0)
		if chunked {
			length = -1
		}
		c, err := client.Dial(s.Addr, "/", f, length, header...)
		if err != nil {
			return nil, err
		}
		defer c.Close()
		if err := c.Send(-1); err != nil && !tolerant {
			return nil, err
		}
		return c.Answer(patience)
	}
}

func curl(args ...string) func(testing.TB, *host.Server, client.Form, bool) (*client.Answer, error) {
	return func(t testing.TB, s *host.Server, f client.Form, chunked bool) (*client.Answer, error) {
		return client.Curl(t, s.URL, f[0], chunked, args...)
	}
}

func TestRefusedEarlyAndWhole(t *testing.T) {
	t.Parallel()
	for _, sender := range senders {
		for _, r := range refusals {
			t.Run(sender.name+"/"+r.name, func(t *testing.T) {
				h, store := newHandler(t, r.policy, upload.Options{MaxFileSize: r.limit})
				run := host.Start
				if sender.tls {
					run = host.StartTLS
				}
				s := run(t, h, sender.configure...)
				a, err := sender.send(t, s, client.Form{r.file}, r.chunked)
				require.NoError(t, err)
				require.Equal(t, r.status, a.Status, "%s", a.Body)
				require.Equal(t, sender.proto, a.Proto)
				require.Equal(t, "application/problem+json", a.Header.Get("Content-Type"))
				require.Equal(t, r.code, a.Code)
				require.Less(t, a.Sent, r.needed+sender.allowed+sender.unsent)
				require.Less(t, s.Received(), r.needed+sender.allowed)
				require.Zero(t, store.Used())
			})
		}
	}
}

func TestExpectContinue(t *testing.T) {
	t.Parallel()
	h, store := newHandler(t, upload.Types("image/png"), upload.Options{MaxFileSize: mib})
	s := host.Start(t, h)
	t.Run("the server does not ask for the body of a request that it refuses", func(t *testing.T) {
		c, err := client.Dial(s.Addr, "/", client.Form{client.File("a.png", client.PNG(8*mib))}, 0, "Expect", "100-continue")
		require.NoError(t, err)
		defer c.Close()
		a, err := c.Answer(patience)
		require.NoError(t, err)
		require.Equal(t, 413, a.Status)
		require.False(t, c.Continued())
		require.Empty(t, store.Keys())
	})
	t.Run("the server asks for the body of a request that it accepts", func(t *testing.T) {
		c, err := client.Dial(s.Addr, "/", client.Form{client.File("a.png", client.PNG(0))}, 0, "Expect", "100-continue")
		require.NoError(t, err)
		defer c.Close()
		require.Eventually(t, c.Continued, patience, time.Millisecond)
		require.NoError(t, c.Send(-1))
		a, err := c.Answer(patience)
		require.NoError(t, err)
		require.Equal(t, 201, a.Status)
	})
}

// TestRefusedBodyIsNoRequest checks that the server takes no part of a refused body for a request.
func TestRefusedBodyIsNoRequest(t *testing.T) {
	t.Parallel()
	requests := make(chan string, 16)
	h, store := newHandler(t, upload.Types("image/png"), upload.Options{MaxFileSize: 2 * mib})
	s := host.Start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests <- r.URL.Path
		h.ServeHTTP(w, r)
	}))
	hidden := "\r\n\r\nGET /hidden HTTP/1.1\r\nHost: a\r\n\r\n"
	for _, size := range []int{1 << 10, 200 << 10, mib} {
		smuggled := make([]byte, 0, size)
		for len(smuggled) < size {
			smuggled = append(smuggled, hidden...)
		}
		c, err := client.Dial(s.Addr, "/", client.Form{client.File("a.png", client.Bytes(smuggled))}, 0)
		require.NoError(t, err)
		require.NoError(t, c.Send(-1))
		a, err := c.Answer(patience)
		require.NoError(t, err)
		require.Equal(t, 415, a.Status)
		require.Eventually(t, func() bool { return len(requests) > 0 }, patience, time.Millisecond)
		require.Equal(t, "/", <-requests)
		c.Close()
	}
	time.Sleep(200 * time.Millisecond) // for requests that must not come
	require.Empty(t, requests)
	require.Empty(t, store.Keys())
}

func TestStalledClientGetsAnAnswer(t *testing.T) {
	t.Parallel()
	h, store := newHandler(t, upload.Types("image/png"), upload.Options{StallTimeout: 300 * time.Millisecond})
	s := host.Start(t, h)
	for _, length := range []int64{0, -1} {
		c, err := client.Dial(s.Addr, "/", client.Form{client.File("a.png", client.PNG(mib))}, length)
		require.NoError(t, err)
		defer c.Close()
		require.NoError(t, c.Send(100<<10))
		a, err := c.Answer(patience)
		require.NoError(t, err)
		require.Equal(t, 408, a.Status)
		require.Equal(t, upload.CodeTimeout, a.Code)
		require.Zero(t, store.Used())
	}
}

// TestServerTimeouts checks that uploads that last longer than the timeouts of the host's server
// are accepted and answered.
func TestServerTimeouts(t *testing.T) {
	t.Parallel()
	short := func(s *http.Server) { s.ReadTimeout, s.WriteTimeout = 2*time.Second, 2*time.Second }
	f := client.Form{client.File("a.png", client.PNG(200<<10))}
	h, store := newHandler(t, upload.Types("image/png"), upload.Options{})
	t.Run("HTTP/1.1", func(t *testing.T) {
		c, err := client.Dial(host.Start(t, h, short).Addr, "/", f, 0)
		require.NoError(t, err)
		defer c.Close()
		require.NoError(t, c.SendSlowly(60<<10))
		a, err := c.Answer(patience)
		require.NoError(t, err)
		require.Equal(t, 201, a.Status)
	})
	t.Run("HTTP/2", func(t *testing.T) {
		s := host.StartTLS(t, h, short)
		slow := client.Form{client.File("a.png", client.Slowly(f[0].Content, 60<<10))}
		a, err := client.Post(t.Context(), s.Client(), s.URL, slow, false)
		require.NoError(t, err)
		require.Equal(t, 201, a.Status)
		require.Equal(t, "HTTP/2.0", a.Proto)
	})
	require.Len(t, store.Keys(), 2)
	b, stored := uploadtest.Stored(t, store, store.Keys()[0])
	require.EqualValues(t, 200<<10, stored.Size)
	require.Equal(t, f[0].Content.SHA256(), client.Bytes(b).SHA256())
}
