package s3store

import (
	"context"
	"fmt"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/airlock-go/upload/internal/s3calls"
)

// Ping returns an error that says why the bucket cannot be used, for the readiness probe of an
// instance. It makes one HeadBucket, repeated as the client repeats every call, which reads nothing
// and takes s3:ListBucket. Every role of package s3bucket has that, except RoleSetup. It shows that
// the service answers, that the credentials are valid and that the bucket exists; it does not show
// that files can be written. It ends with ctx, at the latest after [Options].CallTimeout.
//
// Do not call it for a liveness probe: a restart does not mend a bucket.
func (s *Store) Ping(ctx context.Context) error {
	_, err := s3calls.Do(ctx, s.caller, s.client.HeadBucket, &s3.HeadBucketInput{Bucket: s.bucket, ExpectedBucketOwner: s.owner})
	switch s3calls.Status(err) { // the answer to HEAD has no body, and so no code
	case http.StatusNotFound:
		return fmt.Errorf("s3store: the bucket %q does not exist: %w", *s.bucket, err)
	case http.StatusForbidden:
		return fmt.Errorf("s3store: the bucket is another account's, or the credentials are not valid or lack s3:ListBucket: %w", err)
	}
	return err
}
