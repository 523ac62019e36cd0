package s3store

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/airlock-go/upload/internal/s3calls"
	"github.com/airlock-go/upload/storage"
)

// maxVersions is how many versions of its own Discard expects at most.
const maxVersions = 10

// Discard implements [storage.Staged]. It goes on when ctx ends, for a few calls'
// time at most. On versioned buckets it removes the version that Commit
// published and leaves no delete marker. Object Lock, and the lack of
// s3:DeleteObjectVersion there, make it fail. Where versioning is suspended it needs
// s3:DeleteObject and leaves a delete marker, since S3 binds no other removal to an
// ETag.
func (f *staged) Discard(ctx context.Context) error {
	f.spent = true
	f.forget()
	ctx = context.WithoutCancel(ctx)
	if err := f.abort(ctx); err != nil {
		return err
	}
	return f.withdraw(ctx)
}

// forget frees the memory of a file that fits one part.
func (f *staged) forget() {
	if f.buffer != nil {
		f.buffer.free()
		f.buffer = nil
	}
}

// withdraw removes the published object. A version's id is never used twice, but
// under a bare key there can be somebody else's object by now, so the nonce is
// asked for first.
func (f *staged) withdraw(ctx context.Context) error {
	for range maxVersions {
		if f.published == no {
			return nil
		}
		var etag *string
		if f.published == maybe || !isUnique(f.version) {
			found, out, err := f.find(ctx)
			if err != nil {
				return err
			}
			if found != ours {
				f.published = no
				return nil
			}
			f.published, f.version, etag = yes, out.VersionId, out.ETag
		}
		err := f.store.deleteReadable(ctx, f.key, f.version, etag)
		if errors.Is(err, storage.ErrChanged) { // it was replaced after the look
			f.published = no
			return nil
		}
		if err != nil {
			return err
		}
		// Without conditions a retried PutObject may have created a version
		// more, which is what is readable now.
		f.published, f.version = no, nil
		if f.store.opts.Profile.InsecureUnconditionalPut {
			f.published = maybe
		}
	}
	return errors.New("s3store: the object is still readable after it was deleted")
}

// nullVersion is the id of whatever was written last while versioning was off.
const nullVersion = "null"

// isUnique reports whether a version id names one object for ever.
func isUnique(version *string) bool {
	v := aws.ToString(version)
	return v != "" && v != nullVersion
}

// Delete implements [storage.Storage]. It removes all versions of the key, and
// its delete markers, if it may list them and else the current version, for
// which it needs s3:GetObject. Of a key with more than 10,000 versions it removes
// about as many, and the error asks for another call.
func (s *Store) Delete(ctx context.Context, key string) error {
	versions, err := s.versions(ctx, key)
	if mayNotList(err) {
		var out *s3.HeadObjectOutput
		out, err = s.head(ctx, key, nil)
		switch {
		case err == nil:
			versions = []version{{id: out.VersionId}}
		case s3calls.Status(err) == http.StatusNotFound:
			return nil
		}
	}
	if err != nil && !errors.Is(err, errManyVersions) {
		return err
	}
	for _, v := range versions {
		if err := s.deleteVersion(ctx, key, v.id); err != nil {
			return err
		}
	}
	return err
}

// mayNotList reports that S3 refused to list versions, or cannot.
func mayNotList(err error) bool {
	return (s3calls.Refused(err) || s3calls.Status(err) == http.StatusNotImplemented) && s3calls.Code(err) != "NoSuchBucket"
}

// version is one of a key's, or a delete marker.
type version struct {
	id       *string
	etag     string // "" of a delete marker
	modified time.Time
}

// listedVersions is how many versions of one key are listed, and removed, before the
// caller is asked to call again.
const listedVersions = 10_000

var errManyVersions = fmt.Errorf("s3store: the key has more than %d versions; remove it again for the rest", listedVersions)

// versions lists the versions and delete markers of exactly this key. With
// errManyVersions it returns those that it has listed. A list that comes back to a
// place or a version is an error.
func (s *Store) versions(ctx context.Context, key string) (all []version, err error) {
	in := &s3.ListObjectVersionsInput{Bucket: s.bucket, ExpectedBucketOwner: s.owner, Prefix: &key}
	listed, places := map[string]bool{}, map[string]bool{"": true}
	for {
		out, err := s3calls.Do(ctx, s.caller, s.client.ListObjectVersions, in)
		if err != nil {
			return nil, err
		}
		page, next := versionsOf(out, key), aws.ToString(out.NextVersionIdMarker)
		for _, v := range page {
			id := aws.ToString(v.id)
			if listed[id] {
				return nil, errUnordered
			}
			listed[id] = true
		}
		all = append(all, page...)
		// Longer keys with this prefix are listed after it.
		switch {
		case !aws.ToBool(out.IsTruncated) || aws.ToString(out.NextKeyMarker) != key:
			return all, nil
		case len(page) == 0, places[next]:
			return nil, errUnordered
		case len(all) >= s.maxListed:
			return all, errManyVersions
		}
		places[next] = true
		in.KeyMarker, in.VersionIdMarker = out.NextKeyMarker, out.NextVersionIdMarker
	}
}

// versionsOf are those of the key on a page.
func versionsOf(out *s3.ListObjectVersionsOutput, key string) (page []version) {
	for _, v := range out.Versions {
		if aws.ToString(v.Key) == key {
			page = append(page, version{v.VersionId, aws.ToString(v.ETag), aws.ToTime(v.LastModified)})
		}
	}
	for _, m := range out.DeleteMarkers {
		if aws.ToString(m.Key) == key {
			page = append(page, version{m.VersionId, "", aws.ToTime(m.LastModified)})
		}
	}
	return page
}

// deleteVersion removes one version, or the object if version is nil. That it is
// gone already is not an error, however the service puts that: some refuse the
// id of a version that they have no longer.
func (s *Store) deleteVersion(ctx context.Context, key string, version *string) error {
	_, err := s3calls.Do(ctx, s.caller, s.client.DeleteObject, &s3.DeleteObjectInput{
		Bucket:              s.bucket,
		ExpectedBucketOwner: s.owner,
		Key:                 &key,
		VersionId:           version,
	})
	if s3calls.Silent(err) || version != nil && s3calls.Refused(err) {
		return s.unlessGone(ctx, key, version, err)
	}
	return err
}

// unlessGone returns err, of a removal, unless there is nothing to remove any more.
func (s *Store) unlessGone(ctx context.Context, key string, version *string, err error) error {
	_, asked := s.head(ctx, key, version)
	if status := s3calls.Status(asked); status == http.StatusNotFound || version != nil && status == http.StatusBadRequest {
		return nil
	}
	return err
}

func (s *Store) head(ctx context.Context, key string, version *string) (*s3.HeadObjectOutput, error) {
	return s3calls.Do(ctx, s.caller, s.client.HeadObject, &s3.HeadObjectInput{
		Bucket:              s.bucket,
		ExpectedBucketOwner: s.owner,
		Key:                 &key,
		VersionId:           version,
	})
}
