package upload

import (
	"errors"
	"fmt"
	"io"
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
	src  io.ReadCloser
	ctl  *http.ResponseController
	opts *Options

	progress *tracked

	length  int64 // Content-Length, -1 if unknown
	limit   int64
	read    int64
	started bool
	eof     bool
	err     error

	pace pace

	linger  int64       // how far it is read on after a refusal
	settle  func()      // tells the limiter; nil if nothing is left to tell
	settles func() bool // reports whether settle is still to be called, by whoever asks

	noDeadlines bool
	stall       *time.Timer
	mu          sync.Mutex // guards what the timer and Shutdown use
	reading     bool
	cutBy       error // why the next or the running Read fails
	closed      bool
}

func newBody(w http.ResponseWriter, r *http.Request, opts *Options) *body {
	return &body{
		src: r.Body, ctl: http.NewResponseController(w), opts: opts, length: r.ContentLength, linger: lingerBytes,
		pace: pace{window: opts.StallTimeout, minRate: opts.MinRate},
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

// warnNoDeadlines logs once that a writer between the server and h hides its deadlines.
func (h *Handler) warnNoDeadlines(q *request) {
	if q.body.noDeadlines {
		h.noDeadlines.Do(func() {
			h.opts.Logger.WarnContext(q.ctx, "upload: the response writer has no deadlines (it lacks Unwrap), so stalled clients are not cut")
		})
	}
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
		until = until.Add(b.opts.StallTimeout)
	}
	_ = b.ctl.SetReadDeadline(until)
}

// answerDeadline lets the answer out although the upload took longer than the
// server's WriteTimeout.
func (b *body) answerDeadline(r *http.Request) { renewWriteDeadline(b.ctl, r) }

// stopWriteDeadline ends the server's WriteTimeout for a request that may take
// longer, and renewWriteDeadline starts it again for the answer.
func stopWriteDeadline(ctl *http.ResponseController, r *http.Request) {
	if writeTimeout(r) > 0 {
		_ = ctl.SetWriteDeadline(time.Time{})
	}
}

func renewWriteDeadline(ctl *http.ResponseController, r *http.Request) {
	if timeout := writeTimeout(r); timeout > 0 {
		_ = ctl.SetWriteDeadline(time.Now().Add(timeout))
	}
}

// resetWriteDeadline is renewWriteDeadline after deadlines of our own: without a
// WriteTimeout there is none again.
func resetWriteDeadline(ctl *http.ResponseController, r *http.Request) {
	if writeTimeout(r) == 0 {
		_ = ctl.SetWriteDeadline(time.Time{})
	}
	renewWriteDeadline(ctl, r)
}

func writeTimeout(r *http.Request) time.Duration {
	if srv, ok := r.Context().Value(http.ServerContextKey).(*http.Server); ok {
		return srv.WriteTimeout
	}
	return 0
}

func (b *body) stalled() {
	b.cut(&Error{Code: CodeTimeout, Reason: fmt.Sprintf("no data came for %v", b.opts.StallTimeout)}, true)
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
	b.stall.Reset(b.opts.StallTimeout)
	begin := time.Now()
	n, err := b.src.Read(p)
	b.stall.Stop()
	if cut := b.setReading(false); cut != nil {
		return n, cut
	}
	err = parseError(err, b.read+int64(n))
	if err == nil && b.pace.slow(n, time.Since(begin)) {
		err = &Error{Code: CodeTimeout, Reason: "data came slower than " + byteSize(b.opts.MinRate) + " a second"}
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
