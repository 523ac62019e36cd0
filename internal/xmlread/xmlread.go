// Package xmlread reads a stream of XML 1.0 with namespaces, more strictly than the programs that
// will open it.
//
// It exists so that the judged document is the one that every reader sees. It decides the encoding
// itself, and refuses encodings and document types on which readers disagree. It expands only
// references to characters, the predefined entities and constants of the options, and holds little:
//
//	r := xmlread.New(source, xmlread.Options{Spend: budget.Spend, Long: rule.long})
//	for {
//		token, err := r.Next()
//		switch {
//		case err == io.EOF: // the document is whole
//			return nil
//		case err != nil: // a *Fault, or an unchanged error of source, Spend or Long
//			return err
//		}
//		switch token {
//		case xmlread.Start:
//			name := r.Name()
//			for i := range r.Attrs() {
//				a := r.Attr(i) // references are decoded, white space is normalised
//			}
//		case xmlread.End: // r.Name() is the element's; also for <a/>
//		case xmlread.Text: // r.Text() is a piece of text or CDATA, perhaps with a cut character
//		case xmlread.Instruction: // r.Text() is the target, r.Data() the rest
//		}
//	}
//
// The results of these methods are valid until the next call of Next. The XML declaration, the
// document type, comments, declarations of namespaces, and white space outside of the root element
// are read and not reported.
//
// # What is accepted
//
// The encodings are UTF-8 with or without a byte order mark, UTF-16 of either order with one, and
// declared US-ASCII, ISO-8859-1 and windows-1252. In these three, only bytes on which readers agree
// are accepted: browsers read ISO-8859-1 as windows-1252, so 0x80 to 0x9F are refused in
// ISO-8859-1. A declaration must follow the grammar of XML 1.0 [23] exactly, agree with the byte
// order mark, and name version 1.0.
//
// Document types are refused, except those of Options.Doctypes, and so are internal subsets, except
// for the declarations of Options.Entities and Options.Fixed. Names have the characters of XML 1.0,
// fifth edition. Every prefix other than xml must be declared.
//
// # Bounds
//
// A Reader holds less than 48 KiB: names of at most [MaxName] bytes, [MaxAttributes] attributes in
// a tag, values of at most [MaxValue] bytes. A longer value goes to Options.Long piece by piece,
// and its first [MaxHead] bytes are kept. Text is reported in pieces. The other bounds are
// [MaxData], [MaxDepth], MaxTag, MaxOpen, MaxBindings and MaxSpaces.
//
// It takes 2 steps for a byte, 20 for a token, an attribute or a declaration, and more for the
// searches for namespaces and for equal attributes. It calls Spend after each piece of the source
// is read.
//
// A Reader is for one goroutine.
package xmlread

import "fmt"

// Bounds of the memory, and so of accepted documents.
const (
	MaxName       = 256      // bytes of a name, including its prefix
	MaxAttributes = 256      // of a tag, including declarations of namespaces
	MaxValue      = 4 << 10  // bytes of a held value, as written
	MaxHead       = 100      // bytes that are kept of a longer one, decoded
	MaxData       = 1 << 10  // bytes that are kept of the data of a processing instruction
	MaxDepth      = 128      // of elements
	MaxTag        = 18 << 10 // bytes of a tag before its last attribute, without values that are not held
	MaxOpen       = 8 << 10  // bytes of the names of all open elements
	MaxBindings   = 256      // declarations of namespaces in scope
	MaxSpaces     = 8 << 10  // bytes of these namespaces and their prefixes
)

// The cost of reading in steps of about a nanosecond.
const (
	byteSteps  = 2
	tokenSteps = 20
)

// Kind is the kind of a fault.
type Kind uint8

// The kinds of faults.
const (
	Damaged     Kind = iota // it is not well-formed
	Truncated               // it ends too early
	Trailing                // something follows its root element
	Unsupported             // an encoding, a version or a character on which readers disagree
	Complex                 // it exceeds a bound
	Doctype                 // it has a document type that is not accepted, or contradicts its own
)

// Fault is the reason for refusing a document. Detail consists of constants, never of the
// document's content.
type Fault struct {
	Kind   Kind
	Detail string
	Line   int // where it was found, from 1; in a value of several lines, any of these
}

// Error returns the detail and the line.
func (f *Fault) Error() string { return fmt.Sprintf("xmlread: %s in line %d", f.Detail, f.Line) }

// fault returns a Fault without a line. The Reader adds the line.
func fault(kind Kind, detail string) *Fault { return &Fault{Kind: kind, Detail: detail} }

// Options extend what a Reader accepts, and limit its work. The zero value accepts no document
// types and no values of more than MaxValue bytes, and has no limit of work.
type Options struct {
	// Spend is called after each piece of the source is read, with the steps for that and those
	// since the last call. An error ends the reading.
	Spend func(steps int) error

	// Long judges values of more than MaxValue bytes piece by piece, decoded and in whole
	// characters. last reports the end of the value. name is as written, with its prefix. An error
	// ends the reading. Without Long such values are refused.
	Long func(name, piece []byte, last bool) error

	// Doctypes are the accepted document types. One with a system identifier only (SYSTEM) is
	// always refused.
	Doctypes []DocumentType

	// Entities are those that a document type of Doctypes may declare in its internal subset, with
	// exactly that text. Values of attributes of at most MaxValue bytes may then use them. The
	// values of a tag that use them have at most MaxValue bytes together, expanded. The texts must
	// be plain: no "<", "&" or white space except single spaces.
	Entities map[string]string

	// Fixed has prefixes with their namespaces, which a document type of Doctypes may fix in its
	// internal subset, as <!ATTLIST svg xmlns:xlink CDATA #FIXED "http://www.w3.org/1999/xlink">
	// does. The document may then declare each prefix of Fixed with its namespace only, so prefixes
	// mean the same to readers that read the subset and to those that do not.
	Fixed map[string]string

	// Characters returns the entities that the external subset of a document type of Doctypes
	// declares, each for one character. A reference must be at least as long as its character is in
	// UTF-8. The subset is not read.
	Characters func(DocumentType) map[string]rune
}

// DocumentType is the content of a document type declaration, without its internal subset.
type DocumentType struct{ Name, Public, System string }

// Name is an expanded name. Space is empty if the name has no namespace.
type Name struct{ Space, Local []byte }

// Attr is an attribute. If it is Long, Value is the beginning of its value, of MaxHead bytes, and
// Options.Long has received all of it.
type Attr struct {
	Name
	Value []byte
	Long  bool
}

// Token is the kind of the item that Next read.
type Token uint8

// The tokens.
const (
	Start       Token = iota + 1 // the start tag of an element
	End                          // the end of an element
	Text                         // a piece of text within an element
	Instruction                  // a processing instruction
)
