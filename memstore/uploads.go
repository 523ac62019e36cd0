package memstore

import (
	"fmt"
	"io/fs"

	"github.com/airlock-go/upload/internal/partsize"
	"github.com/airlock-go/upload/storage"
)

// assemble makes one blob of the parts' pieces.
func (m *openUpload) assemble(parts []storage.Part) (*blob, error) {
	if len(parts) == 0 {
		return nil, fmt.Errorf("memstore: upload without parts")
	}
	whole, last := &blob{refs: 1}, 0
	for i, named := range parts {
		p, ok := m.parts[named.Number]
		switch {
		case ok && p.etag != named.ETag:
			return nil, fmt.Errorf("memstore: part %d: %w", named.Number, storage.ErrChanged)
		case !ok, named.Number <= last:
			return nil, fmt.Errorf("memstore: part %d is not a part of the upload, or not in order", named.Number)
		case i < len(parts)-1 && p.blob.size < int64(partsize.Least):
			return nil, fmt.Errorf("memstore: part %d has %d bytes, less than %d", named.Number, p.blob.size, partsize.Least)
		}
		whole.pieces = append(whole.pieces, p.blob.pieces...)
		whole.size += p.blob.size
		last = named.Number
	}
	return whole, nil
}

// keepPart adds a part or replaces it. If the upload is not open, the caller keeps the blob.
func (k *kept) keepPart(key, uploadID string, number int, b *blob) (etag string, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	m, err := k.unfinished(key, uploadID)
	if err != nil {
		return "", err
	}
	if old, ok := m.parts[number]; ok {
		k.release(old.blob)
	}
	p := part{etag: newETag(), blob: b}
	m.parts[number] = p
	return p.etag, nil
}

// unfinished returns an open upload. The caller holds the lock.
func (k *kept) unfinished(key, uploadID string) (*openUpload, error) {
	m := k.uploads[uploadID]
	if m == nil || m.key != key {
		return nil, fmt.Errorf("memstore: %q has no such unfinished upload: %w", key, fs.ErrNotExist)
	}
	return m, nil
}

// abort removes an open upload and its parts. The caller holds the lock.
func (k *kept) abort(uploadID string) {
	for _, p := range k.uploads[uploadID].parts {
		k.release(p.blob)
	}
	delete(k.uploads, uploadID)
}
