// Package inspect reads the structure of files while they stream by.
//
// Each format has its own type, an io.Writer that receives every byte in order, in pieces of any
// size. Its Verdict at the end is nil or an *Error. After the first fault, each Write returns it at
// once. The zero value is ready to use, unless the type has a field that must be set. An inspector
// is for one stream, and not safe for concurrent use.
//
// The cuts of the stream make no difference, except for the budget and for the offset of some
// faults of JSON. An inspector spends steps and holds memory from a [Budget], and gets more steps
// with every byte that arrives. When the context or the time of the budget ends, Write and Verdict
// return the context's cause or [ErrTimeout] instead of an *Error.
package inspect

import "fmt"

// Code is the reason for a refusal. The words are stable, and are those of the codes that clients
// see.
type Code string

// The codes.
const (
	CodeDamaged     Code = "damaged"             // the bytes are not valid in the format
	CodeTruncated   Code = "truncated"           // the file ends too early
	CodeTrailing    Code = "trailing_data"       // the file goes on after its end
	CodeEncrypted   Code = "encrypted"           // it is encrypted, so it cannot be inspected
	CodeActive      Code = "active_content"      // something in it acts; Params give the kind
	CodeUnsupported Code = "unsupported_variant" // in a form that is not accepted, even if it is valid
	CodePixels      Code = "too_many_pixels"     // a picture, or all frames together, are larger than is accepted
	CodeFrames      Code = "too_many_frames"     // an animation has more frames than are accepted
	CodeBomb        Code = "bomb"                // it unpacks to more than is accepted
	CodeComplex     Code = "too_complex"         // deeper, longer, more in number, or more work than is inspected
	CodeEntry       Code = "entry_not_allowed"   // an entry of an archive is not accepted; Params give the kind
	CodeMismatch    Code = "type_mismatch"       // the file, or a part of a book, has another type than its name suggests
	CodeBusy        Code = "busy"                // the shared memory is in use by other files: not a verdict
)

// The kinds of active content, which are the values of the parameter "kind".
const (
	KindScript      = "script"
	KindAction      = "action" // acts by itself, or on a click and is not known to be harmless
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

// KindEncoding is the kind of a [CodeUnsupported] text: neither UTF-8 nor what the format allows
// besides it.
const KindEncoding = "encoding"

// The kinds of entries that are not accepted, which are the values of the parameter "kind" with
// [CodeEntry].
const (
	EntryType      = "type"
	EntryArchive   = "archive"
	EntryMismatch  = "mismatch" // its name and its content disagree
	EntryLink      = "link"     // a link, a device, or a program that runs as another user
	EntryName      = "name"
	EntryDuplicate = "duplicate"
)

// Params hold the numbers and words of this package that a sentence about a fault needs.
type Params map[string]any

// Error is the fault that made an inspector refuse a file.
type Error struct {
	Code   Code
	Params Params
	Offset int64 // where in the file it was found, about; -1 if the fault has no offset

	// Detail is for a log, in the terms of the format. It consists of constants and numbers, and
	// never of text from the file.
	Detail string
}

// Error returns the detail and the offset.
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

// active returns the fault of a file with something that acts.
func active(kind, detail string) *Error { return activeAt(kind, detail, -1) }

func activeAt(kind, detail string, offset int64) *Error {
	return &Error{Code: CodeActive, Params: Params{"kind": kind}, Detail: detail, Offset: offset}
}

// entry returns the fault of an archive that has an entry which is not accepted.
func entry(kind, detail string) *Error {
	return &Error{Code: CodeEntry, Params: Params{"kind": kind}, Detail: detail, Offset: -1}
}

// beyond returns the fault of a file that has more of something than is accepted.
func beyond(code Code, limit int64, detail string) *Error {
	return &Error{Code: code, Params: Params{"limit": limit}, Detail: detail, Offset: -1}
}
