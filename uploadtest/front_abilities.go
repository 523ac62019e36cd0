package uploadtest

import (
	"context"
	"io"

	"github.com/airlock-go/upload/storage"
)

type frontReader struct {
	f     *front
	inner storage.ObjectReader
}

// Stat implements storage.ObjectReader.
func (r *frontReader) Stat(ctx context.Context, key string) (storage.Stored, error) {
	return answered(ctx, r.f, OpStat, func() (storage.Stored, error) { return r.inner.Stat(ctx, key) })
}

// OpenAt implements storage.ObjectReader.
func (r *frontReader) OpenAt(ctx context.Context, key, etag string, offset, length int64) (io.ReadCloser, error) {
	return answered(ctx, r.f, OpOpenAt, func() (io.ReadCloser, error) { return r.inner.OpenAt(ctx, key, etag, offset, length) })
}

type frontDirect struct {
	f     *front
	inner storage.DirectStorage
}

// DirectMethods implements storage.DirectStorage. It never has a fault.
func (d *frontDirect) DirectMethods() (storage.DirectMethods, error) { return d.inner.DirectMethods() }

// SignPut implements storage.DirectStorage.
func (d *frontDirect) SignPut(ctx context.Context, o storage.DirectObject) (*storage.SignedRequest, error) {
	return answered(ctx, d.f, OpSignPut, func() (*storage.SignedRequest, error) { return d.inner.SignPut(ctx, o) })
}

// SignForm implements storage.DirectStorage.
func (d *frontDirect) SignForm(ctx context.Context, o storage.DirectObject) (*storage.SignedRequest, error) {
	return answered(ctx, d.f, OpSignForm, func() (*storage.SignedRequest, error) { return d.inner.SignForm(ctx, o) })
}

// CreateMultipart implements storage.DirectStorage.
func (d *frontDirect) CreateMultipart(ctx context.Context, o storage.DirectObject) (string, error) {
	id, err := answered(ctx, d.f, OpCreateMultipart, func() (id string, err error) {
		if id, err = d.inner.CreateMultipart(ctx, o); err == nil {
			d.f.note(multipartID(o.Key, id), 1)
		}
		return id, err
	})
	return id, err
}

// SignPart implements storage.DirectStorage.
func (d *frontDirect) SignPart(ctx context.Context, o storage.DirectObject, uploadID string, number int) (*storage.SignedRequest, error) {
	return answered(ctx, d.f, OpSignPart, func() (*storage.SignedRequest, error) { return d.inner.SignPart(ctx, o, uploadID, number) })
}

// Parts implements storage.DirectStorage.
func (d *frontDirect) Parts(ctx context.Context, key, uploadID string) ([]storage.Part, error) {
	return answered(ctx, d.f, OpParts, func() ([]storage.Part, error) { return d.inner.Parts(ctx, key, uploadID) })
}

// CompleteMultipart implements storage.DirectStorage.
func (d *frontDirect) CompleteMultipart(ctx context.Context, key, uploadID string, parts []storage.Part) error {
	return d.f.end(ctx, OpCompleteMultipart, key, uploadID, func() error {
		return d.inner.CompleteMultipart(ctx, key, uploadID, parts)
	})
}

// AbortMultipart implements storage.DirectStorage.
func (d *frontDirect) AbortMultipart(ctx context.Context, key, uploadID string) error {
	return d.f.end(ctx, OpAbortMultipart, key, uploadID, func() error { return d.inner.AbortMultipart(ctx, key, uploadID) })
}

// end makes a call that ends a multipart upload. A fault after the call does not undo that end.
func (f *front) end(ctx context.Context, op Op, key, uploadID string, do func() error) error {
	return f.call(ctx, op, func() error {
		err := do()
		if err == nil {
			f.note(multipartID(key, uploadID), -1)
		}
		return err
	})
}

func multipartID(key, uploadID string) string { return key + ", multipart upload " + uploadID }

// OpenStaged implements storage.DirectStorage.
func (d *frontDirect) OpenStaged(ctx context.Context, o storage.StagedObject) (io.ReadCloser, error) {
	return answered(ctx, d.f, OpOpenStaged, func() (io.ReadCloser, error) { return d.inner.OpenStaged(ctx, o) })
}

// PieceSize implements storage.DirectStorage.
func (d *frontDirect) PieceSize(size int64) int64 { return d.inner.PieceSize(size) }

// Promote implements storage.DirectStorage.
func (d *frontDirect) Promote(ctx context.Context, p storage.Promotion) error {
	return d.f.call(ctx, OpPromote, func() error { return d.inner.Promote(ctx, p) })
}

type frontLinks struct {
	f     *front
	inner storage.LinkStorage
}

// SignGet implements storage.LinkStorage.
func (l *frontLinks) SignGet(ctx context.Context, key string, g storage.SignedGet) (string, error) {
	return answered(ctx, l.f, OpSignGet, func() (string, error) { return l.inner.SignGet(ctx, key, g) })
}

type frontVerdicts struct {
	f     *front
	inner storage.ScanReader
}

// ScanVerdict implements storage.ScanReader.
func (v *frontVerdicts) ScanVerdict(ctx context.Context, key, version string) (storage.ScanResult, error) {
	return answered(ctx, v.f, OpScanVerdict, func() (storage.ScanResult, error) { return v.inner.ScanVerdict(ctx, key, version) })
}

type frontLister struct {
	f     *front
	inner storage.Lister
}

// ListObjects implements storage.Lister.
func (l *frontLister) ListObjects(ctx context.Context, prefix, after string) (storage.ListPage[storage.ListedObject], error) {
	return answered(ctx, l.f, OpListObjects, func() (storage.ListPage[storage.ListedObject], error) {
		return l.inner.ListObjects(ctx, prefix, after)
	})
}

// RemoveListed implements storage.Lister.
func (l *frontLister) RemoveListed(ctx context.Context, o storage.ListedObject) error {
	return l.f.call(ctx, OpRemoveListed, func() error { return l.inner.RemoveListed(ctx, o) })
}

type frontUploads struct {
	frontLister
	uploads storage.UploadLister
}

// ListUploads implements storage.UploadLister.
func (l *frontUploads) ListUploads(ctx context.Context, prefix, after string) (storage.ListPage[storage.ListedUpload], error) {
	return answered(ctx, l.f, OpListUploads, func() (storage.ListPage[storage.ListedUpload], error) {
		return l.uploads.ListUploads(ctx, prefix, after)
	})
}

// AbortMultipart implements storage.UploadLister.
func (l *frontUploads) AbortMultipart(ctx context.Context, key, uploadID string) error {
	return l.f.end(ctx, OpAbortMultipart, key, uploadID, func() error { return l.uploads.AbortMultipart(ctx, key, uploadID) })
}
