package form

import (
	"errors"
	"io"
)

// Kind distinguishes the errors of a form.
type Kind int

// These are the kinds of errors.
const (
	Malformed    Kind = iota + 1 // the body, or a header of the request, cannot be read
	TooLarge                     // text, the headers of a part, the preamble or the epilogue exceed a limit
	TooMany                      // too many parts or text fields
	NotMultipart                 // the request is not multipart/form-data, or is compressed
)

// These are values of Error.What, for Kinds that mean several things.
const (
	Cut        = "cut"         // the body ends before the form does
	Compressed = "compressed"  // the request has a Content-Encoding
	Text       = "text"        // one text field
	Texts      = "texts"       // all text fields together
	TextFields = "text_fields" // how many text fields
	Parts      = "parts"       // how many parts
	Headers    = "headers"     // the headers of a part, or a preamble
	Rest       = "rest"        // what follows the form
)

// Error is a fault of the client. Its Reason quotes nothing of the body except the name of a field,
// shortened.
type Error struct {
	Kind   Kind
	What   string // "" if Kind says all
	Limit  int64  // the limit that was exceeded, in bytes or as a count; 0 for Headers, Rest and faults without a limit
	Reason string // for the log
	Err    error  // the cause, such as the error of reading the body, or the position; for the log
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

// errFull means that a line exceeds what is left of its limit.
var errFull = &Error{Kind: TooLarge, What: Headers, Reason: "the headers of a part, or what precedes the first part, are too large"}

// errCut is the error at the end of an unfinished body.
var errCut = errors.New("form: the body ended")

// failed makes an error of the body, or of the parser, an *Error.
func failed(err error) error {
	var e *Error
	switch {
	case errors.As(err, &e):
		return e
	case err == io.EOF: // bare, by the contract of NewReader
		err = errCut
		fallthrough
	case errors.Is(err, io.ErrUnexpectedEOF):
		return &Error{Kind: Malformed, What: Cut, Reason: "the body ends before its closing boundary", Err: err}
	}
	return &Error{Kind: Malformed, Reason: notForm, Err: err}
}
