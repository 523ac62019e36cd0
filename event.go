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

// Event is one decision, clean-up or hung call, for the log and [Hooks.Event]. Name, Field and
// declared Type of files may be the client's words.
//
// It holds no other content, signed URL or ticket, unless an error of the host's code does.
type Event struct {
	Kind EventKind

	// Door is "streamed" for a form or raw body, "store" for [Handler.Store], "direct" for a
	// [Presigner], "resumable" for a [Resumer], "link" for [Links].
	Door string

	// Subject is the caller, "" for anonymous ones and before the authorizer.
	Subject string

	// Files are all files of an upload accepted, aborted, undone, or refused by the host without
	// naming one, else the file in question, if any. Size is declared, stored, or what has come; Type
	// is declared or detected. Do not change the slice.
	Files []File

	// Code says why, for KindRefused only.
	Code Code

	// Bytes counts, for decisions, what came through this process to be received, confirmed or
	// served.
	Bytes int64

	// Duration is the time from arrival to decision, for KindAccepted to publication, or of the
	// operation.
	Duration time.Duration

	// Err is the cause, for KindRefused in an [*Error]. Clients never read causes.
	Err error
}

// The doors of Event.Door.
const (
	doorStreamed  = "streamed"
	doorStore     = "store"
	doorDirect    = "direct"
	doorResumable = "resumable"
	doorLink      = "link"
)

// EventKind says what happened.
type EventKind string

// The decisions. Exactly one ends each request of a [Handler], each for a link, and each of a
// [Resumer] except OPTIONS, even after a panic. One ends each [Handler.Store], and each step of a
// [Presigner] except [Presigner.ConfirmStored] without a ticket. A [Tx] ends by Commit, Rollback or
// Refuse.
const (
	KindAccepted    EventKind = "accepted"     // files were published
	KindConfirmed   EventKind = "confirmed"    // published before by the same ticket
	KindSigned      EventKind = "signed"       // a ticket
	KindPartSigned  EventKind = "part_signed"  // a request for one part
	KindPartsListed EventKind = "parts_listed" // those that have arrived, or how many bytes
	KindAppended    EventKind = "appended"     // bytes of a resumable upload were stored
	KindAborted     EventKind = "aborted"      // by the host's Rollback, or by the ticket's client
	KindLinked      EventKind = "linked"       // handed out
	KindServed      EventKind = "served"       // a file, a part of it, or only headers
	KindRefused     EventKind = "refused"      // for Event.Code, even after a part was served
)

// The events that are not decisions, before or after one.
const (
	KindUndone        EventKind = "undone"         // removed after KindAccepted; Err if files may be left
	KindCleanedUp     EventKind = "cleaned_up"     // a file was removed, or none was left
	KindCleanupFailed EventKind = "cleanup_failed" // a file may be left
	KindHung          EventKind = "hung"           // a call exceeded CheckTimeout
)

// IsDecision reports whether requests end with it.
func (k EventKind) IsDecision() bool {
	switch k {
	case KindUndone, KindCleanedUp, KindCleanupFailed, KindHung:
		return false
	}
	return true
}

// refuse makes e a refusal.
func (e *Event) refuse(err *Error) { e.Kind, e.Code, e.Err = KindRefused, err.Code, err }

// Hooks run on goroutines of their own, in order for one request, concurrently for several. The
// upload waits for them, at most 10 s each. A hook that panics, hangs or ends its goroutine is
// logged. While 64 hang, none is called.
type Hooks struct {
	// Start is called when a request arrives, and exactly one decision follows. It returns ctx or
	// one made of it, for storage, validators and Event.
	Start func(ctx context.Context, door string) context.Context

	// Event is called after the log. Its ctx has the values of Start's and outlives the request.
	Event func(ctx context.Context, e Event)
}

// reporter is where events go, the log first.
type reporter struct {
	log   *slog.Logger // contained
	hooks Hooks
	text  func(*http.Request, *Error) string // [Options.Text] or [LinksOptions.Text]
	calls contained.Calls                    // of hooks and text
}

// start reports that a request has arrived.
func (r *reporter) start(ctx context.Context, door string) context.Context {
	made := make(chan context.Context, 1)
	if f := r.hooks.Start; f != nil && r.hook(ctx, func() { made <- f(ctx, door) }) == nil {
		if started := <-made; started != nil {
			return started
		}
	}
	return ctx
}

// report shows an event to the log, and then to the hook.
func (r *reporter) report(ctx context.Context, e Event) {
	ctx = context.WithoutCancel(ctx)
	r.log.LogAttrs(ctx, e.level(), "upload: "+string(e.Kind), e.attrs()...)
	if f := r.hooks.Event; f != nil {
		_ = r.hook(ctx, func() { f(ctx, e) })
	}
}

// run calls f between start and report. f writes its decision into e; its error is a refusal, and
// so is a panic before there is a decision.
func (r *reporter) run(ctx context.Context, door string, f func(ctx context.Context, e *Event) error) error {
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
		if left(ctx) && refusal.Code.Status() >= http.StatusInternalServerError {
			refusal = &Error{Code: CodeClientGone, Err: err}
		}
		e.refuse(refusal)
	}
	return err
}

// hook calls a hook of the host's, or its Text. Only the log shows its failure.
func (r *reporter) hook(ctx context.Context, f func()) error {
	err := r.calls.Do(f)
	if err != nil {
		r.log.ErrorContext(ctx, "upload: a hook failed", "error", err)
	}
	return err
}

// level returns error for failures that an operator must mend, and warning for those that pass by
// themselves. Steps in between and successful clean-ups are debug, and the rest is info.
func (e *Event) level() slog.Level {
	switch e.Kind {
	case KindPartSigned, KindPartsListed, KindAppended, KindCleanedUp:
		return slog.LevelDebug
	case KindCleanupFailed, KindHung:
		return slog.LevelError
	}
	switch {
	case e.Code == CodeBusy || e.Code == CodeShutdown || e.Code == CodeScanPending:
		return slog.LevelWarn
	case e.Code.Status() >= http.StatusInternalServerError:
		return slog.LevelError
	}
	return slog.LevelInfo
}

// attrs returns the event as it is logged. A single file has an attribute for each of its
// properties, and several files are one list.
func (e *Event) attrs() []slog.Attr {
	attrs := make([]slog.Attr, 0, 16)
	cause := e.Err
	if e.Code != "" {
		attrs = append(attrs, slog.String("code", string(e.Code)), slog.Int("status", e.Code.Status()))
	}
	var refusal *Error
	if errors.As(e.Err, &refusal) && e.Kind == KindRefused {
		attrs, cause = append(attrs, slog.String("reason", printable(refusal.Text(), maxLoggedText))), refusal.Err
	}
	attrs = append(attrs, slog.String("door", e.Door), slog.String("subject", printable(e.Subject, maxLoggedName)))
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

// How many bytes of a longer text are taken for the log, before an ellipsis.
const (
	maxLoggedName    = 256     // of names and subjects
	maxLoggedText    = 200     // of a reason, and of the cause of a refusal with a status below 500
	maxLoggedFailure = 8 << 10 // of other causes, such as a stack
)

// printable cuts s to limit bytes, and replaces characters that do not print. Some reverse a line
// or move a cursor, and not every handler escapes them. Line breaks, which stacks have, and tabs
// stay, since the handlers of log/slog escape them.
func printable(s string, limit int) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || unicode.IsPrint(r) {
			return r
		}
		return unicode.ReplacementChar
	}, filename.Cut(s, limit))
}
