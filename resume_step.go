package upload

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/airlock-go/upload/internal/chain"
	"github.com/airlock-go/upload/internal/tus"
)

// resumption is one request of a resumable upload.
type resumption struct {
	*session
	z       *Resumer
	w       http.ResponseWriter
	request tus.Request
	t       *sealed      // nil until it is opened, or made by a creation
	chain   *chain.Chain // of t

	handed  bool  // a job ends the session
	stored  int64 // bytes of the body that were stored; the limiter counted them at the creation
	least   int64 // the limiter counts the request if fewer bytes are stored
	charged bool
}

// gone is a refusal after which clients forget the upload and begin another.
func gone(err error) *Error { return withStatus(err, http.StatusGone) }

// answer answers with status and the headers that belong to it. An offset is among them, except in
// the answer to a creation that brought no bytes.
func (s *resumption) answer(status int, offset int64) {
	s.body.answerDeadline(s.r)
	state := tus.State{Offset: offset, Length: s.t.Size, Metadata: s.t.Metadata, Expires: time.Unix(s.t.Expires, 0)}
	switch {
	case status == http.StatusOK:
		state.Write(s.w.Header())
	case status == http.StatusCreated && !s.request.Bytes:
		state.WriteExpires(s.w.Header())
	default:
		state.WriteOffset(s.w.Header())
	}
	s.w.WriteHeader(status)
}

// shown is the offset that clients learn before the file is published: they take the length for
// success.
func (s *resumption) shown(stored int64) int64 { return min(stored, max(0, s.t.Size-1)) }

// quietState returns the state after a running request of this process has stored what it has.
func (s *resumption) quietState() (chain.State, error) {
	if err := s.z.writers.quiet(s.ctx, s.t.ID, func() {}); err != nil {
		return chain.State{}, err
	}
	return s.state()
}

func (s *resumption) state() (chain.State, error) {
	st, err := s.chain.State(s.ctx)
	return st, s.chainError(err)
}

// chainError makes an error of the chain a refusal.
func (s *resumption) chainError(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, chain.ErrTaken):
		return &Error{Code: CodeConflict, Params: map[string]any{"kind": "offset"}, Err: err}
	case errors.Is(err, chain.ErrTooMany):
		return malformed("tus_pieces", err)
	case errors.Is(err, chain.ErrTooLong):
		return malformed("tus_length", err)
	case errors.Is(err, chain.ErrGap), errors.Is(err, chain.ErrEnded):
		return gone(&Error{Code: CodeBadTicket, Err: err})
	case errors.Is(err, chain.ErrUnsettled), errors.Is(err, chain.ErrIncomplete):
		return &Error{Code: CodeBusy, Err: err}
	}
	return readError(err)
}

// errChecking asks the client to come again. The upload may be published then.
var errChecking = &Error{Code: CodeBusy, Params: map[string]any{"kind": "checking"}}

// errOffset refuses bytes that do not follow those that are stored.
var errOffset = &Error{Code: CodeConflict, Params: map[string]any{"kind": "offset"}}

// outliving returns a context in which bytes that came are stored. It ends a CommitTimeout after
// that of the session.
func (s *resumption) outliving() (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(s.ctx))
	stop := context.AfterFunc(s.ctx, func() { time.AfterFunc(s.h.opts.CommitTimeout, cancel) })
	return ctx, func() { stop(); cancel() }
}

// creating reports whether nobody knows the URL of the upload yet.
func (s *resumption) creating() bool { return s.request.Method == http.MethodPost }

// pauseUnless lets the progress wait for the next request, unless the upload has ended.
func (s *resumption) pauseUnless(ended bool) {
	if !ended {
		s.progress.pause()
		s.progress = nil
	}
}

// The keys of what metadata say of a file.
const metaField = "field"

var (
	metaNames = [...]string{"filename", "name"}
	metaTypes = [...]string{"filetype", "type"}
)
