package upload

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

// body is the body of a request while its upload is received. It counts, keeps
// the limit of the whole body, and cuts clients that stall or send too slowly:
// its clocks run only inside Read, while we wait for the client, never while
// storage or a validator takes its time.
//
// It remembers the first error, so nobody above has to relay it.
type body struct {
	src      io.ReadCloser
	ctl      *http.ResponseController
	progress *tracked

	length  int64 // Content-Length, -1 if unknown
	limit   int64
	read    int64
	started bool
	eof     bool
	err     error

	pace pace

	linger int64 // how far it is read on after a refusal
	debt   debt  // to the limiter, after a refusal

	noDeadlines bool
	stall       *time.Timer
	mu          sync.Mutex // guards what the timer and Shutdown use
	reading     bool
	cutBy       error // why the next or the running Read fails
	closed      bool
}

// lingerBytes is how far the body of a form is read on after a refusal.
const lingerBytes = 512 << 20

func newBody(w http.ResponseWriter, r *http.Request, p pace) *body {
	return &body{
		src: r.Body, ctl: http.NewResponseController(w), length: r.ContentLength, linger: lingerBytes, pace: p,
	}
}

// open starts the clocks. From here on the deadlines of the host's server do
// not end the upload, until close sets new ones.
func (b *body) open(limit int64, r *http.Request) {
	b.limit = limit
	b.noDeadlines = b.ctl.SetReadDeadline(time.Time{}) != nil
	stopWriteDeadline(b.ctl, r)
	b.stall = time.AfterFunc(time.Hour, b.stalled)
	b.stall.Stop()
}

// close ends the clocks and gives the connection deadlines again, also for an answer
// that is not ours: net/http may read a body on before it writes. It must be called
// before the handler returns.
func (b *body) close(r *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	if b.stall != nil {
		b.stall.Stop()
	}
	b.answerDeadline(r)
	if b.eof {
		return
	}
	until := time.Now()
	if b.cutBy == nil {
		until = until.Add(b.pace.window)
	}
	_ = b.ctl.SetReadDeadline(until)
}

// answerDeadline lets the answer out although the upload took longer than the
// server's WriteTimeout.
func (b *body) answerDeadline(r *http.Request) { renewWriteDeadline(b.ctl, r) }

func (b *body) stalled() {
	b.cut(&Error{Code: CodeTimeout, Reason: fmt.Sprintf("no data came for %v", b.pace.window)}, true)
}

// cut makes reading fail with err, a Read that is waiting included. With
// onlyWaiting it does nothing when none is.
func (b *body) cut(err error, onlyWaiting bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed || b.cutBy != nil || onlyWaiting && !b.reading {
		return
	}
	b.cutBy = err
	if b.reading {
		_ = b.ctl.SetReadDeadline(time.Now())
	}
}

func (b *body) Read(p []byte) (int, error) {
	if b.err != nil {
		return 0, b.err
	}
	n, err := b.readInTime(p)
	b.read += int64(n)
	if b.progress.arrived(n); b.read == b.length || errors.Is(err, io.EOF) {
		b.progress.is(StateChecking, "")
	}
	switch {
	case b.read > b.limit:
		b.err = &Error{Code: CodeTooLarge, Reason: "the request is larger than " + byteSize(b.limit)}
	case errors.Is(err, io.EOF):
		b.eof, b.err = true, io.EOF
	default:
		b.err = err
	}
	if b.err != nil && !b.eof {
		return 0, b.err
	}
	return n, b.err
}

func (b *body) readInTime(p []byte) (int, error) {
	if err := b.setReading(true); err != nil {
		return 0, err
	}
	b.started = true
	b.stall.Reset(b.pace.window)
	begin := time.Now()
	n, err := b.src.Read(p)
	b.stall.Stop()
	if cut := b.setReading(false); cut != nil {
		return n, cut
	}
	err = parseError(err, b.read+int64(n))
	if err == nil && b.pace.slow(n, time.Since(begin)) {
		err = &Error{Code: CodeTimeout, Reason: "data came slower than " + byteSize(b.pace.minRate) + " a second"}
	}
	return n, err
}

// setReading also tells whether the body was cut.
func (b *body) setReading(reading bool) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.reading = reading
	return b.cutBy
}

// Close closes the request's own body.
func (b *body) Close() error { return b.src.Close() }

// unread is how many bytes of the body are still to come; a large number if
// that is not known.
func (b *body) unread() int64 {
	switch {
	case b.eof:
		return 0
	case b.length < 0:
		return 1 << 62
	}
	return b.length - b.read
}

// debt is what the limiter has not been told yet.
type debt struct {
	settle func()      // nil if nothing is left to tell
	stop   func() bool // reports whether settle is still to be called, by whoever asks
}

// owe makes settle run once: after the answer of [Handler.RespondError], which may read
// the body on, or when ctx ends, which is that of the request.
func (b *body) owe(ctx context.Context, settle func()) {
	switch {
	case b.eof:
		settle()
	case ctx.Err() != nil:
		settle()
		b.debt = debt{func() {}, func() bool { return false }}
	default:
		b.debt = debt{settle, context.AfterFunc(ctx, settle)}
	}
}

// claim returns the function that settles. It reports false if that was done
// already, so that nothing more may be read.
func (d debt) claim() (settle func(), ok bool) {
	switch {
	case d.settle == nil:
		return func() {}, true
	case d.stop():
		return d.settle, true
	}
	return func() {}, false
}

// unreadError is a refusal of a request whose body may have more to come.
type unreadError struct {
	refusal *Error
	body    *body
}

func (e *unreadError) Error() string { return e.refusal.Error() }

func (e *unreadError) Unwrap() error { return e.refusal }

// badBody says where a body could not be read, in place of an error that may
// quote it, as those of net/http, of middlewares and of encoding/json do.
type badBody struct {
	at   int64
	what string
}

func (e *badBody) Error() string { return fmt.Sprintf("%s at byte %d", e.what, e.at) }

// parseError returns what reading or parsing a body failed with if that is known to
// say nothing of the body, and else what it was and where. At is how much was read.
func parseError(err error, at int64) error {
	var (
		own    *Error
		bad    *badBody
		large  *http.MaxBytesError
		netErr net.Error
		syntax *json.SyntaxError
		typed  *json.UnmarshalTypeError
	)
	switch {
	case err == nil, errors.As(err, &own):
		return err
	case errors.As(err, &bad):
		return bad
	case errors.As(err, &large):
		return large
	case errors.As(err, &netErr):
		return netErr
	case errors.As(err, &syntax):
		return &badBody{syntax.Offset, "upload: JSON that is not well-formed"}
	case errors.As(err, &typed):
		return &badBody{typed.Offset, fmt.Sprintf("upload: JSON that is no %v", typed.Type)}
	}
	for _, known := range []error{io.EOF, io.ErrUnexpectedEOF, context.Canceled, context.DeadlineExceeded, http.ErrBodyReadAfterClose} {
		if errors.Is(err, known) {
			return known
		}
	}
	return &badBody{at, fmt.Sprintf("upload: a body that ended with a %T", err)}
}
