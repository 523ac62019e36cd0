package storetest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"

	"github.com/airlock-go/upload/storage"
)

// pieces is a promotion of several sources, and the bytes that it publishes.
type pieces struct {
	promotion storage.Promotion
	content   []byte
}

// longContent returns size bytes, also more than content can. No two pieces of them are alike.
func longContent(size int) []byte {
	b := make([]byte, 0, size)
	for len(b) < size {
		b = append(b, content(min(size-len(b), 11<<20+len(b)%1000))...)
	}
	return b
}

// inPieces stores content in pieces under staging keys, as a resumable upload does. The keys descend. Every second ETag is that of a list, if the store lists objects.
func (s *direct) inPieces(ctx context.Context, content []byte) (p pieces, err error) {
	size := int(s.PieceSize(int64(len(content))))
	if size < partSize {
		return p, fmt.Errorf("PieceSize(%d) is %d", len(content), size)
	}
	return s.inPiecesOf(ctx, size, content)
}

// inPiecesOf is inPieces for pieces of size bytes.
func (s *direct) inPiecesOf(ctx context.Context, size int, content []byte) (p pieces, err error) {
	folder := stagingKey()
	p = pieces{storage.Promotion{
		Key: publishedKey(), Type: "text/csv", Name: "Müller 1.csv", Size: int64(len(content)), Nonce: rand.Text(), Facts: `{"width":40}`,
	}, content}
	for piece := range slices.Chunk(content, size) {
		src := storage.Source{Key: fmt.Sprintf("%s/%03d", folder, 999-len(p.promotion.Sources)), Size: int64(len(piece))}
		if _, err := s.publish(ctx, src.Key, piece); err != nil {
			return p, err
		}
		if src.ETag, err = s.etag(ctx, src.Key, len(p.promotion.Sources)%2 == 1); err != nil {
			return p, err
		}
		p.promotion.Sources = append(p.promotion.Sources, src)
	}
	return p, nil
}

// etag returns the ETag of an object as a list or Stat returns it.
func (s *direct) etag(ctx context.Context, key string, byList bool) (string, error) {
	lister, lists := s.DirectStorage.(storage.Lister)
	if !lists || !byList {
		stored, err := s.Stat(ctx, key)
		return stored.ETag, err
	}
	page, err := lister.ListObjects(ctx, key, "")
	if err == nil && len(page.Items) != 1 {
		err = fmt.Errorf("%d objects are listed under %q", len(page.Items), key)
	}
	if err != nil {
		return "", err
	}
	return page.Items[0].ETag, nil
}

// patch sets the patches, and changes the bytes that are to be published.
func (p *pieces) patch(list ...storage.Patch) {
	p.promotion.Patches, p.content = list, patched(p.content, list)
	p.promotion.SHA256 = digest(p.content)
}

// piecesStay returns an error unless all sources still exist and hold their bytes of content.
func (s *direct) piecesStay(ctx context.Context, sources []storage.Source, content []byte) error {
	for _, src := range sources {
		if err := s.holds(ctx, src.Key, content[:src.Size]); err != nil {
			return fmt.Errorf("a source: %w", err)
		}
		content = content[src.Size:]
	}
	return nil
}

// promotes promotes p, and returns an error unless p is published.
func (s *direct) promotes(ctx context.Context, p pieces) error {
	if err := s.Promote(ctx, p.promotion); err != nil {
		return fmt.Errorf("Promote: %w", err)
	}
	return s.publishes(ctx, p.promotion, p.content)
}

// promotesPieces is promotes, and also returns an error unless the sources stay, with the bytes of
// staged.
func (s *direct) promotesPieces(ctx context.Context, p pieces, staged []byte) error {
	return errors.Join(s.promotes(ctx, p), s.piecesStay(ctx, p.promotion.Sources, staged))
}
