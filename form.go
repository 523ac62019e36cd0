package upload

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"unicode/utf8"

	"github.com/airlock-go/upload/internal/filename"
	"github.com/airlock-go/upload/storage"
)

// Form says which files each field of a form takes. Its keys are the exact names of the fields; a
// file in another field is refused with [CodeUnexpectedField].
//
// A Form is a [Validator] for [New] and [Grant.Policy]; a policy without one means Form{"file":
// {Accept: policy}}. [All] keeps the rules of one Form among its validators. New refuses a Form
// inside of [Any], [ForType] or another Form. A host's validator that wraps one hides its fields.
//
// Wrong fields and surplus files are refused before their content is read, missing files at the
// end. Direct and resumable uploads, raw bodies and files of [Handler.Store] have one file, so
// MaxFiles and Optional do not count there. Do not modify a Form in use.
type Form map[string]Field

// Field has the rules of one field of a [Form].
type Field struct {
	// Accept judges each file, and must be set.
	Accept Validator

	// MaxSize is the most bytes of one file; a lower Grant.MaxFileSize wins. Default: that, or
	// MaxFileSize of Options, PresignOptions or ResumeOptions.
	MaxSize int64

	// MaxFiles is the most files of one request, at most 10,000 in all fields together. Default: 1.
	MaxFiles int

	// Optional accepts requests without a file in the field. Default: [CodeMissingFile].
	Optional bool

	// Metadata can be [KeepAll]. Default: that of Options.
	Metadata Metadata
}

// The limits of a Form, which no option changes. The bytes of maxFiles files of maxFileSize fit an
// int64.
const (
	maxFiles     = 10_000
	maxFileSize  = storage.MaxPartSize * storage.MaxParts // what a storage can be sent in parts
	maxFieldName = 256
)

// Validate asks the validator of in's field, and refuses files above its MaxSize.
func (f Form) Validate(ctx context.Context, in *Incoming) (Observer, error) {
	accept, err := f.accept(in.Field)
	if err != nil {
		return nil, err
	}
	return accept.Validate(ctx, in)
}

// ValidateDeclaration does the same for a declared file.
func (f Form) ValidateDeclaration(ctx context.Context, in *Incoming) error {
	accept, err := f.accept(in.Field)
	if err != nil {
		return err
	}
	return declare(ctx, accept, in)
}

// accept returns the validator of that field, with its MaxSize.
func (f Form) accept(name string) (Validator, error) {
	field, known := f[name]
	switch {
	case !known:
		return nil, unexpectedField(f.names())
	case field.Accept == nil: // only where a host asks a Form that no handler has seen
		return nil, internal(field.fault(name))
	case field.MaxSize > 0:
		return All(MaxSize(field.MaxSize), field.Accept), nil
	}
	return field.Accept, nil
}

// names returns the sorted names of the fields.
func (f Form) names() []string { return slices.Sorted(maps.Keys(f)) }

func (f Form) ours() bool {
	for _, field := range f {
		if !isOurs(field.Accept) {
			return false
		}
	}
	return true
}

// fault returns the mistake in the rules of the field of that name.
func (f Field) fault(name string) error {
	switch {
	case name == "", len(name) > maxFieldName, !utf8.ValidString(name):
		return fmt.Errorf("upload: Form: %q is not a valid field name: it must have 1 to %d bytes of UTF-8", filename.Brief(name), maxFieldName)
	case f.Accept == nil:
		return fmt.Errorf("upload: Form: the field %q has no Accept", name)
	case f.MaxSize < 0, f.MaxSize > maxFileSize:
		return fmt.Errorf("upload: Form: MaxSize of the field %q is negative or above %s", name, byteSize(maxFileSize))
	case f.MaxFiles < 0:
		return fmt.Errorf("upload: Form: MaxFiles of the field %q is negative", name)
	}
	return nil
}
