package upload_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
)

// testLimiter records claims, usages and releases. It answers by reserve and settle.
type testLimiter struct {
	reserve func(ctx context.Context) error
	settle  func(ctx context.Context) error

	mu     sync.Mutex
	claims []upload.Claim
	used   []upload.Usage
	ended  []string // "subject id"
}

// Release implements upload.Releaser.
func (l *testLimiter) Release(_ context.Context, subject, id string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ended = append(l.ended, subject+" "+id)
	return nil
}

// released returns the reservations that were ended, each as its subject and id.
func (l *testLimiter) released() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.ended
}

func (l *testLimiter) Reserve(ctx context.Context, c upload.Claim) (upload.Reservation, error) {
	l.mu.Lock()
	l.claims = append(l.claims, c)
	l.mu.Unlock()
	if l.reserve != nil {
		if err := l.reserve(ctx); err != nil {
			return nil, err
		}
	}
	return testReservation{l}, nil
}

type testReservation struct{ l *testLimiter }

func (r testReservation) Settle(ctx context.Context, used upload.Usage) error {
	r.l.mu.Lock()
	r.l.used = append(r.l.used, used)
	r.l.mu.Unlock()
	if r.l.settle != nil {
		return r.l.settle(ctx)
	}
	return ctx.Err()
}

// take returns the claims and usages since its last call.
func (l *testLimiter) take() ([]upload.Claim, []upload.Usage) {
	l.mu.Lock()
	defer l.mu.Unlock()
	claims, used := l.claims, l.used
	l.claims, l.used = nil, nil
	return claims, used
}

// TestLimiterIsCalledOnce: a request whose body is read makes one Reserve of the most that may
// come, and one Settle of what came, however the request ends.
func TestLimiterIsCalledOnce(t *testing.T) {
	body := file("file", "a.txt", "hello")
	two := new(form).file("file", "a.txt", "hello").file("file", "b.exe", "MZ").String()
	failing := func(h *upload.Handler) http.Handler {
		return h.Middleware(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusConflict) }))
	}
	rolledBack := func(h *upload.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			tx, err := h.Receive(w, r)
			require.NoError(t, err)
			require.NoError(t, tx.Rollback())
			require.NoError(t, tx.Rollback(), "again")
		})
	}
	inHandle := func(h *upload.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			require.Error(t, h.Handle(w, r, func(*upload.Tx) error { return errTerms }))
		})
	}
	for about, tc := range map[string]struct {
		body string
		via  func(*upload.Handler) http.Handler
		want upload.Usage
	}{
		"accepted":          {body, nil, upload.Usage{Files: 1, Bytes: int64(len(body))}},
		"the next fails":    {body, failing, upload.Usage{Files: 1, Bytes: int64(len(body))}},
		"rolled back":       {body, rolledBack, upload.Usage{Files: 1, Bytes: int64(len(body))}},
		"refused in Handle": {body, inHandle, upload.Usage{Files: 1, Bytes: int64(len(body))}},
		"the second is bad": {two, nil, upload.Usage{Files: 1, Bytes: int64(len(two))}},
		"cut":               {body[:len(body)-20], nil, upload.Usage{Bytes: int64(len(body) - 20)}},
	} {
		t.Run(about, func(t *testing.T) {
			l := &testLimiter{}
			f := newFixture(t, nil, upload.Options{Limiter: l})
			h := http.Handler(f.Handler)
			if tc.via != nil {
				h = tc.via(f.Handler)
			}
			r := post(tc.body)
			r.RemoteAddr = "192.0.2.7:1"
			h.ServeHTTP(httptest.NewRecorder(), r)
			claims, used := l.take()
			require.Len(t, claims, 1)
			require.Equal(t, 2, claims[0].Files)
			require.EqualValues(t, len(tc.body), claims[0].Bytes)
			require.Equal(t, "192.0.2.7:1", claims[0].Request.RemoteAddr)
			require.True(t, claims[0].Until.IsZero())
			require.Equal(t, []upload.Usage{tc.want}, used)
		})
	}
}

// TestSettleAfterPanic: an upload that a panic of the storage ends is settled.
func TestSettleAfterPanic(t *testing.T) {
	l := &testLimiter{}
	h, err := upload.New(&failingStore{}, upload.Types("text/plain"), upload.AllowAnonymous, &upload.Options{Limiter: l})
	require.NoError(t, err)
	require.Panics(t, func() { h.ServeHTTP(httptest.NewRecorder(), post(file("file", "a.txt", "hello"))) })
	_, used := l.take()
	require.Len(t, used, 1)
}

// TestLimiterWithoutLength: a body of unknown length reserves the most that a body may have.
func TestLimiterWithoutLength(t *testing.T) {
	l := &testLimiter{}
	f := newFixture(t, nil, upload.Options{Limiter: l, MaxFileSize: 1 << 20})
	r := post(file("file", "a.txt", "hello"))
	r.ContentLength = -1
	f.accepts(t, r)
	claims, _ := l.take()
	require.Greater(t, claims[0].Bytes, int64(2<<20))
	require.Less(t, claims[0].Bytes, int64(3<<20))
}

// TestLimiterIsAskedInTime: the limiter is not asked about requests that are refused
// without it. It is asked before the body is read or the request waits for a slot.
func TestLimiterIsAskedInTime(t *testing.T) {
	l := &testLimiter{reserve: func(context.Context) error { return &upload.Error{Code: upload.CodeRateLimited, Reason: "later"} }}
	f := newFixture(t, nil, upload.Options{Limiter: l, MaxFileSize: 1 << 10})
	for code, r := range map[upload.Code]*http.Request{
		upload.CodeMethod:       httptest.NewRequest(http.MethodGet, "/upload", nil),
		upload.CodeNotMultipart: httptest.NewRequest(http.MethodPost, "/upload", strings.NewReader("x")),
		upload.CodeTooLarge:     post(strings.Repeat("x", 1<<20)),
	} {
		f.refuses(t, code, r)
		claims, _ := l.take()
		require.Empty(t, claims, code)
	}
	r := post("")
	r.ContentLength = 100
	r.Body = io.NopCloser(readerFunc(func([]byte) (int, error) { t.Error("the body is read"); return 0, io.EOF }))
	f.refuses(t, upload.CodeRateLimited, r)

	full := newFixture(t, nil, upload.Options{Limiter: l, MaxConcurrent: 1, MaxWait: time.Minute})
	l.reserve = nil
	tx, err := full.Receive(httptest.NewRecorder(), post(file("file", "a.txt", "hello")))
	require.NoError(t, err)
	l.reserve = func(context.Context) error { return &upload.Error{Code: upload.CodeRateLimited, Reason: "later"} }
	require.Equal(t, upload.CodeRateLimited, codeOf(t, full.do(post(file("file", "a.txt", "hello")))))
	require.NoError(t, tx.Rollback())
}

// TestRetryAfter: refusals that can be tried again have whole seconds, rounded up.
func TestRetryAfter(t *testing.T) {
	for _, tc := range []struct {
		code  upload.Code
		after time.Duration
		want  string
	}{
		{upload.CodeRateLimited, 0, "2"},
		{upload.CodeRateLimited, 1, "1"},
		{upload.CodeRateLimited, time.Second, "1"},
		{upload.CodeRateLimited, time.Second + 1, "2"},
		{upload.CodeRateLimited, time.Hour, "3600"},
		{upload.CodeBusy, time.Minute, "60"},
		{upload.CodeShutdown, 0, "2"},
		{upload.CodeTooLarge, time.Minute, ""},
	} {
		w := httptest.NewRecorder()
		upload.JSON(w, nil, nil, &upload.Error{Code: tc.code, Reason: "later", RetryAfter: tc.after})
		require.Equal(t, tc.want, w.Header().Get("Retry-After"), "%+v", tc)
	}
}

// TestRateLimitedWhole: a client that sends a large body before it reads gets 429 and how
// long to wait.
func TestRateLimitedWhole(t *testing.T) {
	l := &testLimiter{reserve: func(context.Context) error {
		return &upload.Error{Code: upload.CodeRateLimited, Reason: "come again in a minute", RetryAfter: time.Minute}
	}}
	f := newFixture(t, nil, upload.Options{Limiter: l, MaxFileSize: 16 << 20})
	srv := serveHTTP(t, f, nil)
	body := file("file", "a.txt", strings.Repeat("hello ", 2<<20))
	c := rawUpload(t, srv, len(body), "")
	_, err := io.WriteString(c, body)
	require.NoError(t, err)
	r := answerOn(t, c)
	require.Equal(t, "60", r.Header.Get("Retry-After"))
	p := problemOf(t, r)
	require.Equal(t, upload.CodeRateLimited, p.Code)
	require.Equal(t, http.StatusTooManyRequests, p.Status)
	require.NoError(t, r.Body.Close())
	f.empty(t)
}

// TestLimiterFails: a limiter that fails, panics or waits until its context ends refuses the
// request.
func TestLimiterFails(t *testing.T) {
	for about, reserve := range map[string]func(context.Context) error{
		"errs":              func(context.Context) error { return errors.New("10.0.0.7 refused") },
		"errs with nothing": func(context.Context) error { return (*upload.Error)(nil) },
		"panics":            func(context.Context) error { panic("limiter") },
		"waits for ctx":     func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() },
	} {
		t.Run(about, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := &testLimiter{reserve: reserve}
				f := newFixture(t, nil, upload.Options{Limiter: l, CheckTimeout: time.Minute})
				p := f.refuses(t, upload.CodeCheckFailed, post(file("file", "a.txt", "hello")))
				require.NotContains(t, p.Detail, "10.0.0.7")
				_, used := l.take()
				require.Empty(t, used)
			})
		})
	}
}

// TestLateReservation: a reservation that comes too late is refunded.
func TestLateReservation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release, hung := make(chan struct{}), 0
		l := &testLimiter{reserve: func(context.Context) error { <-release; return nil }}
		f := newFixture(t, nil, upload.Options{Limiter: l, CheckTimeout: time.Minute, Hooks: counting(upload.KindHung, &hung)})
		begin := time.Now()
		f.refuses(t, upload.CodeCheckFailed, post(file("file", "a.txt", "hello")))
		require.Equal(t, time.Minute, time.Since(begin))
		require.Equal(t, 1, hung)
		close(release)
		synctest.Wait()
		_, used := l.take()
		require.Equal(t, []upload.Usage{{}}, used)
	})
}

// TestSettleFails: a Settle that fails costs no file.
func TestSettleFails(t *testing.T) {
	for about, settle := range map[string]func(context.Context) error{
		"errs":   func(context.Context) error { return errors.New("away") },
		"panics": func(context.Context) error { panic("limiter") },
		"hangs":  func(context.Context) error { time.Sleep(time.Hour); return nil },
	} {
		t.Run(about, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := &testLimiter{settle: settle}
				f := newFixture(t, nil, upload.Options{Limiter: l, CheckTimeout: time.Minute})
				begin := time.Now()
				f.accepts(t, post(file("file", "a.txt", "hello")))
				require.LessOrEqual(t, time.Since(begin), time.Minute)
				require.Contains(t, f.log.String(), "reporting usage to the limiter failed")
				_, used := l.take()
				require.Len(t, used, 1)
				time.Sleep(2 * time.Hour) // until the hanging call has ended
			})
		})
	}
}

// TestSettleOutlivesTheClient: Settle is called after the client has left, with a context that has
// not ended.
func TestSettleOutlivesTheClient(t *testing.T) {
	l := &testLimiter{}
	f := newFixture(t, nil, upload.Options{Limiter: l})
	ctx, cancel := context.WithCancel(t.Context())
	r := post("").WithContext(ctx)
	r.ContentLength = 100
	r.Body = io.NopCloser(readerFunc(func([]byte) (int, error) { cancel(); return 0, ctx.Err() }))
	require.Equal(t, http.StatusBadRequest, f.do(r).Code)
	_, used := l.take()
	require.Equal(t, []upload.Usage{{}}, used)
	require.NotContains(t, f.log.String(), "reporting usage to the limiter failed")
}
