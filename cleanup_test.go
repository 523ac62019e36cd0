package upload_test

import (
	"context"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/uploadtest"
)

// TestOneCleanupTimeout: all files of a request share one CleanupTimeout.
func TestOneCleanupTimeout(t *testing.T) {
	for about, end := range map[string]func(context.Context, *upload.Tx) error{
		"Rollback": func(_ context.Context, tx *upload.Tx) error { return tx.Rollback() },
		"Undo": func(ctx context.Context, tx *upload.Tx) error {
			if err := tx.Commit(ctx); err != nil {
				return err
			}
			return tx.Undo(ctx)
		},
	} {
		t.Run(about, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFixture(t, nil, upload.Options{})
				hanging := uploadtest.NewFailingStore(f.store, uploadtest.Fault{Op: uploadtest.OpDiscard, Do: uploadtest.Hang})
				left := 0
				h, err := upload.New(hanging.Storage(), upTo(3, upload.NotEmpty()), upload.AllowAnonymous, &upload.Options{
					CleanupTimeout: time.Minute, Logger: f.logger(),
					Hooks: upload.Hooks{Event: func(_ context.Context, e upload.Event) {
						if e.Kind == upload.KindCleanupFailed {
							require.ErrorIs(t, e.Err, context.DeadlineExceeded)
							left++
						}
					}},
				})
				require.NoError(t, err)
				body := new(form).file("file", "a.txt", "1").file("file", "b.txt", "2").file("file", "c.txt", "3").String()
				tx, err := h.Receive(httptest.NewRecorder(), post(body))
				require.NoError(t, err)
				start := time.Now()
				require.ErrorIs(t, end(t.Context(), tx), context.DeadlineExceeded)
				require.Equal(t, time.Minute, time.Since(start))
				require.Equal(t, 3, left)
			})
		})
	}
}
