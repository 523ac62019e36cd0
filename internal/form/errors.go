package form

import (
	"errors"
	"io"
)

// Kind distinguishes the errors of a form.
type Kind int

// These are the kinds of errors.
const (
	Malformed    Kind = iota + 1 // the body is not what RFC 7578 describes
	TooLarge                     // a field, the headers or the epilogue exceed a limit
	TooMany                      // too many parts or fields
	NotMultipart                 // the request is not multipart/form-data at all
)

// Error is a fault of the client. Its Reason may be shown to the client. It quotes nothing of the
// body except the name of a field, shortened.
type Error struct {
	Kind   Kind
	Reason string
	Err    error // the position, or the error of reading the body, for the log
}

const notForm = "the body is not well-formed multipart/form-data"

func (e *Error) Error() string {
	if e.Err != nil {
		return e.Reason + ": " + e.Err.Error()
	}
	return e.Reason
}

func (e *Error) Unwrap() error { return e.Err }

func malformed(reason string) error { return &Error{Kind: Malformed, Reason: reason} }

// errFull means that a line exceeds its limit.
var errFull = &Error{Kind: TooLarge, Reason: "the headers of a part are too large"}

// errCut is the error at the end of an unfinished body.
var errCut = errors.New("form: the body ended")

// failed turns an error of the body, or of the parser, into a client's fault.
func failed(err error) error {
	var e *Error
	switch {
	case errors.As(err, &e):
		return e
	case err == io.EOF: // bare, by the contract of NewReader
		err = errCut
		fallthrough
	case errors.Is(err, io.ErrUnexpectedEOF):
		return &Error{Kind: Malformed, Reason: "the body ends before its closing boundary", Err: err}
	}
	return &Error{Kind: Malformed, Reason: notForm, Err: err}
}
