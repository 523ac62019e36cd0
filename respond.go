package upload

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Responder answers an upload that was stored, when err is nil, or refused, when err is an
// [*Error]. Refusals are held back until it returns and sent whole, with Retry-After or Allow if
// due. Of a refused form r.PostForm has the text fields read.
type Responder func(w http.ResponseWriter, r *http.Request, files []File, err error)

// JSON answers 201 with {"files": […]}, or problem+json (RFC 9457) with "code", "detail" for the
// user, "params" and entries for files, as docs/errors.md says.
func JSON(w http.ResponseWriter, _ *http.Request, files []File, err error) {
	if err == nil {
		if files == nil {
			files = []File{}
		}
		writeJSON(w, "application/json", http.StatusCreated, map[string][]File{"files": files})
		return
	}
	e := errorOf(err)
	p := problem{
		Type: "about:blank", Title: http.StatusText(e.answerStatus()), Status: e.answerStatus(),
		Code: e.Code, Detail: e.Text(), Params: e.parameters(),
	}
	for _, f := range e.Others {
		other := &Error{Code: CodeNotStored, Reason: e.others}
		p.Files = append(p.Files, refusedFile{Field: f.Field, Name: f.Name, Code: other.Code, Reason: other.Text()})
	}
	if e.Field != "" {
		p.Files = append(p.Files, refusedFile{Field: e.Field, Name: e.Name, Code: e.Code, Reason: p.Detail, Params: p.Params})
	}
	setRefusalHeaders(w.Header(), e)
	writeJSON(w, "application/problem+json", p.Status, p)
}

type problem struct {
	Type   string         `json:"type"`
	Title  string         `json:"title"`
	Status int            `json:"status"`
	Code   Code           `json:"code"`
	Detail string         `json:"detail"`
	Params map[string]any `json:"params,omitempty"`
	Files  []refusedFile  `json:"files,omitempty"`
}

type refusedFile struct {
	Field  string         `json:"field"`
	Name   string         `json:"name,omitempty"`
	Code   Code           `json:"code"`
	Reason string         `json:"reason"`
	Params map[string]any `json:"params,omitempty"`
}

func setRefusalHeaders(h http.Header, e *Error) {
	switch e.answerStatus() {
	case http.StatusMethodNotAllowed:
		methods, known := e.Params["allowed"].([]string)
		if !known {
			methods = []string{http.MethodPost}
		}
		if h.Get("Allow") == "" {
			h.Set("Allow", strings.Join(methods, ", "))
		}
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		h.Set("Retry-After", strconv.FormatInt(e.retryAfter(), 10))
	}
}

// worded returns err as a [Responder] gets it: its text in Reason, and all parameters.
func (r *reporter) worded(req *http.Request, err error) *Error {
	own := errorOf(err)
	e := *own
	if e.Err == nil && err != error(own) { // err wraps the *Error
		e.Err = err
	}
	e.Params = e.parameters()
	if _, named := e.Params["kind"]; e.Reason != "" && !named {
		e.Params["kind"] = "host" // or pages with a sentence of their own for the code would show that
	}
	e.Reason = r.textOf(req, e)
	if len(e.Others) > 0 {
		e.others = r.textOf(req, Error{Code: CodeNotStored})
	}
	return &e
}

// textOf asks the host, and falls back to [Error.Text].
func (r *reporter) textOf(req *http.Request, e Error) string {
	english := e.Text()
	if r.text == nil {
		return english
	}
	e.rest, e.Params = nil, maps.Clone(e.Params)
	said := make(chan string, 1) // with room for a late answer, which nobody takes
	if r.hook(req.Context(), func() { said <- r.text(req, &e) }) != nil {
		return english
	}
	return cmp.Or(<-said, english)
}

func writeJSON(w http.ResponseWriter, mediaType string, status int, v any) {
	b, err := json.Marshal(v)
	if err != nil { // as of a host's Params that have no JSON
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", mediaType)
	h.Set("Content-Length", strconv.Itoa(len(b)))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(b)
}

// asciiJSON is v for a header: JSON of ASCII alone.
func asciiJSON(v any) string {
	b, _ := json.Marshal(v) // a File: cannot fail
	var ascii strings.Builder
	for _, c := range string(b) {
		switch {
		case c < utf8.RuneSelf:
			ascii.WriteRune(c)
		case c > 0xFFFF:
			high, low := utf16.EncodeRune(c)
			fmt.Fprintf(&ascii, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&ascii, `\u%04x`, c)
		}
	}
	return ascii.String()
}

// SeeOther answers plain HTML forms: 303 to path, with "uploaded" (the number of files), or "error"
// (the code), "reason" and, for one file, "field" and "name", in its query. The page must escape
// them. Path must not come from the request.
func SeeOther(path string) Responder {
	return func(w http.ResponseWriter, _ *http.Request, files []File, err error) {
		u, parseErr := url.Parse(path)
		if parseErr != nil {
			http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
			return
		}
		q := u.Query()
		if err == nil {
			q.Set("uploaded", strconv.Itoa(len(files)))
		} else {
			w.Header().Del("Retry-After") // it could delay the redirection
			e := errorOf(err)
			q.Set("error", string(e.Code))
			q.Set("reason", e.Text())
			if e.Field != "" {
				q.Set("field", e.Field)
			}
			if e.Name != "" {
				q.Set("name", e.Name)
			}
		}
		u.RawQuery = q.Encode()
		w.Header().Set("Location", u.String())
		w.Header().Set("Cache-Control", "no-store")
		w.WriteHeader(http.StatusSeeOther)
	}
}
