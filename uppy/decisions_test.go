package uppy_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
)

// TestOneDecision checks that the hooks get one decision for each of these requests, whether this
// handler or the presigner refuses.
func TestOneDecision(t *testing.T) {
	var mu sync.Mutex
	var events []string
	a := newApp(t, upload.Options{Hooks: upload.Hooks{Event: func(_ context.Context, e upload.Event) {
		mu.Lock()
		defer mu.Unlock()
		if e.Kind.IsDecision() {
			events = append(events, strings.TrimSpace(e.Door+" "+string(e.Kind)+" "+string(e.Code)))
		}
	}}}, nil)
	for _, row := range []struct{ call, body, want string }{
		{"POST /uppy/s3/multipart", `{"filename":"a.txt","metadata":{"size":5}}`, "direct signed"},
		{"POST /uppy/s3/multipart", `{`, "direct refused malformed"},
		{"POST /uppy/s3/multipart", `{"filename":"a.txt"}`, "direct refused malformed"},
		{"GET /uppy/s3/params", "", "direct refused malformed"},
		{"POST /uppy/s3/single", "", "direct refused malformed"},
		{"GET /uppy/s3/multipart/token/x", "", "direct refused malformed"},
		{"GET /uppy/s3/multipart/token/1", "", "direct refused bad_ticket"},
		{"POST /uppy/s3/multipart/token/complete", strings.Repeat(" ", 2<<20), "direct refused too_large"},
		{"DELETE /uppy/s3/multipart/token", "", "direct refused bad_ticket"},
		{"GET /uppy/s3/other", "", "direct refused not_found"},
	} {
		mu.Lock()
		events = nil
		mu.Unlock()
		method, path, _ := strings.Cut(row.call, " ")
		a.send(t, call{method: method, path: path, body: row.body})
		mu.Lock()
		require.Equal(t, []string{row.want}, events, row.call)
		mu.Unlock()
	}
}
