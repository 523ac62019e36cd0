package upload_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
)

// TestResumeEndsMeanwhile ends an upload on one instance while another one receives bytes for it,
// and stores them under keys that are free again. The answer is that of the end.
func TestResumeEndsMeanwhile(t *testing.T) {
	content := strings.Repeat("0123456789abcdef", 1<<10)
	for _, row := range []struct {
		name   string
		ends   func(t *testing.T, z *resumable, url string)
		status int
	}{
		{"published", func(t *testing.T, z *resumable, url string) {
			publishedBy(t, z.patch(t, url, 0, content))
		}, http.StatusNoContent},
		{"terminated", func(t *testing.T, z *resumable, url string) {
			require.Equal(t, http.StatusNoContent, z.do(t, tusRequest{method: "DELETE", url: url}).StatusCode)
		}, http.StatusGone},
	} {
		t.Run(row.name, func(t *testing.T) {
			store := &memstore.Store{}
			slow := newResumable(t, store, nil, upload.Options{}, upload.ResumeOptions{})
			other := newResumable(t, store, nil, upload.Options{}, upload.ResumeOptions{})
			url := slow.create(t, "a.txt", len(content))

			body, sends := io.Pipe()
			r := httptest.NewRequestWithContext(t.Context(), http.MethodPatch, "/files/"+url, body)
			r.ContentLength = int64(len(content))
			for name, value := range map[string]string{
				"Tus-Resumable": "1.0.0", "Subject": "ann", "Content-Type": "application/offset+octet-stream", "Upload-Offset": "0",
			} {
				r.Header.Set(name, value)
			}
			w, answered := httptest.NewRecorder(), make(chan struct{})
			go func() {
				defer close(answered)
				slow.resumer.ServeHTTP(w, r)
			}()
			_, err := io.WriteString(sends, content[:5000]) // which the request has read then
			require.NoError(t, err)
			row.ends(t, other, url)
			_, err = io.WriteString(sends, content[5000:])
			require.NoError(t, err)
			require.NoError(t, sends.Close())
			<-answered
			require.Equal(t, row.status, w.Code, w.Body)
			if row.status == http.StatusNoContent {
				require.Len(t, slow.publishedKeys(t), 1)
			}
		})
	}
}
