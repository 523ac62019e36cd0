package upload

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/airlock-go/upload/internal/chain"
)

// freeBytes is the size from which a PATCH does not count as a request. A file that comes in
// pieces must not use up the requests of its sender.
const freeBytes = 64 << 10

// append stores the bytes of a PATCH, and with the last of them begins or joins the check.
func (s *resumption) append() error {
	if err := s.fits(s.t); err != nil {
		return withFile(err, s.t.Field, s.t.Name)
	}
	if n := s.r.ContentLength; n < 0 || n >= freeBytes {
		s.least = freeBytes
	} else if err := s.reserve(Claim{}); err != nil {
		return err
	}
	end, err := s.z.writers.begin(s.ctx, s.t.ID, func() { s.body.cut(errSuperseded, false) })
	if err != nil {
		return err
	}
	j, whole, err := s.store(end)
	s.charge()
	if err != nil || !whole {
		return withFile(err, s.t.Field, s.t.Name)
	}
	file, err := s.finish(j)
	if err != nil {
		return withFile(err, s.t.Field, s.t.Name)
	}
	showFile(s.w.Header(), file)
	s.answer(http.StatusNoContent, s.t.Size)
	return nil
}

// charge counts a PATCH that was expected to bring many bytes, and did not. It also counts one of
// which freeBytes or more were read for nothing. It waits until the body is drained. A refused
// creation gives back all that it reserved, except the bytes that were read for nothing.
func (s *resumption) charge() {
	if s.charged || s.account.limiter == nil || s.grant == nil {
		return
	}
	s.charged = true
	a := s.account // a job has the other one
	s.account.keep()
	settle := func() {
		switch wasted := s.body.read - s.stored; {
		case a.granted:
			a.settle(s.ctx, Usage{Bytes: wasted})
		case s.stored < s.least, wasted >= freeBytes:
			a.charge(s.ctx, Claim{Subject: s.grant.Subject, Request: s.r, Bytes: wasted})
		}
	}
	switch ctx := s.r.Context(); {
	case s.body.unread() == 0: // the next request may come at once
		settle()
	case s.body.err == error(errSuperseded): // the cut has ended the context, and a refusal follows
		s.body.owe(context.WithoutCancel(ctx), settle)
	default:
		s.body.owe(ctx, settle)
	}
}

// store stores the bytes, and calls end when it stores no more. Whole reports that the caller must
// finish: all bytes are there, or another instance has ended the upload. Without whole and err,
// store has answered. J has the check of a whole file, if one was begun.
func (s *resumption) store(end func()) (j *judging, whole bool, err error) {
	defer end()
	st, err := s.state()
	if err != nil {
		return nil, false, err
	}
	if st.Done != nil {
		return nil, true, s.atEnd()
	}
	if err := s.ended(st); err != nil {
		return nil, false, err
	}
	if st.End != nil || st.Offset == s.t.Size {
		return nil, true, s.atEnd()
	}
	if s.request.Offset != st.Offset {
		return nil, false, errOffset
	}
	n, j, err := s.receive(st, s.t.Size-st.Offset)
	if errors.Is(err, chain.ErrEnded) { // on another instance, which has decided what to answer
		return nil, true, nil
	}
	if err != nil {
		return nil, false, err
	}
	if st.Offset+n == s.t.Size {
		return j, true, nil
	}
	s.pauseUnless(false)
	s.decide(Event{Kind: KindAppended, Files: s.files()})
	s.answer(http.StatusNoContent, s.shown(st.Offset+n))
	return nil, false, nil
}

// atEnd judges a request for an upload of which all bytes are stored. Clients may send the
// last byte again, since no answer has acknowledged it. It is dropped.
func (s *resumption) atEnd() error {
	rest := s.t.Size - s.request.Offset
	if rest < 0 || rest > 1 {
		return errOffset
	}
	s.body.open(rest, errTooLong, s.r)
	if _, err := io.Copy(io.Discard, s.body); err != nil {
		return s.bodyError(err)
	}
	return nil
}

var errTooLong = malformed("tus_length", errors.New("upload: more bytes than the announced length"))

// receive stores the bytes of the body after those of st, up to limit. A creation may bring one
// byte more, which is dropped. J goes on judging a file that is whole.
func (s *resumption) receive(st chain.State, limit int64) (n int64, j *judging, err error) {
	rest := s.t.Size - st.Offset
	if s.r.ContentLength > rest {
		return 0, nil, errTooLong
	}
	until, err := s.admitBytes(st, rest)
	if err != nil {
		return 0, nil, err
	}
	defer s.slot.leave()
	src := &saved{src: s.body, progress: s.progress}
	if limit < rest {
		src.src = io.LimitReader(s.body, limit)
	}
	if j, err = s.ahead(st, src, limit); err != nil {
		return 0, nil, s.notAhead(err)
	}
	defer j.stop()
	ctx, cancel := s.outliving()
	defer cancel()
	n, err = s.chain.Append(ctx, st, chain.Template{
		Subject: s.t.Subject, MaxWait: max(0, time.Until(until)), Length: max(0, s.r.ContentLength),
	}, j)
	if s.stored = n; err == nil && src.err == nil && limit < rest {
		_, src.err = io.Copy(io.Discard, s.body)
	}
	if err == nil && src.err == nil && st.Offset+n == s.t.Size {
		j.complete()
		return n, j, nil
	}
	if verdict := j.abandon(); verdict != nil {
		return n, nil, s.settled(verdict)
	}
	switch {
	case src.err != nil:
		return n, nil, s.bodyError(src.err)
	case errors.Is(err, chain.ErrTooMany): // clients that ask for the offset must not come back for ever
		return n, nil, s.endWith(s.chainError(err))
	}
	return n, nil, s.chainError(err)
}

// notAhead settles an error of ahead, unless another instance has ended the upload and removed its
// first bytes.
func (s *resumption) notAhead(err error) error {
	if lacksBytes(err) && !s.creating() {
		if now, failed := s.state(); failed == nil && now.End != nil {
			return s.chainError(chain.ErrEnded)
		}
	}
	return s.settled(err)
}

// admitBytes waits for a slot, and opens the body. Until is when the storage must stop waiting for
// memory.
func (s *resumption) admitBytes(st chain.State, rest int64) (until time.Time, err error) {
	wait := s.h.opts.MaxWait
	if s.r.ProtoMajor > 1 {
		wait = 0 // a stream that waits unread takes its connection's window
	}
	s.progress = s.h.opts.Progress.begin(s.r, s.t.Subject, StateWaiting, s.t.Size)
	s.progress.at(st.Offset)
	until = time.Now().Add(wait)
	if err := s.takeSlot(wait); err != nil {
		return until, err
	}
	s.progress.is(StateReceiving, "")
	s.body.open(rest, errTooLong, s.r)
	s.h.warnNoDeadlines(s.session)
	return until, nil
}

// bodyError is the refusal of a body that ended too early or too late.
func (s *resumption) bodyError(err error) error {
	var own *Error
	switch {
	case err == nil, errors.As(err, &own):
		return err
	case left(s.r.Context()), errors.Is(err, io.ErrUnexpectedEOF):
		return &Error{Code: CodeClientGone, Err: err}
	}
	return formError(err)
}

// saved is a body that ends where reading it fails, so that what came is stored.
type saved struct {
	src      io.Reader
	progress *tracked
	err      error // of src, except io.EOF
}

func (b *saved) Read(p []byte) (int, error) {
	n, err := b.src.Read(p)
	b.progress.arrived(n)
	if err != nil && err != io.EOF { // a wrapped one is an error of the body
		b.err, err = err, io.EOF
	}
	return n, err
}
