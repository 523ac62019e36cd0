package upload

import (
	"encoding/hex"
	"errors"
	"strings"

	"github.com/airlock-go/upload/internal/filename"
	"github.com/airlock-go/upload/internal/sniff"
)

// declared judges d by all that can be judged without the file. An empty resumable upload is whole
// with its creation, so its creation judges it as a file, too.
func (q *session) declared(d Declaration) (*Incoming, error) {
	field, known := q.rules.fields[d.Field]
	if !known {
		d.Field = filename.Cut(d.Field, maxFieldName)
	}
	name, err := filename.Clean(d.Name)
	name = q.h.completeName(name, claimedType(d.Type))
	q.about = File{Field: d.Field, Name: name, Type: claimedType(d.Type), Size: d.Size}
	switch {
	case !known:
		err = unexpectedField(q.rules.fields.names())
	case err != nil:
		err = &Error{Code: CodeBadName, Err: err}
	case d.Size < 0:
		err = malformed("size", errors.New("upload: the size is negative"))
	case d.Size == 0 && q.door == doorDirect:
		err = errEmpty
	case d.Size > field.MaxSize:
		err = tooLarge(field.MaxSize, d.Size)
	case d.SHA256 != "" && !isSHA256(d.SHA256):
		err = malformed("sha256", errors.New("upload: sha256 must be 64 hexadecimal digits"))
	}
	if err != nil {
		return nil, withFile(err, d.Field, name)
	}
	in, err := q.declaredTypes(d, name)
	return in, withFile(err, d.Field, name)
}

// declaredTypes asks the policy about each type that a file of that name may have, until one is
// accepted. Without a known extension it asks about the claimed type.
func (q *session) declaredTypes(d Declaration, name string) (in *Incoming, err error) {
	types := sniff.TypesOf(filename.Ext(name))
	if len(types) == 0 {
		types = []string{claimedType(d.Type)}
	}
	accept := q.rules.policy
	for _, t := range types {
		in = &Incoming{
			Field: d.Field, Name: name, ClaimedType: d.Type, Type: t, Size: d.Size, Subject: q.grant.Subject,
		}
		about := in
		q.about.Type = t
		err = checkError(q.worker.Do(func() error { return declare(q.ctx, accept, about) }))
		if err == nil {
			break
		}
	}
	return in, err
}

// claimedType returns the client's type, in lower case and without parameters, or else
// sniff.Binary.
func claimedType(claimed string) string {
	claimed, _, _ = strings.Cut(strings.ToLower(claimed), ";")
	if claimed = strings.TrimSpace(claimed); isMediaType(claimed) {
		return claimed
	}
	return sniff.Binary
}

// isMediaType reports whether t is a type and a subtype in lower case. Both have only the
// characters and the length that RFC 6838 allows.
func isMediaType(t string) bool {
	major, minor, ok := strings.Cut(t, "/")
	for _, name := range []string{major, minor} {
		ok = ok && name != "" && len(name) <= 127 &&
			strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789!#$&-^_.+") == ""
	}
	return ok
}

func isSHA256(s string) bool {
	b, err := hex.DecodeString(s)
	return err == nil && len(b) == 32
}

// completeName gives a cleaned name without an extension that of its type, if the options ask for
// it.
func (h *Handler) completeName(name, mediaType string) string {
	exts := sniff.Extensions(mediaType)
	if !h.opts.CompleteNames || name == "" || filename.Ext(name) != "" || len(exts) == 0 {
		return name
	}
	whole, _ := filename.Clean(name + exts[0]) // it cuts a long name, and finds nothing to refuse
	return whole
}
