package s3fake

import (
	"net/http"
	"time"
)

// maxSkew is how far a request's time may be from the service's clock, as in S3:
// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
const maxSkew = 15 * time.Minute

// now returns the time of the service's clock.
func (b *bucket) now() time.Time { return time.Now().Add(b.Skew) }

// date sends the service's time, as S3 does.
func (b *bucket) date(w http.ResponseWriter) {
	w.Header().Set("Date", b.now().UTC().Format(http.TimeFormat))
}

// skewed refuses a request whose header has a time too far from the service's clock. It ignores the
// time of presigned requests, which is in the query.
func (b *bucket) skewed(w http.ResponseWriter, r *http.Request) bool {
	signed, err := time.Parse("20060102T150405Z", r.Header.Get("X-Amz-Date"))
	if err != nil || b.now().Sub(signed).Abs() <= maxSkew {
		return false
	}
	fail(w, http.StatusForbidden, "RequestTimeTooSkewed", "The difference between the request time and the current time is too large.")
	return true
}
