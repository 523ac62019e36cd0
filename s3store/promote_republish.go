package s3store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"time"

	"github.com/airlock-go/upload/storage"
)

// republish is Promote where the bytes are read and written again. It reads each of p.Sources while
// the object has the source's ETag. It publishes what it has read, patched, once the SHA-256 of
// what it has read is p.Pin, if that is known. Nothing is readable before.
func (s *Store) republish(ctx context.Context, p storage.Promotion) error {
	t := target{store: s, key: p.Key, nonce: p.Nonce}
	for attempt := 0; ; attempt++ {
		found, _, err := t.find(ctx)
		switch {
		case err != nil:
			return err
		case found == ours:
			return nil
		case found == anothers:
			return fmt.Errorf("s3store: %q: %w", p.Key, storage.ErrExists)
		}
		err = s.rewrite(ctx, p)
		if err == nil {
			return nil
		}
		// Another attempt may have published the file, and removed the staged one.
		if found, _, asked := t.find(context.WithoutCancel(ctx)); asked == nil && found == ours {
			return nil
		}
		again := contested(err) && !errors.Is(err, storage.ErrExists) && !errors.Is(err, storage.ErrUnknownOutcome)
		if !again || attempt == len(promotePauses) {
			return err
		}
		time.Sleep(promotePauses[attempt])
	}
}

// rewrite is one attempt of republish.
func (s *Store) rewrite(ctx context.Context, p storage.Promotion) error {
	f, err := s.reread(ctx, p, s.patiently(p))
	if err != nil {
		return err
	}
	return f.Commit(ctx)
}

// reread stages what it reads of p.Sources, patched, as obj. On error it aborts the upload.
func (s *Store) reread(ctx context.Context, p storage.Promotion, obj storage.Object) (*staged, error) {
	body, err := s.openSources(ctx, p.Sources)
	defer func() { _ = body.Close() }()
	if err != nil {
		return nil, err
	}
	f, read, err := s.restage(ctx, p, obj, body)
	if err != nil {
		return nil, err
	}
	if err = read.compare(p); err == nil {
		err = context.Cause(ctx)
	}
	if err != nil {
		f.forget()
		return nil, errors.Join(err, f.abort(ctx))
	}
	return f, nil
}

// restage reads body as Stage does. On error it aborts the upload.
func (s *Store) restage(ctx context.Context, p storage.Promotion, obj storage.Object, body io.Reader) (*staged, *reading, error) {
	part, err := s.partSize(p.Size)
	if err != nil {
		return nil, nil, err
	}
	first, err := s.reserve(ctx, obj, footprint(min(part, p.Size)))
	if err != nil {
		return nil, nil, err
	}
	f := &staged{target: target{store: s, key: p.Key, nonce: p.Nonce}, obj: obj, facts: p.Facts}
	read := &reading{body: body, hash: sha256.New(), patches: p.Patches}
	if err := f.receive(ctx, &source{r: read, left: p.Size, sums: s.checksum != ""}, first, part); err != nil {
		return nil, nil, err
	}
	return f, read, nil
}

// reading records what was read of a body, and delivers it patched.
type reading struct {
	body    io.Reader
	hash    hash.Hash
	n       int64
	patches []storage.Patch
}

func (r *reading) Read(p []byte) (int, error) {
	n, err := r.body.Read(p)
	_, _ = r.hash.Write(p[:n]) // never fails
	storage.ApplyPatches(p[:n], r.n, r.patches)
	r.n += int64(n)
	return n, err
}

// compare returns an error unless exactly what p says was read.
func (r *reading) compare(p storage.Promotion) error {
	switch sum := hex.EncodeToString(r.hash.Sum(nil)); {
	case r.n != p.Size:
		return fmt.Errorf("s3store: %d of %d bytes of the staged object were read", r.n, p.Size)
	case p.Pin() != "" && sum != p.Pin():
		return fmt.Errorf("%w: %w", storage.ErrChanged, errOtherBytes)
	}
	return nil
}
