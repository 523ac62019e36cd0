package upload

import (
	"fmt"

	"github.com/airlock-go/upload/internal/filename"
)

// unexpectedField is for a file in a field that the form does not have.
func unexpectedField(name string) error {
	return Reject(CodeUnexpectedField, fmt.Sprintf("no file is accepted in the field %q", filename.Brief(name)))
}

func tooManyFiles(limit int) error {
	reason := "only one file is accepted here"
	if limit > 1 {
		reason = fmt.Sprintf("at most %d files are accepted here", limit)
	}
	return &Error{Code: CodeTooMany, Reason: reason, Params: map[string]any{"limit": limit}}
}

// missingFile is for a form without a file in each of fields, which are required.
func missingFile(fields []string) error {
	return &Error{
		Code: CodeMissingFile, Field: fields[0], Reason: fmt.Sprintf("a file is missing in the field %q", fields[0]),
		Params: map[string]any{"fields": fields},
	}
}

// fileBeforeText is for a form whose page sends text fields after a file.
func fileBeforeText(fields []string) error {
	return &Error{
		Code:   CodeFileBeforeText,
		Reason: fmt.Sprintf("the page sent a file before the text that must come first; its author must put these fields in front: %q", fields),
		Params: map[string]any{"fields": fields},
	}
}

// requestTooLarge is for a Content-Length that no form within the limits has, whose files
// may have so many bytes together.
func requestTooLarge(files int, limit int64) error {
	reason := "the request is too large; its file may have " + byteSize(limit)
	if files > 1 {
		reason = fmt.Sprintf("the request is too large; its %d files may have %s together", files, byteSize(limit))
	}
	return &Error{Code: CodeTooLarge, Reason: reason, Params: map[string]any{"limit": limit}}
}
