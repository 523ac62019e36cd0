package upload

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"strings"
	"time"

	"github.com/airlock-go/upload/internal/budget"
	"github.com/airlock-go/upload/internal/ticket"
	"github.com/airlock-go/upload/storage"
)

// confirmer judges and publishes files that lie in staging, each by its ticket. The doors that have
// tickets share it.
type confirmer struct {
	h       *Handler
	objects storage.ObjectReader
	rules   *rules
	sealer  *ticket.Sealer
	checks  *budget.Budget
	turns   ticket.Turns
}

// prepare makes p ready, for files of at most maxFileSize bytes in fields without a MaxSize, and
// for maxChecks checks at once.
func (p *confirmer) prepare(secrets [][]byte, purpose string, maxFileSize int64, maxChecks int) (err error) {
	if p.sealer, err = ticket.New(secrets, purpose); err != nil {
		return fmt.Errorf("upload: %w", err)
	}
	if p.rules, err = rulesOf(p.h.rules.policy, 0, maxFileSize); err != nil {
		return err
	}
	slots := int64(maxChecks)
	p.checks = budget.New(slots, max(1, slots/2))
	return nil
}

// newTicket judges d and chooses the keys. The id must be random: the staging key ends in it.
func (p *confirmer) newTicket(q *session, d Declaration, id, stagingPrefix string, life time.Duration) (*sealed, error) {
	in, err := q.declared(d)
	if err != nil {
		return nil, err
	}
	key, err := q.key(in)
	if err != nil {
		return nil, withFile(err, in.Field, in.Name)
	}
	q.about.Key = key
	return &sealed{
		ID: id, Subject: in.Subject, Field: in.Field, Name: in.Name, Type: in.Type, Size: in.Size,
		SHA256:  strings.ToLower(d.SHA256),
		Staging: stagingPrefix + storage.StagingSegment + "/" + strings.ToLower(id), Key: key,
		Expires: time.Now().Add(life).Unix(),
	}, nil
}

// file describes the file of t. It has the digest only if the client declared one, or
// Options.SHA256 is set.
func (p *confirmer) file(t *sealed, mediaType, digest string) File {
	if t.SHA256 == "" && !p.h.opts.SHA256 {
		digest = ""
	}
	return File{Field: t.Field, Name: t.Name, Key: t.Key, Type: mediaType, Size: t.Size, SHA256: digest}
}

// promote publishes the checked bytes, and looks at the published object. It does not end with the
// request. It may take CommitTimeout, and a minute more for each whole gibibyte of the file, since
// the storage has to copy it.
func (p *confirmer) promote(q *session, t *sealed, c *checked, store storage.DirectStorage, sources []storage.Source) error {
	q.progress.is(StateCommitting, "")
	timeout := p.h.opts.CommitTimeout + time.Duration(t.Size>>30)*time.Minute
	ctx, cancel := context.WithTimeout(context.WithoutCancel(q.ctx), timeout)
	defer cancel()
	source := c.source
	if len(sources) > 1 { // each of which is pinned by its ETag
		source = ""
	}
	err := store.Promote(ctx, storage.Promotion{
		Sources: sources, SourceSHA256: source, Patches: c.patches, Key: t.Key,
		Type: c.file.Type, Name: c.file.Name, Size: t.Size, SHA256: c.digest, Nonce: t.ID, Facts: c.file.kept(),
	})
	switch {
	case errors.Is(err, storage.ErrChanged):
		return errChanged(err)
	case err != nil:
		return commitError(err)
	}
	if _, err := p.published(ctx, t, c.digest); err != nil {
		return storageError(fmt.Errorf("upload: the storage says that it has published the file: %w", err))
	}
	q.decide(Event{Kind: KindAccepted, Files: []File{c.file}})
	return nil
}

// published returns the file that this ticket has published; digest is its SHA-256, "" if it is not
// known. The error is fs.ErrNotExist if no object has the key. It is CodeConflict if this ticket did
// not publish the object that has it.
func (p *confirmer) published(ctx context.Context, t *sealed, digest string) (File, error) {
	stored, err := p.objects.Stat(ctx, t.Key)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return File{}, err
	case err != nil:
		return File{}, storageError(err)
	case stored.Nonce != t.ID:
		return File{}, commitError(storage.ErrExists)
	case stored.Size != t.Size, digest != "" && stored.SHA256 != "" && stored.SHA256 != digest:
		return File{}, storageError(errOtherFile)
	}
	f := p.file(t, stored.Type, stored.SHA256)
	f.Facts = factsOf(stored.Facts)
	return f, nil
}

var errOtherFile = errors.New("upload: the published object is not the file that was checked")

// leaveWith ends a request and makes its error one that clients may see.
func (q *session) leaveWith(err error) error {
	q.account.settle(q.ctx, Usage{})
	q.worker.Close()
	defer q.leave()
	if err == nil {
		return nil
	}
	e := *errorOf(err)
	if e.Code.Status() >= http.StatusInternalServerError {
		blame(q.ctx, &e, err, nil, q.r != nil) // without a request nobody can leave
	}
	q.decide(q.refusal(&e))
	if q.body != nil {
		e.rest = q.body
	}
	return &e
}

// opener opens all bytes of a file that lies in staging.
type opener = func(context.Context) (io.ReadCloser, error)

// validStaging judges a StagingPrefix.
func validStaging(prefix string) error {
	if prefix != "" && (!strings.HasSuffix(prefix, "/") || storage.ValidKey(prefix+"x") != nil) {
		return errors.New("upload: StagingPrefix must be empty, or a valid key and a slash")
	}
	return nil
}
