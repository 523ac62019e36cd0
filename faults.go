package upload

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"slices"
	"time"

	"github.com/airlock-go/upload/internal/filename"
	"github.com/airlock-go/upload/internal/inspect"
	"github.com/airlock-go/upload/internal/sniff"
	"github.com/airlock-go/upload/internal/worker"
	"github.com/airlock-go/upload/storage"
)

// These are refusals of this package. Each has a code and perhaps parameters, of which words.go
// makes the sentence.

// internal returns the refusal for a defect, whose cause clients never read.
func internal(err error) *Error { return &Error{Code: CodeInternal, Err: err} }

// errorOf makes any error an *Error. If err is or wraps none, the client reads nothing of err.
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

// Refusals that need no parameters, or always have the same.
var (
	errShutdown  = &Error{Code: CodeShutdown}
	errEmpty     = &Error{Code: CodeEmpty}
	errNotFound  = &Error{Code: CodeNotFound}
	errBadTicket = &Error{Code: CodeBadTicket}
	errExpired   = &Error{Code: CodeBadTicket}
	errNoStep    = &Error{Code: CodeNotFound, Params: map[string]any{"kind": "step"}}

	errEncoded  = &Error{Code: CodeNotRaw, Params: map[string]any{"kind": "compressed"}, Err: errors.New("upload: a raw body has a Content-Encoding")}
	errForm     = &Error{Code: CodeNotRaw, Err: errors.New("upload: a form came to a handler of Raw; the Handler that made it reads forms")}
	errTwoTypes = malformed("content_type", errors.New("upload: the request has two Content-Type headers"))
	errPart     = malformed("partial", errors.New("upload: the body is a part of a file"))
)

// malformed refuses a request that cannot be read; kind says which case of that it is.
func malformed(kind string, cause error) *Error {
	return &Error{Code: CodeMalformed, Params: map[string]any{"kind": kind}, Err: cause}
}

func methodNotAllowed(allowed ...string) *Error {
	return &Error{Code: CodeMethod, Params: map[string]any{"allowed": allowed}}
}

// noName refuses a file of that field without a name.
func noName(field string) error {
	return withFile(&Error{Code: CodeBadName, Params: map[string]any{"kind": "missing"}}, field, "")
}

// unexpectedField refuses a file in a field that is not one of fields.
func unexpectedField(fields []string) *Error {
	return &Error{
		Code: CodeUnexpectedField, Params: map[string]any{"fields": slices.Clone(fields)},
		Err: fmt.Errorf("upload: the fields that take files are %q", fields),
	}
}

// missingFile refuses a form in which each of these required fields has no file.
func missingFile(fields []string) *Error {
	p := map[string]any{"fields": fields}
	if len(fields) > 1 {
		p["kind"] = "several"
	}
	return &Error{Code: CodeMissingFile, Field: fields[0], Params: p}
}

// fileBeforeText refuses a form in which a file came before all text of these fields had come.
func fileBeforeText(fields []string) *Error {
	return &Error{
		Code: CodeFileBeforeText, Params: map[string]any{"fields": fields},
		Err: fmt.Errorf("upload: the page sent a file before these text fields, which it must put first: %q", fields),
	}
}

// tooLarge refuses a file of that size, which is negative where it is not known.
func tooLarge(limit, size int64) *Error {
	p := map[string]any{"kind": "file", "limit": limit}
	if size >= 0 {
		p["size"] = size
	}
	return &Error{Code: CodeTooLarge, Params: p}
}

// bodyTooLarge is tooLarge of a whole request; cause may be nil.
func bodyTooLarge(limit int64, cause error) *Error {
	return &Error{Code: CodeTooLarge, Params: map[string]any{"kind": "request", "limit": limit}, Err: cause}
}

// requestTooLarge refuses a request whose Content-Length no form within the limits has. The files
// of a form may have limit bytes together.
func requestTooLarge(limit, size int64) *Error {
	return &Error{Code: CodeTooLarge, Params: map[string]any{"kind": "request", "limit": limit, "size": size}}
}

func tooManyFiles(limit int) *Error {
	return &Error{Code: CodeTooMany, Params: map[string]any{"kind": "files", "limit": limit}}
}

// typeNotAllowed refuses a type where others are accepted. The refusal has a type only if package
// sniff has a name for it: any other may be the client's word.
func typeNotAllowed(t string, accepted []string) *Error {
	exts := make([]string, 0, 2*len(accepted)) // most types have one or two
	for _, a := range accepted {
		exts = sniff.AppendExtensions(exts, a)
	}
	p := map[string]any{"accepted": slices.Clone(accepted), "extensions": exts}
	if short, _ := sniff.Called(t); short != "" {
		p["type"] = t
	}
	return &Error{Code: CodeTypeNotAllowed, Params: p}
}

// noTypeAllowed refuses where no type is accepted.
func noTypeAllowed() error {
	return &Error{Code: CodeTypeNotAllowed, Params: map[string]any{"kind": "all"}}
}

// neither is the refusal of a file that two validators refuse, the first one for its type.
// If both list the types that they accept, it lists all of them. A validator that accepts no type
// adds nothing.
func neither(first, second error) error {
	var a, b *Error
	if !errors.As(first, &a) || !errors.As(second, &b) || b.Code != CodeTypeNotAllowed {
		return second
	}
	if b.Params["kind"] == "all" { // as in noTypeAllowed
		return first
	}
	before, _ := a.Params["accepted"].([]string)
	accepted, ok := b.Params["accepted"].([]string)
	if !ok || len(before) == 0 {
		return second
	}
	t, _ := b.Params["type"].(string)
	joined := *b
	joined.Params = typeNotAllowed(t, append(slices.Clone(before), accepted...)).Params
	return &joined
}

// typeMismatch refuses a file of type t whose name ends in no extension of it. The
// extension is named if it is a known one.
func typeMismatch(name, t string) *Error {
	p := map[string]any{}
	if ext := filename.Ext(name); len(sniff.TypesOf(ext)) > 0 {
		p["extension"] = ext
	}
	if exts := sniff.Extensions(t); len(exts) > 0 {
		p["type"], p["extensions"] = t, exts
	}
	return &Error{Code: CodeTypeMismatch, Params: p}
}

// stalled refuses a client with which nothing moved for a window.
func stalled(window time.Duration, cause error) *Error {
	return &Error{Code: CodeTimeout, Params: map[string]any{"kind": "stalled", "seconds": wholeSeconds(window)}, Err: cause}
}

// tooSlow refuses a client that is slower than minRate bytes a second.
func tooSlow(minRate int64, cause error) *Error {
	return &Error{Code: CodeTimeout, Params: map[string]any{"kind": "slow", "min_rate": minRate}, Err: cause}
}

// withFile says in which field and under which name the refused file came; the name is "" if it
// cannot be used.
func withFile(err error, field, name string) error {
	var e *Error
	if !errors.As(err, &e) {
		return err
	}
	about := *e
	about.Field, about.Name = field, name
	if err != error(e) { // err wraps e
		about.Err = err
	}
	return &about
}

// checkError makes the error of a check, such as that of a validator, a refusal.
func checkError(err error) error {
	if err == nil {
		return nil
	}
	var e *Error
	switch {
	case errors.As(err, &e) && e != nil:
		return err
	case errors.Is(err, worker.ErrHung), errors.Is(err, inspect.ErrTimeout):
		return &Error{Code: CodeCheckFailed, Params: map[string]any{"kind": "timeout"}, Err: err}
	}
	return &Error{Code: CodeCheckFailed, Err: err}
}

// storageError returns err, unless it is nil, as a refusal whose cause clients never read.
func storageError(err error) error {
	if err == nil {
		return nil
	}
	return storageRefusal(err)
}

// storageRefusal returns the refusal for a storage that failed with err.
func storageRefusal(err error) *Error {
	if errors.Is(err, storage.ErrBusy) {
		return &Error{Code: CodeBusy, Err: err}
	}
	if errors.Is(err, storage.ErrFull) {
		return &Error{Code: CodeStorageFull, Err: err}
	}
	return &Error{Code: CodeStorage, Err: err}
}

func commitError(err error) *Error {
	if errors.Is(err, storage.ErrExists) {
		return &Error{Code: CodeConflict, Params: map[string]any{"kind": "exists"}, Err: err}
	}
	return storageRefusal(err)
}

// readError returns the refusal for a storage that failed to read a file that it had.
func readError(err error) error {
	if errors.Is(err, storage.ErrChanged) || errors.Is(err, fs.ErrNotExist) {
		return errChanged(err)
	}
	return storageError(err)
}

func errChanged(err error) error {
	return &Error{Code: CodeConflict, Params: map[string]any{"kind": "changed"}, Err: err}
}

// blame gives e, made of err, the refusal that ended the request, if there is one: the first error
// of reading the body, or that of a server that stops. Otherwise a failure of the server is the
// client's, if the client has left and leaving can be the cause. It passes over deadlines; see
// overdue.
func blame(ctx context.Context, e *Error, err, first error, leaving bool) {
	var cut *Error
	if !errors.As(first, &cut) {
		_ = errors.As(context.Cause(ctx), &cut)
	}
	switch {
	case cut != nil:
		e.Code, e.Reason, e.Params, e.Err = cut.Code, cut.Reason, cut.Params, err
	case leaving && left(ctx) && e.Code.Status() >= http.StatusInternalServerError:
		e.Code, e.Reason, e.Params, e.Err = CodeClientGone, "", nil, err
	}
}

// overdue makes e, a failure of the server by err, a timeout if the request's context had a
// deadline and it has passed. The host or a middleware in front set it, and slow clients are the
// first to exceed it.
func overdue(ctx context.Context, e *Error, err error) {
	if !errors.Is(ctx.Err(), context.DeadlineExceeded) || e.Code.Status() < http.StatusInternalServerError {
		return
	}
	e.Code, e.Reason, e.Params = CodeTimeout, "", map[string]any{"kind": "deadline"}
	e.Err = fmt.Errorf("upload: the deadline of the context, which a timeout middleware may have set, passed before the file was whole: %w", err)
}

// left reports whether a request's context was cancelled, mostly since its client has left.
func left(ctx context.Context) bool { return errors.Is(ctx.Err(), context.Canceled) }

// withStatus returns err with the status that a protocol has for it.
func withStatus(err error, status int) *Error {
	e := *errorOf(err)
	e.status = status
	return &e
}
