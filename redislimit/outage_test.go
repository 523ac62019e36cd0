package redislimit_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/internal/rounds"
	"github.com/airlock-go/upload/limit"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/redislimit"
)

const body = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nhello\r\n--x--\r\n"

// instance returns one of several instances of an application.
func (s *server) instance(t *testing.T, l limit.Limits) http.Handler {
	t.Helper()
	h, err := upload.New(&memstore.Store{}, upload.Types("text/plain"),
		upload.RequireSubject(func(r *http.Request) (string, error) { return r.Header.Get("Subject"), nil }),
		&upload.Options{
			Limiter:       s.limiter(t, l, redislimit.Options{Timeout: 10 * time.Second}),
			MaxConcurrent: 1000, Logger: slog.New(slog.DiscardHandler),
		})
	require.NoError(t, err)
	return h
}

// status uploads a small file as the subject.
func status(h http.Handler, subject int) int {
	r := httptest.NewRequest(http.MethodPost, "/", io.NopCloser(strings.NewReader(body)))
	r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
	r.Header.Set("Subject", strconv.Itoa(subject))
	r.ContentLength = int64(len(body))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Code
}

// counts are the results of one run.
type counts struct {
	accepted []atomic.Int32 // by subject
	byStatus [600]atomic.Int32
}

const (
	most    = 1 // file of a subject
	tries   = 2 // one at each instance
	workers = 64
)

var subjects = rounds.Of(2_000, 10_000)

// run has each subject try at both instances, by many workers at once. When half of the tries have
// begun, one worker calls halfway. Patient clients try again as long as the answer is 503.
func run(t *testing.T, instances [2]http.Handler, patient bool, halfway func()) *counts {
	t.Helper()
	begin, c := time.Now(), &counts{accepted: make([]atomic.Int32, subjects)}
	var next atomic.Int32
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < subjects*tries; i = int(next.Add(1)) - 1 {
				if i == subjects*tries/2 {
					halfway()
				}
				subject, code := i/tries, 0 // its tries come close together
				for {
					code = status(instances[i%2], subject)
					c.byStatus[code].Add(1)
					if !patient || code != http.StatusServiceUnavailable {
						break
					}
					time.Sleep(10 * time.Millisecond)
				}
				if code == http.StatusCreated {
					c.accepted[subject].Add(1)
				}
			}
		})
	}
	wg.Wait()
	t.Logf("%d accepted, %d over the limit, %d unavailable, in %v", c.byStatus[201].Load(), c.byStatus[429].Load(), c.byStatus[503].Load(), time.Since(begin))
	return c
}

// TestOutage has thousands of subjects, two instances, and one Redis that is killed in the middle.
// Until then no subject gets more than its limit. While Redis is down, uploads are refused. In the
// second run Redis restarts, and only subjects whose tries were in progress may get more or less.
func TestOutage(t *testing.T) {
	s := startRedis(t)
	limits := limit.Limits{Files: most}
	instances := [2]http.Handler{s.instance(t, limits), s.instance(t, limits)}

	first := run(t, instances, false, s.kill)
	for i := range first.accepted {
		require.LessOrEqual(t, first.accepted[i].Load(), int32(most), i)
	}
	require.Positive(t, first.byStatus[http.StatusCreated].Load())
	require.Positive(t, first.byStatus[http.StatusServiceUnavailable].Load())
	for _, h := range instances {
		require.Equal(t, http.StatusServiceUnavailable, status(h, subjects))
	}

	s.start(t)
	second := run(t, instances, true, func() { s.kill(); s.start(t) }) // while the others continue
	inBothLives, unanswered := 0, 0
	for i := range second.accepted {
		switch n := int(second.accepted[i].Load()); {
		case n > most:
			inBothLives++
		case n < most: // Redis counted a try whose answer was lost
			unanswered++
		}
	}
	require.LessOrEqual(t, inBothLives, workers+1, "only subjects whose tries were in progress then")
	require.LessOrEqual(t, unanswered, workers+1, "only subjects whose tries were in progress then")
	require.Positive(t, second.byStatus[http.StatusServiceUnavailable].Load())
}
