package inspect

import "github.com/airlock-go/upload/internal/jsontext"

// JSON checks that a stream consists of JSON values (RFC 8259), in UTF-8 or, with a byte order
// mark, in UTF-16. The zero value is ready. Memory is constant.
//
// Several values may follow each other, as in JSON Lines, with white space between them. In and
// between values it refuses what RFC 8259 does not allow, such as comments, trailing commas and
// markup outside of strings. It also refuses DEL and C1 control characters that are not escaped.
// Strings may hold any other text, including HTML, so a server must send the file as
// application/json. More than 512 nested arrays and objects are too complex. JSON does not check
// whether keys are unique, or the size of numbers. The file must have at least one value.
type JSON struct{ text Text }

// Within sets the budget to work from; see [Budget].
func (j *JSON) Within(b *Budget) { j.text.Within(b) }

// Write checks p. It returns the first fault, an *Error, at once. Later calls return it without
// looking at p.
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
