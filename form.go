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

// Form says which files each field of a form takes. Its keys are the names of the
// fields, compared exactly; a file in any other field is refused with
// [CodeUnexpectedField].
//
//	upload.Form{
//		"cv":          {Accept: upload.Documents(nil)},
//		"certificate": {Accept: upload.Images(nil), MaxSize: 3 << 20, MaxFiles: 3, Optional: true},
//	}
//
// A Form is a [Validator], for [New] and for [Grant.Policy]. There any other policy means
// Form{"file": {Accept: policy}}. [All] keeps the rules of the one Form among its
// validators. A Form elsewhere is a mistake, which New reports: inside of [Any], [ForType]
// or the Accept of another Form. The same mistake in a Grant is answered with 500.
//
// A wrong field, and a file too many, are refused at the head of the file, before its
// content is read. A file that is missing is refused at the end of the form. Direct
// uploads, raw bodies and files of [Handler.Store] obey the same fields, types and sizes.
// Each has one file, so MaxFiles and Optional do not count there.
//
// Do not modify a Form that is in use. A validator of the host's that wraps a Form hides
// the fields from the handler: such a policy is one for the field "file".
type Form map[string]Field

// Field is what a [Form] says of one field. Its zero value is not valid, since it lacks
// Accept.
type Field struct {
	// Accept judges each file. It must not be nil.
	Accept Validator

	// MaxSize is the most bytes of one file; a lower Grant.MaxFileSize wins. Default:
	// Grant.MaxFileSize or else Options.MaxFileSize, for direct uploads
	// PresignOptions.MaxFileSize.
	MaxSize int64

	// MaxFiles is the most files of one request; those of all fields are at most
	// 10,000 together. Default: 1.
	MaxFiles int

	// Optional accepts requests that have no file in the field. Default: they are refused
	// with [CodeMissingFile].
	Optional bool
}

// The limits of a Form, which no option changes. Together they keep the bytes of all
// files in an int64.
const (
	maxFiles     = 10_000
	maxFileSize  = storage.MaxPartSize * storage.MaxParts // what a storage can be sent in parts
	maxFieldName = 256
)

// Validate asks the validator of in's field, and refuses files above its MaxSize. How
// many files there are, and which are missing, is for the handler.
func (f Form) Validate(ctx context.Context, in *Incoming) (Observer, error) {
	accept, err := f.accept(in.Field)
	if err != nil {
		return nil, err
	}
	return accept.Validate(ctx, in)
}

// ValidateDeclaration does the same for a file that is only declared.
func (f Form) ValidateDeclaration(ctx context.Context, in *Incoming) error {
	accept, err := f.accept(in.Field)
	if err != nil {
		return err
	}
	return declare(ctx, accept, in)
}

// accept is what judges one file of that field.
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

// names are those of the fields, in order.
func (f Form) names() []string { return slices.Sorted(maps.Keys(f)) }

func (f Form) ours() bool {
	for _, field := range f {
		if !isOurs(field.Accept) {
			return false
		}
	}
	return true
}

// fault returns what is wrong with the field of that name.
func (f Field) fault(name string) error {
	switch {
	case name == "", len(name) > maxFieldName, !utf8.ValidString(name):
		return fmt.Errorf("upload: Form: %q is no name of a field, which has 1 to %d bytes of UTF-8", filename.Brief(name), maxFieldName)
	case f.Accept == nil:
		return fmt.Errorf("upload: Form: the field %q has no Accept", name)
	case f.MaxSize < 0, f.MaxSize > maxFileSize:
		return fmt.Errorf("upload: Form: MaxSize of the field %q is negative or above %s", name, byteSize(maxFileSize))
	case f.MaxFiles < 0:
		return fmt.Errorf("upload: Form: MaxFiles of the field %q is negative", name)
	}
	return nil
}
