package upload

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/airlock-go/upload/internal/filename"
	"github.com/airlock-go/upload/internal/sniff"
)

// Declaration is what a client says of a file that it wants to send to the
// storage itself. All of it is checked against the stored bytes by
// [Presigner.Confirm].
type Declaration struct {
	Field  string `json:"field"`
	Name   string `json:"name"`             // the client's file name
	Type   string `json:"type"`             // counts only where the name's extension is not known
	Size   int64  `json:"size"`             // bytes, exactly
	SHA256 string `json:"sha256,omitempty"` // hexadecimal; makes the storage check what arrives
}

// DeclarationValidator is an optional ability of a [Validator]: refusing a file
// before a byte of it exists, by what the client declares. It spares the client
// an upload that could not be accepted. In in, Head is missing, Type is what
// the extension stands for, and Size is what was declared; the stored file is
// judged by Validate later. Where an extension stands for several types, one that
// is accepted is enough. All validators of this package have it. Errors are
// as for Validate.
type DeclarationValidator interface {
	Validator
	ValidateDeclaration(ctx context.Context, in *Incoming) error
}

// declare judges a declaration by v, which passes what it cannot judge.
func declare(ctx context.Context, v Validator, in *Incoming) error {
	if d, ok := v.(DeclarationValidator); ok {
		return d.ValidateDeclaration(ctx, in)
	}
	return nil
}

const maxFieldName = 256

// declared judges d by all that can be judged without the file.
func (q *request) declared(d Declaration) (*Incoming, error) {
	if len(d.Field) > maxFieldName {
		return nil, Reject(CodeUnexpectedField, "no file is accepted in a field of such a name")
	}
	name, err := filename.Clean(d.Name)
	name = q.h.completeName(name, claimedType(d.Type))
	q.about = File{Field: d.Field, Name: name, Type: claimedType(d.Type), Size: d.Size}
	switch {
	case !slices.Contains(q.h.opts.Fields, d.Field):
		err = Reject(CodeUnexpectedField, fmt.Sprintf("no file is accepted in the field %q", filename.Brief(d.Field)))
	case err != nil:
		err = &Error{Code: CodeBadName, Reason: "the file name cannot be used", Err: err}
	case d.Size < 0:
		err = Reject(CodeMalformed, "the size is negative")
	case d.Size == 0:
		err = errEmpty
	case d.Size > q.grant.MaxFileSize:
		err = tooLarge(q.grant.MaxFileSize)
	case d.SHA256 != "" && !isSHA256(d.SHA256):
		err = Reject(CodeMalformed, "sha256 must be 64 hexadecimal digits")
	}
	if err != nil {
		return nil, withFile(err, d.Field, name)
	}
	in, err := q.declaredTypes(d, name)
	return in, withFile(err, d.Field, name)
}

// declaredTypes asks the policy about each type that a file of that name may
// have, until one is accepted.
func (q *request) declaredTypes(d Declaration, name string) (in *Incoming, err error) {
	types := sniff.TypesOf(filename.Ext(name))
	if len(types) == 0 {
		types = []string{claimedType(d.Type)}
	}
	accept := q.grant.Policy
	for _, t := range types {
		in = &Incoming{
			Field: d.Field, Name: name, ClaimedType: d.Type, Type: t, Size: d.Size, Subject: q.grant.Subject,
		}
		about := in
		q.about.Type = t
		err = checkError(q.worker.Do(func() error { return declare(q.ctx, accept, about) }))
		if err == nil {
			break
		}
	}
	return in, err
}

// claimedType is what the client says, if that is a type at all.
func claimedType(claimed string) string {
	claimed, _, _ = strings.Cut(strings.ToLower(claimed), ";")
	if claimed = strings.TrimSpace(claimed); isMediaType(claimed) {
		return claimed
	}
	return sniff.Binary
}

// isMediaType reports whether t is a type and a subtype of the characters that
// RFC 6838 allows in their names.
func isMediaType(t string) bool {
	major, minor, ok := strings.Cut(t, "/")
	for _, name := range []string{major, minor} {
		ok = ok && name != "" && len(name) <= 127 &&
			strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789!#$&-^_.+") == ""
	}
	return ok
}

func isSHA256(s string) bool {
	b, err := hex.DecodeString(s)
	return err == nil && len(b) == 32
}

// The validators of this package judge declarations by these.

func declareAll(validators []Validator) func(context.Context, *Incoming) error {
	return func(ctx context.Context, in *Incoming) error {
		for _, v := range validators {
			if err := declare(ctx, v, in); err != nil {
				return err
			}
		}
		return nil
	}
}

// declareAny refuses what every one of the validators refuses.
func declareAny(validators []Validator) func(context.Context, *Incoming) error {
	return func(ctx context.Context, in *Incoming) error {
		var first error
		for _, v := range validators {
			err := declare(ctx, v, in)
			switch {
			case err == nil:
				return nil
			case first == nil || errors.Is(first, CodeTypeNotAllowed):
				first = err
			}
		}
		return first
	}
}
