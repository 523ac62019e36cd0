package upload

import (
	"fmt"
	"maps"
	"net/http"
	"strings"
	"time"
)

// Code says why a request or a file was refused. It is the "code" of the problem+json answer, and
// never changes its meaning.
type Code string

// The codes, by HTTP status; docs/errors.md explains them.
const (
	// 400
	CodeMalformed       Code = "malformed"
	CodeMissingFile     Code = "missing_file"
	CodeFileBeforeText  Code = "file_before_text" // see Options.TextFirst
	CodeUnexpectedField Code = "unexpected_field"
	CodeBadName         Code = "bad_name"
	CodeEmpty           Code = "empty"
	CodeClientGone      Code = "client_gone"

	CodeUnauthenticated Code = "unauthenticated" // 401
	CodeForbidden       Code = "forbidden"       // 403
	CodeCrossOrigin     Code = "cross_origin"    // 403: see Options.CrossOrigin
	CodeBadTicket       Code = "bad_ticket"      // 404
	CodeNotFound        Code = "not_found"       // 404
	CodeMethod          Code = "method"          // 405
	CodeTimeout         Code = "timeout"         // 408
	CodeConflict        Code = "conflict"        // 409: key taken, file changed, or other offset
	CodeNotUploaded     Code = "not_uploaded"    // 409

	// 413
	CodeTooLarge Code = "too_large"
	CodeTooMany  Code = "too_many"

	// 415
	CodeNotMultipart   Code = "not_multipart" // or compressed
	CodeNotRaw         Code = "not_raw"       // a form, or compressed
	CodeTypeNotAllowed Code = "type_not_allowed"
	CodeTypeMismatch   Code = "type_mismatch"

	// 422
	CodeContent     Code = "content"
	CodeNotDeclared Code = "not_as_declared" // not the declared file
	CodeMetadata    Code = "metadata"
	CodeInfected    Code = "infected"
	CodeSuspicious  Code = "suspicious"  // dangerous or unwanted
	CodeNotScanned  Code = "not_scanned" // the scanner cannot judge it
	CodeNotStored   Code = "not_stored"  // of a file only: its request was refused for another reason

	CodeRateLimited Code = "rate_limited" // 429
	CodeInternal    Code = "internal"     // 500
	CodeStorage     Code = "storage"      // 502
	CodeCheckFailed Code = "check_failed" // 503: a check or the limiter failed
	CodeScanPending Code = "scan_pending" // 503
	CodeBusy        Code = "busy"         // 503
	CodeShutdown    Code = "shutdown"     // 503
	CodeStorageFull Code = "storage_full" // 507
)

// The codes for the content of a file, all 422.
const (
	CodeDamaged       Code = "damaged"
	CodeTruncated     Code = "truncated"
	CodeTrailing      Code = "trailing_data"       // goes on after its end
	CodeEncrypted     Code = "encrypted"           // cannot be read
	CodeActiveContent Code = "active_content"      // something acts, such as a script
	CodeUnsupported   Code = "unsupported_variant" // valid, but not accepted
	CodeTooManyPixels Code = "too_many_pixels"
	CodeTooFewPixels  Code = "too_few_pixels"
	CodeTooManyFrames Code = "too_many_frames"
	CodeBomb          Code = "bomb" // unpacks to too much
	CodeTooComplex    Code = "too_complex"
	CodeEntry         Code = "entry_not_allowed"
)

// statuses lacks the codes from CodeDamaged on. All codes that it lacks are 422.
var statuses = map[Code]int{
	CodeMalformed: 400, CodeMissingFile: 400, CodeFileBeforeText: 400, CodeUnexpectedField: 400, CodeBadName: 400, CodeClientGone: 400, CodeEmpty: 400,
	CodeUnauthenticated: 401, CodeForbidden: 403, CodeCrossOrigin: 403, CodeBadTicket: 404, CodeNotFound: 404,
	CodeMethod: 405, CodeTimeout: 408, CodeConflict: 409, CodeNotUploaded: 409, CodeTooLarge: 413, CodeTooMany: 413,
	CodeNotMultipart: 415, CodeNotRaw: 415, CodeTypeNotAllowed: 415, CodeTypeMismatch: 415,
	CodeRateLimited: 429, CodeContent: 422, CodeNotDeclared: 422, CodeMetadata: 422, CodeInfected: 422, CodeSuspicious: 422, CodeNotScanned: 422, CodeNotStored: 422,
	CodeInternal: 500, CodeStorage: 502, CodeCheckFailed: 503, CodeScanPending: 503, CodeBusy: 503, CodeShutdown: 503, CodeStorageFull: 507,
}

// Error makes Code an error, for errors.Is.
func (c Code) Error() string { return "upload: " + string(c) }

// Status returns the HTTP status, 422 for the host's own codes. A [Resumer] may send another.
func (c Code) Status() int {
	if s, ok := statuses[c]; ok {
		return s
	}
	return http.StatusUnprocessableEntity
}

// File describes a file.
type File struct {
	Field  string `json:"field"`
	Name   string `json:"name"`             // the client's, cleaned
	Key    string `json:"key"`              // where it is stored
	Type   string `json:"type"`             // detected, as stored
	Size   int64  `json:"size"`             // bytes
	SHA256 string `json:"sha256,omitempty"` // hexadecimal, if asked for and known

	Facts
}

// Error is a refusal. errors.Is finds its Code, errors.As and Unwrap its cause.
type Error struct {
	Code  Code
	Field string // of the file, or that lacks one, else ""
	Name  string // of the file

	// Reason is a sentence of the host's. Clients get it with kind "host" if Params have none.
	// Refusals of this package have no Reason, except in a [Responder]: what the client reads.
	Reason string

	// Params are what a sentence about Code needs: int, int64, string and []string, never the
	// client's words. docs/errors.md lists them.
	Params map[string]any

	// RetryAfter is sent with 429 and 503, in seconds, rounded up. Default: 2 s.
	RetryAfter time.Duration

	// Err is the cause, for the log.
	Err error

	// Others are the request's valid files, not kept either.
	Others []File

	others string // the text for each of Others, "" for the English one
	rest   any    // the body of the refused request, which RespondError reads on
	status int    // that clients of a protocol read instead of the code's; 0 is the code's
}

// answerStatus is the status that the client reads.
func (e *Error) answerStatus() int {
	if e.status != 0 {
		return e.status
	}
	return e.Code.Status()
}

// Text returns Reason, else an English sentence by Code and Params.
func (e *Error) Text() string {
	if e.Reason != "" {
		return e.Reason
	}
	return english(string(e.Code), e.parameters())
}

// defaultRetryAfter is how long a client should wait if its refusal names no time.
const defaultRetryAfter = 2 * time.Second

// retryAfter is how many seconds the client should wait.
func (e *Error) retryAfter() int64 {
	if e.RetryAfter <= 0 {
		return wholeSeconds(defaultRetryAfter)
	}
	return wholeSeconds(e.RetryAfter)
}

// parameters are Params, and "retry_after" where an answer has Retry-After.
func (e *Error) parameters() map[string]any {
	p := map[string]any{}
	maps.Copy(p, e.Params)
	switch e.answerStatus() {
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		p["retry_after"] = e.retryAfter()
	}
	return p
}

// wholeSeconds is d, which is positive, in seconds, rounded up.
func wholeSeconds(d time.Duration) int64 { return int64((d-1)/time.Second) + 1 }

// Error returns code, name, sentence and cause, for logs.
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

// Reject makes a refusal with that Reason; for "" the client reads the sentence of the code. Codes
// that docs/errors.md does not list are your own, answered with 422.
func Reject(code Code, reason string) error {
	return &Error{Code: code, Reason: reason}
}
