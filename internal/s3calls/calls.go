package s3calls

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// Operation is a method of the client.
type Operation[In, Out any] func(context.Context, *In, ...func(*s3.Options)) (*Out, error)

// Do makes one call to S3, including retries, within the Caller's time. When it returns, the
// request is over on our side. Without an error S3 has answered in full: see unsaid. It accepts no
// answer from another host, and reads no more of an answer than S3 ever sends: see bounded.
func Do[In, Out any](ctx context.Context, c *Caller, op Operation[In, Out], in *In, opts ...func(*s3.Options)) (*Out, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, c.timeout, ErrTimeout)
	defer cancel()
	deepen(0)
	out, err := op(ctx, in, append(opts, c.configure, said(in), bounded)...)
	if err != nil {
		return nil, c.Explain(ctx, err)
	}
	return out, nil
}

// deepen grows the stack to what a call of the SDK takes, in one step. A new goroutine would
// otherwise grow it several times during the call, each time copying some sixty frames.
//
//go:noinline
func deepen(i int) byte {
	var frame [20 << 10]byte
	return frame[i] // the compiler leaves out a frame that nothing reads
}

// Get is Do for a body that is read afterwards: the call ends within the Caller's time, the body
// with ctx.
func Get(ctx context.Context, c *Caller, client *s3.Client, in *s3.GetObjectInput) (*s3.GetObjectOutput, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	late := time.AfterFunc(c.timeout, func() { cancel(ErrTimeout) })
	out, err := client.GetObject(ctx, in, c.configure, said(in), bounded)
	if !late.Stop() && err == nil {
		err = errors.Join(ErrTimeout, out.Body.Close())
	}
	if err != nil {
		err = c.Explain(ctx, err)
		cancel(nil)
		return nil, err
	}
	out.Body = &lastingBody{out.Body, cancel}
	return out, nil
}

// lastingBody ends the context of its call when it is closed.
type lastingBody struct {
	io.ReadCloser
	cancel context.CancelCauseFunc
}

func (b *lastingBody) Close() error {
	defer b.cancel(nil)
	return b.ReadCloser.Close()
}
