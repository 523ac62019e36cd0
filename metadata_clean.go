package upload

import (
	"bytes"
	"io"

	"github.com/airlock-go/upload/internal/clean"
)

// keeps reports whether files of a field are stored as they came.
func (q *session) keeps(field string) bool {
	return q.h.opts.Metadata == KeepAll || q.rules.fields[field].Metadata == KeepAll
}

// cleaner returns a reader of the file that begins with in.Head and goes on with src. The reader
// blanks metadata, unless the field keeps it. It is nil for types that package clean does not
// clean.
func (q *session) cleaner(in *Incoming, src io.Reader, o clean.Options) *clean.Reader {
	if !clean.Has(in.Type) {
		return nil
	}
	o.Keep, o.Memory = q.keeps(in.Field), subjectMemory{q.h.looks, q.grant.Subject}
	c := clean.NewReader(io.MultiReader(bytes.NewReader(in.Head), src), in.Type, o)
	in.cleaner = c
	return c
}

// mayPatch reports whether c may hand on bytes that turn out later to need blanking. Among JPEG
// files only motion photos have such bytes. So it is false for a JPEG where the policy refuses
// those.
func (q *session) mayPatch(in *Incoming, c *clean.Reader) bool {
	return c != nil && !q.keeps(in.Field) && clean.MayPatch(in.Type, in.Head) && (in.Type != "image/jpeg" || q.rules.motion)
}
