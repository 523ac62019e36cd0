package s3calls

import (
	"net/url"
	"strings"
)

// CopySource names an object in a header field: percent-encoded whole but for the
// slashes. S3 decodes it, "+" to a space included.
func CopySource(bucket, key string) string {
	escaped := strings.ReplaceAll(url.QueryEscape(key), "+", "%20")
	return bucket + "/" + strings.ReplaceAll(escaped, "%2F", "/")
}
