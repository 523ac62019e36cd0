package upload_test

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
)

// releasing is a limiter that records which reservations were released.
type releasing struct {
	testLimiter
	released []string
}

func (l *releasing) Release(_ context.Context, subject, id string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.released = append(l.released, subject+" "+id)
	return nil
}

// TestResumeLimiter checks what is reserved: the file at its creation, until the upload has ended.
// A later PATCH counts as a request only if it brings few bytes, or brings many for nothing. GET
// and DELETE count, HEAD does not.
func TestResumeLimiter(t *testing.T) {
	content := strings.Repeat("0123456789abcdef", 16<<10)
	l := &releasing{}
	z := newResumable(t, &memstore.Store{}, nil, upload.Options{Limiter: l}, upload.ResumeOptions{Expires: time.Hour})
	counts := func(want int, bytes int64) upload.Claim {
		t.Helper()
		claims, used := l.take()
		for len(claims) < want || len(used) < want && bytes > 0 { // after a refusal, once the body was drained
			time.Sleep(time.Millisecond)
			moreClaims, moreUsed := l.take()
			claims, used = append(claims, moreClaims...), append(used, moreUsed...)
		}
		require.Len(t, claims, want)
		var sum int64
		for _, u := range used {
			sum += u.Bytes
		}
		require.Equal(t, bytes, sum)
		if want == 0 {
			return upload.Claim{}
		}
		require.Equal(t, "ann", claims[0].Subject)
		return claims[0]
	}
	ends := func(id string) {
		t.Helper()
		require.Equal(t, []string{"ann " + id}, l.released)
		l.released = nil
	}

	begin := time.Now()
	url := z.create(t, "a.txt", len(content))
	claim := counts(1, 0)
	require.Equal(t, 1, claim.Files)
	require.Equal(t, int64(len(content)), claim.Bytes)
	require.False(t, claim.Until.Before(begin.Add(time.Hour)))
	require.NotEmpty(t, claim.ID)
	z.offset(t, url)
	counts(0, 0)
	z.patch(t, url, 0, content[:100<<10])
	counts(0, 0)
	z.patch(t, url, 100<<10, content[100<<10:101<<10])
	require.Zero(t, counts(1, 0).Files)
	z.sendAll(t, tusRequest{method: "PATCH", url: url, headers: offsetBytes + "5"}, 100<<10, content[:100<<10]) // a conflict
	counts(1, 100<<10)
	publishedBy(t, z.patch(t, url, 101<<10, content[101<<10:]))
	counts(0, 0)
	ends(claim.ID)
	z.do(t, tusRequest{method: "GET", url: url})
	counts(1, 0)

	url = z.create(t, "a.txt", 10)
	claim = counts(1, 0)
	z.do(t, tusRequest{method: "DELETE", url: url})
	counts(1, 0)
	ends(claim.ID)

	url = z.create(t, "a.txt", 10)
	claim = counts(1, 0)
	require.Equal(t, http.StatusUnsupportedMediaType, z.patch(t, url, 0, "\x89PNG\r\n\x1a\n\x00\x00").StatusCode)
	counts(1, 0)
	ends(claim.ID)

	refused := z.do(t, tusRequest{method: "POST", headers: "Upload-Length: 10\nUpload-Metadata: " + metadataOf("filename", "a.exe")})
	require.Equal(t, http.StatusUnsupportedMediaType, refused.StatusCode)
	claims, used := l.take()
	require.Len(t, claims, 1)
	require.Equal(t, []upload.Usage{{}}, used, "given back")
	require.Empty(t, l.released)

	l.reserve = func(context.Context) error {
		return &upload.Error{Code: upload.CodeRateLimited, RetryAfter: time.Minute}
	}
	require.Equal(t, http.StatusTooManyRequests, z.do(t, tusRequest{method: "POST", headers: "Upload-Length: 10\nUpload-Metadata: " + metadataOf("filename", "a.txt")}).StatusCode)
	require.Equal(t, http.StatusGone, z.do(t, tusRequest{method: "HEAD", url: url}).StatusCode)
}

// TestResumeEvents checks that each request ends with one decision, and what it says.
func TestResumeEvents(t *testing.T) {
	var mu sync.Mutex
	var events []upload.Event
	starts := 0
	hooks := upload.Hooks{
		Start: func(_ context.Context, door string) context.Context {
			mu.Lock()
			defer mu.Unlock()
			require.Equal(t, "resumable", door)
			starts++
			return nil
		},
		Event: func(_ context.Context, e upload.Event) {
			mu.Lock()
			defer mu.Unlock()
			events = append(events, e)
		},
	}
	take := func(kinds ...upload.EventKind) upload.Event {
		t.Helper()
		mu.Lock()
		defer mu.Unlock()
		var got []upload.EventKind
		decisions := 0
		for _, e := range events {
			require.Equal(t, "resumable", e.Door)
			got = append(got, e.Kind)
			if e.Kind.IsDecision() {
				decisions++
			}
		}
		require.Equal(t, kinds, got)
		require.Equal(t, starts, decisions)
		last := events[len(events)-1]
		if last.Kind == upload.KindCleanedUp {
			last = events[0]
		}
		events, starts = nil, 0
		return last
	}
	content := strings.Repeat("0123456789abcdef", 1000)
	z := newResumable(t, &memstore.Store{}, nil, upload.Options{Hooks: hooks}, upload.ResumeOptions{})
	url := z.create(t, "a.txt", len(content))
	e := take(upload.KindSigned)
	require.Equal(t, "a.txt", e.Files[0].Name)
	require.Equal(t, "ann", e.Subject)
	z.patch(t, url, 0, content[:5000])
	require.Equal(t, int64(5000), take(upload.KindAppended).Bytes)
	z.offset(t, url)
	take(upload.KindPartsListed)
	z.patch(t, url, 0, "x")
	require.Equal(t, upload.CodeConflict, take(upload.KindRefused).Code)
	f := publishedBy(t, z.patch(t, url, 5000, content[5000:]))
	e = take(upload.KindAccepted, upload.KindCleanedUp)
	require.Equal(t, []upload.File{f}, e.Files)
	require.Equal(t, int64(11000+16000), e.Bytes, "what came, and what was read again")
	publishedBy(t, z.patch(t, url, len(content), ""))
	take(upload.KindConfirmed)
	z.do(t, tusRequest{method: "GET", url: url})
	take(upload.KindConfirmed)
	z.do(t, tusRequest{method: "DELETE", url: url})
	take(upload.KindCleanedUp, upload.KindAborted)
	z.do(t, tusRequest{method: "HEAD", url: "x"})
	require.Equal(t, upload.CodeBadTicket, take(upload.KindRefused).Code)
}

// TestResumeProgress checks what can be watched of an upload that comes in several requests.
func TestResumeProgress(t *testing.T) {
	p := &upload.Progress{}
	z := newResumable(t, &memstore.Store{}, nil, upload.Options{Progress: p}, upload.ResumeOptions{})
	content := strings.Repeat("0123456789abcdef", 1000)
	url := z.create(t, "a.txt", len(content))
	send := func(offset int, content string) reply {
		return z.do(t, tusRequest{method: "PATCH", url: url, body: strings.NewReader(content), headers: offsetBytes + strconv.Itoa(offset) + "\nUpload-Id: 7"})
	}
	status := func() upload.ProgressStatus {
		s, known := p.Get("ann", "7")
		require.True(t, known)
		return s
	}
	send(0, content[:5000])
	require.Equal(t, upload.ProgressStatus{State: upload.StateWaiting, Received: 5000, Total: 16000}, status())
	send(5000, content[5000:9000])
	require.Equal(t, upload.ProgressStatus{State: upload.StateWaiting, Received: 9000, Total: 16000}, status())
	publishedBy(t, send(9000, content[9000:]))
	require.Equal(t, upload.ProgressStatus{State: upload.StateDone, Received: 16000, Total: 16000}, status())

	url = z.create(t, "a.txt", len(content))
	send(0, "\x89PNG\r\n\x1a\n"+content[8:])
	require.Equal(t, upload.StateRefused, status().State)
}
