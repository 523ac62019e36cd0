package s3fake

import (
	"crypto/hmac"
	"net/http"
	"strings"
)

// forged reports whether the signature in a request's Authorization header was not made with the
// secret. It returns false if b has no secret or the request has no such header. It does not verify
// the payload's hash.
func (b *bucket) forged(r *http.Request) bool {
	fields := strings.Split(strings.TrimPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 "), ", ")
	if b.Secret == "" || len(fields) != 3 {
		return false
	}
	credential := strings.TrimPrefix(fields[0], "Credential=")
	names := strings.Split(strings.TrimPrefix(fields[1], "SignedHeaders="), ";")
	p := presigned{r: r, query: r.URL.Query(), names: names}
	want := p.sign(b.Secret, canon{
		credential: credential, date: r.Header.Get("X-Amz-Date"), payload: r.Header.Get("X-Amz-Content-Sha256"), length: r.ContentLength,
	})
	return !hmac.Equal([]byte(want), []byte(strings.TrimPrefix(fields[2], "Signature=")))
}
