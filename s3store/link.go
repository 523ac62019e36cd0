package s3store

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/airlock-go/upload/storage"
)

// linkCache lets a browser keep what it loaded and makes it ask again before it
// shows it, so that nothing is shown after the link has ended.
const linkCache = "private, no-cache"

// SignGet implements [storage.LinkStorage]. It makes no call to S3, but may fetch credentials. The
// link works for GET alone, also of ranges, for g.Expires, seven days at most, and no longer than
// the signer's credentials, which need s3:GetObject, and s3:GetObjectVersion with g.Version. It can
// be used by anybody, any number of times; it ends early only with the object or the credentials.
// Type, disposition and a Cache-Control of "private, no-cache" are part of what is signed.
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
