package upload

import (
	"net/http"

	"github.com/airlock-go/upload/internal/chain"
)

// head answers how many bytes have arrived. The limiter does not count it: some clients begin again
// from the first byte if a HEAD is refused.
func (s *resumption) head() error {
	st, err := s.quietState()
	if err != nil {
		return err
	}
	offset := s.shown(st.Offset)
	if st.Done != nil {
		if _, err := s.finished(st.Done); err != nil {
			return err
		}
		offset = s.t.Size
	} else if err := s.ended(st); err != nil {
		return err
	} else if st.End != nil { // of a file that is whole, whatever is left of its pieces
		offset = s.shown(s.t.Size)
	}
	s.decide(Event{Kind: KindPartsListed, Files: s.files()})
	s.answer(http.StatusOK, offset)
	return nil
}

// get answers with the published file. Between the last byte and the end of [ResumeOptions.Done] it
// asks the client to come again.
func (s *resumption) get() error {
	if err := s.reserve(Claim{}); err != nil {
		return err
	}
	st, err := s.state()
	if err != nil {
		return err
	}
	if st.Done == nil {
		if err := s.ended(st); err != nil {
			return err
		}
		if st.End != nil || st.Offset == s.t.Size {
			return errChecking
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
		case decided.Outcome == outcomeAccepted:
			if err := s.acceptedStays(st); err != nil {
				return err
			}
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

// acceptedStays refuses to remove an accepted upload, which is being published, or will be. It
// returns nil if that is impossible: the bytes are gone, or another file has the key.
func (s *resumption) acceptedStays(st chain.State) error {
	err := s.ended(st)
	switch {
	case err == nil:
		return withStatus(errChecking, http.StatusLocked)
	case errorOf(err).answerStatus() == http.StatusGone:
		return nil
	}
	return err
}
