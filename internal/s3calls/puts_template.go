package s3calls

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go/encoding/httpbinding"
)

// The header fields in which requests differ, besides those of metadata.
const (
	headInvocation  = "Amz-Sdk-Invocation-Id"
	headHash        = "X-Amz-Content-Sha256"
	headType        = "Content-Type"
	headDisposition = "Content-Disposition"
	headChecksum    = "X-Amz-Checksum-Crc32"
	headClass       = "X-Amz-Storage-Class"
	headMeta        = "X-Amz-Meta-"
	headDate        = "X-Amz-Date"
	headSignature   = "Authorization"
	headToken       = "X-Amz-Security-Token"
)

const unsigned = "UNSIGNED-PAYLOAD"

var errNotStored = errors.New("PutObject failed")

// template is a request of the SDK without what is particular to its object.
type template struct {
	url             url.URL     // the path ends before the key
	path            string      // the same, escaped
	header          http.Header // not to be changed
	region, service string
	hashed          bool // the signature covers the body
	date            time.Time
}

// newTemplate returns the template of a request that the SDK sent for an input, nil if it has none.
func newTemplate(sent *http.Request, in *s3.PutObjectInput) *template {
	if sent == nil || sent.Header.Get("X-Amzn-Trace-Id") != "" || !strings.HasPrefix(sent.Header.Get("Amz-Sdk-Request"), "attempt=1;") {
		return nil
	}
	t := &template{url: *sent.URL, header: sent.Header.Clone()}
	var fits, escapedFits bool
	t.url.Path, fits = strings.CutSuffix(sent.URL.Path, *in.Key)
	t.path, escapedFits = strings.CutSuffix(sent.URL.EscapedPath(), httpbinding.EscapePath(*in.Key, false))
	// AWS4-HMAC-SHA256 Credential=<id>/<date>/<region>/<service>/aws4_request, SignedHeaders=…
	signature, _, _ := strings.Cut(sent.Header.Get(headSignature), ",")
	scope := strings.Split(signature, "/")
	date, err := time.Parse("20060102T150405Z", sent.Header.Get(headDate))
	hash := sent.Header.Get(headHash)
	if !fits || !escapedFits || len(scope) < 5 || err != nil || in.ContentType == nil || len(hash) != 2*sha256.Size && hash != unsigned {
		return nil
	}
	t.region, t.service = scope[len(scope)-3], scope[len(scope)-2]
	t.hashed, t.date = hash != unsigned, date
	maps.DeleteFunc(t.header, func(name string, _ []string) bool {
		switch name {
		case headInvocation, headHash, headType, headDisposition, headChecksum, headClass, headDate, headSignature, headToken:
			return true
		}
		return strings.HasPrefix(name, headMeta)
	})
	return t
}

// hash returns what the signature says of the body.
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

// fill returns the request for an input, without its body and its signature.
func (t *template) fill(in *s3.PutObjectInput, size int64, id, hash string) *http.Request {
	header := make(http.Header, len(t.header)+10+len(in.Metadata))
	for name, values := range t.header {
		header[name] = slices.Clip(values)
	}
	set := func(name, value string) {
		if value != "" {
			header[name] = []string{value}
		}
	}
	set(headInvocation, id)
	set(headHash, hash)
	set(headType, aws.ToString(in.ContentType))
	set(headDisposition, aws.ToString(in.ContentDisposition))
	set(headChecksum, aws.ToString(in.ChecksumCRC32))
	set(headClass, string(in.StorageClass))
	for name, value := range in.Metadata {
		header[headMeta+http.CanonicalHeaderKey(name)] = []string{value}
	}
	to := t.url
	to.Path += *in.Key
	to.RawPath = t.path + httpbinding.EscapePath(*in.Key, false)
	return &http.Request{Method: http.MethodPut, URL: &to, Header: header, ContentLength: size}
}

// alike reports whether two requests are the same on the wire, except for their bodies.
func alike(a, b *http.Request) bool {
	return a.Method == b.Method && a.URL.String() == b.URL.String() && a.Host == b.Host &&
		a.ContentLength == b.ContentLength && len(b.TransferEncoding) == 0 && len(b.Trailer) == 0 &&
		maps.EqualFunc(a.Header, b.Header, slices.Equal)
}

// plain reports whether a client does nothing with a call that the SDK's default would not do: no
// option of the host's looks at calls, logs them, traces, measures, delays, addresses or signs them.
// Whatever else it sets shows in a request.
func plain(o s3.Options) bool {
	standard := s3.New(s3.Options{}).Options()
	for _, pair := range [][2]any{
		{o.EndpointResolver, standard.EndpointResolver},
		{o.EndpointResolverV2, standard.EndpointResolverV2},
		{o.AuthSchemeResolver, standard.AuthSchemeResolver},
		{o.HTTPSignerV4, standard.HTTPSignerV4},
		{o.TracerProvider, standard.TracerProvider},
		{o.MeterProvider, standard.MeterProvider},
		{o.Retryer, standard.Retryer},
	} {
		if reflect.TypeOf(pair[0]) != reflect.TypeOf(pair[1]) {
			return false
		}
	}
	interceptors := reflect.ValueOf(o.Interceptors)
	for i := range interceptors.NumField() {
		if interceptors.Field(i).Len() > 0 {
			return false
		}
	}
	if len(o.AuthSchemes) != len(standard.AuthSchemes) {
		return false
	}
	for i, scheme := range o.AuthSchemes {
		if reflect.TypeOf(scheme) != reflect.TypeOf(standard.AuthSchemes[i]) ||
			reflect.TypeOf(scheme.Signer()) != reflect.TypeOf(standard.AuthSchemes[i].Signer()) {
			return false
		}
	}
	return len(o.APIOptions) == 0 && o.ClientLogMode == 0 && o.Credentials != nil
}
