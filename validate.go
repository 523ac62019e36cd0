package upload

import (
	"context"
	"io"
	"net/url"
	"slices"
)

// Incoming is a file that is being received, as validators and key generators
// see it. They must not modify it; they may keep it.
type Incoming struct {
	Field       string // the form field
	Name        string // the client's file name: base name, cleaned, never empty. Data, no path.
	ClaimedType string // the Content-Type that the client claimed: believe nothing of it
	Type        string // the media type detected from Head, without parameters
	Head        []byte // the first 4,096 bytes, or all of a shorter file
	Size        int64  // bytes if they are known before the file is read, else -1
	Subject     string // who uploads, from the Grant; "" for anonymous callers

	// Form has the text fields that came before the file. Those of Options.TextFirst are
	// complete; of others more may come. It is nil for direct uploads. Trust it as little
	// as any input.
	Form url.Values
}

// Validator decides whether a file is accepted. It sees the head first and
// refuses there what it can; to judge the rest it returns an [Observer].
//
// To refuse, return what [Reject] makes, whose reason reaches the client. Any
// other error says that the file could not be judged: it is refused with
// [CodeCheckFailed]. So do panics, and calls that last longer than
// [Options.CheckTimeout].
//
// Validate is called concurrently for different files. ctx ends with the
// request.
type Validator interface {
	Validate(ctx context.Context, in *Incoming) (Observer, error)
}

// Observer is shown every byte of one file, in order and from its first byte
// on, in pieces of any size. An error of Write refuses the file at once. When
// all bytes were shown, Verdict decides; nil accepts. An observer that needs to
// see no more keeps answering Write with the full length.
//
// Write must neither modify nor keep the slice. If the file is refused
// elsewhere, Verdict is never called; an Observer that holds resources also
// implements io.Closer, which is called once, whatever happened.
type Observer interface {
	io.Writer
	Verdict() error
}

// ValidatorFunc is a Validator that judges by the head alone.
type ValidatorFunc func(ctx context.Context, in *Incoming) error

// Validate calls f.
func (f ValidatorFunc) Validate(ctx context.Context, in *Incoming) (Observer, error) {
	return nil, f(ctx, in)
}

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
// is accepted is enough. What the functions of this package return has it, and
// [ValidatorFunc] has not. Errors are as for Validate.
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

// rule is a Validator made of functions.
type rule struct {
	own     bool  // and none of the host's are among those it asks
	fault   error // a mistake of the program, for New
	asks    []Validator
	all     bool // of them must accept
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

// headRule is a rule that the declaration already answers as the file would.
func headRule(judge ValidatorFunc) Validator {
	return &rule{own: true, declare: judge, judge: judge.Validate}
}

// own is implemented by the validators, observers and key generators of this
// package. Ours tells that nothing in them is the host's, so that they need no
// protection from hanging and none of what they keep.
type own interface{ ours() bool }

func isOurs(v any) bool {
	o, ok := v.(own)
	return ok && o.ours()
}

// show writes p to o. An observer that takes less than it is shown has not
// seen the file.
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

// NotEmpty refuses files without a byte. [Types] does, too.
func NotEmpty() Validator {
	return headRule(func(_ context.Context, in *Incoming) error {
		if len(in.Head) == 0 && in.Size <= 0 {
			return errEmpty
		}
		return nil
	})
}

// MaxSize refuses files of more than n bytes. It is for rules that differ by type;
// those of a field have [Field.MaxSize]. The limit of the handler counts, too.
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
