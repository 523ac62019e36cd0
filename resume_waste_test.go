package upload_test

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
)

// TestResumeWaste checks that bytes count for the caller that sent them for nothing, wherever the
// request was refused.
func TestResumeWaste(t *testing.T) {
	const sent = 1 << 20
	content := strings.Repeat("0123456789abcdef", sent/16)
	creation := func(length int) string {
		return "Content-Type: application/offset+octet-stream\nUpload-Length: " + strconv.Itoa(length) + "\nUpload-Metadata: " + metadataOf("filename", "a.txt")
	}
	for _, row := range []struct {
		name    string
		least   int64 // bytes that must count
		request func(t *testing.T, z *resumable) tusRequest
	}{
		{"a creation that is refused by its content", sent, func(*testing.T, *resumable) tusRequest {
			return tusRequest{method: "POST", headers: creation(sent), body: strings.NewReader("\x89PNG\r\n\x1a\n" + content[8:])}
		}},
		{"a creation that is refused by its name", sent, func(*testing.T, *resumable) tusRequest {
			headers := strings.Replace(creation(sent), metadataOf("filename", "a.txt"), metadataOf("filename", "a.exe"), 1)
			return tusRequest{method: "POST", headers: headers, body: strings.NewReader(content)}
		}},
		{"a creation that is cut", sent / 2, func(*testing.T, *resumable) tusRequest {
			body := io.MultiReader(strings.NewReader(content[:sent/2+1000]), iotest.ErrReader(io.ErrUnexpectedEOF))
			return tusRequest{method: "POST", headers: creation(sent), body: body}
		}},
		{"more than the announced length", sent - 64<<10, func(t *testing.T, z *resumable) tusRequest {
			url := z.create(t, "a.txt", 64<<10)
			return tusRequest{method: "PATCH", url: url, headers: offsetBytes + "0", body: io.MultiReader(strings.NewReader(content))}
		}},
		{"a URL that is not valid", sent, func(*testing.T, *resumable) tusRequest {
			return tusRequest{method: "PATCH", url: "nonsense", headers: offsetBytes + "0", body: strings.NewReader(content)}
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			l := &testLimiter{}
			z := newResumable(t, &memstore.Store{}, nil, upload.Options{Limiter: l}, upload.ResumeOptions{})
			q := row.request(t, z)
			l.take()
			z.send(t, q)
			var counted int64
			require.Eventually(t, func() bool {
				_, used := l.take()
				for _, u := range used {
					counted += u.Bytes
				}
				return counted >= row.least
			}, 5*time.Second, 5*time.Millisecond, "too few bytes count")
			require.LessOrEqual(t, counted, int64(sent)+1000)
		})
	}
}

// send sends a request that its client may cut.
func (z *resumable) send(t *testing.T, q tusRequest) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), q.method, z.resolve(q.url), q.body)
	require.NoError(t, err)
	r.Header.Set("Tus-Resumable", "1.0.0")
	r.Header.Set("Subject", "ann")
	for line := range strings.SplitSeq(q.headers, "\n") {
		name, value, _ := strings.Cut(line, ": ")
		r.Header.Set(name, value)
	}
	if got, err := z.Client().Do(r); err == nil {
		require.GreaterOrEqual(t, got.StatusCode, 400)
		_ = got.Body.Close()
	}
}
