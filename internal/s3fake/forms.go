package s3fake

import (
	"bytes"
	"crypto/hmac"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"mime"
	form "mime/multipart"
	"net/http"
	"strings"
)

// postForm stores the file of a POST form. Its policy must cover all of it and, if there is a
// Secret, be signed, unless Lacks.Forms is Ignores. postForm ignores the expiration and the bucket
// of the policy, and reads each condition that is a list as a content-length-range.
func (b *bucket) postForm(w http.ResponseWriter, r *http.Request, body []byte) {
	if b.Lacks.Forms == Refuses {
		fail(w, http.StatusNotImplemented, "NotImplemented", "POST")
		return
	}
	fields, file, err := readForm(r, body)
	if err != nil {
		fail(w, http.StatusBadRequest, "MalformedPOSTRequest", err.Error())
		return
	}
	if b.Lacks.Forms != Ignores && !b.formAllowed(fields, file) {
		fail(w, http.StatusForbidden, "AccessDenied", "the policy does not allow it")
		return
	}
	o := &Object{Key: fields["key"], Body: file, Header: http.Header{}}
	for _, name := range []string{"Content-Type", "Content-Disposition", "Cache-Control"} {
		o.Header.Set(name, fields[strings.ToLower(name)])
	}
	b.store(o)
	answerVersion(w, o)
	w.Header().Set("ETag", o.ETag())
	w.WriteHeader(http.StatusCreated)
}

// readForm returns the fields by their names in lower case.
func readForm(r *http.Request, body []byte) (fields map[string]string, file []byte, err error) {
	_, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return nil, nil, err
	}
	parts := form.NewReader(bytes.NewReader(body), params["boundary"])
	fields = map[string]string{}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return fields, file, nil
		}
		if err != nil {
			return nil, nil, err
		}
		content, err := io.ReadAll(part)
		if err != nil {
			return nil, nil, err
		}
		if name := strings.ToLower(part.FormName()); name == "file" {
			file = content
		} else {
			fields[name] = string(content)
		}
	}
}

// formAllowed compares a form with its policy, and the policy with its signature.
func (b *bucket) formAllowed(fields map[string]string, file []byte) bool {
	scope := strings.Split(fields["x-amz-credential"], "/")
	if b.Secret != "" && !hmac.Equal([]byte(fields["x-amz-signature"]), []byte(hex.EncodeToString(mac(signingKey(b.Secret, scope[1:]), fields["policy"])))) {
		return false
	}
	text, err := base64.StdEncoding.DecodeString(fields["policy"])
	var policy struct{ Conditions []any }
	if err != nil || json.Unmarshal(text, &policy) != nil {
		return false
	}
	named := map[string]bool{"policy": true, "x-amz-signature": true}
	for _, c := range policy.Conditions {
		switch c := c.(type) {
		case []any: // a content-length-range
			least, _ := c[1].(float64)
			most, _ := c[2].(float64)
			if size := float64(len(file)); size < least || size > most {
				return false
			}
		case map[string]any:
			for name, want := range c {
				name = strings.ToLower(name)
				named[name] = true
				if name != "bucket" && fields[name] != want {
					return false
				}
			}
		}
	}
	for name := range fields {
		if !named[name] {
			return false
		}
	}
	sum := fields["x-amz-checksum-sha256"]
	return sum == "" || sum == sha(file)
}
