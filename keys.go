package upload

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"

	"github.com/airlock-go/upload/internal/sniff"
	"github.com/airlock-go/upload/storage"
)

func keyError(err error) error {
	if err == nil {
		return nil
	}
	return internal(err)
}

// KeyGenerator chooses the key of a file after its head was read, or from its [Declaration]. An
// error, a key with [storage.StagingSegment], or one that does not pass [storage.ValidKey], fails
// the upload with [CodeInternal], a key that is taken with [CodeConflict]. Return a new key each
// time: simultaneous uploads of one key can harm each other. Do not use Name or Form, which are the
// client's words.
type KeyGenerator interface {
	Key(ctx context.Context, in *Incoming) (string, error)
}

// KeyFunc makes a function a KeyGenerator.
type KeyFunc func(ctx context.Context, in *Incoming) (string, error)

// Key calls f.
func (f KeyFunc) Key(ctx context.Context, in *Incoming) (string, error) { return f(ctx, in) }

// ownKeys is a generator of this package. It may add to the keys of next.
type ownKeys struct {
	KeyFunc
	next KeyGenerator
}

func (k ownKeys) ours() bool { return k.next == nil || isOurs(k.next) }

// RandomKeys makes keys of 128 random bits in hexadecimal and the extension of the type,
// such as "1f0c…9a.png". Knowing one must not grant access.
func RandomKeys() KeyGenerator {
	return ownKeys{KeyFunc: func(_ context.Context, in *Incoming) (string, error) {
		var b [16]byte
		rand.Read(b[:]) // never fails: crypto/rand ends the process instead
		key := hex.EncodeToString(b[:])
		if exts := sniff.Extensions(in.Type); len(exts) > 0 {
			key += exts[0]
		}
		return key, nil
	}}
}

// Prefix puts prefix before the keys of next. It adds a missing "/", except to "", so that "user-1"
// never covers "user-10".
func Prefix(prefix string, next KeyGenerator) KeyGenerator {
	if prefix == "" {
		return next
	}
	if !strings.HasSuffix(prefix, "/") {
		prefix += "/"
	}
	return ownKeys{next: next, KeyFunc: func(ctx context.Context, in *Incoming) (string, error) {
		key, err := next.Key(ctx, in)
		return prefix + key, err
	}}
}

// BySubject puts "<subject>/" before the keys of next. A subject of more than 128 bytes, or with
// characters other than ASCII letters, digits, "-" and "_", becomes "~" and 32 hexadecimal digits
// of its SHA-256. So does [storage.StagingSegment]. Anonymous uploads fail.
func BySubject(next KeyGenerator) KeyGenerator {
	return ownKeys{next: next, KeyFunc: func(ctx context.Context, in *Incoming) (string, error) {
		if in.Subject == "" {
			return "", errors.New("upload: BySubject was used for an anonymous upload")
		}
		key, err := next.Key(ctx, in)
		return subjectSegment(in.Subject) + "/" + key, err
	}}
}

func subjectSegment(subject string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_'
	}
	if len(subject) <= 128 && subject != storage.StagingSegment && strings.IndexFunc(subject, func(r rune) bool { return !plain(r) }) < 0 {
		return subject
	}
	sum := sha256.Sum256([]byte(subject))
	return "~" + hex.EncodeToString(sum[:16])
}
