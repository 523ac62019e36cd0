package diskstore_test

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/storage"
	"github.com/airlock-go/upload/uploadtest"
)

// smallDisk is the environment variable with the folder where a child process mounts a file system
// of 4 MiB.
const smallDisk = "DISKSTORE_TEST_SMALL_DISK"

func init() {
	if dir := os.Getenv(smallDisk); dir != "" {
		must(syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=4m,nr_inodes=400"))
	}
}

// notPermitted matches the errors of a system that allows no user namespace, or no mount in it.
// Linux reports "no space left on device" when the limit of user namespaces is reached.
var notPermitted = regexp.MustCompile(`(?m)^(fork/exec .*: |! )(operation not permitted|permission denied|no space left on device)$`)

// TestFull checks that an upload to a full disk is refused with CodeStorageFull, that Stage or
// Commit returns ErrFull, and that nothing stays staged. The test runs in a child process, which
// may mount.
func TestFull(t *testing.T) {
	if dir := os.Getenv(smallDisk); dir != "" {
		testFull(t, fixture{open(t, dir), dir})
		return
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestFull$")
	cmd.Env = append(os.Environ(), smallDisk+"="+t.TempDir())
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}},
	}
	out, err := cmd.CombinedOutput()
	if err != nil && notPermitted.MatchString(err.Error()+"\n"+string(out)) {
		if os.Getenv("UPLOAD_TEST_REQUIRED") == "1" {
			t.Fatal("user namespaces, or mounts in them, are not allowed here")
		}
		t.Skip("user namespaces, or mounts in them, are not allowed here, so no small disk can be mounted")
	}
	require.NoError(t, err, string(out))
}

func testFull(t *testing.T, f fixture) {
	nothingIsStaged := func() {
		left, err := os.ReadDir(filepath.Join(f.dir, "staging"))
		require.NoError(t, err)
		require.Empty(t, left)
	}
	h, err := upload.New(f, upload.Form{"file": {Accept: upload.Types("text/plain"), MaxFiles: 2}}, upload.AllowAnonymous, nil)
	require.NoError(t, err)
	filler, err := os.Create(filepath.Join(f.dir, "filler"))
	require.NoError(t, err)
	small, large := bytes.Repeat([]byte("a"), 1000), bytes.Repeat([]byte("a"), 6<<20)

	a := uploadtest.Post(t, h, "/", uploadtest.File("file", "a.txt", small), uploadtest.File("file", "b.txt", large))
	require.Equal(t, 507, a.Status, string(a.Body))
	require.Contains(t, string(a.Body), string(upload.CodeStorageFull))
	require.Empty(t, f.objects(t))
	nothingIsStaged()

	a = uploadtest.Post(t, h, "/", uploadtest.File("file", "a.txt", small))
	require.Equal(t, 201, a.Status, string(a.Body))
	require.Len(t, f.objects(t), 1)

	// Files are published until no inode is free; filler then takes the remaining space.
	for i := 0; err == nil; i++ {
		key := fmt.Sprint("k", i)
		var staged storage.Staged
		if staged, err = f.Stage(t.Context(), object(key), bytes.NewReader(small)); err != nil {
			break
		}
		if err = staged.Commit(t.Context()); err != nil {
			require.NoError(t, staged.Discard(t.Context()))
			_, err := f.Stat(t.Context(), key)
			require.ErrorIs(t, err, fs.ErrNotExist)
		}
	}
	require.ErrorIs(t, err, storage.ErrFull)
	_, err = io.CopyN(filler, rand.Reader, 8<<20)
	require.ErrorIs(t, err, syscall.ENOSPC)
	require.NoError(t, filler.Close())
	nothingIsStaged()
	require.Greater(t, len(f.objects(t)), 50)
	_, err = f.ListObjects(t.Context(), "", "")
	require.NoError(t, err, "a sweep needs no space")
	require.NoError(t, f.Delete(t.Context(), "k0"), "a full disk can be emptied")
	f.publish(t, "again", string(small))
}
