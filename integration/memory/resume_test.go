package memory_test

import (
	"encoding/base64"
	"io"
	"net/http"
	"strconv"
	"sync"
	"testing"

	"github.com/airlock-go/upload/integration/internal/client"
	"github.com/airlock-go/upload/integration/internal/s3test"
	"github.com/airlock-go/upload/internal/rounds"

	"github.com/stretchr/testify/require"
)

// TestManyResumable checks that pieces of many resumable uploads stay within MaxMemory while they
// are stored, checked and published, and the live heap, without idle connections, within 32 MiB
// more.
func TestManyResumable(t *testing.T) {
	n, size := rounds.Of(8, 200), int64(several)
	bucket := s3test.NewBucket(t, false)
	s := start(t, config{S3: s3test.Get().Endpoint, Bucket: bucket.Name, Direct: true, MaxMemory: maxMemory, MaxWait: patience})
	idle := s.idle(t, n)
	s.report(t, "?reset")
	var all sync.WaitGroup
	for range n {
		all.Go(func() { s.resumable(t, client.Text(size)) })
	}
	all.Wait()
	r := s.report(t, "")
	t.Logf("idle %d MiB, at most %d MiB, buffers at most %d MiB, peak RSS %d MiB", idle/mib, r.Live/mib, r.Peak/mib, r.RSS/mib)
	require.LessOrEqual(t, r.Peak, int64(maxMemory))
	require.Less(t, r.Live-idle, int64(maxMemory+beside))
	published := 0
	for _, v := range bucket.Versions(t.Context(), t) {
		if v.Size == size {
			published++
		}
	}
	require.Equal(t, n, published)
}

// resumable sends a file by one PATCH, which must be answered by success.
func (s *server) resumable(t *testing.T, c client.Content) {
	created := s.tus(t, http.MethodPost, s.url+"/files/", nil, map[string]string{
		"Upload-Length": strconv.FormatInt(c.Size, 10), "Upload-Metadata": "filename " + base64.StdEncoding.EncodeToString([]byte("a.txt")),
	}, 0)
	if created == nil {
		return
	}
	u, err := created.Request.URL.Parse(created.Header.Get("Location"))
	if err != nil {
		t.Error(err)
		return
	}
	got := s.tus(t, http.MethodPatch, u.String(), c.Open(), map[string]string{"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}, c.Size)
	if got != nil && got.Header.Get("Upload-Offset") != strconv.FormatInt(c.Size, 10) {
		t.Errorf("%d bytes were sent, and the answer says %s", c.Size, got.Header.Get("Upload-Offset"))
	}
}

func (s *server) tus(t *testing.T, method, url string, body io.Reader, h map[string]string, length int64) *http.Response {
	r, err := http.NewRequestWithContext(t.Context(), method, url, body)
	if err != nil {
		t.Error(err)
		return nil
	}
	r.ContentLength = length
	r.Header.Set("Tus-Resumable", "1.0.0")
	for name, value := range h {
		r.Header.Set(name, value)
	}
	resp, err := s.client.Do(r)
	if err != nil {
		t.Error(err)
		return nil
	}
	defer func() { _ = resp.Body.Close() }()
	if text, _ := io.ReadAll(resp.Body); resp.StatusCode >= 300 {
		t.Errorf("%s: %d %s", method, resp.StatusCode, text)
		return nil
	}
	return resp
}
