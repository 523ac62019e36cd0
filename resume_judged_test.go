package upload_test

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
)

// noWord refuses a text with the word "bad", and counts the bytes that it saw.
type noWord struct{ seen *atomic.Int64 }

type wordObserver struct {
	noWord
	text strings.Builder
}

func (v noWord) Validate(context.Context, *upload.Incoming) (upload.Observer, error) {
	return &wordObserver{noWord: v}, nil
}

func (o *wordObserver) Write(p []byte) (int, error) {
	o.seen.Add(int64(len(p)))
	o.text.Write(p)
	if strings.Contains(o.text.String(), "bad") {
		return 0, upload.Reject(upload.CodeContent, "a bad word")
	}
	return len(p), nil
}

func (o *wordObserver) Verdict() error { return nil }

// TestResumeRefused checks that a refused file is refused for good, in whatever pieces it came.
// Only the decision stays, and later requests learn the reason.
func TestResumeRefused(t *testing.T) {
	long := strings.Repeat("0123456789", 2000)
	html := "<html><script>alert(1)</script>" + long
	for _, row := range []struct {
		name, content string
		chunks        []int
		status        int
		code          upload.Code
	}{
		{"by its type, whole", html, []int{len(html)}, 415, upload.CodeTypeMismatch},
		{"by its type, when the head is whole", html, []int{10, 4000, 4096}, 415, upload.CodeTypeMismatch},
		{"by its type, in the middle of a request", html, []int{10, 9000}, 415, upload.CodeTypeMismatch},
		{"by its type, a short one", html[:40], []int{10, 40}, 415, upload.CodeTypeMismatch},
		{"by its content, whole", long + "bad" + long, []int{40003}, 422, upload.CodeContent},
		{"by its content, in pieces", long + "bad" + long, []int{20001, 40003}, 422, upload.CodeContent},
		{"by its content, at the last byte", long + "bad", []int{20002, 20003}, 422, upload.CodeContent},
	} {
		t.Run(row.name, func(t *testing.T) {
			policy := upload.All(upload.Types("text/plain"), noWord{new(atomic.Int64)})
			z := newResumable(t, &memstore.Store{}, policy, upload.Options{}, upload.ResumeOptions{})
			url := z.create(t, "a.txt", len(row.content))
			begin := 0
			for _, end := range row.chunks[:len(row.chunks)-1] {
				require.Equal(t, http.StatusNoContent, z.patch(t, url, begin, row.content[begin:end]).StatusCode)
				begin = end
			}
			last := row.chunks[len(row.chunks)-1]
			got := z.patch(t, url, begin, row.content[begin:last])
			require.Equal(t, row.status, got.StatusCode, got.Body)
			first := got.problem(t)
			require.Equal(t, row.code, first.Code)
			require.Empty(t, z.publishedKeys(t))
			require.Equal(t, []string{"0-end"}, z.stagedKeys(t))

			require.Equal(t, http.StatusGone, z.do(t, tusRequest{method: "HEAD", url: url}).StatusCode)
			for _, q := range []tusRequest{
				{method: "PATCH", url: url, headers: offsetBytes + strconv.Itoa(last), body: strings.NewReader("x")},
				{method: "PATCH", url: url, headers: offsetBytes + "0", body: strings.NewReader("x")},
				{method: "GET", url: url},
			} {
				got := z.do(t, q)
				require.Equal(t, http.StatusGone, got.StatusCode)
				again := got.problem(t)
				require.Equal(t, first.Code, again.Code)
				require.Equal(t, first.Detail, again.Detail)
				require.Equal(t, first.Params, again.Params)
			}
		})
	}
}

// TestResumeJudgedOnce checks that the observer sees as many bytes as the file has, whether the
// file comes in one request or in two.
func TestResumeJudgedOnce(t *testing.T) {
	content := strings.Repeat("0123456789", 2000)
	for _, row := range []struct {
		name   string
		chunks []int
		seen   int64
	}{
		{"whole", []int{20000}, 20000},
		{"in two pieces", []int{5000, 20000}, 20000},
		{"the last byte alone", []int{19999, 20000}, 20000},
	} {
		t.Run(row.name, func(t *testing.T) {
			seen := new(atomic.Int64)
			z := newResumable(t, &memstore.Store{}, noWord{seen}, upload.Options{}, upload.ResumeOptions{})
			url := z.create(t, "a.txt", len(content))
			begin := 0
			for _, end := range row.chunks {
				require.Equal(t, http.StatusNoContent, z.patch(t, url, begin, content[begin:end]).StatusCode)
				begin = end
			}
			require.Equal(t, row.seen, seen.Load())
		})
	}
}

// TestResumeNotJudged checks that a check that fails leaves the upload alive. Then HEAD returns an
// offset that clients do not take for success.
func TestResumeNotJudged(t *testing.T) {
	content := strings.Repeat("0123456789", 2000)
	for _, row := range []struct {
		name   string
		chunks []int
	}{
		{"whole", []int{20000}},
		{"in two pieces", []int{5000, 20000}},
	} {
		t.Run(row.name, func(t *testing.T) {
			var down atomic.Bool
			down.Store(true)
			scanner := upload.ValidatorFunc(func(context.Context, *upload.Incoming) error {
				if down.Load() {
					return errors.New("the scanner is away")
				}
				return nil
			})
			z := newResumable(t, &memstore.Store{}, scanner, upload.Options{}, upload.ResumeOptions{})
			url := z.create(t, "a.txt", len(content))
			begin := 0
			var got reply
			for _, end := range row.chunks {
				down.Store(end == 20000)
				got = z.patch(t, url, begin, content[begin:end])
				begin = end
			}
			require.Equal(t, http.StatusServiceUnavailable, got.StatusCode, got.Body)
			require.NotEmpty(t, got.Header.Get("Retry-After"))
			require.Equal(t, upload.CodeCheckFailed, got.problem(t).Code)
			require.Equal(t, 19999, z.offset(t, url))
			require.Empty(t, z.publishedKeys(t))
			down.Store(false)
			z.requireStored(t, publishedBy(t, z.patch(t, url, 19999, "9")), content)
		})
	}
}

// TestResumeTerminated checks what stays after DELETE.
func TestResumeTerminated(t *testing.T) {
	z := newResumable(t, &memstore.Store{}, nil, upload.Options{}, upload.ResumeOptions{})
	url := z.create(t, "a.txt", 10)
	require.Equal(t, http.StatusNoContent, z.patch(t, url, 0, "01234").StatusCode)
	require.Equal(t, http.StatusNoContent, z.do(t, tusRequest{method: "DELETE", url: url}).StatusCode)
	require.Equal(t, []string{"0-end"}, z.stagedKeys(t))
	require.Equal(t, http.StatusGone, z.do(t, tusRequest{method: "HEAD", url: url}).StatusCode)
	got := z.patch(t, url, 5, "56789")
	require.Equal(t, http.StatusGone, got.StatusCode)
	require.Equal(t, upload.CodeBadTicket, got.problem(t).Code)
	require.Equal(t, http.StatusNoContent, z.do(t, tusRequest{method: "DELETE", url: url}).StatusCode, "again")

	url = z.create(t, "b.txt", 5)
	f := publishedBy(t, z.patch(t, url, 0, "hello"))
	require.Equal(t, http.StatusNoContent, z.do(t, tusRequest{method: "DELETE", url: url}).StatusCode)
	z.requireStored(t, f, "hello")
	require.NoError(t, z.memory.Delete(t.Context(), f.Key))
	require.Equal(t, http.StatusGone, z.do(t, tusRequest{method: "HEAD", url: url}).StatusCode, "the host has removed the file")
}

// TestResumeEmpty checks that a file without a byte is published by its creation, if the policy
// accepts it.
func TestResumeEmpty(t *testing.T) {
	var done []upload.File
	z := newResumable(t, &memstore.Store{}, noWord{new(atomic.Int64)}, upload.Options{}, upload.ResumeOptions{Done: func(_ context.Context, _ string, _ map[string]string, f upload.File) error {
		done = append(done, f)
		return nil
	}})
	got := z.do(t, tusRequest{method: "POST", headers: "Upload-Length: 0\nUpload-Metadata: " + metadataOf("filename", "a.txt")})
	require.Equal(t, http.StatusCreated, got.StatusCode, got.Body)
	url := got.Header.Get("Location")
	require.Zero(t, z.offset(t, url))
	require.Len(t, done, 1)
	z.requireStored(t, done[0], "")
	require.Equal(t, http.StatusOK, z.do(t, tusRequest{method: "GET", url: url}).StatusCode)
	require.Equal(t, done[0], publishedBy(t, z.patch(t, url, 0, "")))
}

// TestResumeEmptyRefused checks that nothing is left of an empty file for which the host's function
// fails. The client learns no URL, so it can neither continue nor remove the upload.
func TestResumeEmptyRefused(t *testing.T) {
	z := newResumable(t, &memstore.Store{}, noWord{new(atomic.Int64)}, upload.Options{}, upload.ResumeOptions{Done: func(context.Context, string, map[string]string, upload.File) error {
		return upload.Reject(upload.CodeForbidden, "no")
	}})
	got := z.do(t, tusRequest{method: "POST", headers: "Upload-Length: 0\nUpload-Metadata: " + metadataOf("filename", "a.txt")})
	require.Equal(t, http.StatusInternalServerError, got.StatusCode)
	require.Empty(t, z.keys(t))
}

// TestResumeTwoInstances checks an instance that is still checking a file when another one
// publishes it. The first answers with the published file, not with a failure.
func TestResumeTwoInstances(t *testing.T) {
	content := strings.Repeat("0123456789", 12<<16)
	store := &memstore.Store{}
	waits, goes := make(chan struct{}), make(chan struct{})
	var once sync.Once
	blocking := &testObserver{write: func(p []byte) (int, error) {
		once.Do(func() { close(waits); <-goes })
		return len(p), nil
	}}
	o := upload.Options{MaxFileSize: 10 << 20}
	slow := newResumable(t, store, upload.All(upload.Types("text/plain"), blocking), o, upload.ResumeOptions{})
	fast := newResumable(t, store, nil, o, upload.ResumeOptions{})
	url := fast.create(t, "a.txt", len(content))
	last := len(content) - 1
	for at := 0; at < last; at += 2 << 20 { // several pieces, in two cells
		require.Equal(t, http.StatusNoContent, fast.patch(t, url, at, content[at:min(last, at+2<<20)]).StatusCode)
	}
	answers := make(chan reply, 1)
	go func() { answers <- slow.patch(t, url, last, content[last:]) }()
	<-waits
	f := publishedBy(t, fast.patch(t, url, last, content[last:]))
	close(goes)
	require.Equal(t, f, publishedBy(t, <-answers))
	fast.requireStored(t, f, content)
	require.Len(t, fast.publishedKeys(t), 1)
}
