package s3calls

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"maps"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go/encoding/httpbinding"
)

// Body is what a call sends.
type Body struct {
	io.ReadSeeker
	Size int64
	End  func() // makes all later reads fail
}

// template is a request of the SDK without what is particular to its call.
type template struct {
	url             url.URL     // without what a call adds
	path            string      // of url, escaped
	header          http.Header // is not changed
	region, service string
	hashed          bool // the signature covers the body
}

// The header fields in which requests of each kind differ, besides those that signing sets.
const (
	headInvocation = "Amz-Sdk-Invocation-Id"
	headHash       = "X-Amz-Content-Sha256"
	headExpect     = "Expect"
	headMeta       = "X-Amz-Meta-"

	unsigned = "UNSIGNED-PAYLOAD" // the value of headHash over https

	// asksFirst is the size from which on the SDK lets S3 refuse a request before its body.
	asksFirst = 2 << 20
)

// newTemplate returns the template of a request that the SDK sent for a call, and the request's
// date. It returns nil if other requests could differ in more than a template's fill changes, or if
// the client is set up for a single attempt.
func newTemplate(sent *http.Request, c *call) (*template, time.Time) {
	attempt := ""
	if sent != nil {
		attempt = sent.Header.Get("Amz-Sdk-Request")
	}
	if c.incomplete || !strings.HasPrefix(attempt, "attempt=1; max=") || attempt == "attempt=1; max=1" ||
		sent.Header.Get("X-Amzn-Trace-Id") != "" {
		return nil, time.Time{}
	}
	// AWS4-HMAC-SHA256 Credential=<id>/<date>/<region>/<service>/aws4_request, SignedHeaders=…
	credential, _, _ := strings.Cut(sent.Header.Get("Authorization"), ",")
	scope := strings.Split(credential, "/")
	date, err := time.Parse("20060102T150405Z", sent.Header.Get("X-Amz-Date"))
	hash := sent.Header.Get(headHash)
	path, ok := strings.CutSuffix(sent.URL.Path, c.key)
	escaped, same := strings.CutSuffix(sent.URL.EscapedPath(), httpbinding.EscapePath(c.key, false))
	if err != nil || len(scope) < 5 || !ok || !same || hash != unsigned && len(hash) != 2*sha256.Size {
		return nil, time.Time{}
	}
	t := &template{
		url: *sent.URL, path: escaped, header: c.common(sent.Header),
		region: scope[len(scope)-3], service: scope[len(scope)-2], hashed: hash != unsigned,
	}
	query := t.url.Query()
	for name := range c.query {
		query.Del(name)
	}
	t.url.Path, t.url.RawQuery = path, query.Encode()
	return t, date
}

// common returns the fields of a request's header that all requests of its kind share.
func (c *call) common(sent http.Header) http.Header {
	header := sent.Clone()
	for _, f := range c.fields {
		header.Del(f.name)
	}
	maps.DeleteFunc(header, func(name string, _ []string) bool {
		switch name {
		case headInvocation, headHash, headExpect, "Authorization", "X-Amz-Date", "X-Amz-Security-Token":
			return true
		}
		return strings.HasPrefix(name, headMeta)
	})
	return header
}

// hash returns the value of headHash for a body.
func (t *template) hash(b Body) (string, error) {
	if !t.hashed {
		return unsigned, nil
	}
	h := sha256.New()
	if _, err := b.Seek(0, io.SeekStart); err != nil {
		return "", err
	}
	if _, err := io.Copy(h, b.ReadSeeker); err != nil {
		return "", err
	}
	_, err := b.Seek(0, io.SeekStart)
	return hex.EncodeToString(h.Sum(nil)), err
}

// fill returns the request for a call, without its body and its signature.
func (t *template) fill(c *call, size int64, id, hash string) *http.Request {
	header := make(http.Header, len(t.header)+len(c.fields)+len(c.meta)+6)
	for name, values := range t.header {
		header[name] = slices.Clone(values)
	}
	values := make([]string, 0, len(c.fields)+len(c.meta)+3)
	set := func(name, value string) {
		values = append(values, value)
		header[name] = slices.Clip(values[len(values)-1:])
	}
	set(headInvocation, id)
	set(headHash, hash)
	if size >= asksFirst {
		set(headExpect, "100-continue")
	}
	for _, f := range c.fields {
		if f.value != "" {
			set(f.name, f.value)
		}
	}
	for name, value := range c.meta {
		set(headMeta+http.CanonicalHeaderKey(name), value)
	}
	to := t.url
	to.Path, to.RawPath = to.Path+c.key, t.path+httpbinding.EscapePath(c.key, false)
	if len(c.query) > 0 {
		to.RawQuery += "&" + c.query.Encode() // signing sorts it
	}
	return &http.Request{Method: http.MethodPut, URL: &to, Header: header, ContentLength: size}
}

// alike reports whether two requests are the same on the wire, except for their bodies.
func alike(a, b *http.Request) bool {
	return a.Method == b.Method && a.URL.String() == b.URL.String() && a.Host == b.Host &&
		a.ContentLength == b.ContentLength && len(b.TransferEncoding) == 0 && len(b.Trailer) == 0 &&
		maps.EqualFunc(a.Header, b.Header, slices.Equal)
}

// plain reports whether a client does nothing with a call that the SDK's default would not do. Then
// no option of the host observes, delays, addresses or signs calls. Its other options show in
// requests.
func plain(o s3.Options) bool {
	interceptors := reflect.ValueOf(o.Interceptors)
	for i := range interceptors.NumField() {
		if interceptors.Field(i).Len() > 0 {
			return false
		}
	}
	return len(o.APIOptions) == 0 && o.ClientLogMode == 0 && o.Credentials != nil && o.ContinueHeaderThresholdBytes == 0 &&
		slices.Equal(parts(o), parts(s3.New(s3.Options{}).Options()))
}

// parts returns the types of what handles each call.
func parts(o s3.Options) (types []reflect.Type) {
	for _, part := range []any{
		o.EndpointResolver, //nolint:staticcheck // hosts may still set it
		o.EndpointResolverV2, o.AuthSchemeResolver, o.HTTPSignerV4, o.TracerProvider, o.MeterProvider, o.Retryer,
	} {
		types = append(types, reflect.TypeOf(part))
	}
	for _, scheme := range o.AuthSchemes {
		types = append(types, reflect.TypeOf(scheme), reflect.TypeOf(scheme.Signer()))
	}
	return types
}
