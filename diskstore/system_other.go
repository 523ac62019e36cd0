//go:build !(darwin || dragonfly || freebsd || illumos || linux || netbsd || openbsd || windows)

package diskstore

import (
	"errors"
	"os"
)

// tryLock fails, and so does [Open]: package syscall has no lock of an opened file here. Two
// removals could meet without one.
func tryLock(*os.File) (bool, error) { return false, errors.ErrUnsupported }

func syncFolder(root *os.Root, folder string) error {
	dir, err := root.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

func isFull(error) bool { return false }
