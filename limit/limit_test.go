package limit_test

import (
	"bufio"
	"bytes"
	"fmt"
	"log/slog"
	"math"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/internal/limittest"
	"github.com/airlock-go/upload/limit"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/uploadtest"
)

func newLimiter(t testing.TB, limits limit.Limits, o limit.Options) *limit.Limiter {
	t.Helper()
	l, err := limit.New(limits, &o)
	require.NoError(t, err)
	return l
}

func TestConformance(t *testing.T) {
	limittest.Run(t, func(t *testing.T, l limit.Limits) upload.Limiter { return newLimiter(t, l, limit.Options{}) })
}

// TestRefusedBodiesCount checks that a body that is refused early and drained counts for its
// caller.
func TestRefusedBodiesCount(t *testing.T) {
	const size = 2 << 20
	h, err := upload.New(&memstore.Store{}, upload.NotEmpty(), upload.AllowAnonymous, &upload.Options{
		MaxFileSize: 1 << 20, Limiter: newLimiter(t, limit.Limits{Bytes: 2*size + size/2}, limit.Options{}), Logger: slog.New(slog.DiscardHandler),
	})
	require.NoError(t, err)
	done := make(chan struct{}, 1)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.ServeHTTP(w, r)
		done <- struct{}{}
	}))
	defer srv.Close()
	send := func(size int) int { // all of it before the answer is read, as browsers do
		c, err := net.Dial("tcp", srv.Listener.Addr().String())
		require.NoError(t, err)
		defer func() { require.NoError(t, c.Close()) }()
		r := uploadtest.NewRequest(srv.URL, uploadtest.File("file", "a.txt", make([]byte, size)))
		require.NoError(t, r.Write(c))
		a, err := http.ReadResponse(bufio.NewReader(c), r)
		require.NoError(t, err)
		require.NoError(t, a.Body.Close())
		<-done
		return a.StatusCode
	}
	require.Equal(t, http.StatusCreated, send(size/4))
	require.Equal(t, http.StatusRequestEntityTooLarge, send(size))
	require.Equal(t, http.StatusRequestEntityTooLarge, send(size))
	require.Equal(t, http.StatusTooManyRequests, send(size/2))
}

func TestNew(t *testing.T) {
	l, err := limit.New(limit.Limits{}, nil)
	require.NoError(t, err)
	require.NotNil(t, l)
	for about, tc := range map[string]struct {
		limits limit.Limits
		opts   *limit.Options
	}{
		"negative window":   {limits: limit.Limits{Window: -1}},
		"negative requests": {limits: limit.Limits{Requests: -1}},
		"negative bytes":    {limits: limit.Limits{Bytes: -1}},
		"negative signed":   {limits: limit.Limits{AllSigned: -1}},
		"negative callers":  {opts: &limit.Options{MaxCallers: -1}},
		"tiny window":       {limits: limit.Limits{Window: time.Millisecond}},
		"long window":       {limits: limit.Limits{Window: 32 * 24 * time.Hour}},
		"too many bytes":    {limits: limit.Limits{Bytes: 1 << 60}},
		"too many files":    {limits: limit.Limits{Files: math.MaxInt}},
	} {
		l, err := limit.New(tc.limits, tc.opts)
		require.Error(t, err, about)
		require.Nil(t, l, about)
	}
}

// TestRefill checks that a bucket fills evenly, and that Retry-After is when there is enough.
func TestRefill(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(t, limit.Limits{Window: time.Hour, Files: 4}, limit.Options{})
		try := func() (after time.Duration, ok bool) {
			r, err := l.Reserve(t.Context(), upload.Claim{Subject: "ann", Files: 2})
			if err == nil {
				require.NoError(t, r.Settle(t.Context(), upload.Usage{Files: 2}))
				return 0, true
			}
			var e *upload.Error
			require.ErrorAs(t, err, &e)
			return e.RetryAfter, false
		}
		for _, wait := range []time.Duration{0, 0, 30 * time.Minute, 30 * time.Minute} {
			time.Sleep(wait)
			_, ok := try()
			require.True(t, ok, wait)
		}
		time.Sleep(10 * time.Minute)
		after, ok := try()
		require.False(t, ok)
		require.InDelta(t, 20*time.Minute, after, float64(time.Second))
		time.Sleep(after + time.Second)
		_, ok = try()
		require.True(t, ok)
	})
}

// TestHandler checks what a client sees, and that settled uploads free their reservations.
func TestHandler(t *testing.T) {
	l := newLimiter(t, limit.Limits{Files: 3}, limit.Options{})
	h, err := upload.New(&memstore.Store{}, upload.Form{"file": {Accept: upload.Types("text/plain"), MaxFiles: 2}}, upload.AllowAnonymous, &upload.Options{
		Limiter: l, Logger: slog.New(slog.DiscardHandler),
	})
	require.NoError(t, err)
	send := func(addr, name string) *httptest.ResponseRecorder {
		var body bytes.Buffer
		w := multipart.NewWriter(&body)
		part, err := w.CreateFormFile("file", name)
		require.NoError(t, err)
		_, err = part.Write([]byte("hello"))
		require.NoError(t, err)
		require.NoError(t, w.Close())
		r := httptest.NewRequest(http.MethodPost, "/", &body)
		r.Header.Set("Content-Type", w.FormDataContentType())
		r.Header.Set("X-Forwarded-For", fmt.Sprint(time.Now().UnixNano())) // the limiter ignores it
		r.RemoteAddr = addr
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, r)
		return rec
	}
	for range 5 {
		require.Equal(t, 415, send("192.0.2.1:5", "a.exe").Code, "costs no file")
	}
	for range 2 {
		require.Equal(t, 201, send("192.0.2.1:5", "a.txt").Code)
	}
	got := send("192.0.2.1:6", "a.txt")
	require.Equal(t, 429, got.Code)
	require.NotEmpty(t, got.Header().Get("Retry-After"))
	require.Contains(t, got.Body.String(), "too many files. Try again in 20 minutes")
	require.Equal(t, 201, send("192.0.2.2:5", "a.txt").Code)
}

func TestKeys(t *testing.T) {
	for _, tc := range []struct{ subject, addr, by, address string }{
		{"ann", "192.0.2.1:80", "subject ann", "address 192.0.2.1"},
		{"", "192.0.2.1:80", "address 192.0.2.1", "address 192.0.2.1"},
		{"", "192.0.2.1", "address 192.0.2.1", "address 192.0.2.1"},
		{"", "[::ffff:192.0.2.1]:80", "address 192.0.2.1", "address 192.0.2.1"},
		{"", "[2001:db8:1:2:3:4:5:6]:80", "address 2001:db8:1:2::", "address 2001:db8:1:2::"},
		{"", "[64:ff9b::192.0.2.1]:80", "address 192.0.2.1", "address 192.0.2.1"},
		{"", "[64:ff9b::192.0.2.2]:80", "address 192.0.2.2", "address 192.0.2.2"},
		{"", "[64:ff9b:1::192.0.2.1]:80", "address 64:ff9b:1::", "address 64:ff9b:1::"},
		{"", "[fe80::1%eth0]:80", "address fe80::", "address fe80::"},
		{"", "@", "address @", "address @"},
		{"address 192.0.2.1", "", "subject address 192.0.2.1", "address "},
	} {
		d := upload.Claim{Subject: tc.subject, Request: &http.Request{RemoteAddr: tc.addr}}
		require.Equal(t, tc.by, limit.BySubject(d))
		require.Equal(t, tc.address, limit.ByAddress(d))
	}
	require.Equal(t, "address ", limit.BySubject(upload.Claim{}))
}
