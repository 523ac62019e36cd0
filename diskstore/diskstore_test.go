package diskstore_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/diskstore"
	"github.com/airlock-go/upload/storage"
	"github.com/airlock-go/upload/storetest"
)

// fixture is a store with the path of its directory.
type fixture struct {
	*diskstore.Store
	dir string
}

func newFixture(t *testing.T) fixture {
	t.Helper()
	dir := t.TempDir()
	return fixture{open(t, dir), dir}
}

func open(t *testing.T, dir string) *diskstore.Store {
	t.Helper()
	s, err := diskstore.Open(dir)
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// Leftovers implements storetest.Auditor. It returns the names in the staging folder.
func (f fixture) Leftovers(context.Context) (left []string, err error) {
	entries, err := os.ReadDir(filepath.Join(f.dir, "staging"))
	for _, e := range entries {
		left = append(left, e.Name())
	}
	return left, err
}

// objects returns the paths of all objects.
func (f fixture) objects(t *testing.T) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(f.dir, "objects", "*", "*"))
	require.NoError(t, err)
	return paths
}

func (f fixture) publish(t *testing.T, key, content string) storage.Staged {
	t.Helper()
	staged, err := f.Stage(t.Context(), object(key), strings.NewReader(content))
	require.NoError(t, err)
	require.NoError(t, staged.Commit(t.Context()))
	return staged
}

func object(key string) storage.Object {
	return storage.Object{Key: key, Type: "text/plain", Name: "näme.txt", MaxSize: 1 << 40}
}

func (f fixture) read(t *testing.T, key string) string {
	t.Helper()
	r, err := f.OpenAt(t.Context(), key, "", 0, -1)
	require.NoError(t, err)
	b, err := io.ReadAll(r)
	require.NoError(t, err)
	require.NoError(t, r.Close())
	return string(b)
}

func TestSuites(t *testing.T) {
	storetest.Run(t, func(t *testing.T) storage.Storage { return newFixture(t) })
	storetest.RunLister(t, func(t *testing.T) storage.Lister { return newFixture(t) })
}

// TestKeys checks that keys that differ in S3 differ here, whatever the file system.
func TestKeys(t *testing.T) {
	f := newFixture(t)
	keys := []string{
		"a", "a/b", "a/b/c", "A", "A/b", "ä", "a\u0308", "CON", "nul.txt", "a.", "a ", "a:b", "a*?\"<>|",
		"objects/ab", "staging/ABCDEFGHIJKLMNOPQRSTUVWXYZ", "lock",
		strings.Repeat("k", storage.MaxKeyBytes), strings.Repeat("日", 300), strings.Repeat("d/", 500) + "e", strings.Repeat(`"`, storage.MaxKeyBytes),
	}
	for _, key := range keys {
		f.publish(t, key, "content of "+key)
	}
	for _, key := range keys {
		require.Equal(t, "content of "+key, f.read(t, key))
	}
	for i, key := range keys {
		require.NoError(t, f.Delete(t.Context(), key))
		_, err := f.Stat(t.Context(), key)
		require.ErrorIs(t, err, fs.ErrNotExist, key)
		require.Len(t, f.objects(t), len(keys)-i-1)
	}
}

// TestDescribed checks that another Store of the directory returns the description of an object. A
// new object with the same bytes has another ETag.
func TestDescribed(t *testing.T) {
	f := newFixture(t)
	o := object("k")
	o.SHA256 = func() string { return "5ha" }
	staged, err := f.Stage(t.Context(), o, strings.NewReader("hello"))
	require.NoError(t, err)
	require.NoError(t, staged.Commit(t.Context()))
	got, err := open(t, f.dir).Stat(t.Context(), "k")
	require.NoError(t, err)
	require.NotEmpty(t, got.Nonce)
	require.Equal(t, storage.Stored{Type: "text/plain", Name: "näme.txt", Size: 5, SHA256: "5ha", Nonce: got.Nonce, ETag: `"` + got.Nonce + `"`}, got)

	require.NoError(t, staged.Discard(t.Context()))
	f.publish(t, "k", "hello")
	again, err := f.Stat(t.Context(), "k")
	require.NoError(t, err)
	require.NotEqual(t, got.ETag, again.ETag)
}

// TestOnlyTheOwner checks that only the owner has access to the files and folders of Open and
// Stage.
func TestOnlyTheOwner(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no permissions of this kind; folders inherit those of their parent")
	}
	dir := filepath.Join(t.TempDir(), "new")
	f := fixture{open(t, dir), dir}
	f.publish(t, "k", "hello")
	_, err := f.Stage(t.Context(), object("staged"), strings.NewReader("hello"))
	require.NoError(t, err)
	files := 0
	require.NoError(t, filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		require.NoError(t, err)
		info, err := e.Info()
		require.NoError(t, err)
		if files++; e.IsDir() {
			require.Equal(t, fs.FileMode(0o700), info.Mode().Perm(), path)
		} else {
			require.Equal(t, fs.FileMode(0o600), info.Mode().Perm(), path)
		}
		return nil
	}))
	require.Equal(t, 1+2+256+2+2, files, "dir, its two folders, those of objects, lock and clock, two uploads")
}

// TestOpenFails checks that Open fails with a directory that cannot be used.
func TestOpenFails(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	taken := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(taken, "objects"), nil, 0o600))
	foreign := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(foreign, "clock"), []byte("not ours"), 0o600))
	for _, row := range []struct{ name, dir string }{
		{"a file", file},
		{"a clock of another program", foreign},
		{"no parent", filepath.Join(t.TempDir(), "a", "b")},
		{"no name", ""},
		{"a file in place of a folder", taken},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := diskstore.Open(row.dir)
			require.ErrorContains(t, err, "diskstore: ")
		})
	}
}

// TestClosed checks that a closed Store stores, reads and removes nothing.
func TestClosed(t *testing.T) {
	f := newFixture(t)
	f.publish(t, "k", "hello")
	require.NoError(t, f.Close())
	_, err := f.Stage(t.Context(), object("new"), strings.NewReader("hello"))
	require.Error(t, err)
	_, err = f.Stat(t.Context(), "k")
	require.Error(t, err)
	require.NotErrorIs(t, err, fs.ErrNotExist)
	_, err = f.OpenAt(t.Context(), "k", "", 0, -1)
	require.Error(t, err)
	require.Error(t, f.Delete(t.Context(), "k"))
}

// TestReadingOutlastsRemoval checks that an open reader gets the rest of an object that was removed
// and replaced.
func TestReadingOutlastsRemoval(t *testing.T) {
	f := newFixture(t)
	f.publish(t, "k", "hello")
	r, err := f.OpenAt(t.Context(), "k", "", 1, -1)
	require.NoError(t, err)
	require.NoError(t, f.Delete(t.Context(), "k"))
	f.publish(t, "k", "another")
	b, err := io.ReadAll(r)
	require.NoError(t, errors.Join(err, r.Close()))
	require.Equal(t, "ello", string(b))
}

// TestPanickingReader checks that a reader that panics leaves nothing.
func TestPanickingReader(t *testing.T) {
	f := newFixture(t)
	require.Panics(t, func() {
		_, _ = f.Stage(t.Context(), object("k"), io.MultiReader(bytes.NewReader(make([]byte, 100_000)), panicking{}))
	})
	left, err := f.Leftovers(t.Context())
	require.NoError(t, err)
	require.Empty(t, left)
}

type panicking struct{}

func (panicking) Read([]byte) (int, error) { panic("the reader") }

// TestLongName checks that a description that does not fit before the content is refused.
func TestLongName(t *testing.T) {
	f := newFixture(t)
	o := object("k")
	o.Name = strings.Repeat("n", 4096)
	_, err := f.Stage(t.Context(), o, strings.NewReader("hello"))
	require.ErrorContains(t, err, "more than 4096")
	left, err := f.Leftovers(t.Context())
	require.NoError(t, err)
	require.Empty(t, left)
}
