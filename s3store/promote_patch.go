package s3store

import (
	"context"
	"fmt"
	"io"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/airlock-go/upload/internal/s3calls"
	"github.com/airlock-go/upload/storage"
)

// piece is a range of the staged bytes that becomes one part of the new object.
type piece struct {
	from, to int64 // to is not in it
	patched  bool  // it cannot be copied
}

// cut divides a file of size bytes into pieces that begin at multiples of window. A patched piece
// has one window. Any other has as many as fit into a number of bytes, most, and at least one. So
// no piece except the last is smaller than a window.
func cut(size, window, most int64, patches []storage.Patch) (list []piece) {
	for from := int64(0); from < size; from += window {
		to := min(from+window, size)
		for len(patches) > 0 && patches[0].Offset+patches[0].Length <= from {
			patches = patches[1:]
		}
		next := piece{from, to, len(patches) > 0 && patches[0].Offset < to}
		last := len(list) - 1
		if last >= 0 && !next.patched && !list[last].patched && to-list[last].from <= most {
			list[last].to = to
			continue
		}
		list = append(list, next)
	}
	return list
}

// takeWindow takes the memory for one patched piece.
func (m *promotion) takeWindow(ctx context.Context) (err error) {
	if len(m.Sources) > 1 {
		m.window = m.Sources[0].Size
	} else if m.window, err = m.store.partSize(m.Size); err != nil {
		return err
	}
	n := footprint(min(m.window, m.Size))
	m.buffer, err = m.store.reserve(ctx, m.waits, n)
	return err
}

// sendPatched makes the patched pieces parts of the upload, one after another, in the memory of
// one, until ctx ends. A call that has begun then may go on until calling ends.
func (m *promotion) sendPatched(ctx, calling context.Context, list []piece, parts []types.CompletedPart) error {
	for i, p := range list {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if !p.patched {
			continue
		}
		if err := m.loadPiece(calling, p); err != nil {
			return err
		}
		part, err := m.sendPiece(calling, i+1)
		if err != nil {
			return err
		}
		parts[i] = part
	}
	return nil
}

// loadPiece reads a piece of the staged object, while it has the ETag, and patches it.
func (m *promotion) loadPiece(ctx context.Context, p piece) error {
	of, offset := m.at(p.from)
	src, err := m.store.openSource(ctx, of, offset, p.to-p.from)
	if err != nil {
		return err
	}
	defer func() { _ = src.Close() }()
	b := m.buffer
	b.clear()
	for at := p.from; at < p.to; at = p.from + b.size {
		space := b.space()
		space = space[:min(int64(len(space)), p.to-at)]
		if _, err := io.ReadFull(src, space); err != nil {
			return fmt.Errorf("s3store: the staged object breaks off after byte %d: %w", at, err)
		}
		storage.ApplyPatches(space, at, m.Patches)
		b.size += int64(len(space))
	}
	return nil
}

// sendPiece makes the bytes in the buffer a part of the upload. The upload has no checksum
// algorithm, since copies need none, so the part has none either. Over http its signature covers
// its SHA-256; over https only TLS protects it.
func (m *promotion) sendPiece(ctx context.Context, number int) (types.CompletedPart, error) {
	s, body := m.store, m.buffer.body()
	defer body.close()
	in := &s3.UploadPartInput{
		Bucket:              s.bucket,
		ExpectedBucketOwner: s.owner,
		Key:                 &m.key,
		UploadId:            m.uploadID,
		PartNumber:          aws.Int32(int32(number)), //nolint:gosec // at most maxParts
		Body:                body,
	}
	out, err := s3calls.Do(ctx, s.caller, s.client.UploadPart, in, func(o *s3.Options) {
		o.RequestChecksumCalculation = aws.RequestChecksumCalculationWhenRequired
	})
	if err != nil {
		return types.CompletedPart{}, err
	}
	return types.CompletedPart{PartNumber: in.PartNumber, ETag: out.ETag}, nil
}
