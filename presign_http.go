package upload

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"path"
)

// ServeHTTP serves the steps of a direct upload, told apart by the last element
// of the path alone, so it works under any prefix and in any router:
//
//	POST …/         {"field","name","type","size","sha256"?}  201 {"token","expires","method","url","headers","fields"?}
//	                a large file:                             201 {"token","expires","partSize","parts"}
//	POST …/part     {"token","partNumber"}                    200 {"method","url","headers"}
//	POST …/confirm  {"token"}                                 201 {"files":[{…}]}, the same again when asked again
//	POST …/abort    {"token"}                                 204
//
// The client then sends the file by that request: its method, URL and headers
// exactly, with the bytes as the body or, if there are fields, as a form of the
// fields and, last, the file under the name "file". Each part is the body of a
// PUT to its own URL. Refusals are problem+json as in the streamed upload; of a
// Confirm that says not_uploaded or busy the client may ask again.
//
// Requests are JSON, so pages of other origins cannot send them without a
// preflight. To do something with a confirmed file, route …/confirm to
// [Presigner.ConfirmHandler].
func (p *Presigner) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch path.Base(r.URL.Path) {
	case "part":
		p.servePart(w, r)
	case "confirm":
		if p.confirmedElsewhere.Load() {
			p.fail(w, r, p.Refuse(w, r, Reject(CodeNotFound, "no step of an upload is served at this path")))
			return
		}
		p.confirmHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			JSON(w, r, Files(r.Context()), nil)
		})).ServeHTTP(w, r)
	case "abort":
		p.serveAbort(w, r)
	default:
		p.serveSign(w, r)
	}
}

func (p *Presigner) serveSign(w http.ResponseWriter, r *http.Request) {
	var d Declaration
	_, read, err := p.readJSON(w, r, &d)
	if err != nil {
		p.fail(w, r, err)
		return
	}
	ticket, err := p.Sign(read, d)
	p.answer(w, r, http.StatusCreated, ticket, err)
}

func (p *Presigner) servePart(w http.ResponseWriter, r *http.Request) {
	var step struct {
		Token      string `json:"token"`
		PartNumber int    `json:"partNumber"`
	}
	_, read, err := p.readJSON(w, r, &step)
	if err != nil {
		p.fail(w, r, err)
		return
	}
	request, err := p.SignPart(read, step.Token, step.PartNumber)
	p.answer(w, r, http.StatusOK, request, err)
}

func (p *Presigner) serveAbort(w http.ResponseWriter, r *http.Request) {
	var step struct {
		Token string `json:"token"`
	}
	_, read, err := p.readJSON(w, r, &step)
	if err == nil {
		err = p.Abort(read, step.Token)
	}
	if err != nil {
		p.fail(w, r, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// ConfirmHandler serves …/confirm, and calls next when the file is published.
// Next finds it in [Files], and the request's whole JSON in r.Body; what it
// answers is the answer. It runs at least once for a file, since clients confirm
// again when an answer was lost, so it must be idempotent by the file's key.
// When it answers with a status of 400 or more, calls [Discard] or panics, the
// file stays published, for another try of the client's or a sweeper; to remove
// it at once, call Delete of the storage.
//
// Once this was called, [Presigner.ServeHTTP] itself confirms nothing any more,
// so no path of its leads past next.
func (p *Presigner) ConfirmHandler(next http.Handler) http.Handler {
	p.confirmedElsewhere.Store(true)
	return p.confirmHandler(next)
}

func (p *Presigner) confirmHandler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var step struct {
			Token string `json:"token"`
		}
		body, read, err := p.readJSON(w, r, &step)
		if err != nil {
			p.fail(w, r, err)
			return
		}
		_, err = p.Confirm(w, read, step.Token, func(f File) error {
			o := &outcome{files: []File{f}}
			r := r.WithContext(r.Context()) // whose body the caller still needs
			r.Body = io.NopCloser(bytes.NewReader(body))
			if o.serve(w, r, next); !o.stays() {
				return errNext
			}
			return nil
		})
		if err != nil && !errors.Is(err, errNext) {
			p.fail(w, r, err)
		}
	})
}

// errNext says that the next handler failed, and has answered.
var errNext = errors.New("upload: the handler of the confirmed file failed")

func (p *Presigner) answer(w http.ResponseWriter, r *http.Request, status int, v any, err error) {
	if err != nil {
		p.fail(w, r, err)
		return
	}
	writeJSON(w, "application/json", status, v)
}

// fail answers in JSON, whatever the handler's own answers are.
func (p *Presigner) fail(w http.ResponseWriter, r *http.Request, err error) {
	p.RespondError(w, r, err, JSON)
}
