package upload

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/airlock-go/upload/internal/filename"
	"github.com/airlock-go/upload/internal/worker"
)

// HeadSize is how many bytes of a file its type is detected from: the whole
// file if it is shorter.
const HeadSize = 4096

// Incoming is a file that is being received, as validators and key generators
// see it. They must not modify it; they may keep it.
type Incoming struct {
	Field       string     // the form field
	Name        string     // the client's file name: base name, cleaned, never empty. Data, no path.
	ClaimedType string     // the Content-Type that the client claimed: believe nothing of it
	Type        string     // the media type detected from Head, without parameters
	Head        []byte     // the first HeadSize bytes, or all of a shorter file
	Size        int64      // bytes if they are known before the file is read, else -1
	Subject     string     // who uploads, from the Grant; "" for anonymous callers
	Form        url.Values // the text fields that came before the file; trust them as little as any input
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

// All accepts what every one of the validators accepts, asked in order. With
// no validator it accepts nothing.
func All(validators ...Validator) Validator {
	validators = slices.Clone(validators)
	return &rule{own: allOurs(validators), declare: declareAll(validators), judge: func(ctx context.Context, in *Incoming) (Observer, error) {
		if len(validators) == 0 {
			return nil, Reject(CodeTypeNotAllowed, "no files are accepted")
		}
		var all observers
		given := false
		defer func() {
			if !given { // refused, or a validator panicked
				_ = all.Close()
			}
		}()
		for _, v := range validators {
			o, err := v.Validate(ctx, in)
			if o != nil { // even beside an error, since it is to be closed
				all = append(all, o)
			}
			if err != nil {
				return nil, err
			}
		}
		given = true
		return all.orNil(), nil
	}}
}

// Any accepts what at least one of the validators accepts. When all refuse, the
// answer is that of the first for which the type was not the reason, else that
// of the last. With no validator it accepts nothing.
func Any(validators ...Validator) Validator {
	validators = slices.Clone(validators)
	return &rule{own: allOurs(validators), declare: declareAny(validators), judge: func(ctx context.Context, in *Incoming) (Observer, error) {
		err := Reject(CodeTypeNotAllowed, "no files are accepted")
		var open alternatives
		given := false
		defer func() {
			if !given { // not needed any more, or a validator panicked
				_ = open.Close()
			}
		}()
		for _, v := range validators {
			o, e := v.Validate(ctx, in)
			switch {
			case e != nil:
				_ = worker.Contain(func() error { return closeObserver(o) })
				if errors.Is(err, CodeTypeNotAllowed) {
					err = e
				}
			case o == nil: // accepted for good
				return nil, nil
			default:
				open.add(o)
			}
		}
		if len(open.observers) == 0 {
			return nil, err
		}
		given = true
		return &open, nil
	}}
}

// ForField chooses the validator by the form field. A field that is not listed
// accepts nothing.
func ForField(fields map[string]Validator) Validator {
	return choose(fields, func(in *Incoming) (string, error) {
		return in.Field, Reject(CodeUnexpectedField, fmt.Sprintf("no file is accepted in the field %q", filename.Brief(in.Field)))
	})
}

// ForType chooses the validator by the detected type. A type that is not
// listed is refused.
func ForType(types map[string]Validator) Validator {
	return choose(types, func(in *Incoming) (string, error) { return in.Type, typeNotAllowed(in.Type) })
}

func choose(from map[string]Validator, by func(*Incoming) (key string, missing error)) Validator {
	from = maps.Clone(from)
	return &rule{
		own: allOurs(slices.Collect(maps.Values(from))),
		judge: func(ctx context.Context, in *Incoming) (Observer, error) {
			key, missing := by(in)
			if v := from[key]; v != nil {
				return v.Validate(ctx, in)
			}
			return nil, missing
		},
		declare: func(ctx context.Context, in *Incoming) error {
			key, missing := by(in)
			if v := from[key]; v != nil {
				return declare(ctx, v, in)
			}
			return missing
		},
	}
}

// Extensions accepts names whose last extension is one of those given, with
// the dot and in any case: ".png". It says nothing about the content; [Types]
// ties both together.
func Extensions(extensions ...string) Validator {
	allowed := make([]string, len(extensions))
	for i, e := range extensions {
		allowed[i] = strings.ToLower(e)
	}
	return headRule(func(_ context.Context, in *Incoming) error {
		if slices.Contains(allowed, filename.Ext(in.Name)) {
			return nil
		}
		return Reject(CodeTypeNotAllowed, "accepted are files named "+strings.Join(allowed, ", "))
	})
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

var errEmpty = Reject(CodeEmpty, "the file is empty")

// MaxSize refuses files of more than n bytes. It is for rules that differ by
// field or type; the limit of all files is [Options.MaxFileSize], which is
// enforced besides.
func MaxSize(n int64) Validator {
	fits := func(_ context.Context, in *Incoming) error {
		if max(in.Size, int64(len(in.Head))) > n {
			return tooLarge(n)
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
		return 0, tooLarge(o.max)
	}
	return len(p), nil
}

func (o *sizeObserver) Verdict() error { return nil }

func (o *sizeObserver) ours() bool { return true }

func tooLarge(limit int64) error {
	return Reject(CodeTooLarge, "the file is larger than "+byteSize(limit))
}

// byteSize writes limits as people do: "5 MiB", or "1000 bytes" when no unit
// fits exactly.
func byteSize(n int64) string {
	for i, unit := range []string{"GiB", "MiB", "KiB"} {
		if size := int64(1) << (30 - 10*i); n >= size && n%size == 0 {
			return fmt.Sprintf("%d %s", n/size, unit)
		}
	}
	return fmt.Sprintf("%d bytes", n)
}

func typeNotAllowed(t string) error {
	return Reject(CodeTypeNotAllowed, "files of type "+t+" are not accepted")
}

// rule is a Validator made of functions.
type rule struct {
	own     bool // and none of the host's are among those it asks
	judge   func(context.Context, *Incoming) (Observer, error)
	declare func(context.Context, *Incoming) error
}

func (v *rule) ours() bool { return v.own }

func allOurs(validators []Validator) bool {
	return !slices.ContainsFunc(validators, func(v Validator) bool { return !isOurs(v) })
}

func (v *rule) Validate(ctx context.Context, in *Incoming) (Observer, error) {
	return v.judge(ctx, in)
}

func (v *rule) ValidateDeclaration(ctx context.Context, in *Incoming) error {
	return v.declare(ctx, in)
}

// headRule is a rule that the declaration already answers as the file would.
func headRule(judge ValidatorFunc) Validator {
	return &rule{own: true, declare: judge, judge: judge.Validate}
}
