package upload

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"

	"github.com/airlock-go/upload/internal/sniff"
)

func keyError(err error) error {
	if err == nil {
		return nil
	}
	return internal(err)
}

// KeyGenerator chooses the key under which a file is published. Whatever it
// returns must pass [storage.ValidKey], or the upload fails with [CodeInternal]; a key
// that is taken is never overwritten, the upload fails with [CodeConflict]. Return
// a new key each time: uploads of one key at the same time can abort each other in
// s3store, and replace each other on services without conditional writes.
// Keys are fixed before the file's bytes are read.
//
// An error fails the upload with [CodeInternal], whatever it is: rules on who may
// upload what belong to an [Authorizer] or a [Validator].
//
// Do not build keys from Incoming.Name or Incoming.Form: they are the client's
// words.
type KeyGenerator interface {
	Key(ctx context.Context, in *Incoming) (string, error)
}

// KeyFunc is a function that is a KeyGenerator.
type KeyFunc func(ctx context.Context, in *Incoming) (string, error)

// Key calls f.
func (f KeyFunc) Key(ctx context.Context, in *Incoming) (string, error) { return f(ctx, in) }

// ownKeys is a generator of this package, over another one if it has one.
type ownKeys struct {
	KeyFunc
	next KeyGenerator
}

func (k ownKeys) ours() bool { return k.next == nil || isOurs(k.next) }

// RandomKeys are 128 bits of crypto/rand in hexadecimal and the canonical
// extension of the detected type: "1f0c…9a.png". Nobody can guess one, and none
// says anything of its file but the type. A random key is no authorisation.
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

// Prefix puts a constant before the keys of next. It must end in "/", so that
// "user-1" does not also mean "user-10"; if it does not, one is added. An empty
// prefix is none.
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

// BySubject puts the uploading subject before the keys of next, as
// "<subject>/". A subject of other characters than letters, digits, "-" and "_"
// stands there as "~" and 32 hexadecimal digits of its SHA-256, so that no
// subject can reach into another's keys. Anonymous uploads fail.
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
	if len(subject) <= 128 && strings.IndexFunc(subject, func(r rune) bool { return !plain(r) }) < 0 {
		return subject
	}
	sum := sha256.Sum256([]byte(subject))
	return "~" + hex.EncodeToString(sum[:16])
}
