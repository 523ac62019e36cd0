package s3store

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

var errCallTimeout = errors.New("s3store: CallTimeout has passed")

// explain puts what an operator has to know in front of an error of the SDK,
// which stays reachable for errors.Is and errors.As. The text is for logs: it
// names the bucket and is never shown to clients.
func (s *Store) explain(ctx context.Context, err error) error {
	if why := s.cause(ctx, err); why != "" {
		return fmt.Errorf("s3store: %s: %w", why, err)
	}
	return fmt.Errorf("s3store: %w", err)
}

func (s *Store) cause(ctx context.Context, err error) string {
	if errors.Is(context.Cause(ctx), errCallTimeout) {
		return fmt.Sprintf("no answer within %v", s.opts.CallTimeout)
	}
	switch code := codeOf(err); code {
	case "NoSuchBucket":
		return fmt.Sprintf("the bucket %q does not exist", *s.bucket)
	case "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken":
		return "the credentials are not valid"
	case "AccessDenied", "Forbidden":
		return fmt.Sprintf("access to the bucket %q is denied", *s.bucket)
	case "RequestTimeTooSkewed":
		return "the clock of this process is more than 15 minutes off that of the service; set the clock that is wrong"
	}
	if statusOf(err)/100 == 3 || errors.Is(err, errElsewhere) {
		return "the service sends requests to another place, which are not followed: give the client the endpoint and the region of the bucket"
	}
	var op *net.OpError
	var dns *net.DNSError
	var send *smithyhttp.RequestSendError
	switch {
	case silent(err):
		return "the endpoint, or a gateway before it, does not answer as S3 does"
	case errors.As(err, &dns), errors.As(err, &op) && op.Op == "dial":
		return "the endpoint cannot be reached"
	case errors.As(err, &send):
		return "the connection to the endpoint broke"
	case strings.Contains(err.Error(), "get identity: get credentials:"): // the SDK has no type for it
		return "there are no credentials"
	}
	return ""
}

// codeOf returns S3's error code, "" if err is not an answer of S3.
func codeOf(err error) string {
	var answer smithy.APIError
	if errors.As(err, &answer) {
		return answer.ErrorCode()
	}
	return ""
}
