package upload

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	// lingerTime is how long a refused body is read on at most. Browsers send all before they look,
	// and would otherwise see a reset and no answer.
	lingerTime = 10 * time.Second
	// notice is how long a client that does look gets to stop by itself.
	notice = 150 * time.Millisecond
	// resetPause is how long the reset of an HTTP/2 stream is delayed after
	// its answer, which some clients (curl 7.88) drop when both come at once.
	resetPause = 50 * time.Millisecond
	// impatience is how long a client gets that asked with Expect whether to
	// send, and may be sending all the same.
	impatience = 500 * time.Millisecond
	// discardable is the most that net/http itself reads of a body nobody read.
	discardable = 256 << 10
)

// RespondError answers a request that [Handler.Receive] or [Tx.Commit] refused, by
// [Options.Respond]. Clients that still send read the whole answer: on HTTP/1.1 the body is drained
// for a while (10 s, 512 MiB, 64 at once), which the [Options.Limiter] counts, and the connection
// is closed.
func (h *Handler) RespondError(w http.ResponseWriter, r *http.Request, err error) {
	h.refuse(w, r, err, h.opts.Respond)
}

// refuse answers a refused request of any door.
func (h *Handler) refuse(w http.ResponseWriter, r *http.Request, err error, respond Responder) {
	a := &answer{header: w.Header(), status: http.StatusOK}
	say := func() {
		e := h.report.worded(r, err)
		setRefusalHeaders(a.Header(), e)
		respond(a, r, nil, e)
	}
	b, ok := errorOf(err).rest.(*body)
	if !ok { // err carries no body to read on
		say()
		a.send(w)
		return
	}
	settle, counted := b.debt.claim()
	defer settle()
	say()
	b.answerDeadline(r)
	if b.eof {
		a.send(w)
		return
	}
	rc := http.NewResponseController(w)
	if r.ProtoMajor != 1 {
		a.send(w)
		_ = rc.Flush()
		time.Sleep(resetPause)
		return
	}
	a.header.Set("Connection", "close")
	if rc.EnableFullDuplex() != nil { // net/http would first read on and then answer
		a.send(w)
		return
	}
	a.send(w)
	_ = rc.Flush()
	if !counted {
		_ = rc.SetReadDeadline(time.Now().Add(time.Second)) // bounds what net/http itself discards
		return
	}
	h.readOn(rc, b, r)
}

// readOn reads the rest of a refused body. Where draining is not worth it or has no slot, readOn
// reads as far as net/http would, which does not report how much it read.
func (h *Handler) readOn(rc *http.ResponseController, b *body, r *http.Request) {
	if h.lingers(b, r) {
		defer func() { <-h.drains }()
		b.drain(rc, r)
		return
	}
	_ = rc.SetReadDeadline(time.Now().Add(time.Second))
	if !b.failed() && !b.expected(r) {
		b.skip(discardable)
	}
}

// lingers decides whether a refused body is worth reading on, and takes one of
// the slots for it.
func (h *Handler) lingers(b *body, r *http.Request) bool {
	discarded := b.unread() <= discardable && !r.Close // net/http reads no more if the client asked to close the connection
	if discarded || b.failed() {
		return false
	}
	select {
	case h.drains <- struct{}{}:
		return true
	default:
		return false
	}
}

// failed reports whether reading b has failed, so that nothing more comes in time. A body that is
// too large has not failed. Nor has that of a superseded request, whose client may still send.
func (b *body) failed() bool {
	e, ok := b.err.(*Error) //nolint:errorlint // body sets it bare
	return b.err != nil && (!ok || e.Code != CodeTooLarge && e != errSuperseded)
}

// errSuperseded ends a request whose client has begun another one for the same upload.
var errSuperseded = &Error{Code: CodeConflict, Params: map[string]any{"kind": "offset"}, Err: errors.New("upload: another request of the upload has begun")}

// expected reports whether the client has asked with Expect whether to send, and was
// not answered.
func (b *body) expected(r *http.Request) bool {
	return !b.started && strings.EqualFold(r.Header.Get("Expect"), "100-continue")
}

// drain reads on and throws away. The 100 that an expecting client waits for
// is not sent any more, since the answer has begun.
func (b *body) drain(rc *http.ResponseController, r *http.Request) {
	linger := lingerTime
	if b.expected(r) {
		linger = impatience
	}
	time.Sleep(notice)
	if rc.SetReadDeadline(time.Now().Add(linger)) != nil {
		return
	}
	b.skip(b.linger)
}

// skip discards up to limit bytes, and counts them.
func (b *body) skip(limit int64) {
	n, _ := io.Copy(io.Discard, io.LimitReader(b.src, limit))
	b.read += n
}

// answer is a response that is held back until it is whole.
type answer struct {
	header http.Header
	status int
	body   bytes.Buffer
	wrote  bool
}

func (a *answer) Header() http.Header { return a.header }

func (a *answer) WriteHeader(status int) {
	if !a.wrote {
		a.status, a.wrote = status, true
	}
}

func (a *answer) Write(p []byte) (int, error) {
	a.wrote = true
	return a.body.Write(p)
}

// send writes the answer with its length, which lets clients stop reading.
func (a *answer) send(w http.ResponseWriter) {
	a.header.Set("Content-Length", strconv.Itoa(a.body.Len()))
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body.Bytes())
}
