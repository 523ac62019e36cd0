package s3store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"slices"
	"time"

	"github.com/airlock-go/upload"
)

// attempt sends a signed request as a client may that does not keep to it.
type attempt struct {
	what string
	do   func(r *upload.SignedRequest, body []byte) (*upload.SignedRequest, []byte)
}

// signedPuts tries what a signed PUT has to be refused for.
func (p *probing) signedPuts() (State, string) {
	return p.signed(false, []attempt{
		{"a longer file", longer},
		{"a shorter file", shorter},
		{"another type", withHeader("Content-Type", "text/html")},
		{"another disposition", withHeader("Content-Disposition", "inline")},
		{"no condition", withHeader("If-None-Match", "")},
		{"metadata", withHeader("X-Amz-Meta-Probe", "1")},
	}, "a second file")
}

// forms tries what a POST form has to be refused for.
func (p *probing) forms() (State, string) {
	other := p.stagedKey()
	return p.signed(true, []attempt{
		{"a longer file", longer},
		{"a shorter file", shorter},
		{"another key", withField("key", other)},
		{"another type", withField("Content-Type", "text/html")},
		{"another disposition", withField("Content-Disposition", "inline")},
		{"an ACL", withField("acl", "public-read")},
		{"metadata", withField("x-amz-meta-probe", "1")},
	}, "")
}

// signed signs a small file and sends it in wrong ways, which have to be refused,
// and then in the right one. again, if it is not "", says what sending it once more
// is, which has to be refused, too.
func (p *probing) signed(form bool, wrong []attempt, again string) (State, string) {
	d := upload.DirectObject{Key: p.stagedKey(), Type: "text/plain", Size: int64(len(probeBody)), Expires: 5 * time.Minute}
	if p.store.opts.Profile.NoCopyDigests {
		sum := sha256.Sum256(probeBody)
		d.SHA256 = hex.EncodeToString(sum[:])
	}
	request, err := p.store.SignUpload(p.ctx, d, form)
	if err != nil {
		return CannotTell, err.Error()
	}
	for _, a := range wrong {
		status, err := p.send(a.do(request, probeBody))
		if state, why := judge(status, err, a.what); state != OK {
			return state, why
		}
	}
	if status, err := p.send(request, probeBody); err != nil || status/100 != 2 {
		return CannotTell, fmt.Sprintf("the service refuses what was signed, too (%d %v)", status, err)
	}
	if again != "" {
		status, err := p.send(request, probeBody)
		if state, why := judge(status, err, again); state != OK {
			return state, why
		}
	}
	return OK, "the service takes what was signed and refuses what was not"
}

// judge says what it means how a wrong request was answered.
func judge(status int, err error, what string) (State, string) {
	switch {
	case err != nil:
		return CannotTell, what + ": " + err.Error()
	case status/100 == 2:
		return Wrong, "the service takes " + what + " that was not signed: clients cannot be held to what they declare; say in the profile what it cannot do"
	case status == http.StatusNotImplemented, status == http.StatusMethodNotAllowed:
		return CannotTell, "the service does not know such requests: say so in the profile"
	case status/100 != 4:
		return CannotTell, fmt.Sprintf("%s was answered with %d", what, status)
	}
	return OK, ""
}

// send sends a request as a client would, through the signer's own HTTP client.
func (p *probing) send(r *upload.SignedRequest, body []byte) (status int, err error) {
	ctx, cancel := context.WithTimeoutCause(p.ctx, p.store.opts.CallTimeout, errCallTimeout)
	defer cancel()
	contentType := ""
	if r.Method == http.MethodPost {
		if body, contentType, err = formBody(r.Fields, body); err != nil {
			return 0, err
		}
	}
	req, err := http.NewRequestWithContext(ctx, r.Method, r.URL, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	for name, value := range r.Headers {
		req.Header.Set(name, value)
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	resp, err := p.store.opts.Signer.Options().HTTPClient.Do(req)
	if err != nil {
		return 0, err
	}
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 64<<10))
	return resp.StatusCode, resp.Body.Close()
}

func formBody(fields map[string]string, file []byte) (body []byte, contentType string, err error) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if err := w.WriteField(name, fields[name]); err != nil {
			return nil, "", err
		}
	}
	part, err := w.CreateFormFile("file", probeName)
	if err != nil {
		return nil, "", err
	}
	if _, err := part.Write(file); err != nil {
		return nil, "", err
	}
	err = w.Close()
	return b.Bytes(), w.FormDataContentType(), err
}

func longer(r *upload.SignedRequest, body []byte) (*upload.SignedRequest, []byte) {
	return r, append(slices.Clone(body), '\n')
}

func shorter(r *upload.SignedRequest, body []byte) (*upload.SignedRequest, []byte) {
	return r, body[:len(body)-1]
}

func withHeader(name, value string) func(*upload.SignedRequest, []byte) (*upload.SignedRequest, []byte) {
	return func(r *upload.SignedRequest, body []byte) (*upload.SignedRequest, []byte) {
		other := *r
		other.Headers = with(r.Headers, name, value)
		return &other, body
	}
}

func withField(name, value string) func(*upload.SignedRequest, []byte) (*upload.SignedRequest, []byte) {
	return func(r *upload.SignedRequest, body []byte) (*upload.SignedRequest, []byte) {
		other := *r
		other.Fields = with(r.Fields, name, value)
		return &other, body
	}
}

// with is a copy of fields with another value, or without the field for "".
func with(fields map[string]string, name, value string) map[string]string {
	copied := maps.Clone(fields)
	if copied[name] = value; value == "" {
		delete(copied, name)
	}
	return copied
}
