package upload

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"net/http"

	"github.com/airlock-go/upload/internal/chain"
)

// ending is how an upload ended: the content of the marker that decides between instances.
type ending struct {
	ID      string         `json:"i"` // of the ticket, so that no marker counts for another one
	Outcome string         `json:"o"`
	Code    Code           `json:"c,omitempty"` // of a refusal, as Reason and Params
	Reason  string         `json:"r,omitempty"`
	Params  map[string]any `json:"p,omitempty"`
}

// The outcomes. Only one is ever decided, and it stays.
const (
	outcomeAccepted   = "accepted" // to be published, by a later PATCH if this process ends
	outcomeRefused    = "refused"
	outcomeTerminated = "terminated" // by the client
)

// refusedBy is the ending of an upload that err refuses.
func refusedBy(err error) ending {
	e := errorOf(err)
	return ending{Outcome: outcomeRefused, Code: e.Code, Reason: e.Reason, Params: e.Params}
}

// decideEnd ends an upload unless it has ended, and returns how.
func (z *Resumer) decideEnd(q *session, t *sealed, c *chain.Chain, want ending) (decided ending, err error) {
	want.ID = t.ID
	data, err := z.sealMarker(want)
	if err != nil { // too long: clients get the code alone
		want.Reason, want.Params = "", nil
		if data, err = z.sealMarker(want); err != nil {
			return ending{}, internal(err)
		}
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(q.ctx), z.h.opts.CommitTimeout)
	defer cancel()
	there, err := c.End(ctx, data)
	if err != nil {
		return ending{}, storageError(err)
	}
	return decided, z.openMarker(there, t, &decided, &decided.ID)
}

func (z *Resumer) sealMarker(v any) ([]byte, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	token, err := z.markers.Seal(data)
	return []byte(token), err
}

// openMarker reads a marker into v. Its id, which is part of v, must be the ticket's.
func (z *Resumer) openMarker(marker []byte, t *sealed, v any, id *string) error {
	data, err := z.markers.Open(string(marker))
	if err != nil {
		return storageError(err)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(v); err != nil {
		return internal(err)
	}
	if *id != t.ID {
		return storageError(errors.New("upload: a marker of another upload"))
	}
	return nil
}

// refusal is the error of an upload that has ended without a file, nil for an accepted one.
func (e ending) refusal(t *sealed) error {
	switch e.Outcome {
	case outcomeAccepted:
		return nil
	case outcomeRefused:
		return gone(withFile(&Error{Code: e.Code, Reason: e.Reason, Params: restored(e.Params)}, t.Field, t.Name))
	}
	return gone(errBadTicket)
}

// restored gives parameters that were JSON the types of [Error.Params] again. Each number is an
// int64.
func restored(params map[string]any) map[string]any {
	for name, value := range params {
		switch v := value.(type) {
		case json.Number:
			n, _ := v.Int64()
			params[name] = n
		case []any:
			list := make([]string, 0, len(v))
			for _, item := range v {
				if s, ok := item.(string); ok {
					list = append(list, s)
				}
			}
			params[name] = list
		}
	}
	return params
}

// ended returns the refusal of an upload that has ended without a file.
func (s *resumption) ended(st chain.State) error {
	if st.End == nil {
		return nil
	}
	var e ending
	err := s.z.openMarker(st.End.Data, s.t, &e, &e.ID)
	if err == nil {
		err = e.refusal(s.t)
	}
	if err != nil || st.Done != nil || st.Offset >= s.t.Size {
		return err
	}
	_, err = s.z.published(s.ctx, s.t, "")
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return errGivenUp
	case errors.Is(err, CodeConflict):
		return gone(err)
	}
	return err
}

// errGivenUp refuses an upload that was accepted, and whose bytes were gone before its file was
// published.
var errGivenUp = withStatus(&Error{Code: CodeBadTicket, Err: errors.New("upload: the accepted file could not be published")}, http.StatusGone)

// giveUp ends an accepted upload that cannot be published any more, which err says. The other
// instances notice that its bytes are gone. One of them may have published the file before: then
// giveUp returns the file.
func (s *resumption) giveUp(err error) (File, error) {
	_ = s.z.removePieces(s.session, s.t, s.chain) // a failure is logged
	if f, failed := s.z.published(s.ctx, s.t, ""); failed == nil {
		return f, nil
	}
	s.z.release(s.session, s.t)
	return File{}, err
}

// decidedMeanwhile returns what another instance has decided about a file that this one could not
// publish, perhaps since the other one has removed the pieces. Otherwise it returns err.
func (s *resumption) decidedMeanwhile(err error) (File, error) {
	now, failed := s.state()
	switch {
	case failed != nil:
	case now.Done != nil:
		return s.finished(now.Done)
	case lacksBytes(err):
		if decided := s.ended(now); decided != nil {
			return File{}, decided
		}
	}
	return File{}, err
}

// lacksBytes reports whether the cause of err can be that stored bytes are gone.
func lacksBytes(err error) bool { return !isVerdict(err) || errorOf(err).Code == CodeBadTicket }

// result is the content of the marker of a file that is published, for which the host's function
// has run. The rest of the file is in the ticket.
type result struct {
	ID     string `json:"i"`
	Type   string `json:"t"`
	SHA256 string `json:"h,omitempty"`
	Facts  string `json:"f,omitempty"`
}

// finished returns the file of a marker, if it still is published.
func (s *resumption) finished(done []byte) (File, error) {
	var r result
	if err := s.z.openMarker(done, s.t, &r, &r.ID); err != nil {
		return File{}, err
	}
	stored, err := s.z.objects.Stat(s.ctx, s.t.Key)
	switch {
	case errors.Is(err, fs.ErrNotExist), err == nil && stored.Nonce != s.t.ID && s.t.Size > 0: // an empty file has no nonce of ours
		return File{}, gone(&Error{Code: CodeBadTicket, Err: errors.New("upload: the host has removed the file")})
	case err != nil:
		return File{}, storageError(err)
	}
	return s.z.fileOf(s.t, r), nil
}

func (z *Resumer) fileOf(t *sealed, r result) File {
	f := z.file(t, r.Type, r.SHA256)
	f.Facts = factsOf(r.Facts)
	return f
}

// removePieces removes all bytes of an upload that has ended. Its markers stay, for later requests,
// until a lifecycle rule or sweep.
func (z *Resumer) removePieces(q *session, t *sealed, c *chain.Chain) error {
	f := z.file(t, t.Type, "")
	f.Key = t.Staging
	return q.cleanup(f, func(ctx context.Context) error { return c.Remove(ctx, true) })
}

// release gives the reservation of an upload that has ended back to the limiter.
func (z *Resumer) release(q *session, t *sealed) { q.account.release(q.ctx, t.Subject, t.ID) }

// isVerdict reports whether err says that the file is not accepted, and not that it could not be
// judged, has changed, or did not arrive.
func isVerdict(err error) bool {
	var e *Error
	if !errors.As(err, &e) {
		return false
	}
	switch status := e.Code.Status(); status {
	case http.StatusRequestTimeout, http.StatusConflict, http.StatusTooManyRequests:
		return false
	default:
		return status < http.StatusInternalServerError && e.Code != CodeClientGone && e.Code != CodeMalformed && e.Code != CodeUnexpectedField
	}
}

// settled makes a verdict final, for all instances, and removes the bytes. It returns other errors,
// and those of a creation, as they are.
func (s *resumption) settled(err error) error {
	if !isVerdict(err) || s.creating() {
		return err
	}
	return s.endWith(err)
}

// endWith ends the upload, which err refuses, and removes its bytes.
func (s *resumption) endWith(err error) error {
	decided, failed := s.z.decideEnd(s.session, s.t, s.chain, refusedBy(err))
	switch {
	case failed != nil:
		return errors.Join(failed, err)
	case decided.Outcome == outcomeAccepted: // by another instance
		return errChecking
	}
	_ = s.z.removePieces(s.session, s.t, s.chain) // a failure is logged
	s.z.release(s.session, s.t)
	return err
}
