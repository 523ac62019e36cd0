//go:build darwin || dragonfly || freebsd || illumos || linux || netbsd || openbsd

package diskstore

import (
	"errors"
	"os"
	"syscall"
)

// tryLock takes the lock of a file. Closing file frees the lock. The lock belongs to file, not to
// the process, so it keeps goroutines apart as well as processes.
func tryLock(file *os.File) (locked bool, err error) {
	conn, err := file.SyscallConn()
	if err != nil {
		return false, err
	}
	var failed error
	err = conn.Control(func(fd uintptr) {
		for {
			if failed = syscall.Flock(int(fd), syscall.LOCK_EX|syscall.LOCK_NB); failed != syscall.EINTR {
				return
			}
		}
	})
	if errors.Is(failed, syscall.EWOULDBLOCK) {
		return false, err
	}
	return err == nil && failed == nil, errors.Join(err, failed)
}

// syncFolder returns nil when the names in a folder are on the disk.
func syncFolder(root *os.Root, folder string) error {
	dir, err := root.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// isFull reports whether err means that the disk, or the quota of this user, is full.
func isFull(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}
