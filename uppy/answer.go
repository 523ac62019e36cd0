package uppy

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"

	"github.com/airlock-go/upload"
)

// server is the handler of New.
type server struct {
	p      *upload.Presigner
	opts   Options
	single http.Handler
}

// published calls Options.Published, if there is one.
func (s *server) published(r *http.Request, f upload.File) error {
	if s.opts.Published == nil {
		return nil
	}
	return s.opts.Published(r, f)
}

// finished is the answer for a published file.
type finished struct {
	Key      string `json:"key"`
	Location string `json:"location,omitempty"`
}

func (s *server) done(f upload.File) finished {
	done := finished{Key: f.Key}
	if s.opts.Location != nil {
		done.Location = s.opts.Location(f)
	}
	return done
}

// refuse answers a request that was not given to the presigner, and whose body was not read.
func (s *server) refuse(w http.ResponseWriter, r *http.Request, err error) {
	s.fail(w, r, s.p.Refuse(w, r, err))
}

// fail answers a refused step.
func (s *server) fail(w http.ResponseWriter, r *http.Request, err error) {
	s.p.RespondError(w, r, err, respond)
}

var errNoStep = &upload.Error{Code: upload.CodeNotFound, Params: map[string]any{"kind": "step"}}

// malformed returns the refusal of what a page sends. hint is for the page's developer, in the log.
func malformed(kind, hint string) error {
	return &upload.Error{Code: upload.CodeMalformed, Params: map[string]any{"kind": kind}, Err: errors.New("uppy: " + hint)}
}

// respond answers with an error as companion does.
func respond(w http.ResponseWriter, _ *http.Request, _ []upload.File, err error) {
	var e *upload.Error
	errors.As(err, &e) // as upload.Responder says
	answer(w, e.Code.Status(), struct {
		Code   upload.Code    `json:"error"`
		Text   string         `json:"message"`
		Params map[string]any `json:"params,omitempty"`
	}{e.Code, e.Text(), e.Params})
}

func answer(w http.ResponseWriter, status int, v any) {
	b, err := json.Marshal(v)
	if err != nil { // such as for a host's Params that have no JSON
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Content-Length", strconv.Itoa(len(b)))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(b)
}
