package s3store

import (
	"fmt"
	"slices"
	"strings"
)

// flag is a field of a Profile, with its name in code and on command lines.
type flag struct {
	name string // of the field
	word string // on command lines
	of   func(*Profile) *bool
}

var (
	flagPut      = flag{"InsecureUnconditionalPut", "conditional-put", func(p *Profile) *bool { return &p.InsecureUnconditionalPut }}
	flagComplete = flag{"InsecureUnconditionalComplete", "conditional-complete", func(p *Profile) *bool { return &p.InsecureUnconditionalComplete }}
	flagSums     = flag{"ChecksumsWhenRequired", "checksums", func(p *Profile) *bool { return &p.ChecksumsWhenRequired }}
	flagForms    = flag{"NoForms", "forms", func(p *Profile) *bool { return &p.NoForms }}
	flagLengths  = flag{"NoSignedLengths", "signed-lengths", func(p *Profile) *bool { return &p.NoSignedLengths }}
	flagHeaders  = flag{"NoSignedHeaders", "signed-headers", func(p *Profile) *bool { return &p.NoSignedHeaders }}
	flagQuery    = flag{"HeadersFromQuery", "strict-headers", func(p *Profile) *bool { return &p.HeadersFromQuery }}
	flagGuard    = flag{"InsecureNoCopyGuard", "copy-guard", func(p *Profile) *bool { return &p.InsecureNoCopyGuard }}
	flagDigests  = flag{"NoCopyDigests", "copy-digests", func(p *Profile) *bool { return &p.NoCopyDigests }}
	flagPins     = flag{"NoPinnedCopies", "pinned-copies", func(p *Profile) *bool { return &p.NoPinnedCopies }}
)

// flags are all fields of a Profile, in its order.
var flags = []flag{flagPut, flagComplete, flagSums, flagForms, flagLengths, flagHeaders, flagQuery, flagGuard, flagDigests, flagPins}

func (f flag) in(p Profile) bool { return f.of != nil && *f.of(&p) }

// Lack sets the fields that words name, and keeps those that are set. The words are those of
// [Profile.Lacks]; any other is an error that lists them.
func (p *Profile) Lack(words ...string) error {
	for _, word := range words {
		i := slices.IndexFunc(flags, func(f flag) bool { return f.word == word })
		if i < 0 {
			return fmt.Errorf("s3store: %q is none of %s", word, strings.Join(Lackable(), ", "))
		}
		*flags[i].of(p) = true
	}
	return nil
}

// Lacks returns a word for each field that is set, for command lines.
func (p Profile) Lacks() []string {
	var words []string
	for _, f := range flags {
		if f.in(p) {
			words = append(words, f.word)
		}
	}
	return words
}

// Lackable returns all words that [Profile.Lack] accepts.
func Lackable() []string {
	words := make([]string, len(flags))
	for i, f := range flags {
		words[i] = f.word
	}
	return words
}

// GoString returns the profile as Go source, for the verb %#v of fmt.
func (p Profile) GoString() string {
	var set []string
	for _, f := range flags {
		if f.in(p) {
			set = append(set, f.name+": true")
		}
	}
	return "s3store.Profile{" + strings.Join(set, ", ") + "}"
}
