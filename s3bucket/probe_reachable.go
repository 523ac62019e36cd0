package s3bucket

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/airlock-go/upload/internal/s3calls"
)

// reachable requests the bucket. The other probes are useful only if it exists.
func (s *service) reachable(ctx context.Context) (State, string) {
	_, err := s3calls.Do(ctx, s.caller, s.client.HeadBucket, &s3.HeadBucketInput{Bucket: s.bucket, ExpectedBucketOwner: s.owner})
	var gone *types.NotFound
	switch status := s3calls.Status(err); {
	case err == nil:
		return StateOK, "the bucket answers"
	case errors.As(err, &gone), status == http.StatusNotFound:
		return StateWrong, fmt.Sprintf("the bucket %q does not exist", *s.bucket)
	case status == http.StatusMovedPermanently:
		return StateWrong, "the bucket is in another region than the client's"
	case status == http.StatusForbidden:
		return StateCannotTell, "the bucket belongs to another account, or the credentials are not valid or lack s3:ListBucket"
	case status == 0:
		return StateWrong, err.Error()
	}
	return StateCannotTell, err.Error()
}
