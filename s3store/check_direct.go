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
	what   string
	advice string // what to do if the service takes it
	do     func(r *upload.SignedRequest, body []byte) (*upload.SignedRequest, []byte)
}

const (
	adviseLengths = "say NoSignedLengths in the profile"
	adviseHeaders = "say NoSignedHeaders in the profile, or take the one of MinIO if it is one"
	adviseForms   = "say NoForms in the profile"
	adviseOnce    = "say InsecureUnconditionalWrites in the profile, which leaves forms"
)

// signedPuts tries what a signed PUT has to be refused for.
func (p *probing) signedPuts() (State, string) {
	copies, err := p.copies()
	if err != nil {
		return CannotTell, err.Error()
	}
	return p.signed(false, append(copies,
		attempt{"a longer file", adviseLengths, longer},
		attempt{"a shorter file", adviseLengths, shorter},
		attempt{otherContent, adviseHeaders, otherBytes},
		attempt{"another type", adviseHeaders, withHeader("Content-Type", "text/html")},
		attempt{"another disposition", adviseHeaders, withHeader("Content-Disposition", "inline")},
		attempt{"no condition", adviseOnce, withHeader("If-None-Match", "")},
		attempt{"metadata", adviseHeaders, withHeader("X-Amz-Meta-Probe", "1")},
		attempt{"an ACL", adviseHeaders, withHeader("X-Amz-Acl", "public-read")},
		attempt{"tags", adviseHeaders, withHeader("X-Amz-Tagging", "probe=1")},
	), "a second file")
}

// forms tries what a POST form has to be refused for.
func (p *probing) forms() (State, string) {
	other := p.stagedKey()
	return p.signed(true, []attempt{
		{"a longer file", adviseForms, longer},
		{"a shorter file", adviseForms, shorter},
		{otherContent, adviseForms, otherBytes},
		{"another key", adviseForms, withField("key", other)},
		{"another type", adviseForms, withField("Content-Type", "text/html")},
		{"another disposition", adviseForms, withField("Content-Disposition", "inline")},
		{"an ACL", adviseForms, withField("acl", "public-read")},
		{"metadata", adviseForms, withField("x-amz-meta-probe", "1")},
		{"tags", adviseForms, withField("tagging", probeTags)},
	}, "")
}

// otherContent is the only attempt on a request that is signed with a SHA-256, unless
// all are.
const otherContent = "other bytes than those of its SHA-256"

// probeTags are tags as forms have them.
const probeTags = "<Tagging><TagSet><Tag><Key>probe</Key><Value>1</Value></Tag></TagSet></Tagging>"

// signed signs a small file and sends it in wrong ways, which have to be refused,
// and then in the right one. Each attempt has a key of its own, where nothing is
// that could be the reason of a refusal. again, if it is not "", says what sending
// the right one once more is, which has to be refused, too.
func (p *probing) signed(form bool, wrong []attempt, again string) (State, string) {
	for _, a := range wrong {
		request, err := p.sign(form, a.what == otherContent || p.store.opts.Profile.NoCopyDigests)
		if err != nil {
			return CannotTell, err.Error()
		}
		status, err := p.send(a.do(request, probeBody))
		if state, why := judge(status, err, a.what, a.advice); state != OK {
			return state, why
		}
	}
	request, err := p.sign(form, true)
	if err != nil {
		return CannotTell, err.Error()
	}
	if status, err := p.send(request, probeBody); err != nil || status/100 != 2 {
		return CannotTell, refusesAll(status, err)
	}
	if again != "" {
		status, err := p.send(request, probeBody)
		if state, why := judge(status, err, again, adviseOnce); state != OK {
			return state, why
		}
	}
	return OK, keepsTo
}

const keepsTo = "the service takes what was signed and refuses what was not"

func refusesAll(status int, err error) string {
	return fmt.Sprintf("the service refuses what was signed, too (%d %v)", status, err)
}

// sign signs a request for probeBody. With its digest, what becomes of anything else
// that differs could not be told.
func (p *probing) sign(form, digest bool) (*upload.SignedRequest, error) {
	d := upload.DirectObject{Key: p.stagedKey(), Type: "text/plain", Size: int64(len(probeBody)), Expires: probeExpires}
	if digest {
		sum := sha256.Sum256(probeBody)
		d.SHA256 = hex.EncodeToString(sum[:])
	}
	return p.store.SignUpload(p.ctx, d, form)
}

// probeExpires is how long the requests of a probe work.
const probeExpires = 5 * time.Minute

// judge says what it means how a wrong request was answered.
func judge(status int, err error, what, advice string) (State, string) {
	switch {
	case err != nil:
		return CannotTell, what + ": " + err.Error()
	case status/100 == 2:
		return Wrong, "the service takes " + what + " that was not signed: clients cannot be held to what they declare; " + advice
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

func otherBytes(r *upload.SignedRequest, body []byte) (*upload.SignedRequest, []byte) {
	return r, bytes.ToUpper(body)
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
