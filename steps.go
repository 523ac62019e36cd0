package upload

import (
	"context"
	"errors"
	"fmt"
	"github.com/airlock-go/upload/storage"
	"io/fs"
	"net/http"
)

// SignPart signs the PUT of one part, numbered from 1, of exactly the bytes that
// it must have. A part may be sent again.
func (p *Presigner) SignPart(r *http.Request, token string, number int) (request *storage.SignedRequest, err error) {
	q, t, err := p.step(r, token)
	defer func() { err = q.leaveWith(err) }()
	if err != nil {
		return nil, err
	}
	if t.UploadID == "" || number < 1 || number > t.parts() {
		return nil, Reject(CodeMalformed, fmt.Sprintf("the upload has no part %d", number))
	}
	part := p.object(t)
	part.Size = t.partSize(number)
	if request, err = p.store.SignPart(q.ctx, part, t.UploadID, number); err != nil {
		return nil, storageError(err)
	}
	q.decide(Event{Kind: KindPartSigned, Files: q.files()})
	return request, nil
}

// Parts lists the parts that have arrived.
func (p *Presigner) Parts(r *http.Request, token string) (parts []storage.Part, err error) {
	q, t, err := p.step(r, token)
	defer func() { err = q.leaveWith(err) }()
	if err != nil {
		return nil, err
	}
	if t.UploadID == "" {
		return nil, Reject(CodeMalformed, "the upload has no parts")
	}
	parts, err = p.store.Parts(q.ctx, t.Staging, t.UploadID)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, errBadTicket
	case err != nil:
		return nil, storageError(err)
	}
	q.decide(Event{Kind: KindPartsListed, Files: q.files()})
	return parts, nil
}

// Abort ends an upload: what has arrived is removed, what was published stays.
// The signed requests of the ticket work until they expire; what they still
// bring is not published, unless by another instance.
func (p *Presigner) Abort(r *http.Request, token string) (err error) {
	q, t, err := p.step(r, token)
	defer func() { err = q.leaveWith(err) }()
	if err != nil {
		return err
	}
	return p.tickets.do(q.ctx, t, func(s *ticketState) error {
		s.ended = true
		if err := p.remove(q, t); err != nil {
			return storageError(err)
		}
		q.decide(Event{Kind: KindAborted, Files: q.files()})
		return nil
	})
}

// step authorizes a later step of a ticket.
func (p *Presigner) step(r *http.Request, token string) (*request, *sealed, error) {
	q, err := p.enter(r)
	if err != nil {
		return q, nil, err
	}
	if err := q.reserve(Claim{}); err != nil {
		return q, nil, err
	}
	t, err := p.open(q, token)
	if err == nil {
		q.about = p.file(t, t.Type, t.SHA256)
	}
	return q, t, err
}

// remove removes what was sent for t and is not published.
func (p *Presigner) remove(q *request, t *sealed) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(q.ctx), p.h.opts.CleanupTimeout)
	defer cancel()
	staged := p.file(t, t.Type, "")
	staged.Key = t.Staging
	return q.cleanup(ctx, staged, func(ctx context.Context) error {
		var aborting error
		if t.UploadID != "" {
			aborting = p.store.AbortMultipart(ctx, t.Staging, t.UploadID)
		}
		return errors.Join(aborting, p.store.Delete(ctx, t.Staging))
	})
}
