package main

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/storage"
)

// TestSweep checks that only files without a row are gone nine days later.
func TestSweep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db, err := openDatabase(":memory:")
		require.NoError(t, err)
		defer func() { _ = db.Close() }()
		store := &memstore.Store{}
		time.Sleep(7 * 366 * 24 * time.Hour) // synctest's clock begins in 2000, and dates before 2006 are refused
		for _, key := range []string{"invoices/1.pdf", "pictures/ada/1.png", "pictures/ada/1s.png", "pictures/ada/2.png", "pictures/ada/2s.png", "pictures/emmy/1.png", "pictures/emmy/1s.png", "pictures/grace/1.png", "pictures/grace/1s.png"} {
			staged, err := store.Stage(t.Context(), storage.Object{Key: key}, strings.NewReader("x"))
			require.NoError(t, err)
			require.NoError(t, staged.Commit(t.Context()))
		}
		for user, key := range map[string]string{"ada": "pictures/ada/2", "emmy": "pictures/emmy/1", "grace": "pictures/grace/1"} {
			_, err = db.set(t.Context(), picture{User: user, Key: key + ".png", Square: key + "s.png", Description: user}, kept)
			require.NoError(t, err)
		}
		sweeper, err := newSweeper(store, db)
		require.NoError(t, err)

		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go sweepDaily(ctx, sweeper)
		time.Sleep(8 * 24 * time.Hour)
		require.Len(t, store.Keys(), 9)
		time.Sleep(25 * time.Hour)
		require.Equal(t, []string{"invoices/1.pdf", "pictures/ada/2.png", "pictures/ada/2s.png", "pictures/emmy/1.png", "pictures/emmy/1s.png", "pictures/grace/1.png", "pictures/grace/1s.png"}, store.Keys())

		require.NoError(t, db.Close()) // a database that is down causes no removals
		report, err := sweeper.Run(t.Context(), "")
		require.Error(t, err)
		require.Zero(t, report.Removed)
		require.Len(t, store.Keys(), 7)
	})
}
