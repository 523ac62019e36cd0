package s3bucket

import (
	"context"
	"crypto/rand"
	"net/http"
	"slices"
	"strings"

	"github.com/airlock-go/upload/internal/s3calls"
	"github.com/airlock-go/upload/storage"
)

// probing is what the probes of one run write, and how it is removed. Its calls use a context that
// does not end with the caller's, since S3 may carry out an abandoned write after the clean-up. The
// caller's context is checked between probes.
type probing struct {
	bucket  *Bucket
	service *service // with the options of the present try
	cleaner *service // with options that the service accepts, nil while they are not known
	outer   context.Context
	ctx     context.Context

	versioned bool            // a version was seen
	there     map[string]bool // keys that put has written
	written   []written       // objects that may exist and are not removed yet
	open      []*upload       // uploads that may be open
}

func newProbing(ctx context.Context, b *Bucket) *probing {
	return &probing{bucket: b, service: b.service, outer: ctx, ctx: context.WithoutCancel(ctx), there: map[string]bool{}}
}

// written is an object that may exist.
type written struct {
	key     string
	version *string // nil if it is not known
}

// key returns an unused key and records that something may be written under it.
func (p *probing) key(prefix string) string {
	key := unusedKey(prefix)
	p.written = append(p.written, written{key: key})
	return key
}

// unusedKey returns a key that nobody uses.
func unusedKey(prefix string) string { return prefix + probeName + "/" + strings.ToLower(rand.Text()) }

func (p *probing) publishedKey() string { return p.key(p.bucket.layout.KeyPrefixes[0]) }

func (p *probing) stagedKey() string {
	return p.key(p.bucket.layout.StagingPrefixes[0] + storage.StagingSegment + "/")
}

// put writes a small object as Commit would.
func (p *probing) put(key string) (version *string, err error) {
	return p.putIf(key, unless(p.service.opts.Profile.InsecureUnconditionalPut))
}

func (p *probing) putIf(key string, noneMatch *string) (version *string, err error) {
	var doubt bool
	out, err := p.service.put(p.ctx, key, noneMatch, s3calls.Watch(&doubt))
	if s3calls.Status(err) == http.StatusForbidden && !doubt && !p.there[key] {
		p.removed(key, nil) // nothing was written, and a look at the key could be denied, too
	}
	if err != nil {
		return nil, err
	}
	p.there[key] = true
	p.wrote(key, out.VersionId)
	return out.VersionId, nil
}

// wrote records a version of a key that is recorded already.
func (p *probing) wrote(key string, version *string) {
	if isUnique(version) {
		p.versioned = true
		p.written = slices.Insert(p.written, 0, written{key, version}) // ahead of all others of the key
	}
}

// removed takes a version of key off the list, or for nil the entry that the method key has made.
func (p *probing) removed(key string, version *string) {
	p.written = slices.DeleteFunc(p.written, func(w written) bool { return w.key == key && w.version == version })
}

// on runs do with other options.
func (p *probing) on(s *service, do func()) {
	given := p.service
	defer func() { p.service = given }()
	p.service = s
	do()
}

// try writes with other options.
func (p *probing) try(s *service, write func() error) (err error) {
	p.on(s, func() { err = write() })
	return err
}

// clean removes everything that was written or may have been. The rest stays on the list, for the
// next time.
func (p *probing) clean() {
	s := p.service
	if p.cleaner != nil {
		s = p.cleaner
	}
	p.open = slices.DeleteFunc(p.open, func(u *upload) bool { return s.abort(p.ctx, u) == nil })
	p.written = slices.DeleteFunc(p.written, func(w written) bool { return p.remove(s, w) == nil })
}

// remove removes one version, or all of a key, since a write whose answer was lost may have made
// versions that are not known.
func (p *probing) remove(s *service, w written) error {
	if w.version != nil {
		return s.deleteVersion(p.ctx, w.key, w.version)
	}
	store, err := s.store()
	if err != nil {
		return err
	}
	err = store.Delete(p.ctx, w.key)
	if s3calls.Status(err) == http.StatusForbidden && !p.versioned {
		// Without s3:ListBucket a missing object looks like this.
		return s.deleteVersion(p.ctx, w.key, nil)
	}
	return err
}

// left reports what is left after a last try.
func (p *probing) left() (State, string) {
	p.clean()
	var keys []string
	for _, u := range p.open {
		keys = append(keys, u.key)
	}
	for _, w := range p.written {
		keys = append(keys, w.key)
	}
	if len(keys) == 0 {
		return StateOK, "no probe is left"
	}
	slices.Sort(keys)
	return StateWrong, "remove these yourself, with all their versions and open multipart uploads: " + strings.Join(slices.Compact(keys), ", ")
}
