package memstore

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// site is the address of a handler and the secret with which it signs.
type site struct {
	base   url.URL // its path ends in "/"; without a host it is relative
	secret [32]byte
}

func newSite(baseURL string) (*site, error) {
	u, err := url.Parse(baseURL)
	if err != nil {
		return nil, fmt.Errorf("memstore: %w", err)
	}
	absolute := (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
	// A path that begins with two slashes would name another host.
	relative := u.Scheme == "" && u.Host == "" && strings.HasPrefix(u.Path, "/") && !strings.HasPrefix(u.Path, "//")
	if !absolute && !relative || u.RawQuery != "" || u.Fragment != "" {
		return nil, fmt.Errorf("memstore: %q is neither an absolute URL of a folder nor the path of one", baseURL)
	}
	st := &site{base: url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}}
	if !strings.HasSuffix(st.base.Path, "/") {
		st.base.Path += "/"
	}
	rand.Read(st.secret[:]) // never fails: crypto/rand ends the process instead
	return st, nil
}

// terms state everything that one signed request may do.
type terms struct {
	Method  string    `json:"method"`
	Key     string    `json:"key"`
	Expires time.Time `json:"expires"`

	// Size and SHA256 describe the bytes to send.
	Size   int64  `json:"size,omitempty"`
	SHA256 string `json:"sha256,omitempty"` // hexadecimal, in lower case
	Upload string `json:"upload,omitempty"`
	Part   int    `json:"part,omitempty"`

	// Type is to be sent or answered. Disposition is answered.
	Type        string `json:"type,omitempty"`
	Disposition string `json:"disposition,omitempty"`
}

// headers returns the headers that a request on these terms must carry exactly.
func (t terms) headers() map[string]string {
	h := map[string]string{}
	if t.Method != http.MethodPut || t.Part != 0 {
		return h
	}
	h["If-None-Match"] = "*"
	if t.Type != "" {
		h["Content-Type"] = t.Type
	}
	if t.SHA256 != "" {
		h[checksumField] = t.checksum()
	}
	return h
}

// checksumField is S3's name of the digest, both as a header and as a field.
const checksumField = "x-amz-checksum-sha256"

// checksum returns the digest in S3's encoding.
func (t terms) checksum() string {
	sum, _ := hex.DecodeString(t.SHA256) // it was checked when it was signed
	return base64.StdEncoding.EncodeToString(sum)
}

// seal returns the terms as a policy and its signature.
func (st *site) seal(t terms) (policy, signature string) {
	b, _ := json.Marshal(t) // strings, numbers and a time always become JSON
	policy = base64.RawURLEncoding.EncodeToString(b)
	return policy, st.signature(policy)
}

func (st *site) signature(policy string) string {
	mac := hmac.New(sha256.New, st.secret[:])
	mac.Write([]byte(policy))
	return hex.EncodeToString(mac.Sum(nil))
}

// open returns the terms of a policy, if the signature is ours and they have not expired.
func (st *site) open(policy, signature string) (t terms, err error) {
	if !hmac.Equal([]byte(signature), []byte(st.signature(policy))) {
		return t, refusal{http.StatusForbidden, "SignatureDoesNotMatch"}
	}
	b, err := base64.RawURLEncoding.DecodeString(policy)
	if err == nil {
		err = json.Unmarshal(b, &t)
	}
	if err == nil && !time.Now().Before(t.Expires) {
		err = refusal{http.StatusForbidden, "AccessDenied"}
	}
	return t, err
}

// url returns the URL that carries the terms.
func (st *site) url(t terms) string {
	u := st.base
	u.Path += t.Key
	policy, signature := st.seal(t)
	u.RawQuery = "policy=" + policy + "&signature=" + signature
	return u.String()
}

// fields returns the form fields that carry the terms. All of them must be sent.
func (st *site) fields(t terms) map[string]string {
	policy, signature := st.seal(t)
	f := map[string]string{
		"key":                   t.Key,
		"success_action_status": "201",
		"policy":                policy,
		"x-amz-signature":       signature,
	}
	if t.Type != "" {
		f["Content-Type"] = t.Type
	}
	if t.SHA256 != "" {
		f[checksumField] = t.checksum()
	}
	return f
}

// termsOf returns the terms for which the URL of r was signed. It refuses a query that differs from
// the signed one in any byte.
func (st *site) termsOf(r *http.Request) (terms, error) {
	policy, signature, ok := strings.Cut(strings.TrimPrefix(r.URL.RawQuery, "policy="), "&signature=")
	if !ok || r.URL.RawQuery != "policy="+policy+"&signature="+signature {
		return terms{}, refusal{http.StatusForbidden, "AccessDenied"}
	}
	t, err := st.open(policy, signature)
	if err != nil {
		return terms{}, err
	}
	linked := t.Method == http.MethodGet && r.Method == http.MethodHead
	if r.URL.Path != st.base.Path+t.Key || r.Method != t.Method && !linked {
		return terms{}, refusal{http.StatusForbidden, "SignatureDoesNotMatch"}
	}
	return t, nil
}
