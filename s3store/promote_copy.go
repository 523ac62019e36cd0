package s3store

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/airlock-go/upload/internal/s3calls"
)

// maxCopies is the most calls of one Promote that copy at a time. S3 takes thousands of such
// requests a second for a prefix ("Best practices design patterns", S3 User Guide).
const maxCopies = 16

// lateCopies is how long calls that run may take to end after another one has failed. Services go
// on with a copy that is given up, and some then reopen the upload that is aborted meanwhile.
const lateCopies = 5 * time.Second

// copy fills the parts of the upload with the staged bytes and the patches. When it returns, none
// of its calls is running.
func (m *promotion) copy(calling context.Context) ([]types.CompletedPart, error) {
	calling, end := context.WithCancel(calling)
	defer end()
	ctx, cancel := context.WithCancelCause(calling) // ends when a call fails, and none begins after that
	defer cancel(nil)
	defer context.AfterFunc(ctx, func() { time.AfterFunc(lateCopies, end) })()
	list := m.pieces()
	parts := make([]types.CompletedPart, len(list))
	slots := make(chan struct{}, maxCopies)
	var calls sync.WaitGroup
	if m.buffer != nil {
		calls.Go(func() {
			if err := m.sendPatched(ctx, calling, list, parts); err != nil {
				cancel(err)
			}
		})
	}
	for i, p := range list {
		if p.patched {
			continue
		}
		slots <- struct{}{}
		if ctx.Err() != nil {
			break
		}
		calls.Go(func() {
			defer func() { <-slots }()
			part, err := m.copyPart(calling, i+1, p)
			if err != nil {
				cancel(err)
			}
			parts[i] = part
		})
	}
	calls.Wait()
	return parts, context.Cause(ctx)
}

// pieces returns the ranges that become the parts. Without patches they are equal, except the last.
// Each of several sources is one.
func (m *promotion) pieces() []piece {
	switch {
	case len(m.Sources) > 1:
		size := m.Sources[0].Size
		return cut(m.Size, size, size, m.Patches)
	case len(m.Patches) == 0:
		size := m.rangeSize()
		return cut(m.Size, size, size, nil)
	}
	return cut(m.Size, m.window, m.store.maxCopy, m.Patches)
}

// rangeSize returns the size of the ranges that the object is copied in, except the last. With a
// digest, which is that of the whole object, it is copied in one range.
func (m *promotion) rangeSize() int64 {
	if m.digest != "" {
		return m.Size
	}
	n := min((m.Size+m.store.maxCopy-1)/m.store.maxCopy, maxParts)
	return (m.Size + n - 1) / n
}

// copyPart copies a piece, which lies within one source.
func (m *promotion) copyPart(ctx context.Context, number int, p piece) (types.CompletedPart, error) {
	s := m.store
	src, first := m.at(p.from)
	last := first + p.to - p.from - 1
	in := &s3.UploadPartCopyInput{
		Bucket:                    s.bucket,
		ExpectedBucketOwner:       s.owner,
		ExpectedSourceBucketOwner: s.owner,
		Key:                       &m.key,
		UploadId:                  m.uploadID,
		PartNumber:                aws.Int32(int32(number)), //nolint:gosec // at most maxParts
		CopySource:                aws.String(s3calls.CopySource(*s.bucket, src.Key)),
		CopySourceIfMatch:         &src.ETag,
	}
	if first > 0 || last < src.Size-1 {
		in.CopySourceRange = aws.String(fmt.Sprintf("bytes=%d-%d", first, last))
	}
	out, err := s3calls.Do(ctx, s.caller, s.client.UploadPartCopy, in)
	if status := s3calls.Status(err); m.digest != "" && (status == http.StatusBadRequest || status == http.StatusNotImplemented) {
		return types.CompletedPart{}, fmt.Errorf("%w: %w", errNoDigest, err)
	}
	if err != nil {
		return types.CompletedPart{}, err
	}
	part := types.CompletedPart{PartNumber: in.PartNumber, ETag: out.CopyPartResult.ETag}
	if m.digest != "" {
		part.ChecksumSHA256 = out.CopyPartResult.ChecksumSHA256
		switch aws.ToString(part.ChecksumSHA256) {
		case m.digest:
		case "":
			return part, errNoDigest
		default:
			return part, errOtherBytes
		}
	}
	return part, nil
}

var (
	errNoDigest = errors.New("s3store: the service does not report the SHA-256 of a copy, so the copy may hold other bytes than were checked: " +
		"its profile lacks NoPinnedCopies or, if Check finds that copies obey X-Amz-Copy-Source-If-Match, NoCopyDigests")
	errOtherBytes = errors.New("s3store: other bytes with the same ETag")
)
