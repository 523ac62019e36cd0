// Package s3calls makes single calls to a bucket: within a time limit, to the requested host, and
// with an answer that has what S3 puts in it. Packages s3store and s3bucket make all their calls of
// the SDK with it. Package s3calls imports neither.
package s3calls

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// Caller makes calls about one bucket. It is safe for concurrent use.
type Caller struct {
	bucket       string
	timeout      time.Duration
	whenRequired bool
	http         s3.HTTPClient // the client's, restricted to its host
}

// New returns a Caller for a client. timeout is for one call, including its retries. With
// whenRequired a call has a checksum only where the protocol demands one.
func New(client *s3.Client, bucket string, timeout time.Duration, whenRequired bool) *Caller {
	return &Caller{bucket, timeout, whenRequired, Unredirected(client.Options().HTTPClient, maxRedirects)}
}

// configure is the option that every call uses.
func (c *Caller) configure(o *s3.Options) {
	configure(o, c.whenRequired)
	o.HTTPClient = c.http
}
