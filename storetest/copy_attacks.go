package storetest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// victim is a published object that clients must not get. It exists, because a copy of an absent
// object would fail without any defence. Its size and digest are those that the attacker's request
// is signed for.
type victim struct {
	store *direct
	key   string
}

func (s *direct) victim(ctx context.Context) (victim, error) {
	v := victim{s, publishedKey()}
	if _, err := s.publish(ctx, v.key, content(directSize)); err != nil {
		return v, fmt.Errorf("publish the victim: %w", err)
	}
	return v, nil
}

// remove removes the victim. It returns an error if the victim was absent, because then the attacks
// proved nothing.
func (v victim) remove(ctx context.Context) error {
	return errors.Join(v.store.reads(ctx, v.key, "", 0, content(directSize)), v.store.Delete(ctx, v.key))
}

// attacks returns attacks that ask the store to copy the victim, or a range of it, in place of the
// bytes of the request.
func (v victim) attacks(honest *sending) (list []attack) {
	if honest.Fields != nil {
		return nil // only the fields of a form count
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

// sources returns the victim's names in an X-Amz-Copy-Source. They depend on where the signed URL
// has the bucket: before the key, or in the name of the host.
func (v victim) sources(honest *sending) map[string]string {
	u, err := url.Parse(honest.URL)
	if err != nil {
		return nil
	}
	path := strings.Replace(u.EscapedPath(), honest.key, v.key, 1)
	bucket, _, _ := strings.Cut(u.Host, ".")
	return map[string]string{"bucket in the path": path, "bucket in the host": "/" + bucket + path}
}
