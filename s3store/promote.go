package s3store

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/airlock-go/upload/internal/s3calls"
	"github.com/airlock-go/upload/storage"
)

// Promote implements [storage.DirectStorage]. The bytes are copied within S3, by a multipart
// upload. It takes them only while the ETag is that of their source. It becomes an object only
// while there is none under p.Key; with InsecureUnconditionalComplete the key is only checked
// first. CopyObject would be one call, but several services ignore its conditions.
//
// An ETag that is an MD5 does not identify bytes: clients can make two files with the same one. So
// if p.Pin is known, a file that was sent in one request is copied in one call, for which
// CallTimeout must be enough. If S3 finds another SHA-256, the error is [storage.ErrChanged]. Files
// staged in parts, which no client can replace, those without a pin, and all with NoCopyDigests are
// copied in ranges, 16 at a time. A range has 64 MiB at most, or more if there would be more than
// 10,000. After the first range that fails none begins, and those that run have 5 s to end.
//
// Several sources are bound to their ETags alone. Each is copied whole, in one call. Promote then
// lists the parts and compares their sizes.
//
// Of a file staged in parts, ranges of [Store.PieceSize] that p.Patches change are read, bound to
// the ETag, and sent; only the others are copied. Of several sources, each that a patch changes is
// read and sent whole. If one takes more than MaxMemory, the file is read and written again, bound
// to the ETags. A single file that was staged in one request, and has patches, is read and written
// again, bound to p.SourceSHA256, which it must have.
//
// With NoPinnedCopies nothing is copied: the file is read and written again, bound to the ETag and,
// if it is known, to p.Pin. A file that is written again, or that has patches, takes memory as
// Stage does. It waits for that up to CallTimeout; then the error is [storage.ErrBusy].
//
// Promote ends with ctx while it copies, not later. The staged object's own metadata, type,
// encoding and tags are dropped; SSE, StorageClass and Tags are those of the options. The error is
// also [storage.ErrChanged] if the staged object is gone. No failure leaves a multipart upload
// open, unless S3 does not abort it.
func (s *Store) Promote(ctx context.Context, p storage.Promotion) error {
	if err := p.Valid(); err != nil {
		return err
	}
	if _, err := wireDigest(p.SHA256); err != nil {
		return err
	}
	digest, err := wireDigest(p.Pin())
	if err != nil {
		return err
	}
	several := len(p.Sources) > 1
	whole := len(p.Patches) > 0 && !several && !fromParts(p.Sources[0].ETag)
	switch {
	case whole && digest == "":
		return errNoPin
	case whole, s.opts.Profile.NoPinnedCopies, several && len(p.Patches) > 0 && footprint(p.Sources[0].Size) > s.opts.MaxMemory:
		return s.republish(ctx, p)
	}
	if several || s.opts.Profile.NoCopyDigests || p.Size > maxPartSize || fromParts(p.Sources[0].ETag) {
		digest = ""
	}
	return s.copied(ctx, p, digest)
}

var errNoPin = errors.New("s3store: patches of a file that was sent in one request need its SHA-256")

// copied is Promote where the bytes are copied within S3.
func (s *Store) copied(ctx context.Context, p storage.Promotion, digest string) error {
	for attempt := 0; ; attempt++ {
		m := &promotion{target: target{store: s, key: p.Key, nonce: p.Nonce}, Promotion: p, digest: digest, waits: s.patiently(p)}
		again, err := m.publish(ctx)
		if !again || attempt == len(promotePauses) {
			return err
		}
		time.Sleep(promotePauses[attempt])
	}
}

// publish makes the object readable. If it fails, again says that nothing is readable and that the
// obstacle can be gone by now. S3 refused because of what it found under the key, or a concurrent
// Promote took our upload for a stray of its own.
func (m *promotion) publish(ctx context.Context) (again bool, err error) {
	s := m.store
	if s.opts.Profile.InsecureUnconditionalComplete {
		switch found, _, err := m.find(ctx); {
		case err != nil:
			return false, err
		case found == ours:
			return false, nil
		case found == anothers:
			return false, fmt.Errorf("s3store: %q: %w", m.key, storage.ErrExists)
		}
	}
	parts, err := m.upload(ctx)
	switch {
	case err != nil && m.uploadID == nil:
		return false, err
	case err != nil:
		return m.fail(ctx, err)
	}
	ctx = context.WithoutCancel(ctx)
	var doubt bool
	_, _, err = s.completeUpload(ctx, m.key, m.uploadID, parts, s3calls.Watch(&doubt))
	switch {
	case err == nil:
		return false, nil
	case doubt, contested(err):
		again := contested(err)
		found, _, err := m.settle(ctx, err)
		return again && found == nobodys, err
	}
	return false, errors.Join(err, m.abort(ctx))
}

// upload opens the multipart upload and makes its parts. If that fails, it leaves the upload open.
func (m *promotion) upload(ctx context.Context) ([]types.CompletedPart, error) {
	if len(m.Patches) > 0 {
		if err := m.takeWindow(ctx); err != nil {
			return nil, err
		}
		defer m.free()
	}
	in := m.store.createInput(m.store.published(m.Key, m.Type, m.Name, m.Nonce, m.SHA256, m.Facts))
	if m.digest != "" {
		in.ChecksumAlgorithm = types.ChecksumAlgorithmSha256
	}
	if err := m.open(ctx, in); err != nil {
		return nil, err
	}
	parts, err := m.copy(ctx)
	if err == nil && len(m.Sources) > 1 {
		err = m.compareParts(ctx)
	}
	return parts, err
}

// fail ends the upload after its parts failed with cause. If S3 refused because of what it found,
// or a source has changed, another attempt may have published the file.
func (m *promotion) fail(ctx context.Context, cause error) (again bool, err error) {
	ctx = context.WithoutCancel(ctx)
	aborting := m.abandon(ctx)
	changed := s3calls.Status(cause) == http.StatusPreconditionFailed || isGone(cause) ||
		errors.Is(cause, errOtherBytes) || errors.Is(cause, storage.ErrChanged)
	if !changed && !contested(cause) {
		return false, errors.Join(cause, aborting)
	}
	found, _, err := m.settle(ctx, cause)
	if changed && found == nobodys {
		return false, fmt.Errorf("%w: %w", storage.ErrChanged, err)
	}
	return found == nobodys, err
}

// isGone reports whether S3 did not find the object to copy from.
func isGone(err error) bool {
	code := s3calls.Code(err)
	return code == "NoSuchKey" || code == "NoSuchVersion" // NoSuchVersion is for objects with versions
}

// abandon aborts the upload, and again while copies that S3 still carries out keep it open.
func (m *promotion) abandon(ctx context.Context) error {
	id := *m.uploadID
	if err := m.abort(ctx); err != nil {
		m.warn(ctx, err)
		return err
	}
	m.abortStrays(ctx, func(stray string) bool { return stray == id })
	return nil
}

// fromParts reports whether an ETag is that of an object uploaded in parts, "<digest>-<number>". No
// client can replace it: its upload has ended, and each upload has a key of its own.
func fromParts(etag string) bool { return strings.Contains(etag, "-") }
