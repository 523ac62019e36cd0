package storetest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"slices"
	"strings"
	"time"
)

var attackCases = []directCase{
	{"refuses other PUTs", "a PUT that is not the one that was signed is refused, and nothing is stored", attacksOn("PUT")},
	{"refuses other forms", "a form that is not the one that was signed is refused, and nothing is stored", attacksOn("form")},
	{"refuses other parts", "a part that is not the one that was signed is refused, and not kept", attacksOn("part")},
}

// way is one way to send bytes.
type way struct {
	store   *direct
	name    string
	expires time.Duration
}

// ways are those that the store has.
func (s *direct) ways() (list []way) {
	for _, form := range s.forms() {
		list = append(list, way{s, map[bool]string{false: "PUT", true: "form"}[form], 5 * time.Minute})
	}
	return append(list, way{s, "part", 5 * time.Minute})
}

// sign signs a request of that way under a key, or for an upload, of its own.
func (w way) sign(ctx context.Context, content []byte, sha256 string) (*sending, error) {
	d := file(content, sha256)
	d.Expires = w.expires
	if w.name != "part" {
		return w.store.whole(ctx, d, content, w.name == "form")
	}
	id, err := w.store.create(ctx, d)
	if err != nil {
		return nil, err
	}
	return w.store.part(ctx, d, id, 1, content)
}

// nothing is nil if the store has nothing of what was sent.
func (s *direct) nothing(ctx context.Context, req *sending) error {
	for _, key := range []string{req.key, req.otherKey()} {
		if stored, err := s.Stat(ctx, key); !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("Stat of a key that must be free answered %+v and %v", stored, err) //nolint:errorlint // it may be nil
		}
	}
	if req.uploadID == "" {
		return nil
	}
	parts, err := s.Parts(ctx, req.key, req.uploadID)
	if err != nil {
		return fmt.Errorf("Parts: %w", err)
	}
	if len(parts) > 0 {
		return fmt.Errorf("the upload has %+v", parts)
	}
	return nil
}

// attack makes another request of a signed one.
type attack struct {
	name   string
	change func(*sending)
}

func attacksOn(name string) func(context.Context, *direct) error {
	return func(ctx context.Context, s *direct) error {
		for _, way := range s.ways() {
			if way.name != name {
				continue
			}
			return way.attack(ctx)
		}
		return nil
	}
}

// attack tries all attacks, each with a key or an upload of its own, and a request
// that must work when it is left alone.
func (w way) attack(ctx context.Context) error {
	sum := digest(content(directSize))
	honest, err := w.sign(ctx, content(directSize), sum)
	if err != nil {
		return err
	}
	v, err := w.store.victim(ctx)
	if err != nil {
		return err
	}
	var errs []error
	for _, a := range slices.Concat(attacksByBody(w.name), attacksByURL(honest), v.attacks(honest), attacksByTerms(honest)) {
		req, err := w.sign(ctx, content(directSize), sum)
		if err != nil {
			return err
		}
		a.change(req)
		if err := errors.Join(req.refused(ctx), w.store.nothing(ctx, req)); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", a.name, err))
		}
	}
	return errors.Join(errors.Join(errs...), v.remove(ctx), honest.accepted(ctx))
}

func attacksByBody(way string) []attack {
	list := []attack{
		{"a byte less", func(s *sending) { s.body = content(directSize)[:directSize-1] }},
		{"a byte more", func(s *sending) { s.body = append(slices.Clone(s.body), 'x') }},
		{"nothing", func(s *sending) { s.body = nil }},
	}
	if way != "form" { // forms of no told length are refused by some, and bounded by all
		list = append(list, attack{"no length", func(s *sending) { s.chunked = true }})
	}
	if way != "part" { // parts have no digest
		list = append(list, attack{"other bytes", func(s *sending) { s.body = otherBytes(directSize) }})
	}
	return list
}

// attacksByURL are of requests whose terms are in their URL. All that is signed
// of a form is in its fields.
func attacksByURL(honest *sending) []attack {
	if honest.Fields != nil {
		return nil
	}
	list := []attack{
		{"another key", func(s *sending) { s.URL = strings.ReplaceAll(s.URL, s.key, s.otherKey()) }},
		{"a header x-amz-meta-more", func(s *sending) { s.Headers["X-Amz-Meta-More"] = "more" }},
	}
	for name, change := range queryAttacks(honest.URL) {
		list = append(list, attack{name, func(s *sending) { s.URL = change(s.URL) }})
	}
	for _, method := range []string{http.MethodPost, http.MethodGet, http.MethodDelete} {
		list = append(list, attack{"a " + method, func(s *sending) { s.Method = method }})
	}
	return list
}

// attacksByTerms change, leave out and add headers and fields.
func attacksByTerms(honest *sending) (list []attack) {
	for name := range honest.Headers {
		list = append(list,
			attack{"another header " + name, func(s *sending) { s.Headers[name] = alter(s.Headers[name]) }},
			attack{"no header " + name, func(s *sending) { delete(s.Headers, name) }})
	}
	if honest.Fields == nil {
		return list
	}
	for name := range honest.Fields {
		list = append(list,
			attack{"another field " + name, func(s *sending) { s.Fields[name] = alter(s.Fields[name]) }},
			attack{"no field " + name, func(s *sending) { delete(s.Fields, name) }})
	}
	return append(list,
		attack{"another key", func(s *sending) { s.Fields["key"] = s.otherKey() }},
		attack{"a key of the client's", func(s *sending) { s.Fields["key"] = s.key + "/${filename}" }},
		attack{"a field x-amz-meta-more", func(s *sending) { s.Fields["x-amz-meta-more"] = "more" }},
		attack{"a field acl", func(s *sending) { s.Fields["acl"] = "public-read" }})
}
