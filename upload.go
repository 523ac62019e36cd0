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

// Storage stores files. Package storage says what your own must do.
type Storage = storage.Storage

// Handler receives files in forms, one of [Handler.Raw] as whole bodies.
type Handler struct {
	*core
	raw *rawBody // how a file is the whole body, nil for forms
}

// rawBody has the field and the name of a file that is a whole body.
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
	drains    chan struct{}  // a slot for each refused body that is drained

	sessions sessions

	noDeadlines sync.Once
}

// Options are the settings of a [Handler]. Nil and zero are strict.
type Options struct {
	// MaxFileSize is the most bytes of one file in a field without [Field.MaxSize].
	// Default: 5 MiB. At most 50,000 GiB.
	MaxFileSize int64

	// TextFirst names text fields that must come before the first file, with all values, or the
	// form is refused with [CodeFileBeforeText].
	TextFirst []string

	// CheckForm judges the fields of TextFirst alone, before a form's first file, or at the end
	// without one. It refuses as a [Validator] does. Other uploads have no text.
	CheckForm func(ctx context.Context, text url.Values) error

	// MaxTextSize is the most bytes of all text fields, names included, kept in memory.
	// A form has at most 100, of 64 KiB each. Default: 256 KiB.
	MaxTextSize int64

	// CompleteNames adds the extension of the detected or declared type to names without one, such
	// as a canvas's "blob". Default: [Types] refuses them.
	CompleteNames bool

	// Keys chooses the keys. Default: [RandomKeys].
	Keys KeyGenerator

	// SHA256 computes [File.SHA256], which takes CPU time.
	SHA256 bool

	// Metadata is blanked by default, see [BlankMetadata].
	Metadata Metadata

	// CrossOrigin refuses uploads from pages of other origins (CSRF). Trust other front ends by
	// AddTrustedOrigin; "null" cannot be trusted. Default: all are refused.
	CrossOrigin *http.CrossOriginProtection

	// StallTimeout cuts a client that sends no byte for so long while the handler waits. Default:
	// 30 s.
	StallTimeout time.Duration

	// MinRate cuts a client that sends fewer bytes a second over a StallTimeout. Default: 512.
	MinRate int64

	// CheckTimeout limits each call of the policy, its observers, CheckForm, Keys and Limiter.
	// Default: 30 s.
	CheckTimeout time.Duration

	// CommitTimeout limits publishing a request's files. Default: 2 min. Large direct and resumable
	// uploads have more.
	CommitTimeout time.Duration

	// CleanupTimeout limits removing files, with retries. Default: 1 min.
	CleanupTimeout time.Duration

	// MaxConcurrent is how many requests are received and committed at once, each until its Tx
	// ends. One subject has at most half, at least one. Default: 256.
	MaxConcurrent int

	// MaxWait is how long an upload waits for a slot and the storage's memory, or else [CodeBusy];
	// subjects take turns. At most 4,096 wait, half of them of one subject or anonymous, none that
	// sends on HTTP/2. Default: 30 s.
	MaxWait time.Duration

	// Limiter limits how much a caller sends.
	Limiter Limiter

	// Respond writes the Handler's answers. Default: [JSON].
	Respond Responder

	// Text returns the sentence of a refusal by Code and Params or Reason; "" is that of
	// [Error.Text]. It must not change r and e, and is called as [Hooks] are. The log stays in
	// English.
	Text func(r *http.Request, e *Error) string

	// Logger gets a record for each [Event], with its cause: failures for an operator as errors,
	// passing ones as warnings, parts of uploads and successful clean-ups for debugging. Default:
	// slog.Default().
	Logger *slog.Logger

	// Hooks get each event.
	Hooks Hooks

	// Progress shows uploads under way.
	Progress *Progress
}

// New returns a Handler that stores in store what policy accepts from callers that authorize
// accepts. Only opts may be nil. A policy without a [Form] is for one file in the field "file".
//
// It fails if an option is out of range, if policy has unknown [Types], or if rules contradict each
// other, such as those of two Forms.
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
	slots := int64(h.opts.MaxConcurrent)
	h.gate = budget.New(slots, max(1, slots/2))
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
	maxDrains        = 64      // refused bodies that are drained at once
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

// textFault returns the mistake in the rules for text before files.
func (o *Options) textFault(fields Form) error {
	if len(o.TextFirst) > maxTextFields {
		return fmt.Errorf("upload: TextFirst has more than %d fields", maxTextFields)
	}
	if o.CheckForm != nil && len(o.TextFirst) == 0 {
		return errors.New("upload: CheckForm sees the fields of TextFirst, and there are none")
	}
	for _, name := range o.TextFirst {
		if _, isFile := fields[name]; isFile || name == "" {
			return fmt.Errorf("upload: TextFirst names %q, which is not a field of text", name)
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

// Shutdown refuses new uploads with [CodeShutdown] and lets those under way finish until ctx ends.
// Then it cuts them, waits for their end, and returns ctx's error. Call it before
// http.Server.Shutdown, which does not cut slow uploads.
//
// If a host's handler does not end its upload within [Options.CommitTimeout] and twice
// [Options.CleanupTimeout], the error says that uploads are left.
func (h *Handler) Shutdown(ctx context.Context) error {
	return h.sessions.shutdown(ctx, h.opts.CommitTimeout+2*h.opts.CleanupTimeout)
}
