package upload

import (
	"errors"
	"net/http"
)

// Authorizer says who may upload. It is called before the body is read, and must not read it. It
// returns the caller's [Grant], or an error:
//
//   - an [*Error], such as that of [Reject], is the answer. For 401, middleware of yours can add
//     WWW-Authenticate.
//   - Another error is only logged. The answer is [CodeForbidden], as to a nil Grant without an
//     error.
//   - A panic, and an invalid Grant, is [CodeInternal].
type Authorizer func(*http.Request) (*Grant, error)

// Grant says what one caller may do. Zero fields change nothing.
type Grant struct {
	// Subject is the caller's stable id, for limits and [BySubject]; "" is anonymous.
	Subject string

	// MaxFileSize is the most bytes of one file. It replaces that of all options. A lower
	// [Field.MaxSize] still counts.
	MaxFileSize int64

	// Policy replaces the handler's. One without a [Form] is for one file in the field "file",
	// whatever the handler's fields are.
	Policy Validator

	// KeyPrefix stands before every published key of this caller, also before generated prefixes.
	// It ends in "/".
	KeyPrefix string
}

// AllowAnonymous is the Authorizer that accepts everybody. They share slots and memory, so slow
// ones can block others.
func AllowAnonymous(*http.Request) (*Grant, error) { return &Grant{}, nil }

// RequireSubject makes an Authorizer of a function that returns the caller's id. An error that is
// not an [*Error], or "", is answered with 401.
func RequireSubject(who func(*http.Request) (string, error)) Authorizer {
	return func(r *http.Request) (*Grant, error) {
		subject, err := who(r)
		if own := new(Error); errors.As(err, &own) {
			return nil, err
		}
		if err != nil || subject == "" {
			return nil, &Error{Code: CodeUnauthenticated, Err: err}
		}
		return &Grant{Subject: subject}, nil
	}
}
