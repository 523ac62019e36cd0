package upload_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
)

// TestResumeWaste checks that the limiter counts bytes that a caller sent for nothing, wherever the
// request was refused or cut.
func TestResumeWaste(t *testing.T) {
	const sent = 1 << 20
	content := strings.Repeat("0123456789abcdef", sent/16)
	creation := func(name string) string {
		return "Content-Type: application/offset+octet-stream\nUpload-Length: " + strconv.Itoa(sent) + "\nUpload-Metadata: " + metadataOf("filename", name)
	}
	creates := func(headers string) func(*testing.T, *resumable) tusRequest {
		return func(*testing.T, *resumable) tusRequest { return tusRequest{method: "POST", headers: headers} }
	}
	for _, row := range []struct {
		name    string
		content string
		least   int64 // bytes that must count
		request func(t *testing.T, z *resumable) tusRequest
	}{
		{"a creation that is refused by its content", "\x89PNG\r\n\x1a\n" + content[8:], sent, creates(creation("a.txt"))},
		{"a creation that is refused by its name", content, sent, creates(creation("a.exe"))},
		{"a creation that is cut", content[:sent/2], sent / 2, creates(creation("a.txt"))},
		{"a URL that is not valid", content, sent, func(*testing.T, *resumable) tusRequest {
			return tusRequest{method: "PATCH", url: "nonsense", headers: offsetBytes + "0"}
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			l := &testLimiter{}
			z := newResumable(t, &memstore.Store{}, nil, upload.Options{Limiter: l}, upload.ResumeOptions{})
			q := row.request(t, z)
			l.take()
			z.sendAll(t, q, sent, row.content)
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

// sendAll sends a request of that length with content as its body. It then reads the answer,
// which must be a refusal. If content is shorter, it closes the connection instead.
func (z *resumable) sendAll(t *testing.T, q tusRequest, length int, content string) {
	t.Helper()
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", z.Listener.Addr().String())
	require.NoError(t, err)
	defer func() { _ = conn.Close() }()
	path := strings.TrimPrefix(z.resolve(q.url), z.URL)
	head := q.method + " " + path + " HTTP/1.1\nHost: a\nTus-Resumable: 1.0.0\nSubject: ann\nContent-Length: " + strconv.Itoa(length) + "\n" + q.headers + "\n\n"
	_, err = io.WriteString(conn, strings.ReplaceAll(head, "\n", "\r\n")+content)
	require.NoError(t, err)
	if len(content) < length {
		return
	}
	got, err := http.ReadResponse(bufio.NewReader(conn), nil)
	require.NoError(t, err)
	require.GreaterOrEqual(t, got.StatusCode, 400)
	_ = got.Body.Close()
}
