package storetest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// victim is a published object that clients may not have. A copy of what does not
// exist is refused by everybody, so it is there, and what is signed of the attacker's
// request, size and digest, is what it has.
type victim struct {
	store *direct
	key   string
}

func (s *direct) victim(ctx context.Context) (victim, error) {
	v := victim{s, publishedKey()}
	if _, err := s.publish(ctx, v.key, content(directSize)); err != nil {
		return v, fmt.Errorf("publishing what attackers want: %w", err)
	}
	return v, nil
}

// remove removes the victim. It is an error if it was not there, for then nothing was
// proved.
func (v victim) remove(ctx context.Context) error {
	return errors.Join(v.store.reads(ctx, v.key, "", 0, content(directSize)), v.store.Delete(ctx, v.key))
}

// attacks are of requests that ask the store to copy the victim, or a range of it, in
// place of what they carry.
func (v victim) attacks(honest *sending) (list []attack) {
	if honest.Fields != nil {
		return nil // of a form only the fields count
	}
	for style, source := range v.sources(honest) {
		list = append(list,
			attack{"a copy of another object, " + style, func(s *sending) { s.Headers["X-Amz-Copy-Source"] = source }},
			attack{"a copy of another object without a body, " + style, func(s *sending) {
				s.Headers["X-Amz-Copy-Source"], s.body = source, nil
			}},
			attack{"a copy of a range of another object, " + style, func(s *sending) {
				s.Headers["X-Amz-Copy-Source"], s.Headers["X-Amz-Copy-Source-Range"] = source, "bytes=0-99"
			}})
	}
	return list
}

// sources are the victim's names in an X-Amz-Copy-Source, by where the signed URL has
// the bucket: before the key, or in the name of the host.
func (v victim) sources(honest *sending) map[string]string {
	u, err := url.Parse(honest.URL)
	if err != nil {
		return nil
	}
	path := strings.Replace(u.EscapedPath(), honest.key, v.key, 1)
	bucket, _, _ := strings.Cut(u.Host, ".")
	return map[string]string{"bucket in the path": path, "bucket in the host": "/" + bucket + path}
}
