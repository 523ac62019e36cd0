package uploadtest_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/uploadtest"
)

// request returns an upload of a text of 300,000 bytes and a text field, chunked or not.
func request(url string, chunked bool) *http.Request {
	r := uploadtest.NewRequest(url+"/upload", uploadtest.File("file", "a.txt", uploadtest.Repeat("hello ", 300_000)), uploadtest.Text("k", "v"))
	if chunked {
		r.ContentLength = -1
	}
	return r
}

// TestConn checks that the pieces in which a request is sent make no difference.
func TestConn(t *testing.T) {
	store := &memstore.Store{}
	h := newHandler(t, store, upload.Types("text/plain"), upload.Options{})
	network := httptest.NewServer(h)
	defer network.Close()
	pipes := uploadtest.Serve(t, h)
	for about, dial := range map[string]func(*http.Request) (*uploadtest.Conn, error){"TCP": uploadtest.Dial, "pipes": pipes.Dial} {
		for _, chunked := range []bool{false, true} {
			for _, piece := range []int64{-1, 100_000, 7000} {
				c, err := dial(request(network.URL, chunked))
				require.NoError(t, err)
				require.Zero(t, c.Sent())
				for range 2 {
					require.NoError(t, c.Send(piece))
				}
				require.NoError(t, c.Send(-1))
				a, err := c.Answer(time.Minute)
				require.NoError(t, err)
				require.Equal(t, 201, a.Status, "%s: %s", about, a)
				require.EqualValues(t, 300_000, a.Files[0].Size)
				require.Equal(t, a.Sent, c.Sent())
				c.Close()
				c.Close()
			}
		}
	}
}

// TestOneEnd checks that sending an empty rest does not end the body again.
func TestOneEnd(t *testing.T) {
	here, there := net.Pipe()
	seen := make(chan []byte)
	go func() {
		b, _ := io.ReadAll(there)
		seen <- b
	}()
	c, err := uploadtest.NewConn(here, request("http://example.org", true))
	require.NoError(t, err)
	for range 3 {
		require.NoError(t, c.Send(-1))
	}
	c.Close()
	require.Equal(t, 1, bytes.Count(<-seen, []byte("\r\n0\r\n\r\n")))
}

// TestStall checks that a client that stalls gets its answer after the stall timeout, not before.
func TestStall(t *testing.T) {
	for _, chunked := range []bool{false, true} {
		for _, n := range []int64{0, 1, 1000, 200_000} {
			synctest.Test(t, func(t *testing.T) {
				store := &memstore.Store{}
				s := uploadtest.Serve(t, newHandler(t, store, upload.Types("text/plain"), upload.Options{StallTimeout: time.Minute}))
				c, err := s.Dial(request(s.URL, chunked))
				require.NoError(t, err)
				defer c.Close()
				require.NoError(t, c.Send(n))
				require.Equal(t, n, c.Sent())
				begin := time.Now()
				_, err = c.Answer(59 * time.Second)
				require.ErrorContains(t, err, "no answer within 59s")
				a, err := c.Answer(time.Hour)
				require.NoError(t, err)
				require.Equal(t, upload.CodeTimeout, a.Code)
				require.Equal(t, time.Minute, time.Since(begin))
				require.Zero(t, store.Used())
			})
		}
	}
}

// TestSendSlowly checks that sending takes the time that the rate requires.
func TestSendSlowly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := uploadtest.Serve(t, newHandler(t, &memstore.Store{}, upload.Types("text/plain"), upload.Options{}))
		c, err := s.Dial(request(s.URL, true))
		require.NoError(t, err)
		defer c.Close()
		begin := time.Now()
		require.NoError(t, c.SendSlowly(10_000))
		require.InDelta(t, 30, time.Since(begin).Seconds(), 0.2)
		a, err := c.Answer(time.Second)
		require.NoError(t, err)
		require.Equal(t, 201, a.Status)
	})
}

// TestLeaving checks what the server's handler reads after each way of leaving, and that a client
// that has closed its connection gets no answer.
func TestLeaving(t *testing.T) {
	read := make(chan error, 1)
	h := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, err := io.Copy(io.Discard, r.Body)
		read <- err
	})
	network := httptest.NewServer(h)
	defer network.Close()
	pipes := uploadtest.Serve(t, h)
	reset := &net.OpError{}
	for about, row := range map[string]struct {
		dial  func(*http.Request) (*uploadtest.Conn, error)
		leave func(*uploadtest.Conn)
		isNet bool // a failed connection, not the end of the stream
	}{
		"TCP, closed":   {uploadtest.Dial, (*uploadtest.Conn).Close, false},
		"TCP, halfway":  {uploadtest.Dial, func(c *uploadtest.Conn) { _ = c.HalfClose() }, false},
		"TCP, reset":    {uploadtest.Dial, (*uploadtest.Conn).Reset, true},
		"pipes, closed": {pipes.Dial, (*uploadtest.Conn).Close, false},
		"pipes, reset":  {pipes.Dial, (*uploadtest.Conn).Reset, false},
	} {
		for _, chunked := range []bool{false, true} {
			c, err := row.dial(request(network.URL, chunked))
			require.NoError(t, err)
			require.NoError(t, c.Send(1000))
			row.leave(c)
			err = <-read
			require.Equal(t, row.isNet, errors.As(err, &reset), "%s: %v", about, err)
			if !row.isNet {
				require.ErrorIs(t, err, io.ErrUnexpectedEOF, about)
			}
			c.Close()
		}
	}
	c, err := pipes.Dial(request(network.URL, true))
	require.NoError(t, err)
	require.ErrorIs(t, c.HalfClose(), errors.ErrUnsupported)
	c.Close()
	_, err = c.Answer(time.Minute)
	require.Error(t, err)
	require.NotContains(t, err.Error(), "no answer within")
	<-read
}

// TestRefusedMeanwhile checks that a client stops sending when the answer has arrived.
func TestRefusedMeanwhile(t *testing.T) {
	h := newHandler(t, &memstore.Store{}, upload.Types("text/plain"), upload.Options{MaxFileSize: 1 << 20})
	network := httptest.NewServer(h)
	defer network.Close()
	large := uploadtest.File("file", "a.txt", uploadtest.Repeat("x", 1<<30))
	for _, url := range []string{network.URL, network.URL + "/upload"} {
		c, err := uploadtest.Dial(uploadtest.NewRequest(url, large))
		require.NoError(t, err)
		require.NoError(t, c.Send(-1))
		a, err := c.Answer(time.Minute)
		require.NoError(t, err)
		require.Equal(t, upload.CodeTooLarge, a.Code)
		require.Less(t, a.Sent, int64(512<<20))
		c.Close()
	}
}

// TestContinue checks that a client that waits for 100 Continue gets it.
func TestContinue(t *testing.T) {
	h := newHandler(t, &memstore.Store{}, upload.Types("text/plain"), upload.Options{})
	s := uploadtest.Serve(t, h)
	r := request(s.URL, false)
	r.Header.Set("Expect", "100-continue")
	c, err := s.Dial(r)
	require.NoError(t, err)
	defer c.Close()
	require.Eventually(t, c.Continued, 10*time.Second, time.Millisecond)
	require.NoError(t, c.Send(-1))
	a, err := c.Answer(time.Minute)
	require.NoError(t, err)
	require.Equal(t, 201, a.Status)
}

// TestLyingLength checks that a wrong length is sent unchanged, and that a request without a body
// has the length 0.
func TestLyingLength(t *testing.T) {
	lengths := make(chan int64, 1)
	s := uploadtest.Serve(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { lengths <- r.ContentLength }))
	r := request(s.URL, false)
	r.ContentLength = 77
	none, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL, nil)
	require.NoError(t, err)
	for r, want := range map[*http.Request]int64{r: 77, none: 0} {
		c, err := s.Dial(r)
		require.NoError(t, err)
		require.NoError(t, c.Send(want))
		require.Equal(t, want, <-lengths)
		c.Close()
	}
}

// TestDialFails checks which address Dial uses: the error of an ended context names it. NewConn
// over a connection that the server has closed fails, and closes the connection.
func TestDialFails(t *testing.T) {
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	for url, address := range map[string]string{"http://127.0.0.1:1": "127.0.0.1:1", "http://127.0.0.1": "127.0.0.1:80", "http://[::1]": "[::1]:80"} {
		_, err := uploadtest.Dial(request(url, false).WithContext(cancelled))
		require.ErrorContains(t, err, address)
	}
	client, server := net.Pipe()
	require.NoError(t, server.Close())
	_, err := uploadtest.NewConn(client, request("http://x", false))
	require.Error(t, err)
	_, err = client.Write([]byte("x"))
	require.ErrorIs(t, err, io.ErrClosedPipe)
}

// TestServe checks the uses of Serve, and how a server ends.
func TestServe(t *testing.T) {
	t.Run("waits for handlers", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			done := false
			s := uploadtest.Serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.WriteHeader(201)
				require.NoError(t, http.NewResponseController(w).Flush())
				<-r.Context().Done() // the client has its answer
				time.Sleep(time.Hour)
				done = true
			}), func(s *http.Server) { s.WriteTimeout = 2 * time.Hour })
			require.Equal(t, 201, uploadtest.Send(t, s.Client(), abandoned(t, s.URL)).Status)
			s.Close()
			require.True(t, done)
			s.Close()
			_, err := s.Dial(request(s.URL, false))
			require.ErrorIs(t, err, net.ErrClosed)
		})
	})
	t.Run("accepts options, such as hooks", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			var states []http.ConnState
			s := uploadtest.Serve(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}), func(s *http.Server) {
				s.ReadHeaderTimeout = time.Minute
				s.ConnState = func(_ net.Conn, state http.ConnState) { states = append(states, state) }
			})
			require.Equal(t, 200, uploadtest.Send(t, s.Client(), abandoned(t, s.URL)).Status)
			s.Close()
			require.Equal(t, []http.ConnState{http.StateNew, http.StateActive, http.StateClosed}, states)
		})
	})
	t.Run("a panic fails the test", func(t *testing.T) {
		r := newRecorder(t)
		t.Run("server", func(t *testing.T) {
			r.TB = t
			s := uploadtest.Serve(r, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("boom") }))
			_, err := s.Client().Do(request(s.URL, false)) //nolint:bodyclose // it fails without a response
			require.Error(t, err)
		})
		require.Len(t, r.errors, 1)
		require.Contains(t, r.errors[0], "boom")
	})
	t.Run("the end of a context ends the wait", func(t *testing.T) {
		accepted, release := make(chan bool), make(chan bool)
		s := uploadtest.Serve(t, http.NotFoundHandler(), func(s *http.Server) {
			s.ConnState = func(_ net.Conn, state http.ConnState) {
				if state == http.StateNew { // before the server accepts another connection
					accepted <- true
					<-release
				}
			}
		})
		defer close(release)
		go func() { _, _ = uploadtest.Do(s.Client(), request(s.URL, false)) }()
		<-accepted
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := s.Dial(request(s.URL, false).WithContext(ctx))
		require.ErrorIs(t, err, context.Canceled)
	})
}

// abandoned returns a HEAD request: its answer has no body, so the client leaves after the head.
func abandoned(t *testing.T, url string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodHead, url, nil)
	require.NoError(t, err)
	return r
}
