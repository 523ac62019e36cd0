package sweep_test

import (
	"context"
	"fmt"
	"log"
	"log/slog"
	"strings"
	"time"

	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/storage"
	"github.com/airlock-go/upload/sweep"
)

// A sweep removes objects that the application does not refer to. After a crash it can continue
// from a stored cursor. Run it first without Remove.
func ExampleSweeper() {
	store := &memstore.Store{}
	ctx := context.Background()
	for _, key := range []string{"avatars/ada.png", "avatars/deleted-user.png", "avatars/emmy.png", "avatars/grace.png"} {
		staged, err := store.Stage(ctx, storage.Object{Key: key, MaxSize: 10}, strings.NewReader("a picture"))
		if err != nil {
			log.Fatal(err)
		}
		if err := staged.Commit(ctx); err != nil {
			log.Fatal(err)
		}
	}
	time.Sleep(2 * time.Millisecond)

	// In an application: SELECT key FROM users WHERE key IN (…), and rows.Err().
	rows := map[string]bool{"avatars/ada.png": true, "avatars/emmy.png": true, "avatars/grace.png": true}
	referenced := func(_ context.Context, keys []string) (known []string, err error) {
		for _, key := range keys {
			if rows[key] {
				known = append(known, key)
			}
		}
		return known, nil
	}
	cursor := "" // in an application: in its database
	sweeper, err := sweep.New(store, referenced, &sweep.Options{
		Prefix: "avatars/",
		Remove: true,
		Progress: func(_ context.Context, r sweep.Report) error {
			cursor = r.Cursor
			return nil
		},
		Logger: slog.New(slog.DiscardHandler),

		Grace: time.Millisecond, InsecureGrace: true, // leave these out: nothing here is 8 days old
	})
	if err != nil {
		log.Fatal(err)
	}
	report, err := sweeper.Run(ctx, cursor)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("kept", report.Kept, "removed", report.Removed, "left", store.Keys())
	// Output: kept 3 removed 1 left [avatars/ada.png avatars/emmy.png avatars/grace.png]
}
