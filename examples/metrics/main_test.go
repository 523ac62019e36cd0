package main

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/uploadtest"
)

// TestMetrics checks the metrics that Prometheus scrapes after an accepted and a refused upload.
func TestMetrics(t *testing.T) {
	uploads, metrics, err := newHandlers(&memstore.Store{})
	require.NoError(t, err)
	for name, status := range map[string]int{"cat.png": 201, "secret.txt": 415} {
		a := uploadtest.Post(t, uploads, "/upload", uploadtest.File("file", name, uploadtest.PNG(1000)))
		require.Equal(t, status, a.Status, a)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil)
	require.NoError(t, err)
	page := string(uploadtest.Send(t, uploadtest.Client(metrics), r).Body)
	for _, line := range []string{
		`upload_duration_seconds_count{upload_door="streamed",upload_outcome="accepted"} 1`,
		`upload_duration_seconds_count{upload_code="type_mismatch",upload_door="streamed",upload_outcome="refused"} 1`,
		`upload_files_total{upload_door="streamed",upload_type="image/png"} 1`,
		`upload_active{upload_door="streamed"} 0`,
		`upload_cleanup_failures_total{upload_door="streamed"} 0`,
	} {
		require.Contains(t, page, "\n"+line+"\n")
	}
	require.Regexp(t, `\nupload_bytes_total\{upload_door="streamed"\} 2\d{3}\n`, page)
	require.NotContains(t, page, "secret")

	r, err = http.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil)
	require.NoError(t, err)
	require.Equal(t, 404, uploadtest.Send(t, uploadtest.Client(uploads), r).Status, "not for the public")
}
