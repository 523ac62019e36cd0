package s3calls

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// ErrTimeout is the cause of a context whose call took too long.
var ErrTimeout = errors.New("s3store: CallTimeout has passed")

// Explain adds what an operator must know to an error of the SDK, which stays reachable for
// errors.Is and errors.As. The text is for logs: it names the bucket and is never shown to clients.
func (c *Caller) Explain(ctx context.Context, err error) error {
	if why := c.cause(ctx, err); why != "" {
		return fmt.Errorf("s3store: %s: %w", why, err)
	}
	return fmt.Errorf("s3store: %w", err)
}

func (c *Caller) cause(ctx context.Context, err error) string {
	if errors.Is(context.Cause(ctx), ErrTimeout) {
		return fmt.Sprintf("no answer within %v", c.timeout)
	}
	switch code := Code(err); code {
	case "NoSuchBucket":
		return fmt.Sprintf("the bucket %q does not exist", c.bucket)
	case "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken":
		return "the credentials are not valid"
	case "AccessDenied", "Forbidden":
		return fmt.Sprintf("access to the bucket %q is denied", c.bucket)
	case "RequestTimeTooSkewed":
		return "the clock of this process is more than 15 minutes off that of the service; set the clock that is wrong"
	}
	if Status(err)/100 == 3 || errors.Is(err, ErrElsewhere) {
		return "the service redirects requests to another address, which is not followed: give the client the endpoint and the region of the bucket"
	}
	var op *net.OpError
	var dns *net.DNSError
	var send *smithyhttp.RequestSendError
	switch {
	case Silent(err):
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

// Code returns S3's error code, "" if err is not an answer of S3.
func Code(err error) string {
	var answer smithy.APIError
	if errors.As(err, &answer) {
		return answer.ErrorCode()
	}
	return ""
}
