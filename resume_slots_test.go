package upload_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
)

// TestResumeDoneTakesNoSlot checks that another file can be checked while ResumeOptions.Done runs,
// however long it takes.
func TestResumeDoneTakesNoSlot(t *testing.T) {
	running, release := make(chan struct{}), make(chan struct{})
	done := func(_ context.Context, _ string, _ map[string]string, f upload.File) error {
		if f.Name == "slow.txt" {
			close(running)
			<-release
		}
		return nil
	}
	z := newResumable(t, &memstore.Store{}, nil, upload.Options{MaxWait: time.Millisecond}, upload.ResumeOptions{MaxChecks: 1, Done: done})
	slow, fast := z.create(t, "slow.txt", 10), z.create(t, "fast.txt", 10)
	for _, url := range []string{slow, fast} { // only a check that reads stored bytes takes one of the slots
		require.Equal(t, http.StatusNoContent, z.patch(t, url, 0, "01234").StatusCode)
	}
	answered := make(chan reply)
	go func() { answered <- z.patch(t, slow, 5, "56789") }()
	<-running
	got := z.patch(t, fast, 5, "56789")
	close(release)
	publishedBy(t, <-answered)
	publishedBy(t, got)
}
