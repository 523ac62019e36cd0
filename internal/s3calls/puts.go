package s3calls

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"net/http"
	"sync/atomic"
	"time"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go/middleware"
	smithyrand "github.com/aws/smithy-go/rand"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// Puts makes calls of one operation for bodies in memory. The SDK takes longer to prepare such a
// call than a small body takes to send. So the SDK makes the first call, and Puts builds a request
// for the same call without sending it. If both requests have the same URL and header fields, with
// the signature among them, Puts sends the next ones itself. If one of these fails, and its caller
// has not ended it, the SDK makes that call again, and all calls of the next minute. The SDK makes
// all calls for a client that does more than the SDK's default: see plain.
//
// It is safe for concurrent use.
type Puts[In, Out any] struct {
	caller  *Caller
	kind    kind[In, Out]
	sdk     Operation[In, Out]
	options s3.Options
	plain   bool

	copied atomic.Pointer[template] // of the SDK's request, nil while the SDK makes the calls
	quiet  atomic.Int64             // until then, in Unix seconds, no request is compared
}

const (
	// pause is how long the SDK makes all calls after a request of Puts failed, or differed from
	// the SDK's.
	pause = time.Minute
	// maxSkew is less than the difference of clocks that S3 accepts. The SDK corrects larger ones.
	maxSkew = 4 * time.Minute
)

// NewPuts returns Puts that store objects. All calls have the same input, except for Key,
// ContentType, ContentDisposition, StorageClass, Metadata, ChecksumCRC32 and Body.
func NewPuts(c *Caller, client *s3.Client) *Puts[s3.PutObjectInput, s3.PutObjectOutput] {
	return newPuts(c, client, client.PutObject, putObject)
}

// NewPartPuts returns Puts that store parts. All calls have the same input, except for Key,
// UploadId, PartNumber, ChecksumCRC32 and Body.
func NewPartPuts(c *Caller, client *s3.Client) *Puts[s3.UploadPartInput, s3.UploadPartOutput] {
	return newPuts(c, client, client.UploadPart, uploadPart)
}

func newPuts[In, Out any](c *Caller, client *s3.Client, sdk Operation[In, Out], k kind[In, Out]) *Puts[In, Out] {
	o := client.Options()
	return &Puts[In, Out]{caller: c, kind: k, sdk: sdk, options: o, plain: plain(o)}
}

// Put makes a call within the Caller's time. It calls open for its own request, and again for the
// input's Body, which the SDK sends: the transport may read a body after its answer. Put sets doubt
// as [Watch] does.
func (p *Puts[In, Out]) Put(ctx context.Context, in *In, open func() Body, doubt *bool) (*Out, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, p.caller.timeout, ErrTimeout)
	defer cancel()
	call := p.kind.of(in)
	if t := p.copied.Load(); t != nil {
		if answer := p.once(ctx, t, call, open(), doubt); answer != nil {
			return p.kind.output(answer), nil
		}
	}
	body := open()
	defer body.End()
	p.kind.setBody(in, body.ReadSeeker)
	if !p.plain || !fits(call, body) || p.paused() {
		return Do(ctx, p.caller, p.sdk, in, Watch(doubt))
	}
	own, sent := *p.caller, &lesson{client: p.caller.http}
	own.http = sent
	out, err := Do(ctx, &own, p.sdk, in, Watch(doubt))
	if err == nil && !p.paused() && !p.learn(ctx, sent.request, call, body) {
		p.pause()
	}
	return out, err
}

// pause leaves the calls of the next minute to the SDK.
func (p *Puts[In, Out]) pause() {
	p.quiet.Store(time.Now().Add(pause).Unix())
	p.copied.Store(nil)
}

func (p *Puts[In, Out]) paused() bool { return time.Now().Unix() < p.quiet.Load() }

// fits reports whether a template can make the request of a call.
func fits(c *call, body Body) bool { return !c.incomplete && body.Size > 0 }

// once sends one request and returns the header of the answer, nil if it failed. A call that its
// caller ended says nothing about the next ones.
func (p *Puts[In, Out]) once(ctx context.Context, t *template, c *call, body Body, doubt *bool) http.Header {
	defer body.End()
	if !fits(c, body) {
		return nil
	}
	r, err := p.request(ctx, t, c, body, smithyrand.NewUUID(rand.Reader).GetUUID, time.Now())
	var answer http.Header
	if err == nil {
		r.Body = io.NopCloser(body.ReadSeeker)
		answer, err = p.answer(r)
		*doubt = *doubt || err != nil && !Refused(err)
	}
	if err != nil && (ctx.Err() == nil || errors.Is(context.Cause(ctx), ErrTimeout)) {
		p.pause()
	}
	return answer
}

// request returns a signed request without its body.
func (p *Puts[In, Out]) request(ctx context.Context, t *template, c *call, body Body, id func() (string, error), date time.Time) (*http.Request, error) {
	invocation, err := id()
	if err != nil {
		return nil, err
	}
	hash, err := t.hash(body)
	if err != nil {
		return nil, err
	}
	credentials, err := p.options.Credentials.Retrieve(ctx)
	if err != nil {
		return nil, err
	}
	// An HTTP client of the host's may ask for these names.
	ctx = middleware.WithOperationName(middleware.WithServiceID(ctx, s3.ServiceID), p.kind.name)
	r := t.fill(c, body.Size, invocation, hash).WithContext(ctx)
	return r, p.options.HTTPSignerV4.SignHTTP(ctx, credentials, r, hash, t.service, t.region, date,
		func(o *v4.SignerOptions) { o.DisableURIPathEscaping, o.LogSigning = true, false })
}

var errNoAnswer = errors.New("s3store: the HTTP client returned neither an answer nor an error")

// answer sends a request and returns the header of the answer. Without an error S3 has stored the
// body.
func (p *Puts[In, Out]) answer(r *http.Request) (http.Header, error) {
	answer, err := p.caller.http.Do(r)
	switch {
	case err != nil:
		return nil, err
	case answer == nil:
		return nil, errNoAnswer
	}
	defer func() { _ = answer.Body.Close() }()
	etag := answer.Header.Get("Etag")
	_, err = io.ReadFull(answer.Body, make([]byte, 1))
	switch {
	case answer.Request != nil && answer.Request.URL.Host != r.URL.Host:
		return nil, ErrElsewhere
	case answer.StatusCode != http.StatusOK:
		return nil, &smithyhttp.ResponseError{Response: &smithyhttp.Response{Response: answer}, Err: errors.New("not stored")}
	case !errors.Is(err, io.EOF) || !named(&etag):
		return nil, &silence{answer.StatusCode, "does not state the ETag alone"}
	}
	return answer.Header, nil
}

// lesson is an HTTP client that keeps the request that succeeded.
type lesson struct {
	client  s3.HTTPClient
	request *http.Request
}

func (l *lesson) Do(r *http.Request) (*http.Response, error) {
	request := r.Clone(r.Context()) // the client may change its fields
	answer, err := l.client.Do(r)
	if err == nil && answer != nil && answer.StatusCode == http.StatusOK && answer.ContentLength == 0 {
		l.request = request
	}
	return answer, err
}

// learn compares the request that the SDK has sent with the one that p makes of the same call. If
// they are the same, it keeps the template and returns true.
func (p *Puts[In, Out]) learn(ctx context.Context, sent *http.Request, c *call, body Body) bool {
	t, date := newTemplate(sent, c)
	if t == nil || time.Since(date).Abs() > maxSkew {
		return false
	}
	id := func() (string, error) { return sent.Header.Get(headInvocation), nil }
	own, err := p.request(ctx, t, c, body, id, date)
	if err != nil || !alike(own, sent) {
		return false
	}
	p.copied.Store(t)
	return true
}
