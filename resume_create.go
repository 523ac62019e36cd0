package upload

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"github.com/airlock-go/upload/internal/chain"
	"github.com/airlock-go/upload/internal/tus"
)

// create judges what is known of a file, and answers with the URL of its upload. All state of an
// upload without bytes is in that URL, so nothing is stored yet.
func (s *resumption) create() error {
	d := s.declaration()
	if err := s.reserve(s.claimOf(d, s.z.opts.Expires)); err != nil {
		return err
	}
	t, err := s.z.newTicket(s.session, d, s.z.opts.StagingPrefix, s.z.opts.Expires)
	if err != nil {
		return err
	}
	s.t, t.Metadata, t.Cell = t, s.request.Metadata.Header, s.z.cell(t.Size)
	s.chain = s.z.chain(t)
	token, err := sealTicket(s.z.sealer, t)
	if err != nil {
		return err
	}
	offset, err := s.firstBytes()
	if err != nil {
		return withFile(err, t.Field, t.Name)
	}
	s.account.keep()
	s.decide(Event{Kind: KindSigned, Files: s.files()})
	s.w.Header().Set("Location", location(s.r, token))
	s.answer(http.StatusCreated, offset)
	return nil
}

// declaration is what the client says of its file.
func (s *resumption) declaration() Declaration {
	meta := s.request.Metadata
	d := Declaration{
		Field: meta.Get("field"), Name: meta.Get("filename", "name"),
		Type: meta.Get("filetype", "type"), Size: s.request.Length,
	}
	if fields := s.rules.fields.names(); d.Field == "" && len(fields) == 1 {
		d.Field = fields[0]
	} else if d.Field == "" {
		d.Field = "file"
	}
	return d
}

// location returns the URL of an upload, relative to that of the creation, which a proxy may have
// rewritten.
func location(r *http.Request, token string) string {
	asked := r.URL.Path
	if u, err := url.ParseRequestURI(r.RequestURI); err == nil {
		asked = u.Path // without what http.StripPrefix takes
	}
	if strings.HasSuffix(asked, "/") {
		return token
	}
	return url.PathEscape(path.Base(asked)) + "/" + token
}

// firstBytes stores the bytes that came with the creation. The last byte of a file never counts: a
// creation whose answer is lost is sent again, and must not publish a file twice.
func (s *resumption) firstBytes() (offset int64, err error) {
	if !s.request.Bytes {
		return 0, nil
	}
	n, _, err := s.receive(chain.State{}, s.t.Size-1)
	if err == nil {
		return n, nil
	}
	s.discard() // nobody learns the URL
	return 0, err
}

// discard removes all of an upload that nobody can continue.
func (s *resumption) discard() {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(s.ctx), s.h.opts.CleanupTimeout)
	defer cancel()
	f := s.about
	f.Key = s.t.Staging
	_ = s.cleanup(ctx, f, func(ctx context.Context) error { return s.chain.Remove(ctx, false) }) // it is logged
}

// answer says how many bytes have arrived.
func (s *resumption) answer(status int, offset int64) {
	s.body.answerDeadline(s.r)
	told := tus.State{Offset: offset, Length: s.t.Size, Metadata: s.t.Metadata, Expires: time.Unix(s.t.Expires, 0)}
	switch {
	case status == http.StatusOK:
		told.Write(s.w.Header())
	case status == http.StatusCreated && !s.request.Bytes:
		told.WriteExpires(s.w.Header())
	default:
		told.WriteOffset(s.w.Header())
	}
	s.w.WriteHeader(status)
}

// head answers how many bytes have arrived. It is not counted by the limiter: clients begin again
// from the first byte if it is refused.
func (s *resumption) head() error {
	st, err := s.quietState()
	if err != nil {
		return err
	}
	offset := s.told(st.Offset)
	if st.Done != nil {
		if _, err := s.finished(st.Done); err != nil {
			return err
		}
		offset = s.t.Size
	} else if err := s.ended(st.End); err != nil {
		return err
	}
	s.decide(Event{Kind: KindPartsListed, Files: s.files()})
	s.answer(http.StatusOK, offset)
	return nil
}

// told is the offset that clients learn before the file is published: they take the length for
// success.
func (s *resumption) told(stored int64) int64 { return min(stored, s.t.Size-1) }

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
	case errors.Is(err, chain.ErrGap):
		return gone(&Error{Code: CodeBadTicket, Err: err})
	case errors.Is(err, chain.ErrEnded):
		return gone(&Error{Code: CodeBadTicket, Err: err})
	}
	return readError(err)
}

// get answers with the published file.
func (s *resumption) get() error {
	if err := s.reserve(Claim{}); err != nil {
		return err
	}
	st, err := s.state()
	if err != nil {
		return err
	}
	if st.Done == nil {
		if err := s.ended(st.End); err != nil {
			return err
		}
		return &Error{Code: CodeNotUploaded}
	}
	f, err := s.finished(st.Done)
	if err != nil {
		return err
	}
	s.decide(Event{Kind: KindConfirmed, Files: []File{f}})
	writeJSON(s.w, "application/json", http.StatusOK, map[string][]File{"files": {f}})
	return nil
}

// terminate gives an upload up. A published file stays, as in [Presigner.Abort].
func (s *resumption) terminate() error {
	if err := s.reserve(Claim{}); err != nil {
		return err
	}
	st, err := s.quietState()
	if err != nil {
		return err
	}
	if st.Done == nil {
		decided, err := s.z.decideEnd(s.session, s.t, s.chain, ending{Outcome: outcomeTerminated})
		switch {
		case err != nil:
			return err
		case decided.Outcome == outcomeAccepted: // which is being published, or will be
			return withStatus(errChecking, http.StatusLocked)
		}
	}
	if err := s.z.removePieces(s.session, s.t, s.chain); err != nil {
		return storageError(err)
	}
	s.z.release(s.session, s.t)
	s.decide(Event{Kind: KindAborted, Files: s.files()})
	s.w.WriteHeader(http.StatusNoContent)
	return nil
}
