package main

import (
	"context"
	"encoding/json"
	"log/slog"
	"time"

	"github.com/airlock-go/upload/storage"
	"github.com/airlock-go/upload/sweep"
)

// newSweeper returns a sweeper that removes old files to which no row refers. For example, their
// deletion or the commit of their row failed, or the process was killed before the commit.
func newSweeper(store storage.Lister, db *database) (*sweep.Sweeper, error) {
	return sweep.New(store, db.referenced, &sweep.Options{Prefix: "pictures", Remove: true})
}

// referenced returns the keys to which a row refers.
func (db *database) referenced(ctx context.Context, keys []string) (known []string, err error) {
	list, err := json.Marshal(keys)
	if err != nil {
		return nil, err
	}
	rows, err := db.QueryContext(ctx, `SELECT value FROM json_each(?) WHERE value IN (SELECT key FROM pictures UNION ALL SELECT square FROM pictures)`, string(list))
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var key string
		if err := rows.Scan(&key); err != nil {
			return nil, err
		}
		known = append(known, key)
	}
	return known, rows.Err() // if it were ignored, the files of unread rows would be removed
}

// sweepDaily sweeps until ctx ends. In a real host, cron can also run the sweep.
func sweepDaily(ctx context.Context, s *sweep.Sweeper) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(24 * time.Hour):
		}
		report, err := s.Run(ctx, "")
		slog.InfoContext(ctx, "pictures were swept", "removed", report.Removed, "kept", report.Kept, "error", err)
	}
}
