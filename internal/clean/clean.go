// Package clean blanks the metadata of a file, which may tell about its owner, while the file is
// read.
//
// Each format has a cleaner, a plain function over a [walk]. It keeps metadata that is on a list,
// and blanks the rest with as many bytes, which are valid for strict readers and say nothing. So
// size, offsets and structure stay, and picture and sound stay bit for bit. No picture or sound is
// decoded.
//
// A [Reader] runs a cleaner as a coroutine within Read. Nothing is concurrent, and the cuts of the
// stream make no difference to the content, only to the number of patches.
package clean

import (
	"fmt"

	"github.com/airlock-go/upload/storage"
)

// Code is the reason for a refusal.
type Code string

// The codes.
const (
	// CodeUnclear says that the file cannot be cleaned for certain.
	CodeUnclear Code = "metadata_unclear"

	// CodeLate says that bytes that were handed on already have turned out to need blanking.
	CodeLate Code = "metadata_late"

	// CodeBusy says that memory is missing, for bytes to be held or for notes on the file. It is
	// not a verdict.
	CodeBusy Code = "busy"

	// CodePanic says that the cleaner panicked. It is not a verdict.
	CodePanic Code = "panic"
)

// Error is the fault that made a cleaner give up.
type Error struct {
	Code   Code
	Offset int64  // of the first byte that the cleaner had not looked at
	Ended  bool   // the file has ended too early
	Detail string // for a log; it consists of constants, except after a panic
}

// Error returns the detail and the offset.
func (e *Error) Error() string { return fmt.Sprintf("%s at byte %d", e.Detail, e.Offset) }

// Facts are what the structure of a file says of its picture or sound. Zero is unknown.
type Facts struct {
	Width, Height int64 // pixels, as the picture is shown, after its orientation
	Orientation   int   // by which Exif turns the stored pixels, 2 to 8
	Frames        int64
	Milliseconds  int64
}

// turn makes Width and Height those after an orientation of Exif.
func (f *Facts) turn(orientation int) {
	if orientation > 1 {
		f.Orientation = orientation
	}
	if orientation >= 5 {
		f.Width, f.Height = f.Height, f.Width
	}
}

// Patch is a span of the file that the cleaner has changed.
type Patch = storage.Patch

const (
	maxHeld    = 64 << 10    // bytes that a walk can hold back
	freeHeld   = 4 << 10     // bytes that it can hold without asking for Memory
	heldMemory = 2 * maxHeld // the held bytes as they were read, and as they are handed on
)

// Options change what a Reader does.
type Options struct {
	Keep   bool // changes nothing, refuses nothing except after a panic, and only finds the facts
	Record bool // keeps the patches

	// Memory is asked for what a walk holds beyond 4 KiB, and for what it notes beyond 4 KiB. Nil
	// gives all.
	Memory Memory

	// Late accepts that bytes turn out to need blanking after they were handed on. They are among
	// the patches then. Without it the file is refused.
	Late bool
}

// Memory is what several readers share.
type Memory interface {
	Take(bytes int64) bool
	Give(bytes int64)
}
