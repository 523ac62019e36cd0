package upload

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"time"
	"unicode"

	"github.com/airlock-go/upload/internal/contained"
	"github.com/airlock-go/upload/internal/filename"
	"github.com/airlock-go/upload/storage"
)

// reporter is where events go, the log first.
type reporter struct {
	log   *slog.Logger // contained
	hooks Hooks
	calls contained.Calls // of hooks
}

// start tells that a request has arrived.
func (r *reporter) start(ctx context.Context, door Door) context.Context {
	made := make(chan context.Context, 1)
	if f := r.hooks.Start; f != nil && r.hook(ctx, func() { made <- f(ctx, door) }) == nil {
		if started := <-made; started != nil {
			return started
		}
	}
	return ctx
}

// report is the one place from which log and hooks are told.
func (r *reporter) report(ctx context.Context, e Event) {
	ctx = context.WithoutCancel(ctx)
	r.log.LogAttrs(ctx, e.level(), "upload: "+string(e.Kind), e.attrs()...)
	if f := r.hooks.Event; f != nil {
		_ = r.hook(ctx, func() { f(ctx, e) })
	}
}

// run calls f between start and report. In e it says what it decided; its error
// is a refusal, and so is a panic before there is a decision.
func (r *reporter) run(ctx context.Context, door Door, f func(ctx context.Context, e *Event) error) error {
	begin, e := time.Now(), Event{}
	ctx = r.start(ctx, door)
	defer func() {
		if e.Kind == "" {
			e.refuse(internal(errUndecided))
		}
		e.Door, e.Duration = door, time.Since(begin)
		r.report(ctx, e)
	}()
	err := f(ctx, &e)
	if err != nil {
		refusal := errorOf(err)
		if ctx.Err() != nil && refusal.Code.Status() >= http.StatusInternalServerError {
			refusal = &Error{Code: CodeClientGone, Reason: goneReason, Err: err}
		}
		e.refuse(refusal)
	}
	return err
}

const goneReason = "the connection was closed"

// hook calls one of the host's. That one failed only the log can tell.
func (r *reporter) hook(ctx context.Context, f func()) error {
	err := r.calls.Do(f)
	if err != nil {
		r.log.ErrorContext(ctx, "upload: a hook failed", "error", err)
	}
	return err
}

// level: what an operator must mend is an error, what passes by itself a
// warning, and steps in between are for those who look for something.
func (e *Event) level() slog.Level {
	switch e.Kind {
	case KindPartSigned, KindPartsListed, KindCleanedUp:
		return slog.LevelDebug
	case KindCleanupFailed, KindHung:
		return slog.LevelError
	}
	switch {
	case e.Code == CodeBusy || e.Code == CodeShutdown:
		return slog.LevelWarn
	case e.Code.Status() >= http.StatusInternalServerError:
		return slog.LevelError
	}
	return slog.LevelInfo
}

// attrs is the event as it is logged: the attributes of a single file one by
// one, of several as a list.
func (e *Event) attrs() []slog.Attr {
	attrs := make([]slog.Attr, 0, 16)
	cause := e.Err
	if e.Code != "" {
		attrs = append(attrs, slog.String("code", string(e.Code)), slog.Int("status", e.Code.Status()))
	}
	var refusal *Error
	if errors.As(e.Err, &refusal) && e.Kind == KindRefused {
		attrs, cause = append(attrs, slog.String("reason", printable(refusal.Reason, maxLoggedText))), refusal.Err
	}
	attrs = append(attrs, slog.String("door", string(e.Door)), slog.String("subject", printable(e.Subject, maxLoggedName)))
	switch len(e.Files) {
	case 0:
	case 1:
		f := e.Files[0]
		attrs = append(attrs, slog.String("key", printable(f.Key, storage.MaxKeyBytes)), slog.String("type", f.Type), slog.Int64("size", f.Size),
			slog.String("field", printable(f.Field, maxLoggedName)), slog.String("name", printable(f.Name, maxLoggedName)))
	default: // their names are clean and their keys valid
		attrs = append(attrs, slog.Int("count", len(e.Files)), slog.Any("files", e.Files))
	}
	attrs = append(attrs, slog.Int64("bytes", e.Bytes), slog.Duration("duration", e.Duration))
	if cause != nil {
		limit := maxLoggedText
		if e.Code == "" || e.Code.Status() >= http.StatusInternalServerError {
			limit = maxLoggedFailure
		}
		attrs = append(attrs, slog.String("error", printable(cause.Error(), limit)))
	}
	return attrs
}

// How many bytes of a text are logged at most, before an ellipsis.
const (
	maxLoggedName    = 256     // of what clients and the host call things
	maxLoggedText    = 200     // of why a client was refused
	maxLoggedFailure = 8 << 10 // of what failed on the server, such as a stack
)

// printable cuts s to limit bytes, and replaces what could turn a line around or
// move a cursor, which not every handler escapes. Line breaks, as in stacks, they
// all do.
func printable(s string, limit int) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || unicode.IsPrint(r) {
			return r
		}
		return unicode.ReplacementChar
	}, filename.Cut(s, limit))
}

// refuse makes e a refusal.
func (e *Event) refuse(err *Error) { e.Kind, e.Code, e.Err = KindRefused, err.Code, err }
