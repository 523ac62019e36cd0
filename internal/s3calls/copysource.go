package s3calls

import (
	"net/url"
	"strings"
)

// CopySource names an object in a header field. It is percent-encoded, except for the slashes. S3
// decodes it, including "+" to a space.
func CopySource(bucket, key string) string {
	escaped := strings.ReplaceAll(url.QueryEscape(key), "+", "%20")
	return bucket + "/" + strings.ReplaceAll(escaped, "%2F", "/")
}
