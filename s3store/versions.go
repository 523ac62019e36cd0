package s3store

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/airlock-go/upload/internal/s3calls"
)

// nullVersion is the id of the last write while versioning was off.
const nullVersion = "null"

// version is a version of a key, or a delete marker.
type version struct {
	id       *string
	etag     string // "" for a delete marker
	modified time.Time
}

// is reports whether two versions are the same object or delete marker, as far as lists show.
func (v version) is(w version) bool {
	return aws.ToString(v.id) == aws.ToString(w.id) && v.etag == w.etag && v.modified.Equal(w.modified)
}

// isUnique reports whether a version id always names the same object.
func isUnique(version *string) bool {
	v := aws.ToString(version)
	return v != "" && v != nullVersion
}

// errManyVersions is the error of lists that may have more entries than one call removes.
var errManyVersions = fmt.Errorf("s3store: the key has %d versions or more; remove it again for the rest", listedVersions)

// errUnordered is the error of lists out of order or without an end.
var errUnordered = errors.New("s3store: the service does not list in order, or lists the same page again")

// versions lists the versions and delete markers of exactly this key. With errManyVersions it
// returns those that it has listed. A list that repeats a marker or a version is an error.
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

// versionsOf returns those of the key on a page.
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

// mayNotList reports whether S3 refused to list versions, or cannot. An answer that another try may
// change is not a refusal: without the list older versions would stay.
func mayNotList(err error) bool {
	code := s3calls.Code(err)
	switch s3calls.Status(err) {
	case http.StatusNotImplemented, http.StatusMethodNotAllowed:
		return true
	case http.StatusForbidden:
		return code == "AccessDenied" || code == "AllAccessDisabled" || code == "Forbidden"
	case http.StatusNotFound:
		return code != "NoSuchBucket"
	case http.StatusBadRequest:
		return slices.Contains([]string{"NotImplemented", "MethodNotAllowed", "InvalidRequest", "InvalidArgument", "NotSupported"}, code)
	}
	return false
}
