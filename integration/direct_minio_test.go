package integration_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/integration/internal/s3test"
	"github.com/airlock-go/upload/s3store"
)

// TestDirectSourceFields checks that clients cannot use the fields by which MinIO's replication
// gives an object an ETag and a time. MinIO refuses the request. Other servers ignore the fields.
func TestDirectSourceFields(t *testing.T) {
	for name, value := range map[string]string{
		"X-Minio-Source-Etag":  "0123456789abcdef0123456789abcdef-1",
		"X-Minio-Source-Mtime": "1970-01-01T00:00:00Z",
	} {
		t.Run(name, func(t *testing.T) {
			st := newStage(t, false, s3store.Options{})
			signed, err := st.store.SignPut(t.Context(), directObject(content))
			require.NoError(t, err)
			r := httpRequest(t, signed, content)
			r.Header.Set(name, value)
			status, answer, _ := send(t, r)
			if s3test.Get().Profile().HeadersFromQuery {
				require.Equal(t, http.StatusForbidden, status, "%s", answer)
				requireKeys(t, st.bucket)
				return
			}
			require.Equal(t, http.StatusOK, status, "%s", answer)
			head := st.bucket.Head(t.Context(), t, stagingKey)
			require.NotContains(t, *head.ETag, value)
			require.NotEqual(t, 1970, head.LastModified.Year())
		})
	}
}
