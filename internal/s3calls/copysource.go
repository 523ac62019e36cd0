package s3calls

import (
	"net/url"
	"strings"
)

// CopySource returns the field x-amz-copy-source for an object. The key is percent-encoded, except
// for its slashes. S3 decodes it, including "+" to a space.
func CopySource(bucket, key string) string {
	escaped := strings.ReplaceAll(url.QueryEscape(key), "+", "%20")
	return bucket + "/" + strings.ReplaceAll(escaped, "%2F", "/")
}
