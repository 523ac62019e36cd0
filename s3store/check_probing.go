package s3store

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/airlock-go/upload/internal/s3calls"
	"github.com/airlock-go/upload/storage"
)

// probeName is in the keys of all that Check writes.
const probeName = "upload-probe"

var probeBody = []byte("written by Store.Check and safe to delete\n")

// probing is one run of Check. Its calls are made on a context that does not end
// with the caller's, since a write that is given up may still be carried out
// after it was cleaned up. Between probes the caller's is asked.
type probing struct {
	store  *Store
	caller context.Context
	ctx    context.Context

	versioned bool            // a version was seen
	there     map[string]bool // keys that put has written
	written   []written       // what there may be, except what is removed already
	open      []*target       // multipart uploads, likewise

	known *learned          // nil until learn
	asked map[signing]tried // what signed requests have shown

	proposed *Proposal // by profile
}

// written is an object that there may be.
type written struct {
	key     string
	version *string // nil if it is not known
}

// key is one that nobody uses, under which something may be written from now on.
func (p *probing) key(prefix string) string {
	key := prefix + probeName + "/" + strings.ToLower(rand.Text())
	p.written = append(p.written, written{key: key})
	return key
}

func (p *probing) publishedKey() string { return p.key(p.store.opts.Layout.KeyPrefixes[0]) }

func (p *probing) stagedKey() string {
	return p.key(p.store.opts.Layout.StagingPrefixes[0] + storage.StagingSegment + "/")
}

// put writes a small object as Commit would.
func (p *probing) put(key string) (version *string, err error) {
	return p.putIf(key, ifFree(p.store.opts.Profile.InsecureUnconditionalPut))
}

func (p *probing) putIf(key string, noneMatch *string) (version *string, err error) {
	s := p.store
	in := s.putInput(s.published(key, "text/plain", probeName, rand.Text(), ""))
	in.Body, in.IfNoneMatch = bytes.NewReader(probeBody), noneMatch
	var doubt bool
	out, err := s3calls.Do(p.ctx, s.caller, s.client.PutObject, in, s3calls.Watch(&doubt))
	if s3calls.Status(err) == http.StatusForbidden && !doubt && !p.there[key] {
		p.removed(key, nil) // nothing was written, and we may not see that
	}
	if err != nil {
		return nil, err
	}
	p.there[key] = true
	p.wrote(key, out.VersionId)
	return out.VersionId, nil
}

// wrote notes a version of a key that is noted already.
func (p *probing) wrote(key string, version *string) {
	if isUnique(version) {
		p.versioned = true
		p.written = slices.Insert(p.written, 0, written{key, version}) // before all of the key
	}
}

// removed notes that nothing is left of what put wrote under key.
func (p *probing) removed(key string, version *string) {
	p.written = slices.DeleteFunc(p.written, func(w written) bool { return w.key == key && w.version == version })
}

// upload opens a multipart upload of one part under key, ready to be completed.
func (p *probing) upload(key string) (t *target, parts []types.CompletedPart, step string, err error) {
	s := p.store
	in := s.createInput(s.published(key, "text/plain", probeName, rand.Text(), ""))
	in.ChecksumAlgorithm = s.checksum
	t = &target{store: s, key: key}
	p.open = append(p.open, t)
	if err := t.open(p.ctx, in); err != nil {
		return nil, nil, "opening one", err
	}
	out, err := s3calls.Do(p.ctx, s.caller, s.client.UploadPart, &s3.UploadPartInput{
		Bucket: s.bucket, ExpectedBucketOwner: s.owner, Key: &key, UploadId: t.uploadID,
		PartNumber: aws.Int32(1), Body: bytes.NewReader(probeBody), ChecksumAlgorithm: s.checksum,
	})
	if err != nil {
		return nil, nil, "sending a part", err
	}
	part := types.CompletedPart{PartNumber: aws.Int32(1), ETag: out.ETag}
	if s.checksum != "" {
		part.ChecksumCRC32 = out.ChecksumCRC32
	}
	return t, []types.CompletedPart{part}, "", nil
}

// complete makes the object of an upload, unless there is one.
func (p *probing) complete(t *target, parts []types.CompletedPart) error {
	in := p.store.completeInput(t.key, t.uploadID, parts)
	out, err := s3calls.Do(p.ctx, p.store.caller, p.store.client.CompleteMultipartUpload, in)
	if err == nil {
		t.uploadID = nil
		p.wrote(t.key, out.VersionId)
	}
	return err
}

// on does something with another store.
func (p *probing) on(s *Store, do func()) {
	given := p.store
	defer func() { p.store = given }()
	p.store = s
	do()
}

// clean removes everything that was written or may have been. What it cannot
// remove stays on the list, for the next time.
func (p *probing) clean() {
	p.on(p.cleaner(), p.cleanAll)
}

// cleaner is a store whose calls the service takes, if that is known.
func (p *probing) cleaner() *Store {
	if p.known != nil && p.known.base != nil {
		return p.known.base
	}
	return p.store
}

func (p *probing) cleanAll() {
	p.open = slices.DeleteFunc(p.open, func(t *target) bool { return t.abort(p.ctx) == nil })
	p.written = slices.DeleteFunc(p.written, func(w written) bool { return p.remove(w) == nil })
}

// remove removes one version, or all there are of a key: a lost answer may have
// written, so that there is nothing has to be seen.
func (p *probing) remove(w written) error {
	if w.version != nil {
		return p.store.deleteVersion(p.ctx, w.key, w.version)
	}
	err := p.store.Delete(p.ctx, w.key)
	if s3calls.Status(err) == http.StatusForbidden && !p.versioned {
		// Without s3:ListBucket what is not there looks like this.
		return p.store.deleteVersion(p.ctx, w.key, nil)
	}
	return err
}

// left tells what is left after a last try.
func (p *probing) left() (State, string) {
	p.clean()
	var keys []string
	for _, t := range p.open {
		keys = append(keys, t.key)
	}
	for _, w := range p.written {
		keys = append(keys, w.key)
	}
	if len(keys) == 0 {
		return OK, "nothing that was written to try is left"
	}
	slices.Sort(keys)
	return Wrong, "remove these yourself, with all their versions and open multipart uploads: " + strings.Join(slices.Compact(keys), ", ")
}

// reachable asks for the bucket. What comes after is only of use if it is there.
func (p *probing) reachable() (State, string) {
	s := p.store
	_, err := s3calls.Do(p.caller, s.caller, s.client.HeadBucket, &s3.HeadBucketInput{Bucket: s.bucket, ExpectedBucketOwner: s.owner})
	var gone *types.NotFound
	switch status := s3calls.Status(err); {
	case err == nil:
		return OK, "the bucket answers"
	case errors.As(err, &gone), status == http.StatusNotFound:
		return Wrong, fmt.Sprintf("there is no bucket %q", *s.bucket)
	case status == http.StatusMovedPermanently:
		return Wrong, "the bucket is in another region than the client's"
	case status == http.StatusForbidden:
		return CannotTell, "the bucket is not ours, or the credentials are not valid or lack s3:ListBucket"
	case status == 0:
		return Wrong, err.Error()
	}
	return CannotTell, err.Error()
}
