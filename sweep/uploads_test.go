package sweep_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/storage"
	"github.com/airlock-go/upload/sweep"
)

// TestSweepWithoutUploads checks that only objects are swept in a storage that lists no uploads. A
// cursor at the uploads of another storage is then the end.
func TestSweepWithoutUploads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSwept()
		s.put(t, "x", "p/1")
		s.open(t, "p/2")
		time.Sleep(grace + 1)
		objects := struct{ storage.Lister }{s}
		_, err := s.sweeper(t, nil, nil, sweep.Options{}).Run(t.Context(), "")
		require.NoError(t, err)
		require.NotEmpty(t, s.cursors[0], "the position where its uploads begin")

		got, err := s.sweeper(t, objects, nil, sweep.Options{Remove: true}).Run(t.Context(), s.cursors[0])
		require.NoError(t, err)
		require.Zero(t, got.Removed)
		got, err = s.sweeper(t, objects, nil, sweep.Options{Remove: true}).Run(t.Context(), "")
		require.NoError(t, err)
		require.Equal(t, 1, got.Removed)
		require.Empty(t, s.Keys())
		require.Equal(t, []string{"p/2"}, s.openUploads(t))
	})
}
