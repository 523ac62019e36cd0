package memory_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/integration/internal/client"
	"github.com/airlock-go/upload/integration/internal/s3test"
	"github.com/airlock-go/upload/storage"
)

// TestDirectUpload checks that no byte of a file of a gibibyte, or of 128 MiB under the race
// detector, passes through the application on its way up. The confirmation reads the file without
// holding it.
func TestDirectUpload(t *testing.T) {
	const size = int64(directSize)
	bucket := s3test.NewBucket(t, false)
	s := start(t, config{S3: s3test.Get().Endpoint, Bucket: bucket.Name, Direct: true, MaxMemory: 5 * mib})
	var ticket upload.Ticket
	s.step(t, "", map[string]any{"field": "file", "name": "a.txt", "size": size}, &ticket)
	require.Equal(t, size, ticket.PartSize*int64(ticket.Parts))

	s.report(t, "?reset")
	content := client.Text(size).Open()
	for n := range ticket.Parts {
		var signed storage.SignedRequest
		s.step(t, "part", map[string]any{"token": ticket.Token, "partNumber": n + 1}, &signed)
		require.True(t, strings.HasPrefix(signed.URL, s3test.Get().Endpoint), "the part has another address: %s", signed.URL)
		r, err := http.NewRequestWithContext(t.Context(), signed.Method, signed.URL, io.LimitReader(content, ticket.PartSize))
		require.NoError(t, err)
		r.ContentLength = ticket.PartSize
		for name, value := range signed.Headers {
			r.Header.Set(name, value)
		}
		resp, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		require.Equal(t, http.StatusOK, resp.StatusCode)
	}
	var answer struct{ Files []upload.File }
	s.step(t, "confirm", map[string]any{"token": ticket.Token}, &answer)
	require.Len(t, answer.Files, 1)
	require.Equal(t, size, answer.Files[0].Size)
	versions := bucket.Versions(t.Context(), t)
	require.Len(t, versions, 1)
	require.Equal(t, answer.Files[0].Key, versions[0].Key)
	r := s.report(t, "")
	t.Logf("heap at most %d KiB, %d KiB of it live", r.Heap/kib, r.Live/kib)
	require.Less(t, r.Heap, int64(32*mib))
}

// step makes a step of a direct upload, which must succeed.
func (s *server) step(t *testing.T, name string, body map[string]any, answer any) {
	t.Helper()
	b, err := json.Marshal(body)
	require.NoError(t, err)
	resp, err := s.client.Post(s.url+"/tickets/"+name, "application/json", bytes.NewReader(b))
	require.NoError(t, err)
	defer func() { _ = resp.Body.Close() }()
	got, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.Less(t, resp.StatusCode, 300, "%s", got)
	require.NoError(t, json.Unmarshal(got, answer))
}
