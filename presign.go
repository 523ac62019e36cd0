package upload

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/airlock-go/upload/internal/ticket"
	"github.com/airlock-go/upload/internal/worker"
	"github.com/airlock-go/upload/storage"
)

// Presigner lets clients send files to the storage themselves, under the policy of its [Handler].
// Its steps sign requests for a staging key, publish what the validators accept there, or remove
// it.
//
// A sealed ticket binds the steps to caller, field and key, on each instance with the same secrets.
// Clients never name a key and get no URL of the final one. A ticket works only for its subject
// (all anonymous callers are one), while the key begins with [Grant.KeyPrefix].
//
// Only an [Options.Limiter] limits tickets; a sweep removes files never confirmed.
type Presigner struct {
	confirmer
	store   storage.DirectStorage
	methods storage.DirectMethods
	stored  *ticket.Sealer // of tickets beside staged files, nil for none
	opts    PresignOptions

	confirmedElsewhere atomic.Bool
}

// PresignOptions are the settings of a [Presigner]. Nil and zero are strict.
type PresignOptions struct {
	// MaxFileSize is as in [Options], its default. A Grant's wins.
	MaxFileSize int64

	// SingleSize is the largest file sent in one request. Default: 64 MiB. At most 5 GiB.
	SingleSize int64

	// PartSize is the size of a part, raised for files of over 10,000 parts. Default: 16 MiB. 5 MiB
	// to 5 GiB.
	PartSize int64

	// Form signs POST forms instead of PUTs for single requests. A form can replace the sent file
	// until it expires, a PUT only after its removal. Default: PUT if possible.
	Form bool

	// URLExpires is how long a signed request may be begun, unless its credentials expire. Default:
	// 15 min. At most 12 h.
	URLExpires time.Duration

	// TicketExpires is how long a ticket works. Default: 6 h or a longer URLExpires. At most 7
	// days.
	TicketExpires time.Duration

	// StagingPrefix stands before staging keys, and ends in "/".
	StagingPrefix string

	// Purpose must differ between presigners that share secrets but not policies.
	Purpose string

	// GrantStored returns what the subject of a ticket may do now, for [Presigner.ConfirmStored],
	// which it makes work. Nil and an [*Error] refuse; another error is [CodeCheckFailed].
	// Default: none.
	GrantStored func(ctx context.Context, subject string) (*Grant, error)

	// MaxChecks is how many files are read for confirmation at once, at most half for one subject.
	// Others wait up to Options.MaxWait. Default: 16.
	MaxChecks int
}

const (
	maxURLExpires    = 12 * time.Hour
	maxTicketExpires = 7 * 24 * time.Hour

	// storedPurpose keeps tickets beside staged files apart from those that clients have.
	storedPurpose = "stored\x00"
)

// NewPresigner returns a Presigner over h's storage, a [storage.DirectStorage], policy and
// authorizer. Each secret has at least 32 random bytes; the first seals tickets, all open them.
// To rotate, append a secret everywhere, move it to the front, and remove the old one after
// TicketExpires and [ResumeOptions].Expires.
func NewPresigner(h *Handler, secrets [][]byte, opts *PresignOptions) (*Presigner, error) {
	if h == nil {
		return nil, errors.New("upload: NewPresigner needs a handler")
	}
	p := &Presigner{confirmer: confirmer{h: h}}
	if opts != nil {
		p.opts = *opts
	}
	if err := p.opts.fill(h); err != nil {
		return nil, err
	}
	var ok bool
	var err error
	if p.store, ok = h.store.(storage.DirectStorage); !ok {
		return nil, fmt.Errorf("upload: direct uploads need a storage.DirectStorage, which %T is not", h.store)
	}
	if p.methods, err = p.store.DirectMethods(); err != nil {
		return nil, err
	}
	if p.opts.Form = p.opts.Form || !p.methods.Put; p.opts.Form && !p.methods.Form {
		return nil, errors.New("upload: the storage cannot enforce POST forms")
	}
	p.objects = p.store
	if err := p.prepare(secrets, p.opts.Purpose, p.opts.MaxFileSize, p.opts.MaxChecks); err != nil {
		return nil, err
	}
	if p.opts.GrantStored == nil {
		return p, nil
	}
	if p.stored, err = ticket.New(secrets, storedPurpose+p.opts.Purpose); err != nil {
		return nil, err
	}
	return p, nil
}

func (o *PresignOptions) fill(h *Handler) error {
	negative := false
	byDefault(&o.MaxFileSize, h.opts.MaxFileSize, &negative)
	byDefault(&o.SingleSize, 64<<20, &negative)
	byDefault(&o.PartSize, 16<<20, &negative)
	byDefault(&o.URLExpires, 15*time.Minute, &negative)
	byDefault(&o.TicketExpires, max(6*time.Hour, o.URLExpires), &negative)
	byDefault(&o.MaxChecks, 16, &negative)
	switch {
	case negative:
		return errors.New("upload: a negative option; 0 means the default, and nothing is unlimited")
	case o.MaxFileSize > maxFileSize:
		return fmt.Errorf("upload: a file has at most %s", byteSize(maxFileSize))
	case o.SingleSize > storage.MaxPartSize, o.PartSize < storage.MinPartSize, o.PartSize > storage.MaxPartSize:
		return errors.New("upload: SingleSize is at most 5 GiB, PartSize 5 MiB to 5 GiB")
	case o.URLExpires > maxURLExpires, o.TicketExpires > maxTicketExpires, o.TicketExpires < o.URLExpires:
		return errors.New("upload: URLExpires is at most 12 hours, and TicketExpires at least URLExpires and at most 7 days")
	}
	return validStaging(o.StagingPrefix)
}

// Handler returns p's handler.
func (p *Presigner) Handler() *Handler { return p.h }

// step authorizes a later step of a ticket.
func (p *Presigner) step(r *http.Request, token string) (*session, *sealed, error) {
	q, err := p.enter(r)
	if err != nil {
		return q, nil, err
	}
	if err := q.reserve(Claim{}); err != nil {
		return q, nil, err
	}
	t, err := openTicket(p.sealer, q, token)
	if err == nil {
		q.about = p.file(t, t.Type, t.SHA256)
	}
	return q, t, err
}

// enter returns the session that ReadStep has begun. Without one it begins and authorizes one for
// r, whose body it does not read. The caller leaves it.
func (p *Presigner) enter(r *http.Request) (*session, error) {
	if s, ok := r.Context().Value(stepOf{p}).(*pendingStep); ok && s.take() {
		return s.q, nil
	}
	q := p.h.newSession(r.Context(), doorDirect, r)
	return q, p.admit(q)
}

// admit judges a step before the first byte of its body.
func (p *Presigner) admit(q *session) error {
	if !p.h.sessions.enter(&q.live) {
		return errShutdown
	}
	if err := p.h.sameOrigin(q.r); err != nil {
		return err
	}
	return q.authorize(p.rules)
}

// admitStored is admit for a ticket that no request has brought.
func (p *Presigner) admitStored(q *session, t *sealed) error {
	if !p.h.sessions.enter(&q.live) {
		return errShutdown
	}
	q.about = p.file(t, t.Type, t.SHA256)
	var grant *Grant
	err := worker.Apart(func() (err error) {
		grant, err = p.opts.GrantStored(q.ctx, t.Subject)
		return err
	})
	switch {
	case err != nil:
		return checkError(err)
	case grant == nil:
		return &Error{Code: CodeForbidden}
	}
	if err := q.admit(grant, p.rules); err != nil {
		return err
	}
	return t.allow(q.grant)
}

// pendingStep is the session that ReadStep leaves for the method of the step.
type pendingStep struct {
	q     *session
	taken atomic.Bool
}

// stepOf is the key of a pendingStep in the context of its request.
type stepOf struct{ p *Presigner }

func (s *pendingStep) take() bool { return !s.taken.Swap(true) }

// remove removes the bytes that were sent for t and are not published. It ends the reservation of a
// file in parts, since S3 accepts no part of an upload that has ended.
func (p *Presigner) remove(q *session, t *sealed) error { return p.removeBy(q, t, p.removeOnce) }

// removeBy is remove with a function that removes the bytes.
func (p *Presigner) removeBy(q *session, t *sealed, remove func(context.Context, *sealed) error) error {
	staged := p.file(t, t.Type, "")
	staged.Key = t.Staging
	err := q.cleanup(staged, func(ctx context.Context) error { return remove(ctx, t) })
	if err == nil && t.UploadID != "" {
		q.account.release(q.ctx, t.Subject, t.ID)
	}
	return err
}

// removeOnce removes what the storage has now, without a second look.
func (p *Presigner) removeOnce(ctx context.Context, t *sealed) error {
	var aborting error
	if t.UploadID != "" {
		aborting = p.store.AbortMultipart(ctx, t.Staging, t.UploadID)
	}
	if p.stored != nil {
		aborting = errors.Join(aborting, p.store.Delete(ctx, t.Staging+ticketSuffix))
	}
	return errors.Join(aborting, p.store.Delete(ctx, t.Staging))
}

func (p *Presigner) object(t *sealed) storage.DirectObject {
	return storage.DirectObject{Key: t.Staging, Type: t.Type, Size: t.Size, SHA256: t.SHA256, Expires: p.opts.URLExpires}
}
