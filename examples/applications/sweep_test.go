package main

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/storage"
)

// TestSweep: files of applications to which no row refers are gone once they are eight days old,
// and nothing else.
func TestSweep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(7 * 366 * 24 * time.Hour) // synctest's clock begins in 2000, and dates before 2006 are refused
		f := start(t)
		for _, name := range []string{"ada", "grace"} {
			require.Equal(t, http.StatusSeeOther, f.browse(t, name).apply(form(cv, png)...).Status)
		}
		kept := f.store.Keys()
		left := []string{"applications/ada/left.pdf", "other/1.pdf"}
		for _, key := range left {
			staged, err := f.store.Stage(t.Context(), storage.Object{Key: key, MaxSize: 1}, strings.NewReader("x"))
			require.NoError(t, err)
			require.NoError(t, staged.Commit(t.Context()))
		}
		go f.site.sweep()
		time.Sleep(8*24*time.Hour - time.Minute)
		require.Len(t, f.store.Keys(), 6)
		time.Sleep(2 * time.Hour)
		require.ElementsMatch(t, append(kept, "other/1.pdf"), f.store.Keys())

		require.NoError(t, f.db.Close()) // an error removes nothing
		time.Sleep(9 * 24 * time.Hour)
		require.ElementsMatch(t, append(kept, "other/1.pdf"), f.store.Keys())
	})
}
