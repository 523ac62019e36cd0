package upload

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/airlock-go/upload/storage"
)

// Ticket is what a client needs to send one file to the storage. Small files
// are one request; for larger ones PartSize and Parts are set instead, and
// [Presigner.SignPart] signs each part.
type Ticket struct {
	Token   string    `json:"token"`   // for the steps that follow; opaque
	Expires time.Time `json:"expires"` // of the request, or of the ticket if the file has parts

	*storage.SignedRequest

	PartSize int64 `json:"partSize,omitempty"` // bytes of each part but the last
	Parts    int   `json:"parts,omitempty"`
}

// Sign asks the authorizer, judges what d declares by everything that can be
// judged without the file, and signs the upload. The error is an [*Error], for
// [Handler.RespondError].
func (p *Presigner) Sign(r *http.Request, d Declaration) (*Ticket, error) {
	if d.Size > p.opts.SingleSize || p.methods.NeedsDigest && d.SHA256 == "" {
		return p.SignParts(r, d, p.opts.PartSize)
	}
	return p.sign(r, d, p.opts.URLExpires, p.signSingle)
}

// SignParts is Sign for clients that send every file in parts, if only one, of a
// size of their own: 5 MiB to 5 GiB, and more where the file would have more than
// 10,000 parts. Ticket.PartSize tells it.
func (p *Presigner) SignParts(r *http.Request, d Declaration, partSize int64) (*Ticket, error) {
	if partSize < storage.MinPartSize || partSize > storage.MaxPartSize {
		return nil, internal(errors.New("upload: parts have 5 MiB to 5 GiB"))
	}
	return p.sign(r, d, p.opts.TicketExpires+p.opts.URLExpires, p.signParts(partSize))
}

// signing completes a ticket and what goes with it.
type signing func(q *request, t *sealed) (*Ticket, error)

// sign reserves what is signed for as long as the last URL may live. That is
// given back only when the client gets none.
func (p *Presigner) sign(r *http.Request, d Declaration, life time.Duration, complete signing) (ticket *Ticket, err error) {
	q, err := p.enter(r)
	defer func() { err = q.leaveWith(err) }()
	if err != nil {
		return nil, err
	}
	if err := q.reserve(q.demandOf(d, life)); err != nil {
		return nil, err
	}
	t, err := p.newTicket(q, d)
	if err != nil {
		return nil, err
	}
	if ticket, err = complete(q, t); err == nil {
		q.reservation = nil
		q.decide(Event{Kind: KindSigned, Files: q.files()})
	}
	return ticket, err
}

// demandOf is a file that arrives by URLs of that life, but for sizes that are
// going to be refused.
func (q *request) demandOf(d Declaration, life time.Duration) Claim {
	if d.Size <= 0 || d.Size > q.grant.MaxFileSize {
		return Claim{}
	}
	return Claim{Files: 1, Bytes: d.Size, Until: time.Now().Add(life + clockSkew)}
}

func (p *Presigner) signSingle(q *request, t *sealed) (*Ticket, error) {
	switch {
	case t.Size > storage.MaxPartSize:
		return nil, withFile(tooLarge(storage.MaxPartSize), t.Field, t.Name)
	case p.methods.NeedsDigest && t.SHA256 == "":
		return nil, withFile(Reject(CodeMalformed, "the storage takes this file only with its sha256"), t.Field, t.Name)
	}
	signed, err := p.signWhole(q, t)
	if err != nil {
		return nil, storageError(err)
	}
	token, err := p.seal(t)
	return &Ticket{Token: token, Expires: expiry(p.opts.URLExpires), SignedRequest: signed}, err
}

// signWhole signs the one request that the options ask for.
func (p *Presigner) signWhole(q *request, t *sealed) (*storage.SignedRequest, error) {
	if p.opts.Form {
		return p.store.SignForm(q.ctx, p.object(t))
	}
	return p.store.SignPut(q.ctx, p.object(t))
}

func (p *Presigner) signParts(partSize int64) signing {
	return func(q *request, t *sealed) (ticket *Ticket, err error) {
		if t.Size > storage.MaxPartSize*storage.MaxParts {
			return nil, withFile(tooLarge(storage.MaxPartSize*storage.MaxParts), t.Field, t.Name)
		}
		t.PartSize = max(partSize, (t.Size+storage.MaxParts-1)/storage.MaxParts)
		if t.UploadID, err = p.store.CreateMultipart(q.ctx, p.object(t)); err != nil {
			return nil, storageError(err)
		}
		token, err := p.seal(t)
		if err != nil {
			return nil, errors.Join(err, p.remove(q, t))
		}
		return &Ticket{Token: token, Expires: time.Unix(t.Expires, 0).UTC(), PartSize: t.PartSize, Parts: t.parts()}, nil
	}
}

// newTicket judges d and chooses the keys.
func (p *Presigner) newTicket(q *request, d Declaration) (*sealed, error) {
	in, err := q.declared(d)
	if err != nil {
		return nil, err
	}
	key, err := q.key(in)
	if err != nil {
		return nil, withFile(err, in.Field, in.Name)
	}
	id := rand.Text()
	q.about.Key = key
	return &sealed{
		ID: id, Subject: in.Subject, Field: in.Field, Name: in.Name, Type: in.Type, Size: in.Size,
		SHA256:  strings.ToLower(d.SHA256),
		Staging: p.opts.StagingPrefix + storage.StagingSegment + "/" + strings.ToLower(id), Key: key,
		Expires: time.Now().Add(p.opts.TicketExpires).Unix(),
	}, nil
}

func (p *Presigner) object(t *sealed) storage.DirectObject {
	return storage.DirectObject{Key: t.Staging, Type: t.Type, Size: t.Size, SHA256: t.SHA256, Expires: p.opts.URLExpires}
}

func (p *Presigner) seal(t *sealed) (string, error) {
	var data bytes.Buffer
	e := json.NewEncoder(&data)
	e.SetEscapeHTML(false)
	if err := e.Encode(t); err != nil {
		return "", internal(err)
	}
	token, err := p.sealer.Seal(data.Bytes())
	if err != nil { // names and types are the client's, and of the rest there is little
		return "", withFile(&Error{Code: CodeBadName, Reason: "the file name or its type is too long", Err: err}, t.Field, t.Name)
	}
	return token, nil
}

func expiry(d time.Duration) time.Time { return time.Now().Add(d).UTC().Truncate(time.Second) }
