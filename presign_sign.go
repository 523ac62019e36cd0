package upload

import (
	"context"
	"crypto/rand"
	"errors"
	"io/fs"
	"net/http"
	"strings"
	"time"

	"github.com/airlock-go/upload/internal/sniff"
	"github.com/airlock-go/upload/internal/ticket"
	"github.com/airlock-go/upload/storage"
)

// Sign asks the authorizer, judges d without the file, and signs the upload. The error is an
// [*Error], for [Handler.RespondError].
func (p *Presigner) Sign(r *http.Request, d Declaration) (*Ticket, error) {
	if d.Size > p.opts.SingleSize || p.methods.NeedsDigest && d.SHA256 == "" {
		return p.SignParts(r, d, p.opts.PartSize)
	}
	return p.sign(r, d, p.opts.URLExpires, 0)
}

// SignParts is Sign for clients that choose the size of parts: 5 MiB to 5 GiB, or [CodeInternal].
func (p *Presigner) SignParts(r *http.Request, d Declaration, partSize int64) (*Ticket, error) {
	return p.sign(r, d, p.opts.TicketExpires+p.opts.URLExpires, max(partSize, 1)) // 0 would sign one request
}

// sign reserves the upload for as long as its last URL may live. It gives the reservation back only
// if the client gets no ticket. With a partSize of 0 it signs one request.
func (p *Presigner) sign(r *http.Request, d Declaration, life time.Duration, partSize int64) (ticket *Ticket, err error) {
	q, err := p.enter(r)
	defer func() { err = q.leaveWith(err) }()
	if err != nil {
		return nil, err
	}
	if partSize > 0 && (partSize < storage.MinPartSize || partSize > storage.MaxPartSize) {
		return nil, internal(errors.New("upload: parts have 5 MiB to 5 GiB"))
	}
	id, c := rand.Text(), q.claimOf(d, life)
	// Only parts can be released early: a single request works again once its file was removed.
	if partSize > 0 && c.Files > 0 {
		c.ID = id
	}
	if err := q.reserve(c); err != nil {
		return nil, err
	}
	t, err := p.newTicket(q, d, id, p.opts.StagingPrefix, p.opts.TicketExpires)
	if err != nil {
		return nil, err
	}
	if partSize > 0 {
		ticket, err = p.signParts(q, t, partSize)
	} else {
		ticket, err = p.signSingle(q, t)
	}
	if err != nil {
		return nil, err
	}
	if err = p.keepTicket(q, t); err != nil {
		return nil, errors.Join(err, p.remove(q, t))
	}
	q.account.keep()
	q.decide(Event{Kind: KindSigned, Files: q.files()})
	return ticket, nil
}

// keepTicket puts the ticket beside where the client will send the file, for ConfirmStored. It is
// sealed for that alone: whoever can read the staged files cannot use it as a client.
func (p *Presigner) keepTicket(q *session, t *sealed) error {
	if p.stored == nil {
		return nil
	}
	token, err := sealTicket(p.stored, t)
	if err != nil {
		return err
	}
	staged, err := p.store.Stage(q.ctx, storage.Object{
		Key: t.Staging + ticketSuffix, Type: sniff.Binary, Name: "ticket", MaxSize: int64(len(token)),
		Subject: t.Subject, MaxWait: p.h.opts.MaxWait,
	}, strings.NewReader(token))
	if err != nil {
		return storageError(err)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(q.ctx), p.h.opts.CommitTimeout)
	defer cancel()
	if err := staged.Commit(ctx); err != nil {
		f := p.file(t, sniff.Binary, "")
		f.Key = t.Staging + ticketSuffix
		return errors.Join(storageError(err), q.cleanup(f, staged.Discard))
	}
	return nil
}

// claimOf claims a file that arrives by URLs of that life. It claims nothing for an empty file, an
// unknown field, or a size above that of the field.
func (q *session) claimOf(d Declaration, life time.Duration) Claim {
	if field, known := q.rules.fields[d.Field]; !known || d.Size <= 0 || d.Size > field.MaxSize {
		return Claim{}
	}
	return Claim{Files: 1, Bytes: d.Size, Until: time.Now().Add(life + clockSkew)}
}

func (p *Presigner) signSingle(q *session, t *sealed) (*Ticket, error) {
	switch {
	case t.Size > storage.MaxPartSize:
		return nil, withFile(tooLarge(storage.MaxPartSize, t.Size), t.Field, t.Name)
	case p.methods.NeedsDigest && t.SHA256 == "":
		return nil, withFile(malformed("sha256", errors.New("upload: the storage takes this file only with its sha256")), t.Field, t.Name)
	}
	signed, err := p.signWhole(q, t)
	if err != nil {
		return nil, storageError(err)
	}
	token, err := sealTicket(p.sealer, t)
	return &Ticket{Token: token, Expires: expiry(p.opts.URLExpires), SignedRequest: signed}, err
}

// signWhole signs the one request that the options ask for.
func (p *Presigner) signWhole(q *session, t *sealed) (*storage.SignedRequest, error) {
	if p.opts.Form {
		return p.store.SignForm(q.ctx, p.object(t))
	}
	return p.store.SignPut(q.ctx, p.object(t))
}

func (p *Presigner) signParts(q *session, t *sealed, partSize int64) (ticket *Ticket, err error) {
	t.PartSize = max(partSize, (t.Size+storage.MaxParts-1)/storage.MaxParts)
	if t.UploadID, err = p.store.CreateMultipart(q.ctx, p.object(t)); err != nil {
		return nil, storageError(err)
	}
	token, err := sealTicket(p.sealer, t)
	if err != nil {
		return nil, errors.Join(err, p.remove(q, t))
	}
	return &Ticket{Token: token, Expires: time.Unix(t.Expires, 0).UTC(), PartSize: t.PartSize, Parts: t.parts()}, nil
}

func expiry(d time.Duration) time.Time { return time.Now().Add(d).UTC().Truncate(time.Second) }

// SignPart signs the PUT of one part, numbered from 1, of exactly its bytes. Parts may be sent
// again.
func (p *Presigner) SignPart(r *http.Request, token string, number int) (request *storage.SignedRequest, err error) {
	q, t, err := p.step(r, token)
	defer func() { err = q.leaveWith(err) }()
	if err != nil {
		return nil, err
	}
	if t.UploadID == "" || number < 1 || number > t.parts() {
		return nil, malformed("part", errors.New("upload: the upload has no such part"))
	}
	part := p.object(t)
	part.Size = t.partSize(number)
	if request, err = p.store.SignPart(q.ctx, part, t.UploadID, number); err != nil {
		return nil, storageError(err)
	}
	q.decide(Event{Kind: KindPartSigned, Files: q.files()})
	return request, nil
}

// Parts lists the parts that arrived.
func (p *Presigner) Parts(r *http.Request, token string) (parts []storage.Part, err error) {
	q, t, err := p.step(r, token)
	defer func() { err = q.leaveWith(err) }()
	if err != nil {
		return nil, err
	}
	if t.UploadID == "" {
		return nil, malformed("part", errors.New("upload: the upload has no parts"))
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

// Abort removes what was sent or arrives within half a second, except a published file. Other
// instances may still publish for the ticket, until it expires.
func (p *Presigner) Abort(r *http.Request, token string) (err error) {
	q, t, err := p.step(r, token)
	defer func() { err = q.leaveWith(err) }()
	if err != nil {
		return err
	}
	return p.turns.Do(q.ctx, t.ID, t.expires(), func(s *ticket.State) error {
		s.Ended = true
		if err := p.removeBy(q, t, p.removeLate); err != nil {
			return storageError(err)
		}
		q.decide(Event{Kind: KindAborted, Files: q.files()})
		return nil
	})
}

// latePauses are the waits after which removeLate looks for bytes.
var latePauses = []time.Duration{100 * time.Millisecond, 400 * time.Millisecond}

// removeLate removes the bytes of an upload of which some may be on their way: a client gives up
// while it sends. S3 may keep such parts. It documents that the abort may then be needed again, and
// that ListParts shows them. versitygw opens the upload again, and stores what came of a PUT that
// stopped.
func (p *Presigner) removeLate(ctx context.Context, t *sealed) error {
	for _, pause := range latePauses {
		if err := p.removeOnce(ctx, t); err != nil {
			return err
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		late, err := p.arrived(ctx, t)
		switch {
		case err != nil && !errors.Is(err, fs.ErrNotExist):
			return err
		case late: // the caller tries again
			return errLate
		}
	}
	return nil
}

var errLate = errors.New("upload: bytes arrived after the upload was given up")

// arrived reports whether the storage has bytes of t.
func (p *Presigner) arrived(ctx context.Context, t *sealed) (bool, error) {
	if t.UploadID == "" {
		_, err := p.store.Stat(ctx, t.Staging)
		return err == nil, err
	}
	parts, err := p.store.Parts(ctx, t.Staging, t.UploadID)
	return len(parts) > 0, err
}
