package s3store

import (
	"context"
	"errors"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/airlock-go/upload/internal/s3calls"
)

// Delete implements [storage.Storage]. It removes all versions of the key and its delete markers if
// it may list them. Otherwise it removes the current version, for which it needs s3:GetObject. If a
// key has 10,000 versions or more, it removes about as many, and the error asks for another call.
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
