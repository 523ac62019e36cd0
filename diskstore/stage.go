package diskstore

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"

	"github.com/airlock-go/upload/storage"
)

// staged is a file that Stage has read or is reading.
type staged struct {
	disk
	key, nonce string // of the object
	name       string // of the staged file
	tried      bool   // Commit has begun to publish
	gone       bool
}

// Stage implements storage.Storage. The bytes are on the disk when it returns a file. It does not
// wait for memory. The error is storage.ErrFull if the disk or a quota is full.
func (s *Store) Stage(ctx context.Context, obj storage.Object, r io.Reader) (storage.Staged, error) {
	f := &staged{disk: s.disk, key: obj.Key, name: rand.Text()}
	f.nonce = cmp.Or(obj.Nonce, f.name)
	file, err := f.root.OpenFile(stagedPath(f.name), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, failed(f.key, err)
	}
	whole := false
	defer func() { // also if r panics
		if !whole {
			_ = file.Close()
			_ = f.remove(stagedPath(f.name)) // a sweep removes what stays
		}
	}()
	passed("created")
	if err := errors.Join(f.write(ctx, file, obj, r), file.Close()); err != nil {
		return nil, failed(f.key, err)
	}
	whole = true
	return f, nil
}

// write writes the whole file, and waits until it is on the disk.
func (f *staged) write(ctx context.Context, file *os.File, obj storage.Object, r io.Reader) error {
	h := head{Key: obj.Key, Type: obj.Type, Name: obj.Name, Size: unfinished, Nonce: f.nonce}
	if err := writeHead(file, h); err != nil { // ListUploads reads the key from it
		return err
	}
	var err error
	if h.Size, err = writeContent(ctx, file, r); err != nil {
		return err
	}
	if obj.SHA256 != nil {
		h.SHA256 = obj.SHA256()
	}
	if err := writeHead(file, h); err != nil {
		return err
	}
	if err := file.Sync(); err != nil {
		return err
	}
	passed("synchronised")
	return nil
}

// Patch implements storage.Patcher. The changes are on the disk when it succeeds.
func (f *staged) Patch(_ context.Context, list []storage.Patch) error {
	file, err := f.root.OpenFile(stagedPath(f.name), os.O_RDWR, 0)
	if err != nil {
		return failed(f.key, err)
	}
	err = writePatches(file, list)
	if err == nil {
		err = file.Sync()
	}
	if err := errors.Join(err, file.Close()); err != nil {
		return failed(f.key, err)
	}
	passed("patched")
	return nil
}

func writePatches(file *os.File, list []storage.Patch) error {
	var zeros [4096]byte
	for _, p := range list {
		for done := int64(0); done < p.Length; {
			next := zeros[:min(int64(len(zeros)), p.Length-done)]
			if p.Bytes != nil {
				next = p.Bytes[done:]
			}
			if _, err := file.WriteAt(next, headSize+p.Offset+done); err != nil {
				return err
			}
			passed("patch")
			done += int64(len(next))
		}
	}
	return nil
}

func writeHead(file *os.File, h head) error {
	b, err := h.encode()
	if err != nil {
		return err
	}
	if _, err := file.WriteAt(b, 0); err != nil {
		return err
	}
	passed("head")
	return nil
}

// buffers are the buffers that content passes through.
var buffers = sync.Pool{New: func() any { return new([64 << 10]byte) }}

// writeContent writes all of r after the head.
func writeContent(ctx context.Context, file *os.File, r io.Reader) (size int64, err error) {
	buf := buffers.Get().(*[64 << 10]byte)
	defer buffers.Put(buf)
	for {
		n, err := r.Read(buf[:])
		if n > 0 {
			if _, err := file.WriteAt(buf[:n], headSize+size); err != nil {
				return 0, err
			}
			size += int64(n)
			passed("content")
		}
		if err == nil {
			err = ctx.Err()
		}
		if err == io.EOF { // a wrapped one is not the end of a reader
			return size, nil
		}
		if err != nil {
			return 0, err
		}
	}
}

// Commit implements storage.Staged. The file and, except on Windows, its name are on the disk when
// it succeeds.
func (f *staged) Commit(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	f.tried = true
	name := nameOf(f.key)
	if err := f.root.Link(stagedPath(f.name), pathOf(name)); err != nil {
		if err := f.asked(err); err != nil {
			return err
		}
	}
	passed("linked")
	if err := syncFolder(f.root, folderOf(name)); err != nil {
		return fmt.Errorf("diskstore: %q: %w: %w", f.key, storage.ErrUnknownOutcome, err)
	}
	passed("published")
	_ = f.remove(stagedPath(f.name)) // a second name of the same file; if this fails, a sweep removes it
	return nil
}

// asked returns the outcome of a link that failed with err. Some file systems lose the answer to a
// link that they made, try again, and then fail.
func (f *staged) asked(err error) error {
	o, found := f.stat(f.key)
	switch {
	case found == nil && o.Nonce == f.nonce:
		return nil
	case errors.Is(err, fs.ErrExist):
		return fmt.Errorf("diskstore: %q: %w", f.key, storage.ErrExists)
	case found == nil || errors.Is(found, fs.ErrNotExist):
		return failed(f.key, err)
	}
	return fmt.Errorf("diskstore: %q: %w: %w", f.key, storage.ErrUnknownOutcome, errors.Join(err, found))
}

// errNotOurs ends a removal that has nothing to remove.
var errNotOurs = errors.New("the object is another upload's")

// Discard implements storage.Staged.
func (f *staged) Discard(ctx context.Context) error {
	if f.gone {
		return nil
	}
	if f.tried {
		err := f.removeObject(ctx, f.key, func(o object) error {
			if o.Nonce != f.nonce {
				return errNotOurs
			}
			return nil
		})
		if err != nil && !errors.Is(err, errNotOurs) {
			return err
		}
	}
	if err := f.remove(stagedPath(f.name)); err != nil {
		return fmt.Errorf("diskstore: %q: %w", f.key, err)
	}
	f.gone = true
	return nil
}
