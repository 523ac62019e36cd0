package upload

import (
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/airlock-go/upload/internal/chain"
)

// freeBytes is from how many bytes on a PATCH does not count as a request: a file that comes in
// pieces must not use up the requests of its sender.
const freeBytes = 64 << 10

// append stores the bytes of a PATCH, and with the last of them begins or joins the check.
func (s *resumption) append() error {
	if n := s.r.ContentLength; n >= 0 && n < freeBytes {
		if err := s.reserve(Claim{}); err != nil {
			return err
		}
	}
	defer s.charge()
	end, err := s.z.writers.begin(s.ctx, s.t.ID, func() { s.body.cut(errSuperseded, false) })
	if err != nil {
		return err
	}
	file, published, err := s.appended(end)
	if err != nil {
		return withFile(err, s.t.Field, s.t.Name)
	}
	if published {
		showFile(s.w.Header(), file)
		s.answer(http.StatusNoContent, s.t.Size)
	}
	return nil
}

// charge counts a PATCH that was expected to bring many bytes, and did not, and those that were
// read for nothing.
func (s *resumption) charge() {
	a := &s.account
	if a.limiter == nil || a.granted || s.stored >= freeBytes {
		return
	}
	claim := Claim{Subject: s.grant.Subject, Request: s.r}
	s.body.owe(s.r.Context(), func() { a.charge(s.ctx, claim, s.body.read-s.stored) })
}

// errSuperseded ends a request whose client has begun another one for the same upload.
var errSuperseded = &Error{Code: CodeConflict, Params: map[string]any{"kind": "offset"}, Err: errors.New("upload: another request of the upload has begun")}

// appended stores the bytes, and calls end when no more are. It reports whether the file is
// published; else it has answered.
func (s *resumption) appended(end func()) (file File, published bool, err error) {
	c, whole, err := s.store(end)
	if err != nil || !whole {
		return File{}, false, err
	}
	file, err = s.finish(c)
	return file, err == nil, err
}

// store stores the bytes, and reports whether all of the file are there. Then c is its check if
// this request has brought and judged all of it.
func (s *resumption) store(end func()) (c *checked, whole bool, err error) {
	defer end()
	st, err := s.state()
	if err != nil {
		return nil, false, err
	}
	if st.Done != nil {
		return nil, true, s.atEnd()
	}
	if err := s.ended(st.End); err != nil {
		return nil, false, err
	}
	if st.End != nil || st.Offset == s.t.Size {
		return nil, true, s.atEnd()
	}
	if s.request.Offset != st.Offset {
		return nil, false, errOffset
	}
	n, c, err := s.receive(st, s.t.Size-st.Offset)
	if err != nil {
		return nil, false, err
	}
	if st.Offset+n == s.t.Size {
		return c, true, nil
	}
	s.progress.pause()
	s.decide(Event{Kind: KindAppended, Files: s.files()})
	s.answer(http.StatusNoContent, s.told(st.Offset+n))
	return nil, false, nil
}

// atEnd judges a request for an upload of which all bytes are stored. Clients that do not know
// that send the last one again, which is dropped.
func (s *resumption) atEnd() error {
	rest := s.t.Size - s.request.Offset
	if rest < 0 || rest > 1 {
		return errOffset
	}
	s.body.open(rest, errTooLong, s.r)
	if _, err := io.Copy(io.Discard, onlyReader{s.body}); err != nil {
		return s.bodyError(err)
	}
	return nil
}

var errTooLong = malformed("tus_length", errors.New("upload: more bytes than the announced length"))

// receive stores the bytes of the body after those of st, up to limit. Bytes after them, of which
// there is one for a creation, are dropped.
func (s *resumption) receive(st chain.State, limit int64) (n int64, c *checked, err error) {
	rest := s.t.Size - st.Offset
	if s.r.ContentLength > rest {
		return 0, nil, errTooLong
	}
	wait := s.h.opts.MaxWait
	if s.r.ProtoMajor > 1 {
		wait = 0 // a stream that waits unread takes its connection's window
	}
	s.progress = s.h.opts.Progress.begin(s.r, s.t.Subject, StateWaiting, s.t.Size)
	s.progress.at(st.Offset)
	until := time.Now().Add(wait)
	if err := s.takePlace(wait); err != nil {
		return 0, nil, err
	}
	defer s.place.leave()
	s.progress.is(StateReceiving, "")
	s.body.open(rest, errTooLong, s.r)
	s.h.warnNoDeadlines(s.session)

	src := &saved{src: io.LimitReader(s.body, limit), progress: s.progress}
	judging, err := s.ahead(st, src, limit)
	if err != nil {
		return 0, nil, s.settled(err)
	}
	ctx, cancel := s.outliving()
	defer cancel()
	n, err = s.chain.Append(ctx, st, chain.Template{Subject: s.t.Subject, MaxWait: max(0, time.Until(until))}, judging)
	s.stored = n
	c, judged := judging.end(err == nil && st.Offset+n == s.t.Size)
	switch {
	case judged != nil:
		return n, nil, s.settled(judged)
	case src.err != nil:
		err = s.bodyError(src.err)
	case err == nil && limit < rest:
		_, err = io.Copy(io.Discard, onlyReader{s.body})
		err = s.bodyError(err)
	default:
		err = s.chainError(err)
	}
	if err != nil && c != nil {
		c.close()
		c = nil
	}
	return n, c, err
}

// bodyError is the refusal of a body that ended too early or too late.
func (s *resumption) bodyError(err error) error {
	switch {
	case err == nil:
		return nil
	case left(s.r.Context()), errors.Is(err, io.ErrUnexpectedEOF):
		return &Error{Code: CodeClientGone, Err: err}
	}
	return formError(err)
}

// saved is a body that ends where reading it fails, so that what came is stored.
type saved struct {
	src      io.Reader
	progress *tracked
	err      error // of src, but io.EOF
}

func (b *saved) Read(p []byte) (int, error) {
	n, err := b.src.Read(p)
	b.progress.arrived(n)
	if err != nil && err != io.EOF { // a wrapped one is an error of the body
		b.err, err = err, io.EOF
	}
	return n, err
}
