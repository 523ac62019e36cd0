package s3store

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/airlock-go/upload/storage"
)

// stagedDisposition is the Content-Disposition of files that clients send. It is fixed, so that no
// client chooses it, and has no file name.
const stagedDisposition = "attachment"

// DirectMethods implements [storage.DirectStorage]. It makes no call. It returns an error if the
// [Profile] leaves neither a PUT nor a form, or if the signer has no provider of credentials.
func (s *Store) DirectMethods() (storage.DirectMethods, error) {
	if s.opts.Signer.Options().Credentials == nil {
		return storage.DirectMethods{}, errNoCredentials
	}
	return s.opts.Profile.direct()
}

// SignPut implements [storage.DirectStorage]. It makes no call to S3, but may fetch credentials.
// The request works for d.Expires, seven days at most, and no longer than the signer's credentials.
//
// The signature covers the key, the type, the length and the digest of d. It also covers
// "If-None-Match: *", a Content-Disposition of attachment, Cache-Control, SSE, Tags,
// ExpectedBucketOwner and, as [Profile] says, a guard against copies. The request has no
// StorageClass: staged files are not to stay, and archives cannot be read back. Without d.SHA256
// the bytes are not bound. S3 cannot keep clients from adding a Content-Encoding or other header
// fields that do not begin with "x-amz-"; Promote drops all of them. AWS refuses added fields of
// "x-amz-", above all X-Amz-Copy-Source; other services act as the [Profile] says.
func (s *Store) SignPut(ctx context.Context, d storage.DirectObject) (*storage.SignedRequest, error) {
	in, expires, err := s.wholeFile(ctx, d, http.MethodPut)
	if err != nil {
		return nil, err
	}
	signed, err := s.presign.PresignPutObject(ctx, in, s.signSending(expires))
	if err != nil {
		return nil, s.caller.Explain(ctx, err)
	}
	return sendable(signed, d.Size)
}

// wholeFile returns what a client may send in one request by that method, and for how long.
func (s *Store) wholeFile(ctx context.Context, d storage.DirectObject, method string) (in *s3.PutObjectInput, expires time.Duration, err error) {
	methods, err := s.DirectMethods()
	switch {
	case err != nil:
		return nil, 0, err
	case method == http.MethodPut && !methods.Put, method == http.MethodPost && !methods.Form:
		return nil, 0, errors.New("s3store: the profile says that the service does not enforce such a request")
	case d.SHA256 == "" && methods.NeedsDigest:
		return nil, 0, errors.New("s3store: the profile asks for the SHA-256 of files that are sent whole")
	case d.Type == "":
		return nil, 0, errors.New("s3store: a request that states no type leaves it to the client")
	case d.Size < 1 || d.Size > maxPartSize:
		return nil, 0, fmt.Errorf("s3store: one request can carry 1 byte to 5 GiB, not %d bytes", d.Size)
	}
	digest, err := wireDigest(d.SHA256)
	if err != nil {
		return nil, 0, err
	}
	if expires, err = s.lifetime(ctx, d.Expires); err != nil {
		return nil, 0, err
	}
	in = s.putInput(stagedAttributes(d))
	in.ContentLength = &d.Size
	in.ChecksumSHA256 = optional(digest)
	return in, expires, nil
}

func stagedAttributes(d storage.DirectObject) attributes {
	return attributes{key: d.Key, mediaType: d.Type, disposition: stagedDisposition}
}

// sendable returns a signed request in the form that clients get. The signed length limits what
// they send, so sendable checks that the length is signed. A field without a
// value is signed as absent (see guard), so clients must not send it.
func sendable(signed *v4.PresignedHTTPRequest, size int64) (*storage.SignedRequest, error) {
	if signed.SignedHeader.Get("Content-Length") != fmt.Sprint(size) {
		return nil, errors.New("s3store: the client's signer does not sign Content-Length")
	}
	headers := make(map[string]string, len(signed.SignedHeader))
	for name, values := range signed.SignedHeader {
		if name = http.CanonicalHeaderKey(name); name != "Host" && name != "Content-Length" && values[0] != "" {
			headers[name] = values[0]
		}
	}
	return &storage.SignedRequest{Method: signed.Method, URL: signed.URL, Headers: headers}, nil
}

// SignedHeaders returns the header fields that requests signed for clients can have, in lower case
// and sorted. A bucket's CORS rule must allow pages to send them.
func (s *Store) SignedHeaders() []string {
	headers := []string{"content-type", "content-disposition", "cache-control", "if-none-match", "x-amz-checksum-sha256"}
	for name, used := range map[string]bool{
		strings.ToLower(copyCondition):                s.guard == byCondition,
		"x-amz-tagging":                               s.tagging != nil,
		"x-amz-server-side-encryption":                s.opts.SSE != "",
		"x-amz-server-side-encryption-aws-kms-key-id": s.kmsKeyID != nil,
	} {
		if used {
			headers = append(headers, name)
		}
	}
	slices.Sort(headers)
	return headers
}
