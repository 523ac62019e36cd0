package inspect

import "github.com/airlock-go/upload/internal/jsontext"

// JSON checks that a stream consists of JSON values (RFC 8259), in UTF-8 or, with a byte order
// mark, in UTF-16. The zero value is ready. Memory is constant.
//
// It refuses what no reader of JSON accepts: comments, trailing commas, markup outside of strings,
// and values that have no white space between them. Several values may follow each other, as JSON
// Lines have them. Strings may hold anything, HTML among it: whoever serves the file must say
// application/json. More than 512 arrays and objects in each other are too complex. Keys that stand
// twice and the size of numbers are not looked at.
type JSON struct{ text Text }

// Within has it work from b; see [Budget].
func (j *JSON) Within(b *Budget) { j.text.Within(b) }

// Write checks p. It returns the fault, an *Error, as soon as one is found, and from then on
// without looking at p.
func (j *JSON) Write(p []byte) (int, error) { return j.read().Write(p) }

// Verdict returns nil if all that was written is JSON, and the fault, an *Error, if not. The stream
// must have ended.
func (j *JSON) Verdict() error { return j.read().Verdict() }

func (j *JSON) read() *Text {
	if j.text.json == nil {
		j.text.json = &jsontext.Scanner{}
	}
	return &j.text
}
