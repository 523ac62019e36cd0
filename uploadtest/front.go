package uploadtest

import (
	"context"
	"io"

	"github.com/airlock-go/upload/storage"
)

// Op names a call to a storage.
type Op string

// Calls of storage.Storage and storage.Staged, and of optional abilities.
const (
	OpStage   Op = "Stage"
	OpCommit  Op = "Commit"
	OpPatch   Op = "Patch" // of storage.Patcher
	OpDiscard Op = "Discard"
	OpDelete  Op = "Delete"

	OpStat   Op = "Stat" // of storage.ObjectReader
	OpOpenAt Op = "OpenAt"

	OpSignPut           Op = "SignPut" // of storage.DirectStorage
	OpSignForm          Op = "SignForm"
	OpCreateMultipart   Op = "CreateMultipart"
	OpSignPart          Op = "SignPart"
	OpParts             Op = "Parts"
	OpCompleteMultipart Op = "CompleteMultipart"
	OpAbortMultipart    Op = "AbortMultipart"
	OpOpenStaged        Op = "OpenStaged"
	OpPromote           Op = "Promote"

	OpSignGet Op = "SignGet" // of storage.LinkStorage

	OpScanVerdict Op = "ScanVerdict" // of storage.ScanReader

	OpListObjects  Op = "ListObjects" // of storage.Lister
	OpRemoveListed Op = "RemoveListed"

	OpListUploads Op = "ListUploads" // of storage.UploadLister, with AbortMultipart
)

// control decides the result of the calls to a storage.
type control interface {
	call(ctx context.Context, op Op, do func() error) error
	stage(ctx context.Context, r io.Reader, do func(io.Reader) error) error
	note(id string, by int) // of a staged file or an upload in parts: by is 1 if it begins, -1 if it ends
}

// front wraps a storage.
type front struct {
	control
	inner storage.Storage
}

// answered makes a call that returns a value.
func answered[T any](ctx context.Context, f *front, op Op, do func() (T, error)) (answer T, err error) {
	err = f.call(ctx, op, func() (err error) {
		answer, err = do()
		return err
	})
	if err != nil {
		var none T
		return none, err
	}
	return answer, nil
}

// Stage implements storage.Storage. If a failing call has staged a file all the same, it discards
// the file, since the caller cannot.
func (f *front) Stage(ctx context.Context, obj storage.Object, r io.Reader) (storage.Staged, error) {
	var staged storage.Staged
	obj.Siblings = innerOf(obj.Siblings)
	err := f.stage(ctx, r, func(r io.Reader) (err error) {
		staged, err = f.inner.Stage(ctx, obj, r)
		return err
	})
	if err != nil {
		if staged != nil {
			_ = staged.Discard(context.WithoutCancel(ctx))
		}
		return nil, err
	}
	f.note(obj.Key, 1)
	return &frontStaged{front: f, inner: staged, key: obj.Key}, nil
}

// innerOf returns the inner store's files.
func innerOf(siblings []storage.Staged) (inner []storage.Staged) {
	for _, s := range siblings {
		if s, ok := s.(*frontStaged); ok {
			inner = append(inner, s.inner)
		}
	}
	return inner
}

// Delete implements storage.Storage.
func (f *front) Delete(ctx context.Context, key string) error {
	return f.call(ctx, OpDelete, func() error { return f.inner.Delete(ctx, key) })
}

type frontStaged struct {
	front *front
	inner storage.Staged
	key   string
	ended bool
}

// Commit implements storage.Staged.
func (s *frontStaged) Commit(ctx context.Context) error {
	err := s.front.call(ctx, OpCommit, func() error { return s.inner.Commit(ctx) })
	return s.end(err)
}

// Discard implements storage.Staged.
func (s *frontStaged) Discard(ctx context.Context) error {
	err := s.front.call(ctx, OpDiscard, func() error { return s.inner.Discard(ctx) })
	return s.end(err)
}

// Patch implements storage.Patcher. Without the inner store's Patch it returns ErrNotPatched, which
// does not count as a call.
func (s *frontStaged) Patch(ctx context.Context, list []storage.Patch) error {
	p, ok := s.inner.(storage.Patcher)
	if !ok {
		return storage.ErrNotPatched
	}
	return s.front.call(ctx, OpPatch, func() error { return p.Patch(ctx, list) })
}

func (s *frontStaged) end(err error) error {
	if err == nil && !s.ended {
		s.ended = true
		s.front.note(s.key, -1)
	}
	return err
}
