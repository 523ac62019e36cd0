package upload

import (
	"bytes"
	"io"

	"github.com/airlock-go/upload/internal/clean"
)

// Metadata decides about what a file says of its owner: place, time, device, names. docs/accepted.md
// has the types, and what of each stays.
type Metadata int

const (
	// BlankMetadata, the default, blanks it before validators and storage see the file, whose size
	// and picture stay. A file that cannot be cleaned for certain is refused with [CodeMetadata].
	// [Incoming.Head] stays as it came.
	BlankMetadata Metadata = iota

	// KeepAll stores files as they came.
	KeepAll
)

// cleaner returns a reader of the file in src without its metadata, nil if files of its type have
// none that is known.
func (q *session) cleaner(in *Incoming, src io.Reader, record bool) *clean.Reader {
	if !clean.Has(in.Type) {
		return nil
	}
	return clean.NewReader(io.MultiReader(bytes.NewReader(in.Head), src), in.Type, clean.Options{
		Keep:   q.h.opts.Metadata == KeepAll || q.rules.fields[in.Field].Metadata == KeepAll,
		Record: record,
		Memory: subjectMemory{q.h.looks, q.grant.Subject},
	})
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

// unclean judges the bytes up to a cleaner's fault, of which the observer may know more.
func (s *stream) unclean(p []byte, e *clean.Error) error {
	if err := s.account(p, nil); err != nil {
		return err
	}
	if e.Ended && s.observer != nil {
		if err := s.judge(nil, true); err != nil {
			return err
		}
	}
	return metadataError(e)
}

// picture sets what c has found of a picture; c may be nil.
func (f *File) picture(c *clean.Reader) {
	if c != nil {
		facts := c.Facts()
		f.Width, f.Height, f.Frames = facts.Width, facts.Height, facts.Frames
	}
}
