package s3calls

import (
	"context"
	"errors"
	"io"
	"net/http"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// These limit what is read of an answer. The largest answer of S3 is a list of 1,000 entries, of up
// to 12 elements each, with keys of 1,024 bytes that are percent-encoded:
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html
const (
	maxList   = 4 << 20  // bytes
	maxMarkup = 32 << 10 // beginnings and ends of elements
	maxText   = 64 << 10 // bytes from one of these to the next
	maxAnswer = 64 << 10 // bytes of answers that are not lists, and of errors
)

// lists are the calls whose answers have many entries.
var lists = map[string]bool{
	"ListObjectsV2": true, "ListObjectVersions": true, "ListMultipartUploads": true, "ListParts": true,
	"DeleteObjects": true, "GetBucketLifecycleConfiguration": true, "GetBucketCors": true,
}

// bounded is an option for one call. It keeps the SDK from reading more of an answer than S3 ever
// sends, and from reading after ctx has ended. The SDK turns whatever it reads into values, which
// take up to twenty times as many bytes. The body of an object is not limited.
func bounded(o *s3.Options) {
	bound := func(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (
		middleware.DeserializeOutput, middleware.Metadata, error,
	) {
		out, metadata, err := next.HandleDeserialize(ctx, in)
		answer, ok := out.RawResponse.(*smithyhttp.Response)
		if err != nil || !ok {
			return out, metadata, err
		}
		call, most := middleware.GetOperationName(ctx), maxAnswer
		if lists[call] && answer.StatusCode/100 == 2 {
			most = maxList
		}
		if call != "GetObject" || answer.StatusCode/100 != 2 {
			answer.Body = &answerBody{ReadCloser: answer.Body, ctx: ctx, status: answer.StatusCode, left: most}
		}
		if asked, ok := in.Request.(*smithyhttp.Request); ok && answer.Request != nil && answer.Request.URL.Host != asked.URL.Host {
			err = ErrElsewhere
		}
		return out, metadata, err
	}
	o.APIOptions = append(o.APIOptions, func(stack *middleware.Stack) error {
		return stack.Deserialize.Add(middleware.DeserializeMiddlewareFunc("AirlockBounded", bound), middleware.After)
	})
}

// answerBody is the body of an answer. It fails where it exceeds what S3 sends.
type answerBody struct {
	io.ReadCloser
	ctx    context.Context //nolint:containedctx // of the call that reads it
	status int
	err    error // final

	left         int // bytes
	markup, text int
	opened       bool // "<" was the last byte
}

func (b *answerBody) Read(p []byte) (int, error) {
	if b.err == nil && b.ctx.Err() != nil {
		b.err = context.Cause(b.ctx)
	}
	if b.err != nil {
		return 0, b.err
	}
	n, err := b.ReadCloser.Read(p)
	if why := b.strange(p[:n]); why != "" {
		b.err = &silence{b.status, why}
		return 0, b.err
	}
	return n, err
}

// strange says why S3 would not have sent p, "" if it would. S3's answers have no comments, CDATA
// sections or instructions after the XML declaration, so every "<" there begins or ends an element:
// https://www.w3.org/TR/xml/#dt-markup.
func (b *answerBody) strange(p []byte) string {
	if b.left -= len(p); b.left < 0 {
		return "is longer than any of S3"
	}
	if b.status/100 != 2 { // often a gateway's page, for people
		return ""
	}
	for _, c := range p {
		if b.opened && (c == '!' || c == '?' && b.markup > 1) {
			return "has markup that S3 does not use"
		}
		b.text++
		if b.opened = c == '<'; b.opened {
			b.markup++
			b.text = 0
		}
		if b.text > maxText || b.markup > maxMarkup {
			return "is longer than any of S3"
		}
	}
	return ""
}

// ErrElsewhere is the error of a redirect with a client that follows redirects in any case.
var ErrElsewhere = errors.New("the answer came from another address")

// maxRedirects is how many redirects one request follows.
const maxRedirects = 3

// Unredirected returns a copy of c that follows at most that many redirects, of 307 and 308, which
// keep the method. It follows them only within a host, for example of a gateway that adds a slash.
// A request that S3 redirects elsewhere, for example to another region, would need another
// signature. It returns clients of other types than http.Client and awshttp.BuildableClient
// unchanged; see [ErrElsewhere].
func Unredirected(c s3.HTTPClient, most int) s3.HTTPClient {
	if b, ok := c.(*awshttp.BuildableClient); ok {
		c = b.Freeze()
	}
	h, ok := c.(*http.Client)
	if !ok {
		return c
	}
	own := *h
	own.CheckRedirect = func(r *http.Request, via []*http.Request) error {
		first, status := via[0].URL, r.Response.StatusCode
		same := r.URL.Host == first.Host && r.URL.Scheme == first.Scheme
		if same && len(via) <= most && (status == http.StatusTemporaryRedirect || status == http.StatusPermanentRedirect) {
			return nil
		}
		return http.ErrUseLastResponse
	}
	return &own
}
