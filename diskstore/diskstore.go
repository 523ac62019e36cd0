// Package diskstore keeps uploads as files under one directory: for development, and
// for applications that run on a single machine.
//
// A file is written to a staging folder, synchronised, and then linked under its name, which
// replaces nothing. So a process that is killed at any moment never leaves a readable half of a
// file. Package sweep can remove what such a process leaves in the staging folder. Resumable
// uploads work; what clients abandon of them stays among the objects, under staging keys, until a
// sweep. Several processes of one machine may use the directory at once.
//
// Links need upload.LinksOptions.Proxy: the bytes pass through the process.
//
// This package lacks much that a bucket of S3 has: copies on several disks and machines,
// versions, encryption, and access for several machines. It also has no direct uploads, no
// lifecycle rules, and no links that do not burden the process. The disk limits its size.
//
// Back the directory up, and watch the free space of its disk. Give it a file system or a
// quota of its own, since this package does not limit the size of all files together. On a
// full disk uploads fail with storage.ErrFull, and stored files stay whole.
//
// The directory needs a file system with hard links and locks, which [Open] tries: ext4,
// XFS, Btrfs, APFS and NTFS have them, FAT does not. Network file systems are not tested.
// A published file survives a loss of power if the disk keeps confirmed writes. Windows
// cannot synchronise folders, so there a loss of power may undo the last uploads.
//
// Any account that can write to the directory can forge its files. Only the account of the
// application should have access, and the folders that Open makes grant it to no other. On
// Windows they inherit the rights of their parent.
package diskstore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/airlock-go/upload/storage"
)

// Store is a storage.Storage in a directory. [Open] makes it, and the zero value must not
// be used. It is safe for concurrent use.
//
// An upload holds a buffer of 64 KiB while it is read, and three file descriptors at most.
type Store struct{ disk }

var (
	_ storage.Storage      = (*Store)(nil)
	_ storage.ObjectReader = (*Store)(nil)
	_ storage.Lister       = (*Store)(nil)
	_ storage.UploadLister = (*Store)(nil)
)

// Open returns the Store in the directory dir, which it makes if its parent exists.
// It reads no stored file, so it takes as long with a million of them as with none.
//
// It fails if the directory cannot be written to, or if its file system cannot link or
// lock. Except on Windows it also fails if folders cannot be synchronised. No symbolic link
// in dir leads the Store outside of it: see [os.Root].
func Open(dir string) (*Store, error) {
	if err := makeDir(dir); err != nil {
		return nil, fmt.Errorf("diskstore: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("diskstore: %w", err)
	}
	s := &Store{disk{root}}
	if err := errors.Join(s.prepare(), s.tryOut()); err != nil {
		return nil, errors.Join(fmt.Errorf("diskstore: %q cannot be used: %w", dir, err), root.Close())
	}
	return s, nil
}

// makeDir makes dir if it does not exist, and then synchronises its parent.
func makeDir(dir string) error {
	err := os.Mkdir(dir, 0o700)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	parent, err := os.OpenRoot(filepath.Dir(filepath.Clean(dir)))
	if err != nil {
		return err
	}
	return errors.Join(syncFolder(parent, "."), parent.Close())
}

// Close releases the directory. Files that are open for reading stay open. Later calls of other
// methods fail.
func (s *Store) Close() error { return s.root.Close() }

// Stat implements storage.ObjectReader. Version is always "".
func (s *Store) Stat(_ context.Context, key string) (storage.Stored, error) {
	o, err := s.stat(key)
	if err != nil {
		return storage.Stored{}, err
	}
	return storage.Stored{Type: o.Type, Name: o.Name, Size: o.Size, ETag: o.etag(), SHA256: o.SHA256, Nonce: o.Nonce}, nil
}

// OpenAt implements storage.ObjectReader. An opened object can be read to its end, also
// after its removal.
func (s *Store) OpenAt(_ context.Context, key, etag string, offset, length int64) (io.ReadCloser, error) {
	file, o, err := s.open(key)
	if err != nil {
		return nil, err
	}
	switch {
	case etag != "" && etag != o.etag():
		err = fmt.Errorf("diskstore: %q: %w", key, storage.ErrChanged)
	case offset < 0:
		err = fmt.Errorf("diskstore: %q: offset %d", key, offset)
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	offset = min(offset, o.Size)
	if rest := o.Size - offset; length < 0 || length > rest {
		length = rest
	}
	return &body{io.NewSectionReader(file, headSize+offset, length), file}, nil
}

// body reads the requested bytes of a file, and closes it.
type body struct {
	io.Reader
	io.Closer
}

// Delete implements storage.Storage.
func (s *Store) Delete(ctx context.Context, key string) error {
	return s.removeObject(ctx, key, nil)
}
