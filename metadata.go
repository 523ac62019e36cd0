package upload

import (
	"bytes"
	"errors"
	"io"

	"github.com/airlock-go/upload/internal/clean"
)

// Metadata decides about what pictures, sound and films say of their owner: place, time, device,
// names. docs/accepted.md lists what stays, by type.
type Metadata int

const (
	// BlankMetadata is the default. It blanks metadata before validators and storage see the file.
	// Size, picture and sound stay. A file that cannot be cleaned for certain is refused with
	// [CodeMetadata].
	BlankMetadata Metadata = iota

	// KeepAll stores files as they came.
	KeepAll
)

// keeps reports whether files of a field are stored as they came.
func (q *session) keeps(field string) bool {
	return q.h.opts.Metadata == KeepAll || q.rules.fields[field].Metadata == KeepAll
}

// cleaner returns a reader of the file that begins with in.Head and goes on with src, without its
// metadata. It is nil if files of its type have none that is known.
func (q *session) cleaner(in *Incoming, src io.Reader, o clean.Options) *clean.Reader {
	if !clean.Has(in.Type) {
		return nil
	}
	o.Keep, o.Memory = q.keeps(in.Field), subjectMemory{q.h.looks, q.grant.Subject}
	c := clean.NewReader(io.MultiReader(bytes.NewReader(in.Head), src), in.Type, o)
	in.cleaner = c
	return c
}

// mayPatch reports whether c may find what is to be blanked only after it was handed on. Of
// pictures that holds for motion photos alone, so a storage need not expect it of each JPEG.
func (q *session) mayPatch(in *Incoming, c *clean.Reader) bool {
	return c != nil && !q.keeps(in.Field) && clean.MayPatch(in.Type, in.Head) && (in.Type != "image/jpeg" || q.rules.motion)
}

// uncleanOf returns the fault that a cleaner found, nil if err is another.
func uncleanOf(err error) *clean.Error {
	var e *clean.Error
	if errors.As(err, &e) {
		return e
	}
	return nil
}

// metadataError makes what a cleaner found a refusal.
func metadataError(e *clean.Error) error {
	switch e.Code {
	case clean.CodeBusy:
		return &Error{Code: CodeBusy, Err: e}
	case clean.CodeLate:
		return &Error{Code: CodeMetadata, Params: map[string]any{"kind": "late"}, Err: e}
	case clean.CodeUnclear:
	}
	return &Error{Code: CodeMetadata, Err: e}
}
