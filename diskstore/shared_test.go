package diskstore_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/storage"
)

// TestNothingOfOthersIsRemoved publishes under one key, with two stores in one directory, like
// those of two processes. An upload that gets the key removes its object, in two ways at once.
// The test checks that the object stays until then.
func TestNothingOfOthersIsRemoved(t *testing.T) {
	dir := t.TempDir()
	stores := []fixture{{open(t, dir), dir}, {open(t, dir), dir}}
	const workers, turns = 6, 150
	errs := make([]error, workers)
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for i := 0; i < turns && errs[w] == nil; i++ {
				errs[w] = contend(t.Context(), stores[w%2], fmt.Sprint(w, " ", i))
			}
		})
	}
	wg.Wait()
	require.NoError(t, errors.Join(errs...))
	left, err := stores[0].Leftovers(t.Context())
	require.NoError(t, err)
	require.Empty(t, left)
	require.Empty(t, stores[0].objects(t))
}

func contend(ctx context.Context, f fixture, content string) error {
	staged, err := f.Stage(ctx, object("one"), strings.NewReader(content))
	if err != nil {
		return err
	}
	if err := staged.Commit(ctx); err != nil {
		if !errors.Is(err, storage.ErrExists) {
			return err
		}
		return staged.Discard(ctx)
	}
	page, err := f.ListObjects(ctx, "one", "")
	if err != nil {
		return err
	}
	if len(page.Items) != 1 || page.Items[0].Size != int64(len(content)) {
		return fmt.Errorf("listed as %+v", page.Items)
	}
	for range 20 {
		got, err := f.Stat(ctx, "one")
		if err != nil || got.ETag != page.Items[0].ETag {
			return fmt.Errorf("the published object is gone: %+v, %w", got, err)
		}
	}
	removed := make(chan error)
	go func() { removed <- f.RemoveListed(ctx, page.Items[0]) }()
	err = errors.Join(staged.Discard(ctx), <-removed)
	if errors.Is(err, storage.ErrChanged) { // the key was free, and another upload took it
		return nil
	}
	return err
}

// TestDamage checks that a damaged file is an error, never an absent file or another's content.
func TestDamage(t *testing.T) {
	only := func(t *testing.T, f fixture) string {
		t.Helper()
		return f.objects(t)[0]
	}
	for _, row := range []struct {
		name   string
		damage func(t *testing.T, f fixture)
	}{
		{name: "a file that was cut", damage: func(t *testing.T, f fixture) { require.NoError(t, os.Truncate(only(t, f), 4098)) }},
		{name: "a head that was cut", damage: func(t *testing.T, f fixture) { require.NoError(t, os.Truncate(only(t, f), 100)) }},
		{name: "an empty file", damage: func(t *testing.T, f fixture) { require.NoError(t, os.Truncate(only(t, f), 0)) }},
		{name: "zeros, as after a loss of power", damage: func(t *testing.T, f fixture) {
			require.NoError(t, os.WriteFile(only(t, f), make([]byte, 5000), 0o600))
		}},
		{name: "bytes after the end", damage: func(t *testing.T, f fixture) {
			b, err := os.ReadFile(only(t, f))
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(only(t, f), append(b, 'x'), 0o600))
		}},
		{name: "the file of another key", damage: func(t *testing.T, f fixture) {
			from := only(t, f)
			require.NoError(t, f.Delete(t.Context(), "k"))
			f.publish(t, "other", "secret")
			require.NoError(t, os.Rename(only(t, f), from))
		}},
		{name: "a folder", damage: func(t *testing.T, f fixture) {
			path := only(t, f)
			require.NoError(t, os.Remove(path))
			require.NoError(t, os.Mkdir(path, 0o700))
		}},
		{name: "a link out of the directory", damage: func(t *testing.T, f fixture) {
			path, outside := only(t, f), filepath.Join(t.TempDir(), "outside")
			require.NoError(t, os.Rename(path, outside))
			require.NoError(t, os.Symlink(outside, path))
		}},
		{name: "no folder", damage: func(t *testing.T, f fixture) {
			path := only(t, f)
			require.NoError(t, errors.Join(os.Remove(path), os.Remove(filepath.Dir(path))))
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			if runtime.GOOS == "windows" && strings.HasPrefix(row.name, "a link") {
				t.Skip("links need a right on Windows")
			}
			f := newFixture(t)
			staged := f.publish(t, "k", "hello")
			row.damage(t, f)
			_, err := f.Stat(t.Context(), "k")
			require.Error(t, err)
			require.NotErrorIs(t, err, fs.ErrNotExist)
			_, err = f.OpenAt(t.Context(), "k", "", 0, -1)
			require.Error(t, err)
			require.NotErrorIs(t, err, fs.ErrNotExist)
			_, err = f.ListObjects(t.Context(), "", "")
			require.Error(t, err)
			require.Error(t, staged.Discard(t.Context()), "the owner of the file is unknown")
		})
	}
}

// TestForeignFiles checks that foreign files are not listed. AbortMultipart removes neither them
// nor objects.
func TestForeignFiles(t *testing.T) {
	f := newFixture(t)
	f.publish(t, "k", "hello")
	folder := filepath.Dir(f.objects(t)[0])
	for _, path := range []string{
		filepath.Join(folder, ".DS_Store"), filepath.Join(folder, strings.Repeat("A", 62)), filepath.Join(f.dir, "staging", "Thumbs.db"),
		filepath.Join(f.dir, "lost+found"),
	} {
		require.NoError(t, os.WriteFile(path, []byte("x"), 0o600))
	}
	page, err := f.ListObjects(t.Context(), "", "")
	require.NoError(t, err)
	require.Len(t, page.Items, 1)
	uploads, err := f.ListUploads(t.Context(), "", "")
	require.NoError(t, err)
	require.Empty(t, uploads.Items)
	require.NoError(t, f.AbortMultipart(t.Context(), "Thumbs.db", "Thumbs.db"))
	require.NoError(t, f.AbortMultipart(t.Context(), "k", "../objects"))
	require.FileExists(t, filepath.Join(f.dir, "staging", "Thumbs.db"))
	_, err = f.Stat(t.Context(), "k")
	require.NoError(t, err)
}

// TestUploads checks that unfinished uploads are listed by their key, and are aborted only by their
// key and id.
func TestUploads(t *testing.T) {
	f := newFixture(t)
	staged, err := f.Stage(t.Context(), object("a/b"), strings.NewReader("hello"))
	require.NoError(t, err)
	headless := strings.Repeat("A", 26)
	require.NoError(t, os.WriteFile(filepath.Join(f.dir, "staging", headless), nil, 0o600))

	list := func(prefix string) map[string]string {
		page, err := f.ListUploads(t.Context(), prefix, "")
		require.NoError(t, err)
		require.WithinDuration(t, time.Now(), page.Time, time.Hour)
		keys := map[string]string{}
		for _, u := range page.Items {
			require.WithinDuration(t, page.Time, u.Initiated, time.Minute)
			keys[u.Key] = u.UploadID
		}
		return keys
	}
	id := list("a/")["a/b"]
	require.NotEmpty(t, id)
	require.Equal(t, map[string]string{"a/b": id, "a/" + headless: headless}, list("a/"))
	require.Equal(t, map[string]string{"b/" + headless: headless}, list("b/"))

	for _, wrong := range []struct{ key, id string }{{"a/c", id}, {"a/b", headless}, {"a/b", strings.Repeat("B", 26)}} {
		require.NoError(t, f.AbortMultipart(t.Context(), wrong.key, wrong.id))
	}
	require.Len(t, list("a/"), 2)
	for range 2 {
		require.NoError(t, f.AbortMultipart(t.Context(), "a/"+headless, headless))
		require.NoError(t, f.AbortMultipart(t.Context(), "a/b", id))
	}
	require.Empty(t, list(""))

	err = staged.Commit(t.Context())
	require.Error(t, err, "it was ended meanwhile")
	require.NotErrorIs(t, err, storage.ErrUnknownOutcome)
	_, err = f.Stat(t.Context(), "a/b")
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.NoError(t, staged.Discard(t.Context()))
}
