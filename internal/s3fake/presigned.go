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

// Unsigned is how a service treats x-amz-… header fields that a presigned request has and its
// signature does not cover.
type Unsigned int

const (
	// Refused is the behaviour of AWS, and the zero value.
	Refused Unsigned = iota
	// Obeyed is the behaviour of MinIO, which refuses only x-amz-meta-…, and looks for signed
	// fields in the query if the request has none.
	Obeyed
	// ObeyedUnconditionally is the behaviour of Ceph RGW 16: copies also ignore their conditions.
	ObeyedUnconditionally
)

// refused has the beginnings of the header fields that are refused unless they are signed.
var refused = map[Unsigned][]string{Refused: {"X-Amz-"}, Obeyed: {"X-Amz-Meta-"}}

// presigned is a request and the fields that its signature covers. The signature is in the query.
// Only forged makes one of a request whose signature is in the header.
type presigned struct {
	r     *http.Request
	query url.Values
	names []string // of the signed fields
}

// presignedOf returns a presigned request, nil for any other.
func presignedOf(r *http.Request) *presigned {
	q := r.URL.Query()
	if !q.Has("X-Amz-SignedHeaders") {
		return nil
	}
	return &presigned{r, q, strings.Split(q.Get("X-Amz-SignedHeaders"), ";")}
}

// fault returns the code of what is wrong with the request, "" for nothing. It ignores the
// expiration. The length may differ from the signed one by up to slack bytes.
func (p *presigned) fault(secret string, unsigned Unsigned, slack int64) string {
	if p == nil || secret == "" {
		return ""
	}
	for name := range p.r.Header {
		if !slices.Contains(p.names, strings.ToLower(name)) && slices.ContainsFunc(refused[unsigned], func(begin string) bool { return strings.HasPrefix(name, begin) }) {
			return "AccessDenied"
		}
	}
	for off := -slack; off <= slack; off++ {
		want := p.sign(secret, canon{p.query.Get("X-Amz-Credential"), p.query.Get("X-Amz-Date"), "UNSIGNED-PAYLOAD", p.r.ContentLength + off, unsigned})
		if hmac.Equal([]byte(want), []byte(p.query.Get("X-Amz-Signature"))) {
			return ""
		}
	}
	return "SignatureDoesNotMatch"
}

// canon is what a signature covers in addition to the request's own fields.
type canon struct {
	credential, date, payload string
	length                    int64
	unsigned                  Unsigned
}

// sign returns the signature of SigV4 for the request's own fields and c.
func (p *presigned) sign(secret string, c canon) string {
	rest := p.r.URL.Query()
	rest.Del("X-Amz-Signature")
	var fields strings.Builder
	for _, name := range p.names {
		if value, there := p.field(name, c); there {
			fields.WriteString(name + ":" + value + "\n")
		}
	}
	canonical := strings.Join([]string{
		p.r.Method, p.r.URL.EscapedPath(), strings.ReplaceAll(rest.Encode(), "+", "%20"), fields.String(), strings.Join(p.names, ";"), c.payload,
	}, "\n")
	scope := strings.Split(c.credential, "/")[1:]
	sum := sha256.Sum256([]byte(canonical))
	return hex.EncodeToString(mac(signingKey(secret, scope), strings.Join([]string{
		"AWS4-HMAC-SHA256", c.date, strings.Join(scope, "/"), hex.EncodeToString(sum[:]),
	}, "\n")))
}

// signingKey returns the key for a scope: a date, a region, a service and a last word.
func signingKey(secret string, scope []string) []byte {
	key := []byte("AWS4" + secret)
	for _, word := range scope {
		key = mac(key, word)
	}
	return key
}

// field returns the value of a signed field.
func (p *presigned) field(name string, c canon) (value string, there bool) {
	switch values := p.r.Header.Values(name); {
	case name == "host":
		return p.r.Host, true
	case name == "content-length":
		return strconv.FormatInt(c.length, 10), true
	case len(values) > 0:
		return strings.Join(values, ","), true
	}
	return p.query.Get(name), c.unsigned == Obeyed && p.query.Has(name)
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}
