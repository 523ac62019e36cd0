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

// Event is one decision or one clean-up. The log and [Hooks.Event] get the same events.
// Of the strings in it Name and Field of files are the client's words, and so is Type
// before the content was read; Subject and Key are the host's. A name and a field have
// at most 256 bytes.
//
// Nothing in it is content or another word of a body, a signed URL or a ticket,
// unless an error of the host's own code says so: of what cannot be read it has
// the place. The one exception is the name of a field in a sentence, cut to 40
// bytes and quoted.
type Event struct {
	Kind EventKind

	// Door is the way that the file came: "streamed" for a form or a body that a
	// [Handler] receives, "store" for [Handler.Store], "direct" for a step of a
	// [Presigner], "link" for a file that [Links] hand out.
	Door string

	// Subject is who asked, "" for anonymous callers and before the authorizer
	// has answered; of links it is [Link.Subject].
	Subject string

	// Files are the files it is about, as much of each as was known then: all
	// files of an upload that was accepted, given up, undone or refused by the host
	// as a whole, the one that
	// was refused, if it was one, and the one that was signed, removed or
	// handed out. Before a file was read whole its Size is what the client
	// declared, or how much of it was read; before its first bytes were read
	// its Type is declared, too. A file of a direct upload that is removed from
	// staging has its staging key. The slice may be kept, but not be changed.
	Files []File

	// Code says why, of KindRefused and of nothing else.
	Code Code

	// Bytes is how many bytes of content came through this process: of the
	// body for a streamed upload, of the reader for Store, of the stored file for
	// one that is confirmed or served. Of a clean-up it is 0.
	Bytes int64

	// Duration is the time from the arrival of the request to its decision,
	// answers not included, and of KindAccepted to the publication; of what is no decision, how long that took.
	Duration time.Duration

	// Err is the cause, which the client is not told. Of KindRefused it is an
	// [*Error], whose Text is the sentence for the client in English.
	Err error
}

// The doors of Event.Door.
const (
	doorStreamed = "streamed"
	doorStore    = "store"
	doorDirect   = "direct"
	doorLink     = "link"
)

// EventKind says what happened. New kinds may be added.
type EventKind string

// The decisions. Each request of a [Handler], each call of a step of a
// [Presigner] and each request for a link ends with exactly one, also when it
// panics; a [Tx] when it is committed, rolled back or refused. What [Handler.Middleware]
// and [Handler.Handle] accept is told when the host's code has returned.
const (
	KindAccepted    EventKind = "accepted"     // its files were published
	KindConfirmed   EventKind = "confirmed"    // its file had been published before by the same ticket
	KindSigned      EventKind = "signed"       // a ticket was given out
	KindPartSigned  EventKind = "part_signed"  // a request for one part was signed
	KindPartsListed EventKind = "parts_listed" // the parts that have arrived were listed
	KindAborted     EventKind = "aborted"      // given up: by the host's Rollback, or by the client of a ticket
	KindLinked      EventKind = "linked"       // a link was given out, as by a redirect
	KindServed      EventKind = "served"       // the file was passed through, or a part of it, or a HEAD answered
	KindRefused     EventKind = "refused"      // for Event.Code; one that was served and cut off is refused, too
)

// What happens besides, before a decision or after it.
const (
	KindUndone        EventKind = "undone"         // after KindAccepted: the files were removed again, or Err says that some were left
	KindCleanedUp     EventKind = "cleaned_up"     // a file that was staged or published was removed, or none was left
	KindCleanupFailed EventKind = "cleanup_failed" // something is left under the file's key for good
	KindHung          EventKind = "hung"           // a call of the host's code did not return within CheckTimeout
)

// IsDecision reports whether it is how a request ended.
func (k EventKind) IsDecision() bool {
	switch k {
	case KindUndone, KindCleanedUp, KindCleanupFailed, KindHung:
		return false
	}
	return true
}

// refuse makes e a refusal.
func (e *Event) refuse(err *Error) { e.Kind, e.Code, e.Err = KindRefused, err.Code, err }

// Hooks are for metrics, traces and audit trails; any of them may be nil. They
// are called one after the other for one request and concurrently for several,
// on goroutines of their own, and an upload waits for them.
//
// A hook that panics, or that ends its goroutine, is logged and changes nothing.
// One that does not return is waited for 10 s, and then is left to itself, with
// the event. While 64 are left so, none is called.
type Hooks struct {
	// Start is called when a request arrives, before anything is judged; what
	// it returns, as with a span in it, is the context that the storage, the
	// validators, the key generator and Event get. It must be ctx or made of
	// it; nil is ctx. To each call of Start there is exactly one Event that is
	// a decision.
	Start func(ctx context.Context, door string) context.Context

	// Event is called for every event, right after it was logged. Its ctx has
	// the values of what Start returned and does not end with the request,
	// which is often over by then.
	Event func(ctx context.Context, e Event)
}

// reporter is where events go, the log first.
type reporter struct {
	log   *slog.Logger // contained
	hooks Hooks
	text  func(*http.Request, *Error) string // [Options.Text] or [LinksOptions.Text]
	calls contained.Calls                    // of hooks
}

// start tells that a request has arrived.
func (r *reporter) start(ctx context.Context, door string) context.Context {
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
		if ctx.Err() != nil && refusal.Code.Status() >= http.StatusInternalServerError {
			refusal = &Error{Code: CodeClientGone, Err: err}
		}
		e.refuse(refusal)
	}
	return err
}

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
	case e.Code == CodeBusy || e.Code == CodeShutdown || e.Code == CodeScanPending:
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
