package s3store

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/airlock-go/upload/internal/s3calls"
)

// maxDeleted is the most versions that one DeleteObjects removes:
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html.
const maxDeleted = 1000

// DeleteMany implements [storage.ManyDeleter]. Each 1,000 versions under the beginning that all
// keys share take one list and at most one DeleteObjects. The permissions are those of Delete.
// Where versions may not be listed, HeadObject of one key shows whether the bucket has any. If it
// has, all keys are left to Delete. The same happens with a single key, on a service without
// DeleteObjects, and after another failed call. It also happens if the lists have over 10,000
// entries more than there are keys.
func (s *Store) DeleteMany(ctx context.Context, keys []string) (rest []string) {
	if len(keys) < 2 {
		return keys
	}
	r := &removal{store: s, left: make(map[string]bool, len(keys))}
	for _, key := range keys {
		r.left[key] = false
	}
	if err := r.listed(ctx, slices.Min(keys), slices.Max(keys)); err != nil {
		return keys // Delete returns the error if it lasts
	}
	for _, key := range keys {
		if r.left[key] {
			rest = append(rest, key)
		}
	}
	return rest
}

// removal is a call of DeleteMany.
type removal struct {
	store *Store
	left  map[string]bool // of each key, whether S3 has not removed something of it
}

// listed removes what S3 lists of the keys, of which these are the first and the last.
func (r *removal) listed(ctx context.Context, first, last string) error {
	s, prefix := r.store, 0
	for prefix < min(len(first), len(last)) && first[prefix] == last[prefix] {
		prefix++
	}
	in := &s3.ListObjectVersionsInput{
		Bucket: s.bucket, ExpectedBucketOwner: s.owner,
		Prefix: optional(strings.ToValidUTF8(first[:prefix], "")), // which may end within a character
	}
	for most := len(r.left) + s.maxListed; most > 0; {
		out, err := s3calls.Do(ctx, s.caller, s.client.ListObjectVersions, in)
		switch {
		case mayNotList(err):
			return r.unlisted(ctx, first)
		case err != nil:
			return err
		}
		if err := r.remove(ctx, r.among(out)); err != nil || !aws.ToBool(out.IsTruncated) {
			return err
		}
		in.KeyMarker, in.VersionIdMarker = out.NextKeyMarker, out.NextVersionIdMarker
		most -= max(1, len(out.Versions)+len(out.DeleteMarkers))
	}
	return errManyVersions
}

// among returns what a page has of the keys.
func (r *removal) among(out *s3.ListObjectVersionsOutput) (list []types.ObjectIdentifier) {
	add := func(key, version *string) {
		if _, ours := r.left[aws.ToString(key)]; ours {
			list = append(list, types.ObjectIdentifier{Key: key, VersionId: version})
		}
	}
	for _, v := range out.Versions {
		add(v.Key, v.VersionId)
	}
	for _, m := range out.DeleteMarkers {
		add(m.Key, m.VersionId)
	}
	return list
}

var errVersions = errors.New("s3store: the bucket has versions, which may not be listed")

// unlisted removes the keys, of which one is given, if the bucket has no versions.
func (r *removal) unlisted(ctx context.Context, key string) error {
	out, err := r.store.head(ctx, key, nil)
	if err != nil {
		return err
	}
	if out.VersionId != nil {
		return errVersions
	}
	var list []types.ObjectIdentifier
	for key := range r.left {
		list = append(list, types.ObjectIdentifier{Key: &key})
	}
	return r.remove(ctx, list)
}

// remove removes versions, and records the keys of those that S3 does not name as removed.
func (r *removal) remove(ctx context.Context, list []types.ObjectIdentifier) error {
	s := r.store
	for chunk := range slices.Chunk(list, maxDeleted) {
		out, err := s3calls.Do(ctx, s.caller, s.client.DeleteObjects, &s3.DeleteObjectsInput{
			Bucket: s.bucket, ExpectedBucketOwner: s.owner, Delete: &types.Delete{Objects: chunk},
		})
		if err != nil {
			return err
		}
		removed := make(map[[2]string]bool, len(out.Deleted))
		for _, d := range out.Deleted {
			removed[named(d.Key, d.VersionId)] = true
		}
		for _, o := range chunk {
			if !removed[named(o.Key, o.VersionId)] {
				r.left[*o.Key] = true
			}
		}
	}
	return nil
}

// named names a version. Services omit the id "null" from some answers.
func named(key, version *string) [2]string {
	if aws.ToString(version) == nullVersion {
		version = nil
	}
	return [2]string{aws.ToString(key), aws.ToString(version)}
}
