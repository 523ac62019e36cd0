package s3calls

import (
	"context"
	"crypto/rand"
	"io"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go/middleware"
	smithyrand "github.com/aws/smithy-go/rand"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// Puts makes calls of PutObject for bodies in memory. The SDK takes longer to prepare such a call
// than a small body takes to send. So the SDK makes the first call, and Puts makes the same request
// again: if it comes out the same, byte for byte and with its signature, Puts sends the next ones
// itself. Whatever goes wrong with one, the SDK makes the call anew, and all calls of the next
// minute. The SDK makes all calls of a client that does more than the SDK's default: see plain.
//
// It is safe for concurrent use.
type Puts struct {
	caller  *Caller
	client  *s3.Client
	options s3.Options
	plain   bool

	copied atomic.Pointer[template] // nil unless the last comparison succeeded
	quiet  atomic.Int64             // until then, in Unix seconds, the SDK makes the calls
}

// pause is how long the SDK makes all calls after one of Puts failed.
const pause = time.Minute

// NewPuts returns Puts for a client.
func NewPuts(c *Caller, client *s3.Client) *Puts {
	o := client.Options()
	configure(&o, c.whenRequired)
	return &Puts{caller: c, client: client, options: o, plain: plain(o)}
}

// Body is what a call sends. It has some bytes.
type Body struct {
	io.ReadSeeker
	Size int64
	End  func() // refuses later reads
}

// Put makes a call within the Caller's time. All calls have the same input except for Key,
// ContentType, ContentDisposition, StorageClass, Metadata and ChecksumCRC32. open is called for
// each request that may still read its body after its answer. Like [Watch], Put sets doubt.
func (p *Puts) Put(ctx context.Context, in *s3.PutObjectInput, open func() Body, doubt *bool) (*s3.PutObjectOutput, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, p.caller.timeout, ErrTimeout)
	defer cancel()
	if t := p.copied.Load(); t != nil {
		out, err := p.send(ctx, t, in, open())
		if err == nil {
			return out, nil
		}
		*doubt = *doubt || !Refused(err)
		p.rest()
	}
	body := open()
	defer body.End()
	in.Body = body.ReadSeeker
	if !p.plain || body.Size == 0 || time.Now().Unix() < p.quiet.Load() {
		return Do(ctx, p.caller, p.client.PutObject, in, Watch(doubt))
	}
	own := *p.caller
	sent := &lesson{client: own.http}
	own.http = sent
	out, err := Do(ctx, &own, p.client.PutObject, in, Watch(doubt))
	if err == nil {
		p.learn(ctx, sent.request, in, body)
	}
	return out, err
}

// rest leaves all calls to the SDK for a while.
func (p *Puts) rest() {
	p.copied.Store(nil)
	p.quiet.Store(time.Now().Add(pause).Unix())
}

// lesson is an HTTP client that keeps the request that succeeded.
type lesson struct {
	client  s3.HTTPClient
	request *http.Request
}

func (l *lesson) Do(r *http.Request) (*http.Response, error) {
	answer, err := l.client.Do(r)
	if err == nil && answer.StatusCode == http.StatusOK && answer.ContentLength == 0 {
		l.request = r
	}
	return answer, err
}

// learn compares the request that the SDK has sent with the one that p makes of the same input.
func (p *Puts) learn(ctx context.Context, sent *http.Request, in *s3.PutObjectInput, body Body) {
	t := newTemplate(sent, in)
	if t == nil {
		p.rest()
		return
	}
	hash, err := t.hash(body)
	own := t.fill(in, body.Size, sent.Header.Get(headInvocation), hash)
	if err == nil {
		err = p.sign(ctx, t, own, hash, t.date)
	}
	if err != nil || !alike(own, sent) || time.Since(t.date).Abs() > maxSkew {
		p.rest()
		return
	}
	p.copied.Store(t)
}

// maxSkew is the difference of clocks that S3 accepts, less some. Beyond it the SDK corrects times.
const maxSkew = 4 * time.Minute

// sign signs a request by the client's signer.
func (p *Puts) sign(ctx context.Context, t *template, r *http.Request, hash string, date time.Time) error {
	credentials, err := p.options.Credentials.Retrieve(ctx)
	if err != nil {
		return err
	}
	return p.options.HTTPSignerV4.SignHTTP(ctx, credentials, r, hash, t.service, t.region, date,
		func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true })
}

// send makes one attempt.
func (p *Puts) send(ctx context.Context, t *template, in *s3.PutObjectInput, body Body) (*s3.PutObjectOutput, error) {
	defer body.End()
	hash, err := t.hash(body)
	if err != nil {
		return nil, err
	}
	id, err := smithyrand.NewUUID(rand.Reader).GetUUID()
	if err != nil {
		return nil, err
	}
	ctx = middleware.WithOperationName(middleware.WithServiceID(ctx, s3.ServiceID), "PutObject") // for the host's HTTP client
	r := t.fill(in, body.Size, id, hash).WithContext(ctx)
	if err := p.sign(ctx, t, r, hash, time.Now()); err != nil {
		return nil, err
	}
	r.Body = io.NopCloser(body.ReadSeeker)
	answer, err := p.caller.http.Do(r)
	if err != nil {
		return nil, err
	}
	defer func() { _ = answer.Body.Close() }()
	more, err := answer.Body.Read(make([]byte, 1))
	etag := answer.Header.Get("Etag")
	switch {
	case answer.StatusCode != http.StatusOK:
		return nil, &smithyhttp.ResponseError{Response: &smithyhttp.Response{Response: answer}, Err: errNotStored}
	case more > 0 || err != io.EOF || !named(&etag):
		return nil, &silence{answer.StatusCode, "does not state the object's ETag alone"}
	case answer.Request != nil && answer.Request.URL.Host != r.URL.Host:
		return nil, ErrElsewhere
	}
	out := &s3.PutObjectOutput{ETag: &etag}
	if version := answer.Header.Get("X-Amz-Version-Id"); version != "" {
		out.VersionId = &version
	}
	return out, nil
}
