package s3store

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/airlock-go/upload/internal/s3calls"
	"github.com/airlock-go/upload/storage"
)

// target is a key to publish under, with what it takes to find out whose object is there and to
// leave no multipart upload open.
type target struct {
	store    *Store
	key      string
	nonce    string
	size     int64   // bytes of a file that fits one part, otherwise 0
	uploadID *string // of the multipart upload while it is open
}

// owner says whose the object under a key is.
type owner int

const (
	nobodys owner = iota
	ours
	anothers
	unknown
)

// find asks S3 for the object under the key and compares nonces. A 403 is an error: it proves
// nothing.
func (t *target) find(ctx context.Context) (found owner, out *s3.HeadObjectOutput, err error) {
	out, err = t.store.head(ctx, t.key, nil)
	switch {
	case s3calls.Status(err) == http.StatusNotFound:
		return nobodys, nil, nil
	case err != nil:
		return unknown, nil, err
	case out.Metadata[metaNonce] == t.nonce:
		return ours, out, nil
	}
	return anothers, nil, nil
}

// contested reports whether S3 refused a write because of what it found under the key or in place
// of the upload. That can be this upload's own object: services and proxies repeat requests
// silently.
func contested(err error) bool {
	status := s3calls.Status(err)
	return status == http.StatusPreconditionFailed || status == http.StatusConflict || s3calls.Code(err) == codeNoUpload
}

// settle finds out what a write that failed with cause has done. It first aborts the multipart
// upload, so that no late request can complete it; S3 has no such means against a late PutObject.
// The error is nil if the object is ours and whole. Some services keep the half of a PUT whose
// connection broke, and refuse its repetition.
func (t *target) settle(ctx context.Context, cause error) (found owner, version *string, err error) {
	aborting := t.abort(ctx)
	found, out, err := t.find(ctx)
	switch {
	case err != nil:
		return unknown, nil, fmt.Errorf("%w: %w; %w", storage.ErrUnknownOutcome, cause, err)
	case found == ours && t.size > 0 && aws.ToInt64(out.ContentLength) != t.size:
		return ours, out.VersionId, fmt.Errorf("%w: %q has %d of %d bytes: %w",
			storage.ErrUnknownOutcome, t.key, aws.ToInt64(out.ContentLength), t.size, cause)
	case found == ours:
		return ours, out.VersionId, nil
	case found == anothers:
		return anothers, nil, fmt.Errorf("%w: %w", storage.ErrExists, cause)
	case aborting != nil:
		return unknown, nil, fmt.Errorf("%w: %w; %w", storage.ErrUnknownOutcome, cause, aborting)
	}
	return nobodys, nil, cause
}

// open opens the multipart upload. After a lost answer it tries to leave no other one open.
func (t *target) open(ctx context.Context, in *s3.CreateMultipartUploadInput) error {
	var doubt bool
	out, err := s3calls.Do(ctx, t.store.caller, t.store.client.CreateMultipartUpload, in, s3calls.Watch(&doubt))
	if err == nil {
		t.uploadID = out.UploadId
	}
	if doubt {
		t.abortStrays(ctx, func(id string) bool { return id != aws.ToString(t.uploadID) })
	}
	return err
}

// abort aborts the multipart upload if one is open, even after ctx has ended.
func (t *target) abort(ctx context.Context) error {
	if t.uploadID == nil {
		return nil
	}
	if err := t.store.abortUpload(context.WithoutCancel(ctx), t.key, *t.uploadID); err != nil {
		return err
	}
	t.uploadID = nil
	return nil
}

// strayPauses are the waits before abortStrays looks again.
var strayPauses = []time.Duration{100 * time.Millisecond, 400 * time.Millisecond, 1600 * time.Millisecond}

// abortStrays aborts uploads of this key that are open against our will. An attempt of open may
// have opened them without us learning their ids. An abort may have met a part in flight and left
// one open: "it might be necessary to abort a given multipart upload multiple times" (the
// description of AbortMultipartUpload). On some services a late part reopens one. It looks until
// two successive lists have none, the second at least half a second after the first look: busy
// services finish a part late. It looks four times at most. A failure that lasts is logged and not
// returned, since it does not decide about the file.
func (t *target) abortStrays(ctx context.Context, stray func(id string) bool) {
	ctx = context.WithoutCancel(ctx)
	quiet, err := false, error(nil)
	for i := range len(strayPauses) + 1 {
		if i > 0 {
			time.Sleep(strayPauses[i-1])
		}
		var found int
		found, err = t.abortListed(ctx, stray)
		if s3calls.Refused(err) || found == 0 && quiet && i > 1 { // a part is seldom later
			break
		}
		quiet = found == 0 && err == nil
	}
	if err != nil {
		t.warn(ctx, err)
	}
}

// abortListed aborts the listed uploads of this key that are strays.
func (t *target) abortListed(ctx context.Context, stray func(id string) bool) (found int, err error) {
	open, err := t.store.openUploads(ctx, t.key)
	for _, id := range open {
		if !stray(id) {
			continue
		}
		found++
		if e := t.store.abortUpload(ctx, t.key, id); e != nil {
			err = e
		}
	}
	return found, err
}

func (t *target) warn(ctx context.Context, err error) {
	t.store.opts.Logger.WarnContext(ctx, "s3store: a multipart upload may be left open", "key", t.key, "error", err)
}
