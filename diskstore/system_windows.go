package diskstore

import (
	"errors"
	"os"
	"syscall"
	"unsafe"
)

var lockFileEx = syscall.NewLazyDLL("kernel32.dll").NewProc("LockFileEx")

// Constants of LockFileEx and of full disks, from the headers of Windows.
const (
	lockfileFailImmediately = 1
	lockfileExclusiveLock   = 2

	errorLockViolation   = syscall.Errno(33)
	errorHandleDiskFull  = syscall.Errno(39)
	errorDiskFull        = syscall.Errno(112)
	errorIOPending       = syscall.Errno(997)
	errorDiskQuotaExceed = syscall.Errno(1295)
)

// tryLock takes the lock of a file, which ends when the file is closed. The lock belongs to the
// opened file and not to the process, so it keeps goroutines apart as well as processes.
func tryLock(file *os.File) (locked bool, err error) {
	conn, err := file.SyscallConn()
	if err != nil {
		return false, err
	}
	var failed error
	err = conn.Control(func(fd uintptr) {
		var at syscall.Overlapped
		if ok, _, e := lockFileEx.Call(fd, lockfileExclusiveLock|lockfileFailImmediately, 0, 1, 0, uintptr(unsafe.Pointer(&at))); ok == 0 {
			failed = e
		}
	})
	if errors.Is(failed, errorLockViolation) || errors.Is(failed, errorIOPending) {
		return false, err
	}
	return err == nil && failed == nil, errors.Join(err, failed)
}

// syncFolder checks that the folder exists: Windows cannot synchronise folders.
func syncFolder(root *os.Root, folder string) error {
	_, err := root.Stat(folder)
	return err
}

// isFull reports whether err means that the disk, or the quota of this user, is full.
func isFull(err error) bool {
	return errors.Is(err, errorDiskFull) || errors.Is(err, errorHandleDiskFull) || errors.Is(err, errorDiskQuotaExceed)
}
