package upload

import (
	"fmt"
	"maps"
	"net/http"
	"strings"
	"time"
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
	CodeNotRaw          Code = "not_raw"          // 415: the body is a form, or is compressed, and not the file itself ([Handler.Raw])
	CodeTypeNotAllowed  Code = "type_not_allowed" // 415: files of the detected type are not accepted
	CodeTypeMismatch    Code = "type_mismatch"    // 415: the name's extension and the detected type disagree
	CodeEmpty           Code = "empty"            // 400: the file has no bytes
	CodeRateLimited     Code = "rate_limited"     // 429 with Retry-After: the caller has sent as much as the limiter allows for now
	CodeContent         Code = "content"          // 422: a validator of the host refuses what is inside the file
	CodeNotDeclared     Code = "not_as_declared"  // 422: the stored file is not the one that a ticket was signed for
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

// The codes of what is found inside a file, all of them 422.
const (
	CodeDamaged       Code = "damaged"             // the bytes are not what the format allows
	CodeTruncated     Code = "truncated"           // the file ends too early
	CodeTrailing      Code = "trailing_data"       // the file goes on after its end
	CodeEncrypted     Code = "encrypted"           // nobody can look inside
	CodeActiveContent Code = "active_content"      // something in it acts, such as a script or a macro
	CodeUnsupported   Code = "unsupported_variant" // sound, but written in a way that is not accepted
	CodeTooManyPixels Code = "too_many_pixels"     // a picture is larger than accepted
	CodeTooManyFrames Code = "too_many_frames"     // an animation has more frames than accepted
	CodeBomb          Code = "bomb"                // it unpacks to more than is accepted
	CodeTooComplex    Code = "too_complex"         // deeper, longer, more, or more work than is looked into
	CodeEntry         Code = "entry_not_allowed"   // an entry of an archive has a type or a name that is not accepted
)

var statuses = map[Code]int{
	CodeMalformed: 400, CodeMissingFile: 400, CodeFileBeforeText: 400, CodeUnexpectedField: 400, CodeBadName: 400, CodeClientGone: 400, CodeEmpty: 400,
	CodeUnauthenticated: 401, CodeForbidden: 403, CodeCrossOrigin: 403, CodeBadTicket: 404, CodeNotFound: 404,
	CodeMethod: 405, CodeTimeout: 408, CodeConflict: 409, CodeNotUploaded: 409, CodeTooLarge: 413, CodeTooMany: 413,
	CodeNotMultipart: 415, CodeNotRaw: 415, CodeTypeNotAllowed: 415, CodeTypeMismatch: 415,
	CodeRateLimited: 429, CodeContent: 422, CodeNotDeclared: 422, CodeInfected: 422, CodeSuspicious: 422, CodeNotScanned: 422, CodeNotStored: 422,
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

	// Reason is a sentence of the host's for the person who chose the file. It is
	// sent as it is. It is "" in refusals of this package: [Error.Text] makes their
	// sentence. A [Responder] gets it filled in.
	Reason string

	// Params are what a sentence about the refusal needs besides its Code: numbers
	// (int, int64), words (string) and lists ([]string) of this package and of the
	// host's options, never the client's. docs/errors.md lists them by code.
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

	others string // the text for each of Others, "" for the English one
	rest   any    // of the refused request, which RespondError reads on; copies have it, too
}

// Text is the sentence for the person who chose the file: Reason if there is one, else an
// English one of Code and Params alone.
func (e *Error) Text() string {
	if e.Reason != "" {
		return e.Reason
	}
	return english(string(e.Code), e.parameters())
}

// defaultRetryAfter is how long a client waits that is not told better.
const defaultRetryAfter = 2 * time.Second

// retryAfter is how many seconds the client should wait.
func (e *Error) retryAfter() int64 {
	if e.RetryAfter <= 0 {
		return wholeSeconds(defaultRetryAfter)
	}
	return wholeSeconds(e.RetryAfter)
}

// parameters are Params, and "retry_after" where there is a header of that name.
func (e *Error) parameters() map[string]any {
	p := map[string]any{}
	maps.Copy(p, e.Params)
	switch e.Code.Status() {
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		p["retry_after"] = e.retryAfter()
	}
	return p
}

// wholeSeconds is d in seconds, rounded up.
func wholeSeconds(d time.Duration) int64 { return int64((d-1)/time.Second) + 1 }

// Error returns code, sentence and cause, for logs.
func (e *Error) Error() string {
	s := e.Code.Error()
	if e.Name != "" {
		s += fmt.Sprintf(" %q", e.Name)
	}
	s += ": " + strings.TrimSuffix(e.Text(), ".")
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
// to the client. With a code of this package it may be "", which stands for the
// sentence that the code has. Codes of your own are answered with 422.
func Reject(code Code, reason string) error {
	return &Error{Code: code, Reason: reason}
}
