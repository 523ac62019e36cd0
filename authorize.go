package upload

import (
	"net/http"
)

// Authorizer says who may upload. It is asked before anything of the body is
// read, and must not read it. Return the caller's [Grant], or an error:
//
//   - an [*Error], as of [Reject], is answered with the status of its code:
//     Reject(CodeUnauthenticated, …) with 401, for which a middleware sets the
//     WWW-Authenticate header that fits your scheme,
//   - any other error, and a nil Grant without one, with 403. Its text is
//     logged, and not sent,
//   - a panic, and a Grant whose limits or prefix are not valid, with 500.
type Authorizer func(*http.Request) (*Grant, error)

// Grant is what one caller may do. Zero fields inherit the handler's options.
type Grant struct {
	// Subject says who uploads, as it should stand in logs and, with
	// [BySubject], in keys: a stable id. Memory is shared fairly between
	// subjects. "" is an anonymous caller.
	Subject string

	// MaxFileSize is the most bytes of one file. It counts instead of
	// Options.MaxFileSize and PresignOptions.MaxFileSize, and lowers Field.MaxSize.
	MaxFileSize int64

	// Policy counts instead of the handler's. One that is not a [Form], and has none, is
	// for one file in the field "file", whatever the handler's fields are.
	Policy Validator

	// KeyPrefix stands before every key of this caller, generated prefixes
	// included. It ends in "/".
	KeyPrefix string
}

// AllowAnonymous is the Authorizer that lets anyone upload. Anonymous callers share all
// places and all memory: a few slow ones can take them, and the others are then refused
// with [CodeBusy]. Where that matters, tell callers apart, if only by their address,
// with [RequireSubject] or an [Options.Limiter], and raise [Options.MinRate].
func AllowAnonymous(*http.Request) (*Grant, error) { return &Grant{}, nil }

// RequireSubject makes an Authorizer of a function that tells who a request is from.
// An error, or "", refuses the request as not authenticated.
func RequireSubject(who func(*http.Request) (string, error)) Authorizer {
	return func(r *http.Request) (*Grant, error) {
		subject, err := who(r)
		if err != nil || subject == "" {
			return nil, &Error{Code: CodeUnauthenticated, Err: err}
		}
		return &Grant{Subject: subject}, nil
	}
}
