package upload

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/airlock-go/upload/internal/budget"
	"github.com/airlock-go/upload/internal/contained"
	"github.com/airlock-go/upload/storage"
)

// Storage is where files go. Packages memstore and s3store have one; package storage
// says what another must do.
type Storage = storage.Storage

// Handler receives files. It is made by [New], is safe for concurrent use and
// cannot be configured afterwards. It reads forms; [Handler.Raw] makes one of it that
// takes a file as the whole body. Its three rungs do the same:
//
//   - [Handler.ServeHTTP] stores the files and answers,
//   - [Handler.Middleware] stores them, hands over to a handler of the host's,
//     and removes them again when that one fails,
//   - [Handler.Receive] leaves both to the caller.
type Handler struct {
	*core
	raw *rawBody // how a file is the whole body, nil for forms
}

// rawBody says what the file is called that is a whole body.
type rawBody struct {
	field string
	name  func(*http.Request) string // may be nil
}

// core is what a Handler shares with those that Raw makes of it.
type core struct {
	store     Storage
	rules     *rules
	authorize Authorizer
	opts      Options // with all defaults filled in
	report    reporter
	gate      *budget.Budget
	looks     *budget.Budget // memory that inspectors share
	drains    chan struct{}  // a place for each refused body that is read on

	sessions sessions

	noDeadlines sync.Once
}

// Options is everything that has a good default. The zero value, like nil, is
// the strict one; nothing can be made unlimited.
type Options struct {
	// MaxFileSize is the most bytes of one file in a field without [Field.MaxSize].
	// Default: 5 MiB. At most 50,000 GiB.
	MaxFileSize int64

	// TextFirst names text fields that must come before the first file of a form, all of
	// their values. A form with another order is refused with [CodeFileBeforeText], as
	// early as it shows. Browsers send fields in the order of the page. A form without a
	// file may lack them. Default: none.
	TextFirst []string

	// CheckForm judges the text fields that TextFirst names, before the first file is
	// read; of a form without a file, at its end. It is shown no other fields, since those
	// may come after the files. An [*Error] that it returns refuses the request. Another
	// error, a panic, and a call that lasts longer than CheckTimeout refuse it with
	// [CodeCheckFailed]. It is called once a request, concurrently for different ones. ctx
	// ends with the request.
	//
	// Direct uploads, raw bodies and files of [Handler.Store] have no text fields, and
	// CheckForm is not called for them: judge what comes with them in the Authorizer, or
	// after [Presigner.ConfirmHandler]. Default: none.
	CheckForm func(ctx context.Context, text url.Values) error

	// MaxTextSize is the most bytes of all text fields, which are kept in
	// memory. A form has at most 100 of them, with 64 KiB each. Default: 256 KiB.
	MaxTextSize int64

	// CompleteNames adds the extension of the detected type to names that have
	// none, before anybody judges them: pages that send a canvas or a recording
	// call every file "blob", which then is "blob.png". For direct uploads the
	// type is the declared one, and the content must be of it. Default: [Types]
	// refuses such names.
	CompleteNames bool

	// Keys chooses the keys. Default: [RandomKeys].
	Keys KeyGenerator

	// SHA256 computes each file's digest into [File.SHA256]. It costs more CPU
	// time than all other checks together. Default: off.
	SHA256 bool

	// CrossOrigin refuses browsers that send a form from a page of another
	// origin (CSRF): a multipart form needs no preflight. Default: a new
	// http.CrossOriginProtection, which trusts no other origin. Pass one with
	// AddTrustedOrigin for the origins of your own front ends; see the package
	// documentation for what needs that.
	CrossOrigin *http.CrossOriginProtection

	// StallTimeout cuts a client that sends no byte for so long, and is the
	// window over which MinRate is measured. Its clock runs only while we wait
	// for the client. Default: 30 s.
	StallTimeout time.Duration

	// MinRate cuts a client that sends fewer bytes a second over a whole
	// StallTimeout of waiting for it. Default: 512.
	MinRate int64

	// CheckTimeout is the longest time of one call of a validator, an observer
	// or a key generator. Default: 30 s.
	CheckTimeout time.Duration

	// CommitTimeout is the longest time for publishing all files of a request
	// once they are accepted. Default: 2 min.
	CommitTimeout time.Duration

	// CleanupTimeout is the longest time for removing the files of a request
	// again, retries included; a storage may finish a call it has begun.
	// Default: 1 min.
	CleanupTimeout time.Duration

	// MaxConcurrent is how many requests are received and committed at once;
	// each holds about 100 KiB besides what the storage holds. A request has its
	// place until its files are published or removed: a Tx that is neither
	// committed nor rolled back keeps it. No subject takes more than half of the
	// places. Default: 256.
	MaxConcurrent int

	// MaxWait is how long an upload may wait for one of those places and for
	// the storage's memory, together, before it is refused with [CodeBusy]. On
	// HTTP/2 uploads never wait, since unread streams block their connection.
	// Subjects are served by turns. 4,096 wait at most, and half as many of one
	// subject or of all anonymous callers; others are refused at once.
	// Default: 30 s.
	MaxWait time.Duration

	// Limiter bounds how much one caller sends. Packages limit and redislimit
	// have one. Default: none; each request is bounded by the other options.
	Limiter Limiter

	// Respond writes the answers. Default: [JSON].
	Respond Responder

	// Text puts a refusal into words for the person who sent r, as in the language of
	// its Accept-Language: by Code and Params, which docs/errors.md lists. E has the
	// host's Reason if there is one; it and r must not be changed. "" is
	// [Error.Text]. It is called as [Hooks] are, before each Responder; of one that
	// panics or hangs the text is [Error.Text], too. The log stays in English.
	// Default: [Error.Text].
	Text func(r *http.Request, e *Error) string

	// Logger gets one record for each [Event], with the cause: what must be
	// mended as an error, what passes by itself as a warning, the parts of
	// direct uploads and clean-ups that succeeded as debugging, all else as
	// information. Why a client was refused has at most 200 bytes there, what
	// failed on the server 8 KiB. Its handler is called as [Hooks] are: what it does, be it a
	// panic, costs a record and nothing else. Default: slog.Default().
	Logger *slog.Logger

	// Hooks are told what the log is told. Default: none.
	Hooks Hooks

	// Progress shows how far uploads are, while they come. Default: none.
	Progress *Progress
}

// New returns a Handler that stores in store what policy accepts from the
// callers that authorize accepts. None of the three may be nil; opts may be.
//
// A policy that is not a [Form], and has none, is for one file in the field "file".
//
// It fails when an option is negative or makes no sense, when policy has a type that
// [Types] does not know, and when rules contradict each other, as of two Forms.
func New(store Storage, policy Validator, authorize Authorizer, opts *Options) (*Handler, error) {
	if store == nil || policy == nil || authorize == nil {
		return nil, errors.New("upload: New needs a storage, a validator and an authorizer; AllowAnonymous says that anyone may upload")
	}
	h := &Handler{core: &core{store: store, authorize: authorize}}
	if opts != nil {
		h.opts = *opts
	}
	fault := h.opts.fill()
	var err error
	if h.rules, err = rulesOf(policy, 0, h.opts.MaxFileSize); err == nil {
		err = h.opts.textFault(h.rules.fields)
	}
	if err := errors.Join(fault, err); err != nil {
		return nil, err
	}
	h.report = reporter{log: h.opts.Logger, hooks: h.opts.Hooks, text: h.opts.Text}
	places := int64(h.opts.MaxConcurrent)
	h.gate = budget.New(places, max(1, places/2))
	h.looks = budget.New(lookMemory, lookMemory/2)
	h.drains = make(chan struct{}, maxDrains)
	return h, nil
}

// The limits that no option changes.
const (
	maxTextSize      = 64 << 20
	maxTextFields    = 100
	maxTextFieldSize = 64 << 10
	maxHeaderSize    = 8 << 10 // of one part
	maxDrains        = 64      // refused bodies that are read on at once; further ones are cut off
)

// fill checks o and replaces zero values by the defaults.
func (o *Options) fill() error {
	negative := false
	byDefault(&o.MaxFileSize, 5<<20, &negative)
	byDefault(&o.MaxTextSize, 256<<10, &negative)
	byDefault(&o.StallTimeout, 30*time.Second, &negative)
	byDefault(&o.MinRate, 512, &negative)
	byDefault(&o.CheckTimeout, 30*time.Second, &negative)
	byDefault(&o.CommitTimeout, 2*time.Minute, &negative)
	byDefault(&o.CleanupTimeout, time.Minute, &negative)
	byDefault(&o.MaxConcurrent, 256, &negative)
	byDefault(&o.MaxWait, 30*time.Second, &negative)
	if o.MaxFileSize > maxFileSize || o.MaxTextSize > maxTextSize {
		return fmt.Errorf("upload: a file has at most %s, and text, which is kept in memory, %s", byteSize(maxFileSize), byteSize(maxTextSize))
	}
	if negative {
		return errors.New("upload: a negative option; 0 means the default, and nothing is unlimited")
	}
	o.TextFirst = slices.Clone(o.TextFirst)
	if o.Keys == nil {
		o.Keys = RandomKeys()
	}
	if o.CrossOrigin == nil {
		o.CrossOrigin = http.NewCrossOriginProtection()
	}
	if o.Respond == nil {
		o.Respond = JSON
	}
	o.Logger = contained.Logger(o.Logger)
	return nil
}

// textFault returns what is wrong with the rules for text before files.
func (o *Options) textFault(fields Form) error {
	if len(o.TextFirst) > maxTextFields {
		return fmt.Errorf("upload: TextFirst has more than %d fields", maxTextFields)
	}
	if o.CheckForm != nil && len(o.TextFirst) == 0 {
		return errors.New("upload: CheckForm sees the fields of TextFirst, and there are none")
	}
	for _, name := range o.TextFirst {
		if _, isFile := fields[name]; isFile || name == "" {
			return fmt.Errorf("upload: TextFirst names %q, which is no field of text", name)
		}
	}
	return nil
}

func byDefault[T int | int64 | time.Duration](field *T, value T, negative *bool) {
	if *field == 0 {
		*field = value
	}
	*negative = *negative || *field < 0
}

// Shutdown refuses new uploads with [CodeShutdown], and lets those under way
// finish until ctx ends. Then it cuts them, which refuses them with the same
// code, waits until what they staged was removed, and returns ctx's error. Call
// it before http.Server.Shutdown, which would wait for slow uploads for ever.
//
// It does not wait for a host's handler that received files and neither commits nor rolls back for
// longer than [Options.CommitTimeout] and twice [Options.CleanupTimeout]: the error then says that
// uploads are left. It may be called more than once.
func (h *Handler) Shutdown(ctx context.Context) error {
	return h.sessions.shutdown(ctx, h.opts.CommitTimeout+2*h.opts.CleanupTimeout)
}
