package uploadtest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"

	"github.com/airlock-go/upload"
)

// Answer is the answer to a client. Files, Code and Detail are filled from JSON such as that of
// upload.JSON and, of a refusal, also from the redirect of upload.SeeOther. For answers without
// these fields they are empty.
type Answer struct {
	Status int
	Proto  string // for example "HTTP/1.1"
	Header http.Header
	Body   []byte
	Sent   int64 // bytes of the request's body that were sent, or read to be sent; 0 from ReadAnswer

	Files  []AnsweredFile
	Code   upload.Code // of a refusal
	Detail string      // its reason
}

// AnsweredFile is a file in an answer: a stored one or, with a code, one that was refused together
// with its request.
type AnsweredFile struct {
	upload.File

	Code   upload.Code
	Reason string
}

// ReadAnswer reads a response to its end, and closes its body. It fails if the response is
// incomplete, or is malformed JSON.
func ReadAnswer(resp *http.Response) (*Answer, error) {
	body, err := io.ReadAll(resp.Body)
	if err := errors.Join(err, resp.Body.Close()); err != nil {
		return nil, fmt.Errorf("answer %d is incomplete: %w", resp.StatusCode, err)
	}
	a := &Answer{Status: resp.StatusCode, Proto: resp.Proto, Header: resp.Header, Body: body}
	mediaType, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	switch {
	case mediaType == "":
		a.readRedirect()
	case len(body) > 0 && (mediaType == "application/json" || mediaType == "application/problem+json"): // an answer to HEAD has none
		err = a.readJSON()
	}
	return a, err
}

// readJSON decodes the fields of an answer to an upload. It ignores JSON that does not fit them.
func (a *Answer) readJSON() error {
	if !json.Valid(a.Body) {
		return fmt.Errorf("answer %d is not JSON: %q", a.Status, a.Body)
	}
	var known struct {
		Files  []AnsweredFile
		Code   upload.Code
		Detail string
	}
	if json.Unmarshal(a.Body, &known) == nil {
		a.Files, a.Code, a.Detail = known.Files, known.Code, known.Detail
	}
	return nil
}

func (a *Answer) readRedirect() {
	if to, err := url.Parse(a.Header.Get("Location")); err == nil && a.Status == http.StatusSeeOther {
		q := to.Query()
		a.Code, a.Detail = upload.Code(q.Get("error")), q.Get("reason")
		if q.Has("field") && a.Code != "" {
			a.Files = []AnsweredFile{{File: upload.File{Field: q.Get("field"), Name: q.Get("name")}, Code: a.Code, Reason: a.Detail}}
		}
	}
}

// Decode decodes the JSON of the body into v, for answers of the host's own.
func (a *Answer) Decode(v any) error {
	if err := json.Unmarshal(a.Body, v); err != nil {
		return fmt.Errorf("answer %d %q: %w", a.Status, a.Body, err)
	}
	return nil
}

// String returns status and body, for messages of tests.
func (a *Answer) String() string { return fmt.Sprintf("%d %s", a.Status, a.Body) }
