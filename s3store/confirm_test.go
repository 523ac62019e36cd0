package s3store_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/internal/s3fake"
	"github.com/airlock-go/upload/storage"
)

// looker is a host's check. It counts the bytes that it has seen, and calls look after each write.
type looker struct {
	seen int
	look func(seen int) error
}

func (l *looker) Validate(context.Context, *upload.Incoming) (upload.Observer, error) { return l, nil }

func (l *looker) Write(p []byte) (int, error) {
	l.seen += len(p)
	if l.look == nil {
		return len(p), nil
	}
	return len(p), l.look(l.seen)
}

func (l *looker) Verdict() error { return nil }

// sent sends a text of that size by a signed request, and returns the token.
func (f *fixture) sent(t *testing.T, p *upload.Presigner, size int) (token string) {
	t.Helper()
	text := []byte(strings.Repeat("0123456789abcde\n", size/16))
	ticket, err := p.Sign(httptest.NewRequest(http.MethodPost, "/", nil), upload.Declaration{Field: "file", Name: "a.txt", Size: int64(len(text))})
	require.NoError(t, err)
	r, err := http.NewRequestWithContext(t.Context(), ticket.Method, ticket.URL, bytes.NewReader(text))
	require.NoError(t, err)
	for name, value := range ticket.Headers {
		r.Header.Set(name, value)
	}
	resp, err := f.http.Do(r)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, http.StatusOK, resp.StatusCode)
	return ticket.Token
}

// TestConfirmEnds checks that a confirmation that ends while ranges are on their way then holds no
// memory. Nothing of it runs, except a check that hangs. The bubbles fail if a goroutine stays.
func TestConfirmEnds(t *testing.T) {
	const middle = 3 * part / 2
	inTheMiddle := func(do func() error) func(int) error {
		return func(seen int) error {
			if seen > middle {
				return do()
			}
			return nil
		}
	}
	endsEarly := func(w http.ResponseWriter, r *http.Request, serve http.HandlerFunc) {
		answering(2*part, r.Header.Get("If-Match"), chunk, make([]byte, chunk))(w, r, serve)
	}
	for name, row := range map[string]struct {
		fault s3fake.Fault // of the third range
		look  func(end func()) func(seen int) error
		code  upload.Code
		stays bool // in the staging area; with a fault, a second confirmation then succeeds
	}{
		"accepted": {},
		"refused in the middle": {look: func(func()) func(int) error {
			return inTheMiddle(func() error { return upload.Reject(upload.CodeContent, "no") })
		}, code: upload.CodeContent},
		"a check panics": {look: func(func()) func(int) error {
			return inTheMiddle(func() error { panic("a defect") })
		}, code: upload.CodeCheckFailed, stays: true},
		"a check hangs": {look: func(func()) func(int) error {
			return inTheMiddle(func() error { time.Sleep(time.Hour); return nil })
		}, code: upload.CodeCheckFailed, stays: true},
		"the client leaves": {look: func(end func()) func(int) error {
			return inTheMiddle(func() error { end(); return nil })
		}, code: upload.CodeClientGone, stays: true},
		"a range stalls":          {fault: stopping, code: upload.CodeStorage, stays: true},
		"a range never answers":   {fault: s3fake.Stall, code: upload.CodeStorage, stays: true},
		"a range fails":           {fault: fail500, code: upload.CodeStorage, stays: true},
		"a range ends early":      {fault: endsEarly, code: upload.CodeStorage, stays: true},
		"a range of another ETag": {fault: answering(2*part, `"x"`, part, make([]byte, part)), code: upload.CodeConflict, stays: true},
		"the object changes":      {fault: s3fake.Answer(412, "PreconditionFailed"), code: upload.CodeConflict, stays: true},
		"the object vanishes":     {fault: s3fake.Answer(404, "NoSuchKey"), code: upload.CodeConflict, stays: true},
	} {
		bubble(t, name, func(t *testing.T) {
			f := newFixture(t, setup{})
			if row.fault != nil {
				f.atRange(2*part, row.fault)
			}
			ctx, leave := context.WithCancel(t.Context())
			defer leave()
			check := &looker{}
			if row.look != nil {
				check.look = row.look(leave)
			}
			h, err := upload.New(f.Store, upload.All(upload.Types("text/plain"), check), upload.AllowAnonymous,
				&upload.Options{Logger: slog.New(slog.DiscardHandler)})
			require.NoError(t, err)
			p, err := upload.NewPresigner(h, [][]byte{make([]byte, 32)}, nil)
			require.NoError(t, err)
			token := f.sent(t, p, 4*part)

			r := httptest.NewRequest(http.MethodPost, "/", nil).WithContext(ctx)
			_, err = p.Confirm(httptest.NewRecorder(), r, token, nil)
			f.requireIdle(t)
			if row.code == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, row.code)
			staged := 0
			for _, key := range f.fake.Keys() {
				require.Contains(t, key, storage.StagingSegment, "it was published")
				staged++
			}
			require.Equal(t, row.stays, staged == 1)
			synctest.Wait()
			if name == "a check hangs" { // it outlives the confirmation
				time.Sleep(2 * time.Hour)
			}
			if !row.stays || row.fault == nil {
				return
			}
			f.fake.Heal()
			_, err = p.Confirm(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/", nil), token, nil)
			require.NoError(t, err)
		})
	}
	bubble(t, "Shutdown", func(t *testing.T) {
		f := newFixture(t, setup{})
		f.atRange(2*part, s3fake.Stall)
		h, err := upload.New(f.Store, upload.Types("text/plain"), upload.AllowAnonymous, &upload.Options{Logger: slog.New(slog.DiscardHandler), StallTimeout: time.Hour})
		require.NoError(t, err)
		p, err := upload.NewPresigner(h, [][]byte{make([]byte, 32)}, nil)
		require.NoError(t, err)
		token := f.sent(t, p, 4*part)
		failed := make(chan error, 1)
		go func() {
			_, err := p.Confirm(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/", nil), token, nil)
			failed <- err
		}()
		synctest.Wait()
		stop, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		require.Error(t, h.Shutdown(stop))
		require.ErrorIs(t, <-failed, upload.CodeShutdown)
		f.requireIdle(t)
	})
}

// TestConfirmSmallFiles checks that a file of at most one part is read by one request, and takes
// none of the store's buffers.
func TestConfirmSmallFiles(t *testing.T) {
	for _, size := range []int{chunk, part} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			f := newFixture(t, setup{})
			h, err := upload.New(f.Store, upload.Types("text/plain"), upload.AllowAnonymous, nil)
			require.NoError(t, err)
			p, err := upload.NewPresigner(h, [][]byte{make([]byte, 32)}, nil)
			require.NoError(t, err)
			_, err = p.Confirm(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/", nil), f.sent(t, p, size), nil)
			require.NoError(t, err)
			require.Equal(t, 1, f.fake.Calls("GetObject"))
			_, peak := f.Memory()
			require.Zero(t, peak)
		})
	}
}
