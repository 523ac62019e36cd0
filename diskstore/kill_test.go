package diskstore_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/diskstore"
	"github.com/airlock-go/upload/internal/rounds"
	"github.com/airlock-go/upload/storage"
	"github.com/airlock-go/upload/sweep"
)

// The environment of a process that will be killed.
const (
	killedDir  = "DISKSTORE_TEST_KILLED_DIR"  // the store it works on
	killedStep = "DISKSTORE_TEST_KILLED_STEP" // after which step, and after how many of them: "linked,3"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(killedDir); dir != "" {
		work(dir)
	}
	os.Exit(m.Run())
}

// killAt ends the process as kill -9 does, after a step was passed as often as at says.
func killAt(at string) {
	step, count, _ := strings.Cut(at, ",")
	left, err := strconv.Atoi(count)
	must(err)
	var mu sync.Mutex
	diskstore.OnStep(func(passed string) {
		mu.Lock()
		defer mu.Unlock()
		if passed != step {
			return
		}
		if left--; left == 0 {
			self, err := os.FindProcess(os.Getpid())
			must(err)
			must(self.Kill())
			select {}
		}
	})
}

// ctx is the context of a process that is killed.
var ctx = context.Background()

// work uploads, publishes and discards until it is killed. It prints the keys that it
// promises: "+" after a file is published, "-" before it is removed.
func work(dir string) {
	if at := os.Getenv(killedStep); at != "" {
		killAt(at)
	}
	s, err := diskstore.Open(dir)
	must(err)
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for i := 0; ; i++ {
				turn(s, i)
			}
		})
	}
	wg.Wait()
}

// turn makes one upload. It discards or publishes it, and removes two of three published ones.
func turn(s *diskstore.Store, i int) {
	content := make([]byte, 100+rand.IntN(300_000))
	for j := range content {
		content[j] = byte(rand.Uint32())
	}
	sum := sha256.Sum256(content)
	key := "work/" + hex.EncodeToString(sum[:])
	staged := stage(s, key, content, i%3 == 0)
	if i%4 == 0 {
		must(staged.Discard(ctx))
		return
	}
	must(staged.Commit(ctx))
	fmt.Println("+", key)
	switch i % 4 {
	case 1:
		fmt.Println("-", key)
		must(staged.Discard(ctx))
	case 2:
		fmt.Println("-", key)
		must(s.Delete(ctx, key))
	}
}

// stage stages content. With late, other bytes are staged, and patches make them the content.
func stage(s *diskstore.Store, key string, content []byte, late bool) storage.Staged {
	came, list := bytes.Clone(content), []storage.Patch(nil)
	for at := 0; late && at+10 <= len(came); at += 10_000 {
		copy(came[at:], "not blanked"[:10])
		list = append(list, storage.Patch{Offset: int64(at), Length: 10, Bytes: content[at : at+10]})
	}
	obj := object(key)
	obj.MayPatch = late
	staged, err := s.Stage(ctx, obj, bytes.NewReader(came))
	must(err)
	if late {
		must(staged.(storage.Patcher).Patch(ctx, list))
	}
	return staged
}

func must(err error) {
	if err != nil {
		fmt.Println("!", err)
		os.Exit(1)
	}
}

// steps are the steps after which a process is killed.
var steps = []string{"created", "head", "content", "synchronised", "patch", "patched", "linked", "published", "removed", "removed for good"}

// TestKilled kills processes after each step, and at random moments. It checks that every readable
// file is whole, that every promised one is there, and that a sweep removes the rest.
func TestKilled(t *testing.T) {
	dir := t.TempDir()
	promised := map[string]bool{}
	for i := range rounds.Of(24, 200) {
		at := ""
		if i%3 != 0 {
			at = fmt.Sprintf("%s,%d", steps[i%len(steps)], 1+i%7)
		}
		kill(t, dir, at, promised)
		inspect(t, dir, promised)
	}
	sweepUp(t, dir, promised)
}

// kill runs a process until it has killed itself or is killed.
func kill(t *testing.T, dir, at string, promised map[string]bool) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), killedDir+"="+dir, killedStep+"="+at)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	if at == "" {
		time.Sleep(time.Duration(rand.IntN(60)) * time.Millisecond)
		require.NoError(t, cmd.Process.Kill())
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		what, key, _ := strings.Cut(lines.Text(), " ")
		switch what {
		case "+":
			promised[key] = true
		case "-":
			delete(promised, key)
		default:
			t.Fatal(lines.Text())
		}
	}
	err = cmd.Wait()
	var exit *exec.ExitError
	require.ErrorAs(t, err, &exit)
	require.NotEqual(t, 0, exit.ExitCode())
}

// inspect opens the store as the next process would. It requires that every listed file is whole,
// and that every promised one is listed.
func inspect(t *testing.T, dir string, promised map[string]bool) {
	t.Helper()
	s, err := diskstore.Open(dir)
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	listed := map[string]bool{}
	for after := ""; ; {
		page, err := s.ListObjects(t.Context(), "", after)
		require.NoError(t, err)
		for _, o := range page.Items {
			listed[o.Key] = true
			require.Equal(t, o.Key, "work/"+digest(t, s, o.Key), "a file is not whole")
		}
		if after = page.Next; after == "" {
			break
		}
	}
	for key := range promised {
		require.True(t, listed[key], "a file that was published is gone")
	}
}

func digest(t *testing.T, s *diskstore.Store, key string) string {
	t.Helper()
	r, err := s.OpenAt(t.Context(), key, "", 0, -1)
	require.NoError(t, err)
	sum := sha256.New()
	_, err = io.Copy(sum, r)
	require.NoError(t, errors.Join(err, r.Close()))
	return hex.EncodeToString(sum.Sum(nil))
}

// sweepUp runs a sweep, which removes every file that was not promised.
func sweepUp(t *testing.T, dir string, promised map[string]bool) {
	t.Helper()
	s := open(t, dir)
	referenced := func(_ context.Context, keys []string) (known []string, err error) {
		for _, key := range keys {
			if promised[key] {
				known = append(known, key)
			}
		}
		return known, nil
	}
	time.Sleep(20 * time.Millisecond) // a sweep skips files younger than Grace
	sweeper, err := sweep.New(s, referenced, &sweep.Options{
		Prefix: "work/", Remove: true, Grace: 10 * time.Millisecond, InsecureGrace: true, AllowAnyShare: true, Rate: 1000,
		Logger: slog.New(slog.DiscardHandler),
	})
	require.NoError(t, err)
	report, err := sweeper.Run(t.Context(), "")
	require.NoError(t, err)
	require.Positive(t, report.Removed, "nothing was left to sweep")

	left, err := fixture{s, dir}.Leftovers(t.Context())
	require.NoError(t, err)
	require.Empty(t, left)
	require.Len(t, fixture{s, dir}.objects(t), len(promised))
	require.NoError(t, filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() && filepath.Dir(path) == dir {
			require.Contains(t, []string{"lock", "clock"}, e.Name())
		}
		return err
	}))
}
