package s3store_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/partsize"
	"github.com/airlock-go/upload/internal/rounds"
	"github.com/airlock-go/upload/internal/s3fake"
	"github.com/airlock-go/upload/s3store"
	"github.com/airlock-go/upload/sweep"
)

// These variables of the environment make the test binary a sweeper.
const (
	envSweepURL    = "UPLOAD_TEST_SWEEP_URL"
	envSweepCursor = "UPLOAD_TEST_SWEEP_CURSOR" // a file
)

func TestMain(m *testing.M) {
	if url := os.Getenv(envSweepURL); url != "" {
		if err := sweepAsProcess(url, os.Getenv(envSweepCursor)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	partsize.Least = part // of the suites; tests of package integration use S3's sizes
	os.Exit(m.Run())
}

// sweptAway reports whether a key is unreferenced: one of twenty is.
func sweptAway(key string) bool {
	n, err := strconv.Atoi(strings.TrimPrefix(key, "p/"))
	return err == nil && n%20 == 0
}

// processReport is what a sweeper's process prints.
type processReport struct {
	sweep.Report
	Heap int64 // the most bytes in use after a page, minus those after the first
}

// sweepAsProcess sweeps the bucket at url from the cursor in the file on, and stores each new one
// there.
func sweepAsProcess(url, file string) error {
	store, err := s3store.New(client(url), "bucket", nil)
	if err != nil {
		return err
	}
	cursor, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	var first, most int64
	progress := func(_ context.Context, r sweep.Report) error {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		if first == 0 {
			first = int64(m.HeapAlloc)
		}
		most = max(most, int64(m.HeapAlloc)-first)
		if err := os.WriteFile(file+".new", []byte(r.Cursor), 0o600); err != nil {
			return err
		}
		return os.Rename(file+".new", file) // the file is whole, whenever the process ends
	}
	ask := func(_ context.Context, keys []string) (known []string, _ error) {
		for _, key := range keys {
			if !sweptAway(key) {
				known = append(known, key)
			}
		}
		return known, nil
	}
	sweeper, err := sweep.New(store, ask, &sweep.Options{
		Prefix: "p", Remove: true, Rate: 1_000_000, Progress: progress, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return err
	}
	report, err := sweeper.Run(context.Background(), string(cursor))
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(processReport{report, most})
}

// TestSweepKilled kills the process that sweeps 10,000 objects, or 100,000 with UPLOAD_TEST_LONG=1,
// in the middle of a page. Another continues from the cursor that the first has stored. In the end
// exactly the orphans are gone, and the second process has held little memory.
func TestSweepKilled(t *testing.T) {
	t.Parallel()
	objects := rounds.Of(10_000, 100_000)
	orphans := objects / 20
	fake := s3fake.New("bucket")
	for i := range objects {
		fake.Put(fmt.Sprintf("p/%06d", i), []byte("0123456789"))
	}
	fake.Put("q/000000", nil)
	fake.Age(9 * 24 * time.Hour)
	server := httptest.NewServer(fake)
	defer server.Close()
	file := filepath.Join(t.TempDir(), "cursor")
	sweeper := func() (*exec.Cmd, *bytes.Buffer) {
		cmd := exec.CommandContext(t.Context(), os.Args[0])
		cmd.Env = append(os.Environ(), envSweepURL+"="+server.URL, envSweepCursor+"="+file)
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &out
		return cmd, &out
	}

	var deleted atomic.Int64
	last := int64(orphans/2 + 7)
	reached := make(chan struct{})
	fake.Inject("DeleteObject", -1, func(w http.ResponseWriter, r *http.Request, serve http.HandlerFunc) {
		if deleted.Add(1) == last {
			serve(httptest.NewRecorder(), r)
			close(reached)
			<-r.Context().Done() // the process has ended without an answer
			return
		}
		serve(w, r)
	})
	first, said := sweeper()
	require.NoError(t, first.Start())
	ended := make(chan error, 1)
	go func() { ended <- first.Wait() }()
	select {
	case <-reached:
	case err := <-ended:
		t.Fatalf("the first sweeper ended: %v\n%s", err, said)
	}
	require.NoError(t, first.Process.Kill())
	require.Error(t, <-ended)
	cursor, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, fmt.Sprintf("objects:p%%2F:p%%2F%06d", objects/2-1), string(cursor))
	require.Len(t, fake.Keys(), objects+1-orphans/2-7)

	second, out := sweeper()
	require.NoError(t, second.Run(), out)
	var got processReport
	require.NoError(t, json.Unmarshal(out.Bytes(), &got), out)
	require.Equal(t, sweep.Report{
		Seen: objects/2 - 7, Kept: objects/2 - orphans/2, Orphaned: orphans/2 - 7, Removed: orphans/2 - 7, Bytes: int64(10 * (orphans/2 - 7)),
	}, got.Report)
	require.EqualValues(t, orphans, deleted.Load())
	require.Less(t, got.Heap, int64(4<<20), "bytes that the sweeper holds")
	left := fake.Keys()
	require.Len(t, left, objects-orphans+1)
	for _, key := range left {
		require.False(t, key[0] == 'p' && sweptAway(key), key)
	}
	done, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Empty(t, done)
	t.Logf("%d bytes of live heap more than after the first page, at most", got.Heap)
}
