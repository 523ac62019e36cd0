package integration_test

import (
	"context"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/integration/internal/client"
	"github.com/airlock-go/upload/integration/internal/host"
	"github.com/airlock-go/upload/internal/rounds"
	"github.com/airlock-go/upload/s3store"
)

// leftAt is how many bytes of the form fifty are sent: more than a part.
const leftAt = part + mib

var fifty = client.Form{client.File("a.txt", client.Text(50*mib))}

// TestClientGone checks that clients that leave at 6 MiB of 50 leave nothing, in storage or in the
// process.
func TestClientGone(t *testing.T) {
	rows := []struct {
		name   string
		length int64
		leave  func(*client.Conn)
	}{
		{"Content-Length, closed", 0, (*client.Conn).Close},
		{"Content-Length, reset", 0, (*client.Conn).Reset},
		{"chunked, closed", -1, (*client.Conn).Close},
		{"chunked, reset", -1, (*client.Conn).Reset},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			st := newStage(t, false, s3store.Options{})
			s := host.Start(t, newHandler(t, st.store, upload.Options{}))
			before := settled(t, st, s)
			for range rounds.Of(3, 10) {
				c, err := client.Dial(s.Addr, "/", fifty, row.length)
				require.NoError(t, err)
				require.NoError(t, c.Send(leftAt))
				row.leave(c)
			}
			requireGone(t, st, s, before)
		})
	}
}

func TestHTTP2ClientGone(t *testing.T) {
	st := newStage(t, false, s3store.Options{})
	s := host.StartTLS(t, newHandler(t, st.store, upload.Options{}))
	before := settled(t, st, s)
	for range rounds.Of(3, 10) {
		ctx, leave := context.WithCancel(t.Context())
		content := fifty[0].Content
		content.Open = func() io.Reader {
			return io.MultiReader(io.LimitReader(fifty[0].Content.Open(), leftAt), leaving(leave))
		}
		_, err := client.Post(ctx, s.Client(), s.URL, client.Form{client.File("a.txt", content)}, false)
		require.ErrorIs(t, err, context.Canceled)
	}
	requireGone(t, st, s, before)
}

// leaving is content whose reading makes the client leave instead of sending more.
type leaving context.CancelFunc

func (leave leaving) Read([]byte) (int, error) {
	leave()
	return 0, context.Canceled
}

// settled makes one upload and returns how many goroutines remain after it.
func settled(t *testing.T, st *stage, s *host.Server) int {
	t.Helper()
	a := post(t, s, client.Form{small}, false)
	require.Equal(t, 201, a.Status)
	require.NoError(t, st.store.Delete(t.Context(), a.Files[0].Key))
	s.CloseClientConnections()
	st.closeIdle()
	time.Sleep(100 * time.Millisecond)
	return host.Goroutines()
}

func requireGone(t *testing.T, st *stage, s *host.Server, goroutines int) {
	t.Helper()
	st.bucket.RequireNothing(t)
	require.Eventually(t, func() bool {
		used, _ := st.store.Memory()
		return used == 0
	}, patience, 10*time.Millisecond, "memory is still reserved")
	s.CloseClientConnections()
	host.RequireGoroutines(t, goroutines, st.closeIdle)
	require.Equal(t, 201, post(t, s, client.Form{small}, false).Status, "the next upload")
}

func TestShutdown(t *testing.T) {
	st := newStage(t, false, s3store.Options{})
	h := newHandler(t, st.store, upload.Options{})
	s := host.Start(t, h)
	for _, length := range []int64{0, -1} {
		c, err := client.Dial(s.Addr, "/", fifty, length)
		require.NoError(t, err)
		defer c.Close()
		require.NoError(t, c.Send(leftAt))
	}
	require.Eventually(t, func() bool { return len(st.bucket.Uploads(t.Context(), t)) == 2 }, patience, 10*time.Millisecond)

	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	require.ErrorIs(t, h.Shutdown(ctx), context.DeadlineExceeded)
	require.Empty(t, st.bucket.Uploads(t.Context(), t), "Shutdown returned before the uploads were aborted")
	st.bucket.RequireNothing(t)

	a := post(t, s, client.Form{small}, false)
	require.Equal(t, 503, a.Status)
	require.Equal(t, upload.CodeShutdown, a.Code)
	require.NotEmpty(t, a.Header.Get("Retry-After"))
}

// TestShutdownLetsUploadsFinish checks that an upload that ends within the grace period is kept.
func TestShutdownLetsUploadsFinish(t *testing.T) {
	st := newStage(t, false, s3store.Options{})
	h := newHandler(t, st.store, upload.Options{})
	s := host.Start(t, h)
	c, err := client.Dial(s.Addr, "/", client.Form{large}, 0)
	require.NoError(t, err)
	defer c.Close()
	require.NoError(t, c.Send(6*mib))
	stopped := make(chan error, 1)
	go func() { stopped <- h.Shutdown(t.Context()) }()
	time.Sleep(100 * time.Millisecond)
	require.Empty(t, stopped)
	require.NoError(t, c.Send(-1))
	a, err := c.Answer(patience)
	require.NoError(t, err)
	require.Equal(t, 201, a.Status)
	require.NoError(t, <-stopped)
	requireStored(t, st.bucket, a.Files[0].Key, large.Content)
}
