package upload_test

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/storage"
)

// TestDeadlineIsNotTheClients: if the host's own deadline passes, the host has failed. The
// client is still there, and reads that the server failed.
func TestDeadlineIsNotTheClients(t *testing.T) {
	slow := func(r *http.Request) error {
		<-r.Context().Done()
		return r.Context().Err()
	}
	for _, tc := range []struct {
		about string
		serve func(*upload.Handler) http.Handler
	}{
		{"Handle", func(h *upload.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				_ = h.Handle(w, r, func(*upload.Tx) error { return slow(r) })
			})
		}},
		{"Refuse", func(h *upload.Handler) http.Handler {
			return h.Middleware(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { upload.Refuse(w, r, slow(r)) }))
		}},
	} {
		t.Run(tc.about, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &seen{}
				f := newFixture(t, nil, upload.Options{Hooks: s.hooks()})
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				w := serve(tc.serve(f.Handler), post(file("file", "a.txt", "hello")).WithContext(ctx))
				require.Equal(t, http.StatusInternalServerError, w.Code, w.Body)
				_, decision := s.take(t, f.log)
				require.Equal(t, upload.CodeInternal, decision.Code)
				require.ErrorIs(t, decision.Err, context.DeadlineExceeded)
				f.empty(t)
			})
		})
	}
}

// TestDeadlineOfAMiddleware: a deadline on the request's context cuts a slow client, who learns
// that it was too slow. The event names the cause.
func TestDeadlineOfAMiddleware(t *testing.T) {
	for _, cut := range []int64{0, 10, 70_000} {
		synctest.Test(t, func(t *testing.T) {
			s := &seen{}
			f := newFixture(t, nil, upload.Options{Hooks: s.hooks()})
			c := dialed(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				ctx, cancel := context.WithTimeout(r.Context(), 20*time.Second)
				defer cancel()
				f.ServeHTTP(w, r.WithContext(ctx))
			}))
			begin := time.Now()
			require.NoError(t, c.Send(cut))
			_ = c.SendSlowly(1000)
			a, err := c.Answer(time.Hour)
			require.NoError(t, err)
			require.Equal(t, http.StatusRequestTimeout, a.Status)
			require.Equal(t, upload.CodeTimeout, a.Code)
			require.Contains(t, string(a.Body), `"kind":"deadline"`)
			require.Less(t, time.Since(begin), time.Minute)
			_, decision := s.take(t, f.log)
			require.ErrorIs(t, decision.Err, context.DeadlineExceeded)
			require.ErrorContains(t, decision.Err, "timeout middleware")
			f.empty(t)
		})
	}
}

// TestDeadlineOfALink: if the deadline of the context passes, the event says that the storage has
// failed. If the context is cancelled, the event says that the client has left.
func TestDeadlineOfALink(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, log := &seen{}, &syncBuffer{}
		links, err := upload.NewLinks(waitingStore{&memstore.Store{}}, &upload.LinksOptions{Hooks: s.hooks(), Logger: (&fixture{log: log}).logger()})
		require.NoError(t, err)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err = links.URL(ctx, upload.Link{Key: "k"})
		require.ErrorIs(t, err, upload.CodeStorage)
		_, decision := s.take(t, log)
		require.Equal(t, upload.CodeStorage, decision.Code)

		ctx, leave := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, leave)
		_, err = links.URL(ctx, upload.Link{Key: "k"})
		require.ErrorIs(t, err, upload.CodeStorage)
		_, decision = s.take(t, log)
		require.Equal(t, upload.CodeClientGone, decision.Code)
	})
}

// waitingStore answers Stat only when the context of the call has ended.
type waitingStore struct{ *memstore.Store }

func (waitingStore) Stat(ctx context.Context, _ string) (storage.Stored, error) {
	<-ctx.Done()
	return storage.Stored{}, ctx.Err()
}
