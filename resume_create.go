package upload

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/url"
	"path"
	"strings"

	"github.com/airlock-go/upload/internal/chain"
)

// create judges what is known of a file, and answers with the URL of its upload. Until bytes come,
// all state of an upload is in that URL, and nothing is stored. An empty file is judged at once.
func (s *resumption) create() error {
	d := s.declaration()
	id, claim := rand.Text(), s.claimOf(d, s.z.opts.Expires)
	if claim.Files > 0 {
		claim.ID = id
	}
	if err := s.reserve(claim); err != nil {
		return err
	}
	t, err := s.z.newTicket(s.session, d, id, s.z.opts.StagingPrefix, s.z.opts.Expires)
	if err != nil {
		return err
	}
	s.t, t.Metadata, t.Cell = t, s.request.Metadata.Header, s.z.cell(t.Size)
	s.chain = s.z.chain(t)
	token, err := sealTicket(s.z.sealer, t)
	if err != nil && t.Metadata != "" {
		err = malformed("tus_metadata", err)
	}
	if err != nil {
		return err
	}
	offset, err := s.firstBytes()
	if err != nil {
		return withFile(err, t.Field, t.Name)
	}
	if t.Size > 0 {
		s.account.keep()
	}
	s.decide(Event{Kind: KindSigned, Files: s.files()})
	s.w.Header().Set("Location", s.location(token))
	s.answer(http.StatusCreated, offset)
	return nil
}

// declaration returns what the client says of its file.
func (s *resumption) declaration() Declaration {
	meta := s.request.Metadata
	d := Declaration{
		Field: meta.Get(metaField), Name: meta.Get(metaNames[:]...),
		Type: meta.Get(metaTypes[:]...), Size: s.request.Length,
	}
	if fields := s.rules.fields.names(); d.Field == "" && len(fields) == 1 {
		d.Field = fields[0]
	} else if d.Field == "" {
		d.Field = "file"
	}
	return d
}

// location returns the URL of an upload, relative to that of the creation, of which a proxy may
// have taken a prefix. Pages of this origin get a path, unless the proxy names its prefix.
// Tus-js-client, up to version 5, resolves nothing shorter against an endpoint that is a path
// itself, such as "/files/".
func (s *resumption) location(token string) string {
	asked := s.r.URL
	if u, err := url.ParseRequestURI(s.r.RequestURI); err == nil {
		asked = u // without what http.StripPrefix takes
	}
	own := s.r.Header.Get("Origin") != "" && !s.z.origins.Has(s.r)
	switch {
	case own && s.r.Header.Get("X-Forwarded-Prefix") == "":
		return path.Join("/", asked.EscapedPath(), token) // not "//", which begins a host
	case strings.HasSuffix(asked.Path, "/"):
		return token
	}
	return url.PathEscape(path.Base(asked.Path)) + "/" + token
}

// firstBytes stores the bytes that came with the creation. The last byte of a file never counts: a
// creation whose answer is lost is sent again, and must not publish a file twice.
func (s *resumption) firstBytes() (offset int64, err error) {
	switch {
	case s.t.Size == 0:
		return 0, s.publishEmpty()
	case !s.request.Bytes:
		return 0, nil
	}
	n, _, err := s.receive(chain.State{}, s.t.Size-1)
	if err == nil {
		return n, nil
	}
	s.discard() // nobody learns the URL
	s.stored = 0
	return 0, err
}

// publishEmpty publishes a file without a byte. Clients need not send anything more for it.
func (s *resumption) publishEmpty() error {
	c, err := s.z.readWhole(s.session, s.t, strings.NewReader(""))
	if err != nil {
		return err
	}
	defer c.close()
	ctx, cancel := s.outliving()
	defer cancel()
	if err := s.copy(ctx, c, strings.NewReader("")); err != nil {
		return err
	}
	if err := s.hostDone(c.file); err != nil { // nobody learns the URL, and a client creates it again
		s.withdraw(c.file)
		return err
	}
	s.decide(Event{Kind: KindAccepted, Files: []File{c.file}})
	showFile(s.w.Header(), c.file)
	_, err = s.markDone(c.file)
	return err
}

// withdraw removes a published file for which the host's function has failed.
func (s *resumption) withdraw(f File) {
	_ = s.cleanup(f, func(ctx context.Context) error { return s.h.store.Delete(ctx, f.Key) }) // it is logged
}

// discard removes all of an upload that nobody can continue.
func (s *resumption) discard() {
	f := s.about
	f.Key = s.t.Staging
	_ = s.cleanup(f, func(ctx context.Context) error { return s.chain.Remove(ctx, false) }) // it is logged
}
