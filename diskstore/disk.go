package diskstore

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/airlock-go/upload/storage"
)

// The names in the directory. Objects lie in 256 folders, which are made once and never
// removed. So no process makes a file in a folder that another one removes.
const (
	objectsDir = "objects"
	stagingDir = "staging"
	lockFile   = "lock"
	clockFile  = "clock"
)

// disk is the directory, with the steps that the methods of a Store share.
type disk struct{ root *os.Root }

// passed is called after the steps of uploads and removals. Tests of this package end their process
// in it.
var passed = func(string) {}

// folderOf returns the folder of an object, which has the first two digits of the object's name.
func folderOf(name string) string { return objectsDir + "/" + name[:2] }

// nameOf returns the name of a key's file: the SHA-256 of the key, in hexadecimal. So a key is
// never a path. Keys may be longer than the names of files, differ in case alone, be names
// that Windows reserves, and be the folder of another key.
func nameOf(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:])
}

// pathOf returns the path of an object's file.
func pathOf(name string) string { return folderOf(name) + "/" + name[2:] }

// stagedPath returns the path of a staged file.
func stagedPath(name string) string { return stagingDir + "/" + name }

// open opens the object of a key and reads its head, which must be of this key.
func (d disk) open(key string) (*os.File, object, error) {
	name := nameOf(key)
	file, err := d.root.Open(pathOf(name))
	if err != nil {
		return nil, object{}, d.missing(key, name, err)
	}
	o, err := readHead(file)
	if err == nil && (o.Key != key || o.Size == unfinished) {
		err = errDamaged
	}
	if err != nil {
		return nil, object{}, errors.Join(fmt.Errorf("diskstore: %q, %s: %w", key, pathOf(name), err), file.Close())
	}
	return file, o, nil
}

// missing returns the error of an object that cannot be opened. It is fs.ErrNotExist only if
// the folder is there: a disk that is not mounted must not look like one without files.
func (d disk) missing(key, name string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := d.root.Stat(folderOf(name)); err != nil {
			return fmt.Errorf("diskstore: the folder of objects cannot be read: %v", err) //nolint:errorlint // it must not be fs.ErrNotExist
		}
	}
	return fmt.Errorf("diskstore: %q: %w", key, err)
}

// stat does what open does, for callers that need only the head.
func (d disk) stat(key string) (object, error) {
	file, o, err := d.open(key)
	if err != nil {
		return object{}, err
	}
	return o, file.Close()
}

// headOf reads the head of a file.
func (d disk) headOf(path string) (object, error) {
	file, err := d.root.Open(path)
	if err != nil {
		return object{}, err
	}
	o, err := readHead(file)
	return o, errors.Join(err, file.Close())
}

// removeObject removes the object of a key if may returns nil. It calls may while no other
// removal runs. If it finds no object it removes nothing: one that is published
// meanwhile, without the lock, is another one. A nil may agrees to any, damaged ones too.
func (d disk) removeObject(ctx context.Context, key string, may func(object) error) error {
	name := nameOf(key)
	err := d.alone(ctx, func() error {
		if may == nil {
			return d.remove(pathOf(name))
		}
		switch o, err := d.stat(key); {
		case errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil:
			return err
		default:
			if err := may(o); err != nil {
				return err
			}
		}
		return d.remove(pathOf(name))
	})
	if err != nil {
		return fmt.Errorf("diskstore: removing %q: %w", key, err)
	}
	// Also if the object was gone: the call that removed it may have failed here.
	if err := syncFolder(d.root, folderOf(name)); err != nil {
		return fmt.Errorf("diskstore: removing %q: %v", key, err) //nolint:errorlint // it must not be fs.ErrNotExist
	}
	passed("removed for good")
	return nil
}

// remove removes a file, if it is there.
func (d disk) remove(path string) error {
	err := d.root.Remove(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	passed("removed")
	return err
}

// lockPatience is how long alone waits for other calls of alone, which are short.
const lockPatience = 10 * time.Second

// alone runs do while no other call of alone runs do, in any process. A removal may first compare
// the object. Without the lock it could then remove one that took its place meanwhile. The system
// ends the lock of a process that ends.
func (d disk) alone(ctx context.Context, do func() error) error {
	file, err := d.root.OpenFile(lockFile, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }() // which ends the lock
	ctx, cancel := context.WithTimeout(ctx, lockPatience)
	defer cancel()
	for {
		locked, err := tryLock(file)
		if err != nil {
			return err
		}
		if locked {
			return do()
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting for the lock: %w", ctx.Err())
		case <-time.After(time.Millisecond):
		}
	}
}

// names returns the names in a folder that come after a name and for which ours is true. They are
// sorted.
func (d disk) names(folder, after string, ours func(string) bool) ([]string, error) {
	dir, err := d.root.Open(folder)
	if err != nil {
		return nil, err
	}
	all, err := dir.Readdirnames(-1)
	if err := errors.Join(err, dir.Close()); err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(name string) bool { return name <= after || !ours(name) })
	slices.Sort(all)
	return all, nil
}

// isStagedName reports whether a name is one of a staged file.
func isStagedName(name string) bool {
	return len(name) == 26 && strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") == ""
}

// isName reports whether a folder and a name in it are those of an object.
func isName(folder, rest string) bool {
	return len(folder) == 2 && len(rest) == 62 && strings.Trim(folder+rest, "0123456789abcdef") == ""
}

// failed returns the error of an upload. That of a full disk or quota is also storage.ErrFull.
func failed(key string, err error) error {
	if isFull(err) {
		return fmt.Errorf("diskstore: %q: %w: %w", key, storage.ErrFull, err)
	}
	return fmt.Errorf("diskstore: %q: %w", key, err)
}
