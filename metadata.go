package upload

import (
	"errors"

	"github.com/airlock-go/upload/internal/clean"
)

// Metadata decides about what pictures, videos and M4A files say of their owner: place, time,
// device, names. docs/accepted.md lists the types, and what stays.
type Metadata int

const (
	// BlankMetadata is the default. It blanks metadata before the file is published, mostly before
	// an [Observer] sees it. Size, picture and sound stay. A file that cannot be cleaned for
	// certain is refused with [CodeMetadata].
	BlankMetadata Metadata = iota

	// KeepAll stores files as they came.
	KeepAll
)

// uncleanOf returns the fault of a cleaner that err has, or nil.
func uncleanOf(err error) *clean.Error {
	var e *clean.Error
	if errors.As(err, &e) {
		return e
	}
	return nil
}

// metadataError turns the fault of a cleaner into a refusal.
func metadataError(e *clean.Error) error {
	switch e.Code {
	case clean.CodeBusy:
		return &Error{Code: CodeBusy, Err: e}
	case clean.CodeLate:
		return &Error{Code: CodeMetadata, Params: map[string]any{"kind": "late"}, Err: e}
	case clean.CodePanic:
		return &Error{Code: CodeCheckFailed, Err: e}
	case clean.CodeUnclear:
	}
	return &Error{Code: CodeMetadata, Err: e}
}
