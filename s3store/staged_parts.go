package s3store

import (
	"context"
	"errors"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

var errBrokenOff = errors.New("s3store: the file was not read to its end")

// stream sends b, which is full, as the first part of the multipart upload and the rest of src as
// the others.
func (f *staged) stream(ctx context.Context, src *source, b *buffer, part int64) (err error) {
	s := newSender(ctx, f)
	defer func() { err = f.finish(ctx, s, b, err) }() // runs also when src panics
	for more := true; more; {
		b = s.send(b, footprint(min(part, src.rest())))
		if more, err = src.fill(s.ctx, b); err != nil {
			return err
		}
	}
	s.send(b, 0)
	b = nil
	return nil
}

// flush returns the memory of a file that waits for its Commit: it becomes a multipart upload of
// one part. On error the file is lost, and its upload is aborted.
func (f *staged) flush(ctx context.Context) error {
	if f.buffer == nil || f.buffer.reserved == 0 {
		return nil
	}
	b := f.buffer
	f.buffer = nil
	if err := f.create(ctx); err != nil {
		b.free()
		return err
	}
	s := newSender(ctx, f)
	s.send(b, 0)
	return f.finish(ctx, s, nil, nil)
}

// finish waits for the parts of s. It aborts the upload if one of them failed, or if the file broke
// off with err. In that case rest is the buffer that was not sent. finish aborts after the last
// call for a part has ended. It then looks for strays if S3 may still be writing a part.
func (f *staged) finish(ctx context.Context, s *sender, rest *buffer, err error) error {
	if rest != nil {
		rest.free()
		s.cancel(errBrokenOff)
	}
	if failed := s.wait(); err == nil {
		err = failed
	}
	if err == nil {
		f.parts = s.parts
		return nil
	}
	if aborting := f.abort(ctx); aborting != nil {
		f.warn(ctx, aborting)
		return errors.Join(err, aborting)
	}
	if s.doubt {
		f.abortStrays(ctx, func(string) bool { return true })
	}
	return err
}

// sender sends the parts of one multipart upload in the background, at most two at a time. It owns
// the buffers meanwhile.
type sender struct {
	file   *staged
	ctx    context.Context // ends with the first part that fails
	cancel context.CancelCauseFunc
	done   sync.WaitGroup

	mu       sync.Mutex
	parts    []types.CompletedPart
	inFlight int
	doubt    bool       // a part was given up that S3 may still be writing
	handOver bool       // the next part to end passes its reservation on
	handed   chan int64 // the reservation
}

func newSender(ctx context.Context, f *staged) *sender {
	s := &sender{file: f, handed: make(chan int64, 1)}
	s.ctx, s.cancel = context.WithCancelCause(ctx)
	return s
}

// send starts sending b as the next part. It returns an empty buffer of at least next bytes for the
// part after it, or nil if next is 0. It takes new memory only while no other part is being sent
// and nobody waits for memory; otherwise it reuses that of the first part to end. It decides that
// before b is sent: later, b's own memory might have gone to another upload, with nothing left to
// wait for.
func (s *sender) send(b *buffer, next int64) *buffer {
	memory, subject := b.memory, b.subject
	s.mu.Lock()
	s.parts = append(s.parts, types.CompletedPart{PartNumber: aws.Int32(int32(len(s.parts) + 1))}) //nolint:gosec // at most maxParts
	number := len(s.parts)
	taken := s.inFlight == 0 && next > 0 && memory.budget.TryAcquire(subject, next)
	s.handOver = next > 0 && !taken
	s.inFlight++
	s.mu.Unlock()

	s.done.Add(1)
	go s.put(number, b)

	switch {
	case next == 0:
		return nil
	case !taken:
		next = <-s.handed
	}
	return &buffer{memory: memory, subject: subject, reserved: next}
}

func (s *sender) put(number int, b *buffer) {
	defer s.done.Done()
	store, doubt := s.file.store, false
	in := &s3.UploadPartInput{
		Bucket:              store.bucket,
		ExpectedBucketOwner: store.owner,
		Key:                 &s.file.key,
		UploadId:            s.file.uploadID,
		PartNumber:          aws.Int32(int32(number)), //nolint:gosec // at most maxParts
		ChecksumAlgorithm:   store.checksum,
	}
	if store.checksum != "" {
		in.ChecksumCRC32 = aws.String(b.sum())
	}
	out, err := store.parts.Put(s.ctx, in, b.toPut, &doubt)
	if err != nil {
		s.cancel(err)
	}

	s.mu.Lock()
	defer s.mu.Unlock()
	s.inFlight--
	s.doubt = s.doubt || err != nil && doubt
	if err == nil {
		s.parts[number-1].ETag = out.ETag
		if store.checksum != "" {
			s.parts[number-1].ChecksumCRC32 = out.ChecksumCRC32
		}
	}
	if s.handOver {
		s.handOver = false
		b.clear()
		s.handed <- b.reserved
		return
	}
	b.free()
}

// wait returns when no part is being sent any more, with the error that made the upload fail.
func (s *sender) wait() error {
	s.done.Wait()
	err := context.Cause(s.ctx)
	s.cancel(nil)
	return err
}
