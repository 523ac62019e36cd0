package s3fake

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Unsigned is what a service does with header fields x-amz-… that a presigned
// request has and its signature does not cover.
type Unsigned int

const (
	// Refused is AWS, and the zero value.
	Refused Unsigned = iota
	// Obeyed is MinIO, which refuses x-amz-meta-… alone, and looks for signed fields
	// in the query if the request has none.
	Obeyed
	// ObeyedUnconditionally is Ceph RGW 16: copies ignore their conditions, too.
	ObeyedUnconditionally
)

// refused is how the fields begin that must be signed.
var refused = map[Unsigned][]string{Refused: {"X-Amz-"}, Obeyed: {"X-Amz-Meta-"}}

// presigned is a presigned request, and nil is another one.
type presigned struct {
	r     *http.Request
	query url.Values
	names []string // of the signed fields
}

func presignedOf(r *http.Request) *presigned {
	q := r.URL.Query()
	if !q.Has("X-Amz-SignedHeaders") {
		return nil
	}
	return &presigned{r, q, strings.Split(q.Get("X-Amz-SignedHeaders"), ";")}
}

// fault is the code of what is wrong with the request, "" for nothing. How long it
// holds is not looked at.
func (p *presigned) fault(secret string, unsigned Unsigned) string {
	if p == nil || secret == "" {
		return ""
	}
	for name := range p.r.Header {
		if !slices.Contains(p.names, strings.ToLower(name)) && slices.ContainsFunc(refused[unsigned], func(begin string) bool { return strings.HasPrefix(name, begin) }) {
			return "AccessDenied"
		}
	}
	if !hmac.Equal([]byte(p.signature(secret, unsigned)), []byte(p.query.Get("X-Amz-Signature"))) {
		return "SignatureDoesNotMatch"
	}
	return ""
}

// signature is that of SigV4 for what the request has.
func (p *presigned) signature(secret string, unsigned Unsigned) string {
	rest := p.r.URL.Query()
	rest.Del("X-Amz-Signature")
	var fields strings.Builder
	for _, name := range p.names {
		if value, there := p.field(name, unsigned); there {
			fields.WriteString(name + ":" + value + "\n")
		}
	}
	canonical := strings.Join([]string{
		p.r.Method, p.r.URL.EscapedPath(), strings.ReplaceAll(rest.Encode(), "+", "%20"), fields.String(), strings.Join(p.names, ";"), "UNSIGNED-PAYLOAD",
	}, "\n")
	scope := strings.Split(p.query.Get("X-Amz-Credential"), "/")[1:]
	key := []byte("AWS4" + secret)
	for _, word := range scope {
		key = mac(key, word)
	}
	sum := sha256.Sum256([]byte(canonical))
	return hex.EncodeToString(mac(key, strings.Join([]string{
		"AWS4-HMAC-SHA256", p.query.Get("X-Amz-Date"), strings.Join(scope, "/"), hex.EncodeToString(sum[:]),
	}, "\n")))
}

// field is the value that a signed field has.
func (p *presigned) field(name string, unsigned Unsigned) (value string, there bool) {
	switch values := p.r.Header.Values(name); {
	case name == "host":
		return p.r.Host, true
	case name == "content-length":
		return strconv.FormatInt(p.r.ContentLength, 10), true
	case len(values) > 0:
		return strings.Join(values, ","), true
	}
	return p.query.Get(name), unsigned == Obeyed && p.query.Has(name)
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}
