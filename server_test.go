package upload_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/uploadtest"
)

// serveHTTP starts a real server, whose error log must stay empty.
func serveHTTP(t *testing.T, h http.Handler, configure func(*http.Server)) *httptest.Server {
	t.Helper()
	errorLog := &syncBuffer{}
	srv := httptest.NewUnstartedServer(h)
	srv.Config.ErrorLog = log.New(errorLog, "", 0)
	if configure != nil {
		configure(srv.Config)
	}
	srv.Start()
	t.Cleanup(func() {
		srv.Close()
		require.Empty(t, errorLog.String(), "the server's error log")
	})
	return srv
}

// rawUpload opens a connection and sends the head of an upload of length bytes and the beginning of
// its body.
func rawUpload(t *testing.T, srv *httptest.Server, length int, beginning string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", srv.Listener.Addr().String())
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.Close() })
	_, err = fmt.Fprintf(c, "POST /upload HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=%s\r\nContent-Length: %d\r\n\r\n%s", boundary, length, beginning)
	require.NoError(t, err)
	return c
}

func answerOn(t *testing.T, c net.Conn) *http.Response {
	t.Helper()
	require.NoError(t, c.SetReadDeadline(time.Now().Add(20*time.Second)))
	r, err := http.ReadResponse(bufio.NewReader(c), nil)
	require.NoError(t, err)
	t.Cleanup(func() { _ = r.Body.Close() })
	return r
}

// dialed sends the head of an upload of 200 kB over connections in memory, for package synctest.
func dialed(t *testing.T, h http.Handler) *uploadtest.Conn {
	t.Helper()
	s := uploadtest.Serve(t, h)
	c, err := s.Dial(uploadtest.NewRequest(s.URL, uploadtest.File("file", "a.txt", uploadtest.Repeat("hello ", 200_000))))
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

func TestStalledClient(t *testing.T) {
	for _, beginning := range []int64{0, 10, 70_000} {
		synctest.Test(t, func(t *testing.T) {
			f := newFixture(t, nil, upload.Options{StallTimeout: time.Minute})
			c := dialed(t, f)
			require.NoError(t, c.Send(beginning))
			begin := time.Now()
			a, err := c.Answer(time.Hour)
			require.NoError(t, err)
			require.Equal(t, upload.CodeTimeout, a.Code)
			require.Equal(t, time.Minute, time.Since(begin))
			f.empty(t)
		})
	}
}

func TestSlowClient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t, nil, upload.Options{StallTimeout: 30 * time.Second, MinRate: 10_000})
		c := dialed(t, f)
		begin := time.Now()
		_ = c.SendSlowly(5000) // it never stalls, and ends with the answer
		a, err := c.Answer(time.Hour)
		require.NoError(t, err)
		require.Equal(t, upload.CodeTimeout, a.Code)
		require.InDelta(t, 30, time.Since(begin).Seconds(), 1)
		f.empty(t)
	})
}

// TestClocksWaitOnlyForTheClient: the clocks do not run during checks and storage calls.
func TestClocksWaitOnlyForTheClient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t, nil, upload.Options{})
		slow := &testObserver{write: func(p []byte) (int, error) { time.Sleep(10 * time.Second); return len(p), nil }}
		h, err := upload.New(uploadtest.SlowStore(f.store, time.Minute, 10_000), slow, upload.AllowAnonymous,
			&upload.Options{StallTimeout: 50 * time.Millisecond, MinRate: 1 << 20, Logger: f.logger()})
		require.NoError(t, err)
		c := dialed(t, h)
		begin := time.Now()
		require.NoError(t, c.Send(-1))
		a, err := c.Answer(time.Hour)
		require.NoError(t, err)
		require.Equal(t, http.StatusCreated, a.Status, a)
		require.Greater(t, time.Since(begin), 2*time.Minute)
	})
}

// trickle returns a reader of body that pauses in the middle.
func trickle(body string, pause time.Duration) io.Reader {
	half := len(body) / 2
	return io.MultiReader(strings.NewReader(body[:half]), readerFunc(func([]byte) (int, error) {
		time.Sleep(pause)
		return 0, io.EOF
	}), strings.NewReader(body[half:]))
}

// TestHostTimeouts: an upload that takes longer than the host's timeouts is answered, and so is the
// client's next one.
func TestHostTimeouts(t *testing.T) {
	for _, h2 := range []bool{false, true} {
		t.Run(fmt.Sprintf("HTTP/2 %v", h2), func(t *testing.T) {
			t.Parallel()
			f := newFixture(t, nil, upload.Options{})
			slowAnswer := f.Middleware(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				select {
				case <-time.After(1200 * time.Millisecond): // longer than ReadTimeout: the context must live
					w.WriteHeader(http.StatusCreated)
				case <-r.Context().Done():
				}
			}))
			srv := httptest.NewUnstartedServer(slowAnswer)
			srv.Config.ReadTimeout, srv.Config.WriteTimeout = time.Second, 2*time.Second
			srv.EnableHTTP2 = h2
			srv.StartTLS()
			defer srv.Close()
			for range 2 {
				r, err := srv.Client().Post(srv.URL, "multipart/form-data; boundary="+boundary, trickle(file("file", "a.txt", "hello"), 2200*time.Millisecond))
				require.NoError(t, err)
				require.NoError(t, r.Body.Close())
				require.Equal(t, http.StatusCreated, r.StatusCode)
				require.Equal(t, h2, r.ProtoMajor == 2)
			}
		})
	}
}

func TestShutdown(t *testing.T) {
	f := newFixture(t, nil, upload.Options{})
	srv := serveHTTP(t, f, nil)
	c := rawUpload(t, srv, 200_000, file("file", "a.txt", strings.Repeat("hello ", 20_000))[:70_000])
	require.Eventually(t, func() bool { return f.store.Used() > 0 }, 5*time.Second, time.Millisecond)

	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- f.Shutdown(ctx) }()
	require.Eventually(t, func() bool {
		w := f.do(httptest.NewRequest(http.MethodGet, "/upload", nil)) // before Shutdown it is 405
		return w.Code == http.StatusServiceUnavailable && w.Header().Get("Retry-After") != ""
	}, 5*time.Second, time.Millisecond, "new uploads are refused")
	select {
	case err := <-done:
		t.Fatal("Shutdown did not wait", err)
	case <-time.After(50 * time.Millisecond):
	}
	cancel()
	require.ErrorIs(t, <-done, context.Canceled)
	f.empty(t)
	require.Equal(t, upload.CodeShutdown, problemOf(t, answerOn(t, c)).Code)
	require.NoError(t, f.Shutdown(t.Context()))
}

// TestShutdownOfNothing: a handler without uploads has nothing to cut, also when ctx has ended.
func TestShutdownOfNothing(t *testing.T) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for range 100 {
		require.NoError(t, newFixture(t, nil, upload.Options{}).Shutdown(ended))
	}
}

func TestShutdownLetsUploadsFinish(t *testing.T) {
	f := newFixture(t, nil, upload.Options{})
	srv := serveHTTP(t, f, nil)
	body := file("file", "a.txt", "hello")
	c := rawUpload(t, srv, len(body), body[:len(body)-10])
	time.Sleep(50 * time.Millisecond) // let it in
	done := make(chan error, 1)
	go func() { done <- f.Shutdown(t.Context()) }()
	time.Sleep(50 * time.Millisecond)
	_, err := io.WriteString(c, body[len(body)-10:])
	require.NoError(t, err)
	require.Equal(t, http.StatusCreated, answerOn(t, c).StatusCode)
	require.NoError(t, <-done)
}

// TestRefusedBytesAreNoRequest: bytes of a refused body are never served as a request.
func TestRefusedBytesAreNoRequest(t *testing.T) {
	f := newFixture(t, nil, upload.Options{MaxFileSize: 1000})
	requests := 0
	srv := serveHTTP(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests++
		f.ServeHTTP(w, r)
	}), nil)
	smuggled := "POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"
	for _, times := range []int{100, 20_000} {
		requests = 0
		body := file("file", "a.png", "<html>"+strings.Repeat(smuggled, times))
		c := rawUpload(t, srv, len(body), "")
		go func() { _, _ = io.WriteString(c, body) }()
		br := bufio.NewReader(c)
		r, err := http.ReadResponse(br, nil)
		require.NoError(t, err)
		require.GreaterOrEqual(t, r.StatusCode, 400)
		_, err = io.Copy(io.Discard, r.Body)
		require.NoError(t, err)
		sent := 1
		if !r.Close {
			sent++
			_, err = io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
			require.NoError(t, err)
			r, err = http.ReadResponse(br, nil)
			require.NoError(t, err)
			require.Equal(t, http.StatusMethodNotAllowed, r.StatusCode)
		}
		_, _ = io.Copy(io.Discard, br) // it may be reset
		require.Equal(t, sent, requests)
	}
}

// TestRefusalOfClosingClient: net/http reads nothing more of a connection that the client closes
// after this request. So the handler must drain the body.
func TestRefusalOfClosingClient(t *testing.T) {
	f := newFixture(t, nil, upload.Options{MaxFileSize: 1000})
	srv := serveHTTP(t, f, nil)
	body := file("file", "a.png", "<html>"+strings.Repeat("x", 200_000))
	for _, head := range []string{"HTTP/1.0\r\n", "HTTP/1.1\r\nConnection: close\r\n", "HTTP/1.1\r\n"} {
		c, err := net.Dial("tcp", srv.Listener.Addr().String())
		require.NoError(t, err)
		_, err = fmt.Fprintf(c, "POST /upload %sHost: x\r\nContent-Type: multipart/form-data; boundary=%s\r\nContent-Length: %d\r\n\r\n", head, boundary, len(body))
		require.NoError(t, err)
		for sent := 0; sent < len(body); sent += 10_000 { // a client that reads nothing before it is done
			_, err = io.WriteString(c, body[sent:min(sent+10_000, len(body))])
			require.NoError(t, err, "%q after %d bytes", head, sent)
			time.Sleep(2 * time.Millisecond)
		}
		require.GreaterOrEqual(t, answerOn(t, c).StatusCode, 400)
		require.NoError(t, c.Close())
	}
}

// TestSlot: uploads wait for a slot on HTTP/1.1, for MaxWait at most.
func TestSlot(t *testing.T) {
	f := newFixture(t, nil, upload.Options{MaxConcurrent: 1, MaxWait: 200 * time.Millisecond})
	srv := serveHTTP(t, f, nil)
	body := file("file", "a.txt", "hello")
	c := rawUpload(t, srv, len(body), body[:20])
	require.Eventually(t, func() bool {
		w := f.do(post(body))
		return w.Code == http.StatusServiceUnavailable && w.Header().Get("Retry-After") == "2"
	}, 5*time.Second, time.Millisecond)
	go func() {
		time.Sleep(50 * time.Millisecond)
		_, _ = io.WriteString(c, body[20:])
	}()
	f.accepts(t, post(body)) // waits for the one above
	require.Equal(t, http.StatusCreated, answerOn(t, c).StatusCode)

	r := post(body)
	r.Proto, r.ProtoMajor = "HTTP/2.0", 2
	f.accepts(t, r) // free: no wait
}

// TestSlotsAreWaitedForByTurns: many uploads of one subject delay another subject by one
// slot. One subject can take half of the places of waiting uploads, and no more.
func TestSlotsAreWaitedForByTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const crowd = 2048
		f := newFixture(t, nil, upload.Options{MaxConcurrent: 2, MaxWait: time.Hour})
		h, err := upload.New(f.store, upload.NotEmpty(), upload.RequireSubject(bySubject), &upload.Options{
			MaxConcurrent: 2, MaxWait: time.Hour, Logger: f.logger(),
		})
		require.NoError(t, err)
		request := func(subject string) *http.Request {
			r := post(file("file", "a.txt", "hello"))
			r.Header.Set("Subject", subject)
			return r
		}
		var held [2]*upload.Tx
		for i, subject := range []string{"ann", "bob"} {
			held[i], err = h.Receive(httptest.NewRecorder(), request(subject))
			require.NoError(t, err)
		}
		var answered atomic.Int64
		for range crowd {
			go func() {
				h.ServeHTTP(httptest.NewRecorder(), request("ann"))
				answered.Add(1)
			}()
		}
		synctest.Wait()
		begin := time.Now()
		require.Equal(t, upload.CodeBusy, codeOf(t, serve(h, request("ann"))))
		require.Zero(t, time.Since(begin), "refused at once")

		before := make(chan int64, 1)
		go func() {
			h.ServeHTTP(httptest.NewRecorder(), request("cid"))
			before <- answered.Load()
		}()
		synctest.Wait()
		require.NoError(t, held[1].Rollback()) // a slot for cid, since ann has her share
		require.LessOrEqual(t, <-before, int64(1))
		require.NoError(t, held[0].Rollback())
		synctest.Wait()
		require.EqualValues(t, crowd, answered.Load())
	})
}

// TestSlotUntilCommit: an upload that waits for its commit takes memory, so it keeps its
// slot, and frees it however it ends.
func TestSlotUntilCommit(t *testing.T) {
	ends := map[string]func(*upload.Tx) error{
		"commit":   func(tx *upload.Tx) error { return tx.Commit(t.Context()) },
		"rollback": func(tx *upload.Tx) error { return tx.Rollback() },
		"undo": func(tx *upload.Tx) error {
			return errors.Join(tx.Commit(t.Context()), tx.Undo(t.Context()))
		},
	}
	for name, end := range ends {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, nil, upload.Options{MaxConcurrent: 1, MaxWait: time.Millisecond})
			body := file("file", "a.txt", "hello")
			tx, err := f.Receive(httptest.NewRecorder(), post(body))
			require.NoError(t, err)
			require.Equal(t, http.StatusServiceUnavailable, f.do(post(body)).Code)
			require.NoError(t, end(tx))
			f.accepts(t, post(body))
		})
	}
}
