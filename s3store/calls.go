package s3store

import (
	"context"
	"errors"
	"net"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// operation is a method of the client.
type operation[In, Out any] func(context.Context, *In, ...func(*s3.Options)) (*Out, error)

// call makes one call to S3, retries included, within the store's CallTimeout.
// When it returns, the request is over on our side. Without an error S3 has said
// what was asked: see unsaid. It follows no redirect to another host, and reads no more of an answer
// than S3 ever says: see bounded.
func call[In, Out any](ctx context.Context, s *Store, op operation[In, Out], in *In, opts ...func(*s3.Options)) (*Out, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, s.opts.CallTimeout, errCallTimeout)
	defer cancel()
	out, err := op(ctx, in, append(opts, s.configure, said(in), bounded)...)
	if err != nil {
		return nil, s.explain(ctx, err)
	}
	return out, nil
}

// configure is the option that every call is made with.
func (s *Store) configure(o *s3.Options) {
	s.opts.Profile.configure(o)
	o.HTTPClient = s.http
}

// watch returns an option for one call that sets doubt if any attempt of it
// failed in a way that leaves open whether S3 carried it out. The call's own
// error tells only of the last attempt: an object may have been stored by the
// first, whose answer was lost, and refused by the second because it exists.
func watch(doubt *bool) func(*s3.Options) {
	observe := func(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (
		middleware.DeserializeOutput, middleware.Metadata, error,
	) {
		out, metadata, err := next.HandleDeserialize(ctx, in)
		if err != nil && !refused(err) {
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

// refused reports that an attempt that failed with err had no effect: S3
// answered that the request is wrong, or was never reached.
func refused(err error) bool {
	if status := statusOf(err); status != 0 {
		return status >= 400 && status < 500 && status != http.StatusRequestTimeout
	}
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "dial"
}

// statusOf returns the HTTP status of S3's answer, 0 if there was none.
func statusOf(err error) int {
	var answer *smithyhttp.ResponseError
	if errors.As(err, &answer) {
		return answer.HTTPStatusCode()
	}
	return 0
}
