package s3bucket

import (
	"strings"

	"github.com/airlock-go/upload/s3store"
)

// flag is a field of a profile.
type flag struct {
	field string
	of    func(*s3store.Profile) *bool
}

var (
	flagPut      = flag{"InsecureUnconditionalPut", func(p *s3store.Profile) *bool { return &p.InsecureUnconditionalPut }}
	flagComplete = flag{"InsecureUnconditionalComplete", func(p *s3store.Profile) *bool { return &p.InsecureUnconditionalComplete }}
	flagSums     = flag{"ChecksumsWhenRequired", func(p *s3store.Profile) *bool { return &p.ChecksumsWhenRequired }}
	flagForms    = flag{"NoForms", func(p *s3store.Profile) *bool { return &p.NoForms }}
	flagLengths  = flag{"NoSignedLengths", func(p *s3store.Profile) *bool { return &p.NoSignedLengths }}
	flagHeaders  = flag{"NoSignedHeaders", func(p *s3store.Profile) *bool { return &p.NoSignedHeaders }}
	flagQuery    = flag{"HeadersFromQuery", func(p *s3store.Profile) *bool { return &p.HeadersFromQuery }}
	flagGuard    = flag{"InsecureNoCopyGuard", func(p *s3store.Profile) *bool { return &p.InsecureNoCopyGuard }}
	flagDigests  = flag{"NoCopyDigests", func(p *s3store.Profile) *bool { return &p.NoCopyDigests }}
	flagPins     = flag{"NoPinnedCopies", func(p *s3store.Profile) *bool { return &p.NoPinnedCopies }}
)

// in reports whether a profile sets the flag.
func (f flag) in(p s3store.Profile) bool { return f.of != nil && *f.of(&p) }

// say returns the advice to set the flag.
func (f flag) say() string { return "say " + f.field + " in the profile" }

// missing returns the fields that need has and given lacks, except those that the other fields of
// given make irrelevant. Fields about signed PUTs and parts do not matter if none are signed. A file
// that Promote reads itself needs no digest from the service.
func missing(given, need s3store.Profile) []string {
	matter := []flag{flagPut, flagComplete, flagSums, flagForms}
	if _, part, _ := given.Signs(); part {
		matter = append(matter, flagLengths, flagHeaders, flagQuery, flagGuard)
	}
	if !given.NoPinnedCopies {
		matter = append(matter, flagDigests)
	}
	var fields []string
	for _, f := range append(matter, flagPins) {
		if f.in(need) && !f.in(given) {
			fields = append(fields, f.field)
		}
	}
	return fields
}

// listed joins fields for a sentence.
func listed(fields []string) string { return strings.Join(fields, " and ") }
