package upload

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
	"slices"

	"github.com/airlock-go/upload/internal/clean"
	"github.com/airlock-go/upload/internal/filename"
	"github.com/airlock-go/upload/internal/sniff"
	"github.com/airlock-go/upload/internal/ticket"
	"github.com/airlock-go/upload/storage"
)

// checked is a file that was sent, directly or in pieces, and has passed its check.
type checked struct {
	file    File            // as it will be published
	source  string          // SHA-256 of what was sent, "" if it was not computed
	digest  string          // that of what will be published, "" if it is not known
	patches []storage.Patch // between the two
	cleaner *clean.Reader   // holds the memory of the patches; nil if the type is not cleaned
}

func (c *checked) close() {
	if c != nil && c.cleaner != nil {
		c.cleaner.Close()
	}
}

// fits judges field and size of the ticket again, by the rules of now and of the caller.
func (q *session) fits(t *sealed) error {
	field, known := q.rules.fields[t.Field]
	switch {
	case !known:
		return unexpectedField(q.rules.fields.names())
	case t.Size > field.MaxSize:
		return tooLarge(field.MaxSize, t.Size)
	}
	return nil
}

// check reads the stored bytes, which open opens, through the cleaner and the validators. It fails
// unless there are as many as the ticket says.
func (p *confirmer) check(q *session, t *sealed, s *ticket.State, open opener) (*checked, error) {
	if err := q.fits(t); err != nil {
		return nil, err
	}
	if err := p.takeCheck(q); err != nil {
		return nil, err
	}
	defer q.slot.leave()
	src, err := openStalling(q.ctx, t.Size, p.h.opts.StallTimeout, open)
	if err != nil {
		return nil, readError(err)
	}
	s.Attempts++
	src.progress = q.progress
	q.progress.is(StateChecking, "")
	defer func() {
		s.Read, q.checked = s.Read+src.read, src.read
		src.close()
	}()
	return p.readWhole(q, t, src)
}

// readWhole judges a file of the ticket's size.
func (p *confirmer) readWhole(q *session, t *sealed, src io.Reader) (*checked, error) {
	in := &Incoming{Field: t.Field, Name: t.Name, ClaimedType: t.Type, Subject: t.Subject}
	if err := readHead(in, src); err != nil {
		return nil, err
	}
	in.Size, q.about.Type = t.Size, in.Type
	c, err := p.read(q, t, in, src)
	if err != nil {
		return nil, err
	}
	c.file = p.file(t, in.Type, c.digest)
	c.file.Facts = in.Facts()
	return c, nil
}

// read shows the whole file to the cleaner and the observer. Promotion is held to the SHA-256 of a
// file that was sent in one request or stored as one piece, or whose client declared it. An ETag
// can be an MD5, and a client can make two files with one MD5 and send the second by the same
// signed request. Parts cannot be sent again after they have become one object.
func (p *confirmer) read(q *session, t *sealed, in *Incoming, src io.Reader) (*checked, error) {
	observer, err := p.judge(q, t, in)
	if err != nil {
		return nil, err
	}
	var sent *hashing                                          // of what was sent, where the cleaner may change it
	pinned := t.single() || t.SHA256 != "" || t.Cell >= t.Size // the last: a resumable file in one piece
	if pinned && clean.Has(in.Type) {
		sent = &hashing{src: src, hash: sha256.New()}
		sent.hash.Write(in.Head)
		src = sent
	}
	st := newStream(src, in, t.Size, q.worker, observer, pinned && sent == nil || p.h.opts.SHA256)
	defer st.close()
	st.clean(q.cleaner(in, src, clean.Options{Record: true, Late: true}))
	if _, err := io.Copy(io.Discard, st); err != nil {
		return nil, err
	}
	c := checkedBy(st, sent)
	if t.SHA256 != "" && c.source != t.SHA256 {
		return nil, &Error{Code: CodeNotDeclared, Params: map[string]any{"kind": "sha256"}}
	}
	c.cleaner, st.lends = st.cleaner, true
	return c, nil
}

// checkedBy returns the digests and the patches of a file from a stream at its end, and from sent,
// which may be nil.
func checkedBy(st *stream, sent *hashing) *checked {
	c := &checked{digest: st.digest}
	if st.cleaner != nil {
		c.patches = st.cleaner.Patches()
	}
	switch {
	case sent != nil:
		c.source = hex.EncodeToString(sent.hash.Sum(nil))
	case len(c.patches) == 0:
		c.source = c.digest
	}
	switch {
	case len(c.patches) == 0:
		c.digest = c.source
	case st.cleaner.Late(): // the stream has handed on other bytes
		c.digest = ""
	}
	return c
}

// hashing is a reader that hashes what was read.
type hashing struct {
	src  io.Reader
	hash hash.Hash
}

func (h *hashing) Read(p []byte) (int, error) {
	n, err := h.src.Read(p)
	h.hash.Write(p[:n])
	return n, err
}

// unchanged returns the SHA-256 of the published file where that is the declared one for certain.
func (p *confirmer) unchanged(q *session, t *sealed) string {
	types := t.types()
	if q.keeps(t.Field) || len(types) > 0 && !slices.ContainsFunc(types, clean.Has) {
		return t.SHA256
	}
	return ""
}

// judge asks the policy. The name, or else the claimed type, may have chosen the key's extension
// before the file was read. So a file of another type is refused whatever the policy.
func (p *confirmer) judge(q *session, t *sealed, in *Incoming) (Observer, error) {
	if types := t.types(); len(types) > 0 && len(in.Head) > 0 && !slices.Contains(types, in.Type) {
		e := typeMismatch(in.Name, in.Type)
		delete(e.Params, "extensions") // the policy may accept none of these
		return nil, e
	}
	return q.validate(in)
}

// types returns those that the file can have, none if its name and its claimed type say nothing.
func (t *sealed) types() []string {
	if types := sniff.TypesOf(filename.Ext(t.Name)); len(types) > 0 || len(sniff.Extensions(t.Type)) == 0 {
		return types
	}
	return []string{t.Type}
}

// takeCheck waits for one of the MaxChecks slots, which a check that hangs keeps.
func (p *confirmer) takeCheck(q *session) error {
	ctx, cancel := context.WithTimeout(q.ctx, p.h.opts.MaxWait)
	defer cancel()
	subject := q.grant.Subject
	if err := p.checks.Acquire(ctx, subject, 1); err != nil {
		return &Error{Code: CodeBusy, Err: err}
	}
	q.holdSlot(func() { p.checks.Release(subject, 1) })
	return nil
}
