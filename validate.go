package upload

import (
	"context"
	"io"
	"maps"
	"net/url"
	"slices"
	"time"

	"github.com/airlock-go/upload/internal/clean"
	"github.com/airlock-go/upload/internal/inspect"
)

// Incoming is a file to be stored, or only declared, see [DeclarationValidator]. Validators and key
// generators may keep it, but not modify it.
type Incoming struct {
	Field       string // the form field
	Name        string // the client's file name, cleaned, never empty: data, not a path
	ClaimedType string // by the client: do not believe it
	Type        string // detected from Head and Name, without parameters
	Head        []byte // the first 4,096 bytes, or all of a shorter file
	Size        int64  // in bytes, -1 if unknown
	Subject     string // of the Grant

	// Form has the client's text fields before the file: all of Options.TextFirst, but perhaps not
	// all others.
	Form url.Values

	cleaner *clean.Reader   // nil: no facts are known
	scanned inspect.Scanned // of the piece at hand; only where no call can hang in an observer
}

// Facts returns what is known: nothing in Validate, all in [Observer.Verdict].
func (in *Incoming) Facts() Facts {
	if in.cleaner == nil {
		return Facts{}
	}
	f := in.cleaner.Facts()
	return Facts{
		Width: f.Width, Height: f.Height, Frames: f.Frames, Orientation: f.Orientation,
		Duration: (time.Duration(f.Milliseconds) * time.Millisecond).Seconds(), Cleaned: in.cleaner.Changed(),
	}
}

// Validator decides whether a file is accepted. It sees the head and refuses what it can; to judge
// the rest it returns an [Observer]. It is called concurrently for different files. ctx ends with
// the request, for a [Resumer] later.
//
// To refuse, return an [*Error], as of [Reject], whose reason the client reads. Any other error, a
// panic, and a call longer than [Options.CheckTimeout] refuse the file with [CodeCheckFailed].
type Validator interface {
	Validate(ctx context.Context, in *Incoming) (Observer, error)
}

// Observer sees every byte of one file, in order, in pieces of any size. Errors refuse like
// Validate's, those of Write at once. Verdict decides after the last byte, unless the file was
// refused before; nil accepts.
//
// Write must neither modify nor keep p, and returns len(p) or an error. An Observer with resources
// also implements io.Closer, which is called once.
type Observer interface {
	io.Writer
	Verdict() error
}

// ValidatorFunc is a Validator without an Observer.
type ValidatorFunc func(ctx context.Context, in *Incoming) error

// Validate calls f.
func (f ValidatorFunc) Validate(ctx context.Context, in *Incoming) (Observer, error) {
	return nil, f(ctx, in)
}

// Declaration is a client's description of a file.
type Declaration struct {
	Field  string `json:"field"`
	Name   string `json:"name"`             // the client's file name
	Type   string `json:"type"`             // counts only without a known extension
	Size   int64  `json:"size"`             // bytes, exactly
	SHA256 string `json:"sha256,omitempty"` // hexadecimal; Confirm then checks it
}

// DeclarationValidator is a [Validator] that can also refuse a declared file before it is sent.
// Then in.Head is empty and in.Size is declared. ValidateDeclaration is called for each type of the
// extension, else the claimed one, until one is accepted. All validators of this package implement
// it, except [ValidatorFunc].
type DeclarationValidator interface {
	Validator
	ValidateDeclaration(ctx context.Context, in *Incoming) error
}

// declare judges a declaration by v. It accepts all if v cannot judge declarations.
func declare(ctx context.Context, v Validator, in *Incoming) error {
	if d, ok := v.(DeclarationValidator); ok {
		return d.ValidateDeclaration(ctx, in)
	}
	return nil
}

// rule is a Validator made of functions.
type rule struct {
	own     bool     // no validator of the host's is among asks
	fault   error    // a mistake of the host's program
	types   []string // those that it may accept; nil: unknown
	asks    []Validator
	all     bool // each of asks must accept
	motion  bool // motion photos may be accepted
	judge   func(context.Context, *Incoming) (Observer, error)
	declare func(context.Context, *Incoming) error
}

func (v *rule) ours() bool { return v.own }

func allOurs(validators []Validator) bool {
	return !slices.ContainsFunc(validators, func(v Validator) bool { return !isOurs(v) })
}

func (v *rule) Validate(ctx context.Context, in *Incoming) (Observer, error) {
	if v.fault != nil { // where a host asks a validator that no handler has seen
		return nil, internal(v.fault)
	}
	return v.judge(ctx, in)
}

func (v *rule) ValidateDeclaration(ctx context.Context, in *Incoming) error {
	if v.fault != nil {
		return internal(v.fault)
	}
	return v.declare(ctx, in)
}

// headRule returns a rule that judges a declaration as it judges a head.
func headRule(judge ValidatorFunc) Validator {
	return &rule{own: true, declare: judge, judge: judge.Validate}
}

// own is implemented by validators, observers and key generators of this package. ours reports that
// a value has none of the host's code in it, and never waits. Such a value needs no protection
// against hanging, and may see shared buffers.
type own interface{ ours() bool }

func isOurs(v any) bool {
	o, ok := v.(own)
	return ok && o.ours()
}

// show writes p to o. An observer that takes less than it is shown has not seen the file.
func show(o Observer, p []byte) error {
	n, err := o.Write(p)
	if err == nil && n != len(p) {
		err = io.ErrShortWrite
	}
	return err
}

func closeObserver(o Observer) error {
	if c, ok := o.(io.Closer); ok {
		return c.Close()
	}
	return nil
}

// NotEmpty refuses empty files, as [Types] does.
func NotEmpty() Validator {
	return headRule(func(_ context.Context, in *Incoming) error {
		if len(in.Head) == 0 && in.Size <= 0 {
			return errEmpty
		}
		return nil
	})
}

// MaxSize refuses files of more than n bytes.
func MaxSize(n int64) Validator {
	fits := func(_ context.Context, in *Incoming) error {
		if max(in.Size, int64(len(in.Head))) > n {
			return tooLarge(n, in.Size)
		}
		return nil
	}
	return &rule{own: true, declare: fits, judge: func(ctx context.Context, in *Incoming) (Observer, error) {
		if err := fits(ctx, in); err != nil {
			return nil, err
		}
		return &sizeObserver{max: n}, nil
	}}
}

type sizeObserver struct{ n, max int64 }

func (o *sizeObserver) Write(p []byte) (int, error) {
	if o.n += int64(len(p)); o.n > o.max {
		return 0, tooLarge(o.max, -1)
	}
	return len(p), nil
}

func (o *sizeObserver) Verdict() error { return nil }

func (o *sizeObserver) ours() bool { return true }

// leastPixels returns a validator that refuses pictures narrower than width or lower than height.
// An unknown size counts as 0.
func leastPixels(width, height int) Validator {
	return &rule{
		own:     true,
		declare: func(context.Context, *Incoming) error { return nil },
		judge: func(_ context.Context, in *Incoming) (Observer, error) {
			return &pixelObserver{in, int64(width), int64(height)}, nil
		},
	}
}

// pixelObserver judges the size of a picture at its end.
type pixelObserver struct {
	in            *Incoming
	width, height int64
}

func (o *pixelObserver) ours() bool { return true }

func (o *pixelObserver) Write(p []byte) (int, error) { return len(p), nil }

func (o *pixelObserver) Verdict() error {
	f := o.in.Facts()
	if f.Width >= o.width && f.Height >= o.height {
		return nil
	}
	params := map[string]any{"width": f.Width, "height": f.Height, "min_width": o.width, "min_height": o.height}
	maps.DeleteFunc(params, func(_ string, v any) bool { return v == int64(0) })
	return &Error{Code: CodeTooFewPixels, Params: params}
}
