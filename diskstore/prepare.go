package diskstore

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"
)

// prepare makes missing files and folders. Other processes may do the same meanwhile, or
// may have been killed while they did.
func (d disk) prepare() error {
	folders := []string{stagingDir, objectsDir}
	for i := range 256 {
		folders = append(folders, fmt.Sprintf("%s/%02x", objectsDir, i))
	}
	for _, folder := range folders {
		if err := d.root.Mkdir(folder, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	for _, name := range []string{lockFile, clockFile} {
		file, err := d.root.OpenFile(name, os.O_WRONLY|os.O_CREATE, 0o600)
		if err != nil {
			return err
		}
		info, err := file.Stat()
		if err := errors.Join(err, file.Close()); err != nil {
			return err
		}
		if info.Size() > 1 { // the clock has one byte
			return fmt.Errorf("the directory holds a file %q of another program", name)
		}
	}
	return errors.Join(syncFolder(d.root, objectsDir), syncFolder(d.root, "."))
}

// tryOut tries what uploads need and some file systems lack: a link that replaces nothing,
// and a lock that only one holder gets. It also calls now. The first call of now adds
// the clock's byte, for which a full disk may have no space; later calls overwrite it.
func (d disk) tryOut() error {
	from, to := stagedPath(rand.Text()), stagedPath(rand.Text())
	file, err := d.root.OpenFile(from, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	err = errors.Join(file.Close(), d.root.Link(from, to))
	if err == nil {
		if second := d.root.Link(from, to); !errors.Is(second, fs.ErrExist) {
			err = fmt.Errorf("a link to a name that is taken returns %v", second) //nolint:errorlint // it may be nil
		}
	}
	published := objectsDir + "/try-" + rand.Text() // objects may lie on another file system
	err = errors.Join(err, d.root.Link(from, published))
	_, noTime := d.now()
	return errors.Join(err, noTime, d.remove(published), d.remove(to), d.remove(from), d.tryLock())
}

func (d disk) tryLock() error {
	return d.alone(context.Background(), func() error {
		file, err := d.root.OpenFile(lockFile, os.O_RDWR, 0)
		if err != nil {
			return err
		}
		again, err := tryLock(file)
		if err == nil && again {
			err = errors.New("two have the same lock")
		}
		return errors.Join(err, file.Close())
	})
}

// now returns the time by the clock that dates files, which is the file system's.
func (d disk) now() (time.Time, error) {
	file, err := d.root.OpenFile(clockFile, os.O_WRONLY, 0)
	if err != nil {
		return time.Time{}, err
	}
	_, err = file.WriteAt([]byte{'\n'}, 0)
	if err := errors.Join(err, file.Close()); err != nil { // Windows dates a file when it is closed
		return time.Time{}, err
	}
	info, err := d.root.Stat(clockFile)
	if err != nil {
		return time.Time{}, err
	}
	return info.ModTime(), nil
}
