package s3store

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/airlock-go/upload/storage"
)

// linkCache makes a browser ask S3 again before it shows an object that it has kept. So it shows
// nothing after the link has expired.
const linkCache = "private, no-cache"

// SignGet implements [storage.LinkStorage]. It makes no call to S3, but may fetch credentials. The
// link works only for GET, including ranges, for g.Expires, seven days at most. It works no longer
// than the signer's credentials, which need s3:GetObject, and s3:GetObjectVersion with g.Version.
// Anybody can use it any number of times; it ends early only with the object, the credentials or
// their rights. Type, disposition and a Cache-Control of "private, no-cache" are signed.
func (s *Store) SignGet(ctx context.Context, key string, g storage.SignedGet) (url string, err error) {
	expires, err := s.lifetime(ctx, g.Expires)
	if err != nil {
		return "", err
	}
	signed, err := s.presign.PresignGetObject(ctx, &s3.GetObjectInput{
		Bucket:                     s.bucket,
		ExpectedBucketOwner:        s.owner,
		Key:                        &key,
		VersionId:                  optional(g.Version),
		ResponseContentType:        optional(g.Type),
		ResponseContentDisposition: optional(g.Disposition),
		ResponseCacheControl:       aws.String(linkCache),
	}, signURL(expires))
	if err != nil {
		return "", s.caller.Explain(ctx, err)
	}
	for name := range signed.SignedHeader {
		if !strings.EqualFold(name, "Host") {
			return "", fmt.Errorf("s3store: the client's signer signs %s, which browsers do not send", name)
		}
	}
	return signed.URL, nil
}
