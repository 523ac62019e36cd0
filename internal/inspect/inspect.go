// Package inspect reads the structure of files while they stream by.
//
// Each format has a type of its own, an io.Writer that is shown every byte in order and in pieces
// of any size, and whose Verdict at the end is nil or an *Error. How the stream is cut makes no
// difference. After the first fault Write returns it at once. Zero values are ready to use, for one
// stream and one goroutine.
//
// What an inspector spends and holds comes from a [Budget].
package inspect

import "fmt"

// Code says why a file is refused. The words are stable, and are those of the codes that clients
// see.
type Code string

// The codes.
const (
	CodeDamaged     Code = "damaged"             // the bytes are not what the format allows
	CodeTruncated   Code = "truncated"           // the file ends too early
	CodeTrailing    Code = "trailing_data"       // the file goes on after its end
	CodeEncrypted   Code = "encrypted"           // nobody can look inside
	CodeActive      Code = "active_content"      // something in it acts; Params say which kind
	CodeUnsupported Code = "unsupported_variant" // sound, but written in a way that is not accepted
	CodePixels      Code = "too_many_pixels"     // it declares a larger picture than is accepted
	CodeFrames      Code = "too_many_frames"     // an animation declares more frames than are accepted
	CodeBomb        Code = "bomb"                // it unpacks to more than is accepted
	CodeComplex     Code = "too_complex"         // deeper, longer, more, or more work than is looked into
	CodeEntry       Code = "entry_not_allowed"   // an entry of an archive has a type or a name that is not accepted
	CodeMismatch    Code = "type_mismatch"       // the file is of another type than its name says; of entries CodeEntry says so
	CodeBusy        Code = "busy"                // there is no room to look at the file now: not a verdict
)

// The kinds of active content, which are the value of the parameter "kind".
const (
	KindScript      = "script"
	KindAction      = "action" // acts when the file is opened or shown
	KindMacro       = "macro"
	KindProgram     = "program"
	KindObject      = "embedded_object"
	KindAttachment  = "attachment"
	KindExternal    = "external"    // loads something from elsewhere by itself
	KindLink        = "remote_link" // leads elsewhere on a click, by a kind of link that is not accepted
	KindForm        = "form"
	KindMedia       = "media"
	KindFormula     = "formula"
	KindMarkup      = "markup"
	KindDoctype     = "document_type"
	KindConnection  = "data_connection"
	KindInstruction = "processing_instruction"
)

// Params are what a sentence about a fault needs: numbers, and words of this package.
type Params map[string]any

// Error is the fault that made an inspector refuse a file.
type Error struct {
	Code   Code
	Params Params
	Offset int64 // of the byte at which it was found; -1 if the fault has no place

	// Detail is for a log, in the terms of the format. It is made of constants and numbers, never
	// of the file's content.
	Detail string
}

// Error returns the detail and the place.
func (e *Error) Error() string {
	if e.Offset < 0 {
		return e.Detail
	}
	return fmt.Sprintf("%s at byte %d", e.Detail, e.Offset)
}

func fault(code Code, detail string) *Error { return faultAt(code, detail, -1) }

func faultAt(code Code, detail string, offset int64) *Error {
	return &Error{Code: code, Detail: detail, Offset: offset}
}

// active is the fault of a file that holds something that acts.
func active(kind, detail string) *Error { return activeAt(kind, detail, -1) }

func activeAt(kind, detail string, offset int64) *Error {
	return &Error{Code: CodeActive, Params: Params{"kind": kind}, Detail: detail, Offset: offset}
}

// beyond is the fault of a file that has more of something than is accepted.
func beyond(code Code, limit int64, detail string) *Error {
	return &Error{Code: code, Params: Params{"limit": limit}, Detail: detail, Offset: -1}
}
