package s3calls

import (
	"context"
	"errors"
	"net"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// Watch returns an option for one call that sets doubt if any attempt of it failed in a way that
// leaves open whether S3 carried it out. The call's own error describes only the last attempt. The
// first may have stored an object and lost its answer, while the second was refused because the
// object exists.
func Watch(doubt *bool) func(*s3.Options) {
	observe := func(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (
		middleware.DeserializeOutput, middleware.Metadata, error,
	) {
		out, metadata, err := next.HandleDeserialize(ctx, in)
		if err != nil && !Refused(err) {
			*doubt = true
		}
		return out, metadata, err
	}
	return func(o *s3.Options) {
		o.APIOptions = append(o.APIOptions, func(stack *middleware.Stack) error {
			return stack.Deserialize.Add(
				middleware.DeserializeMiddlewareFunc("AirlockWatch", observe), middleware.Before)
		})
	}
}

// Refused reports whether an attempt that failed with err had no effect: S3 answered that the
// request is wrong, or was never reached.
func Refused(err error) bool {
	if status := Status(err); status != 0 {
		return status >= 400 && status < 500 && status != http.StatusRequestTimeout
	}
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "dial"
}

// Status returns the HTTP status of S3's answer, 0 if there was none.
func Status(err error) int {
	var answer *smithyhttp.ResponseError
	if errors.As(err, &answer) {
		return answer.HTTPStatusCode()
	}
	return 0
}
