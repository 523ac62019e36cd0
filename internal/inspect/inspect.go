// Package inspect reads the structure of files while they stream by.
//
// Each format has a type of its own, an io.Writer that is shown every byte in order and in pieces of any size, and whose
// Verdict at the end is nil or an *Error. How the stream is cut makes no difference. After the first fault Write returns it
// at once. Memory is constant. Zero values are ready to use, for one stream and one goroutine.
package inspect

import "fmt"

// Kind says what sort of fault an inspector found.
type Kind uint8

// The kinds of faults.
const (
	Malformed Kind = iota // the bytes are not what the format allows
	Active                // the file is well formed but holds something that runs
	TooLarge              // the file declares or unpacks to more than is accepted: pixels, frames, entries, bytes
)

// Error is the fault that made an inspector refuse a file. Its text is made of constants and numbers, never of the file's
// content, and is fit for the client.
type Error struct {
	Kind   Kind
	Reason string // such as "contains HTML markup at byte 17"
}

// Error returns the reason.
func (e *Error) Error() string { return e.Reason }

func faultAt(kind Kind, what string, offset int64) *Error {
	return &Error{Kind: kind, Reason: fmt.Sprintf("%s at byte %d", what, offset)}
}
