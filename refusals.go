package upload

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/airlock-go/upload/internal/inspect"
	"github.com/airlock-go/upload/internal/worker"
	"github.com/airlock-go/upload/storage"
)

// Code says why a request or a file was refused. It is the "code" member of
// the problem+json answer, it never changes its meaning, and it is a target
// for errors.Is:
//
//	if errors.Is(err, upload.CodeTooLarge) { … }
type Code string

// The codes, with the status each is answered with.
const (
	CodeMalformed       Code = "malformed"        // 400: the form, the query, or the JSON of a step cannot be read
	CodeMissingFile     Code = "missing_file"     // 400: a field that needs a file has none; "fields" are all that have none
	CodeFileBeforeText  Code = "file_before_text" // 400: a file before text of Options.TextFirst; "fields" are those that it lacks
	CodeUnexpectedField Code = "unexpected_field" // 400: a file in a field that takes none
	CodeBadName         Code = "bad_name"         // 400: the file name cannot be used, even as data
	CodeUnauthenticated Code = "unauthenticated"  // 401: the caller did not say who they are
	CodeForbidden       Code = "forbidden"        // 403: the caller may not upload
	CodeCrossOrigin     Code = "cross_origin"     // 403: a browser sent it from a page of another origin
	CodeBadTicket       Code = "bad_ticket"       // 404: a ticket that is expired, used up, forged or another caller's
	CodeNotFound        Code = "not_found"        // 404: there is no such file, or not for this caller
	CodeMethod          Code = "method"           // 405: the method is not one that is served here
	CodeTimeout         Code = "timeout"          // 408: the client stalled or sent too slowly
	CodeConflict        Code = "conflict"         // 409: the key is taken, or the file changed while it was checked
	CodeNotUploaded     Code = "not_uploaded"     // 409: confirmed before the whole file has arrived
	CodeTooLarge        Code = "too_large"        // 413: a file, a text field or the body passes its limit
	CodeTooMany         Code = "too_many"         // 413: too many files in a field, text fields or parts
	CodeNotMultipart    Code = "not_multipart"    // 415: the request is not multipart/form-data, or is compressed
	CodeTypeNotAllowed  Code = "type_not_allowed" // 415: files of the detected type are not accepted
	CodeTypeMismatch    Code = "type_mismatch"    // 415: the name's extension and the detected type disagree
	CodeEmpty           Code = "empty"            // 400: the file has no bytes
	CodeRateLimited     Code = "rate_limited"     // 429 with Retry-After: the caller has sent as much as the limiter allows for now
	CodeContent         Code = "content"          // 422: what is inside the file is refused, for a reason that no code below names
	CodeInfected        Code = "infected"         // 422: a scanner found malware in the file
	CodeSuspicious      Code = "suspicious"       // 422: a scanner holds the file for dangerous, or unwanted
	CodeNotScanned      Code = "not_scanned"      // 422: no scanner can judge the file: too large, encrypted, unsupported
	CodeInternal        Code = "internal"         // 500: a defect in the host's or in our code
	CodeStorage         Code = "storage"          // 502: storage failed
	CodeCheckFailed     Code = "check_failed"     // 503: a validator could not judge the file, or the limiter the caller
	CodeScanPending     Code = "scan_pending"     // 503 with Retry-After: a stored file that no scanner has judged yet
	CodeBusy            Code = "busy"             // 503 with Retry-After: no room for another upload now
	CodeStorageFull     Code = "storage_full"     // 507: storage has no space for the file
	CodeShutdown        Code = "shutdown"         // 503 with Retry-After: the server is stopping
	CodeClientGone      Code = "client_gone"      // 400, unread: the client closed the connection
	CodeNotStored       Code = "not_stored"       // of a file only: it was good, another of its request was not
)

// The codes of what is found inside a file, all of them 422. Their parameters
// are in [Error.Params].
const (
	CodeDamaged       Code = "damaged"             // the bytes are not what the format allows
	CodeTruncated     Code = "truncated"           // the file ends too early
	CodeTrailing      Code = "trailing_data"       // the file goes on after its end
	CodeEncrypted     Code = "encrypted"           // nobody can look inside
	CodeActiveContent Code = "active_content"      // something in it acts: "kind" says what, such as "script" or "macro"
	CodeUnsupported   Code = "unsupported_variant" // sound, but written in a way that is not accepted
	CodeTooManyPixels Code = "too_many_pixels"     // a picture is larger than accepted: "width", "height", "max_width" and "max_height", or "limit"
	CodeTooManyFrames Code = "too_many_frames"     // an animation has more frames than "limit"
	CodeBomb          Code = "bomb"                // it unpacks to more than is accepted
	CodeTooComplex    Code = "too_complex"         // deeper, longer, more, or more work than is looked into
	CodeEntry         Code = "entry_not_allowed"   // an entry of an archive has a type or a name that is not accepted
)

var statuses = map[Code]int{
	CodeMalformed: 400, CodeMissingFile: 400, CodeFileBeforeText: 400, CodeUnexpectedField: 400, CodeBadName: 400, CodeClientGone: 400, CodeEmpty: 400,
	CodeUnauthenticated: 401, CodeForbidden: 403, CodeCrossOrigin: 403, CodeBadTicket: 404, CodeNotFound: 404,
	CodeMethod: 405, CodeTimeout: 408, CodeConflict: 409, CodeNotUploaded: 409, CodeTooLarge: 413, CodeTooMany: 413,
	CodeNotMultipart: 415, CodeTypeNotAllowed: 415, CodeTypeMismatch: 415,
	CodeRateLimited: 429, CodeContent: 422, CodeInfected: 422, CodeSuspicious: 422, CodeNotScanned: 422, CodeNotStored: 422,
	CodeInternal: 500, CodeStorage: 502, CodeCheckFailed: 503, CodeScanPending: 503, CodeBusy: 503, CodeShutdown: 503, CodeStorageFull: 507,
}

// Error makes a Code an error, for errors.Is.
func (c Code) Error() string { return "upload: " + string(c) }

// Status is the HTTP status that a code is answered with; 422 for codes that
// validators of the host made up.
func (c Code) Status() int {
	if s, ok := statuses[c]; ok {
		return s
	}
	return http.StatusUnprocessableEntity
}

// File is a file that was received.
type File struct {
	Field  string `json:"field"`
	Name   string `json:"name"`             // the client's name, cleaned: data only
	Key    string `json:"key"`              // where it is stored
	Type   string `json:"type"`             // the detected media type, as stored
	Size   int64  `json:"size"`             // bytes
	SHA256 string `json:"sha256,omitempty"` // hexadecimal; "" unless Options.SHA256
}

// Error is a refusal. errors.Is finds its Code, and errors.As or Unwrap its
// cause.
type Error struct {
	Code  Code
	Field string // the form field of the file, "" if the whole request is refused
	Name  string // the cleaned file name, "" likewise

	// Reason is written for the client, who can act on it. It is sent as it
	// is, so it holds nothing that the client may not know.
	Reason string

	// Params are what a sentence about the refusal needs besides its Code: numbers
	// and words of this package, never the client's. It is nil for most codes.
	Params map[string]any

	// RetryAfter is how long the client should wait before it tries again; it is
	// sent in whole seconds, rounded up. It counts for codes that are answered
	// with 429 and 503. Default: 2 s.
	RetryAfter time.Duration

	// Err is the cause. It is written to the log and never leaves the process.
	Err error

	// Others are the files of the same request that were accepted and are not
	// kept, since a request is stored whole or not at all.
	Others []File

	rest any // of the refused request, which RespondError reads on; copies have it, too
}

// Error returns code, reason and cause, for logs.
func (e *Error) Error() string {
	s := e.Code.Error()
	if e.Name != "" {
		s += fmt.Sprintf(" %q", e.Name)
	}
	if e.Reason != "" {
		s += ": " + e.Reason
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Is reports whether target is the error's [Code].
func (e *Error) Is(target error) bool {
	c, ok := target.(Code)
	return ok && c == e.Code
}

// Reject is what validators and authorizers return to refuse: reason is sent
// to the client. Codes of your own are answered with 422.
func Reject(code Code, reason string) error {
	return &Error{Code: code, Reason: reason}
}

// internal is a defect that the client learns nothing of.
func internal(err error) *Error {
	return &Error{Code: CodeInternal, Reason: "something went wrong on the server", Err: err}
}

// errorOf makes any error an *Error; of others than those the client learns
// nothing.
func errorOf(err error) *Error {
	var e *Error
	switch found := errors.As(err, &e); {
	case e != nil:
		return e
	case found:
		err = errors.New("upload: a nil *Error was returned as an error")
	}
	return internal(err)
}

var errUndecided = errors.New("upload: the request ended without a decision, as by a panic")

var errShutdown = &Error{Code: CodeShutdown, Reason: "the server is stopping; try again shortly"}

var errEmpty = Reject(CodeEmpty, "the file is empty")

var errNotFound = Reject(CodeNotFound, "there is no such file")

var errBadTicket = Reject(CodeBadTicket, "the upload is not known or has expired; start again")

const goneReason = "the connection was closed"

const busyReason = "too many uploads at the moment; try again shortly"

func tooLarge(limit int64) error {
	return &Error{Code: CodeTooLarge, Reason: "the file is larger than " + byteSize(limit), Params: map[string]any{"limit": limit}}
}

// bodyTooLarge is tooLarge of a whole request; cause may be nil.
func bodyTooLarge(limit int64, cause error) *Error {
	return &Error{Code: CodeTooLarge, Reason: "the request is larger than " + byteSize(limit), Err: cause}
}

func typeNotAllowed(t string) error {
	return Reject(CodeTypeNotAllowed, "files of type "+t+" are not accepted")
}

// byteSize writes limits as people do: "5 MiB", or "1000 bytes" when no unit
// fits exactly.
func byteSize(n int64) string {
	for i, unit := range []string{"GiB", "MiB", "KiB"} {
		if size := int64(1) << (30 - 10*i); n >= size && n%size == 0 {
			return fmt.Sprintf("%d %s", n/size, unit)
		}
	}
	return fmt.Sprintf("%d bytes", n)
}

// withFile says in which field and, if it has a usable one, under which name
// the refused file came.
func withFile(err error, field, name string) error {
	var e *Error
	if !errors.As(err, &e) {
		return err
	}
	about := *e
	about.Field, about.Name = field, name
	if err != error(e) { // whether err is e itself
		about.Err = err
	}
	return &about
}

// checkError makes what a validator or an observer answered a refusal.
func checkError(err error) error {
	var e *Error
	switch {
	case err == nil || errors.As(err, &e) && e != nil:
		return err
	case errors.Is(err, worker.ErrHung), errors.Is(err, inspect.ErrTimeout):
		return &Error{Code: CodeCheckFailed, Reason: "checking the upload took too long; try again later", Err: err}
	}
	return &Error{Code: CodeCheckFailed, Reason: "the upload could not be checked; try again later", Err: err}
}

// storageError returns an error whose cause the client does not learn.
func storageError(err error) error {
	if err == nil {
		return nil
	}
	return storageRefusal(err)
}

// storageRefusal answers for a storage that failed with err.
func storageRefusal(err error) *Error {
	if errors.Is(err, storage.ErrBusy) {
		return &Error{Code: CodeBusy, Reason: busyReason, Err: err}
	}
	if errors.Is(err, storage.ErrFull) {
		return &Error{Code: CodeStorageFull, Reason: "there is no space for the file; try again later", Err: err}
	}
	return &Error{Code: CodeStorage, Reason: "the file could not be stored; try again later", Err: err}
}

func commitError(err error) *Error {
	if errors.Is(err, storage.ErrExists) {
		return &Error{Code: CodeConflict, Reason: "a file with this key is stored already", Err: err}
	}
	return storageRefusal(err)
}

func errChanged(err error) error {
	return &Error{Code: CodeConflict, Reason: "the file was replaced while it was checked; confirm again", Err: err}
}

// blame makes of e, which is err, what ended the request, if that is known: what reading the
// body failed with first, and the stop of the server. Failures of a server whose
// client has left, if leaving can be their cause, are the client's.
func blame(ctx context.Context, e *Error, err, first error, leaving bool) {
	var cut *Error
	if !errors.As(first, &cut) {
		_ = errors.As(context.Cause(ctx), &cut)
	}
	switch {
	case cut != nil:
		e.Code, e.Reason, e.Err = cut.Code, cut.Reason, err
	case leaving && ctx.Err() != nil && e.Code.Status() >= http.StatusInternalServerError:
		e.Code, e.Reason, e.Err = CodeClientGone, goneReason, err
	}
}
