// Package xmlread reads XML 1.0 with namespaces as it streams by, more strictly than the programs
// that will open it.
//
// It exists so that the judged document is the one that every reader sees. It decides the encoding
// itself, and refuses everything that two readers could read in two ways. It expands only references
// to characters and to constants of the options, and holds little:
//
//	r := xmlread.New(source, xmlread.Options{Spend: budget.Spend, Long: rule.long})
//	for {
//		token, err := r.Next()
//		switch {
//		case err == io.EOF: // the document is whole
//			return nil
//		case err != nil: // a *Fault, or an unchanged error of source or Spend
//			return err
//		}
//		switch token {
//		case xmlread.Start:
//			name := r.Name()
//			for i := range r.Attrs() {
//				a := r.Attr(i) // references are decoded, white space is normalized
//			}
//		case xmlread.End: // r.Name() is the element's; also for <a/>
//		case xmlread.Text: // r.Text() is a piece of text or CDATA, perhaps with a cut character
//		case xmlread.Instruction: // r.Text() is the target, r.Data() the rest
//		}
//	}
//
// The results of these methods are valid until the next call of Next. Comments, declarations of
// namespaces, and white space outside of the root element are read and not reported.
//
// # What is accepted
//
// The encodings are UTF-8 with or without a byte order mark, UTF-16 of either order with one, and
// declared US-ASCII, ISO-8859-1 and windows-1252. In these three, only bytes on which readers agree
// are accepted: browsers read ISO-8859-1 as windows-1252, so 0x80 to 0x9F are refused in ISO-8859-1.
// A declaration must follow the grammar of XML 1.0 [23] to its last space, agree with the byte order
// mark, and name version 1.0.
//
// Document types are refused, except those of Options.Doctypes, and so are internal subsets, except
// for the declarations of Options.Entities and Options.Fixed. Names have the characters of XML 1.0,
// fifth edition. Every prefix must be declared.
//
// # Bounds
//
// A Reader holds less than 48 KiB: names of at most [MaxName] bytes, [MaxAttributes] attributes in
// a tag, values of at most [MaxValue] bytes. A longer value goes to Options.Long piece by piece,
// and its first [MaxHead] bytes are kept. Text is never held. The other bounds are [MaxDepth],
// MaxTag, MaxOpen, MaxBindings and MaxSpaces.
//
// It takes 2 steps for a byte, 20 for a token or an attribute, and the cost of the search for a
// namespace. It calls Spend after each piece of the source is read, of 2 KiB at most.
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
	MaxBindings   = 256      // namespaces declared at one place of the document
	MaxSpaces     = 8 << 10  // bytes of these, with their prefixes
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
	Truncated               // it ends before its root element does
	Trailing                // something follows its root element
	Unsupported             // an encoding, a version or a character on which readers disagree
	Complex                 // it is longer, deeper or more than is accepted
	Doctype                 // it has a document type that is not accepted
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

// fault has no line. The Reader adds it.
func fault(kind Kind, detail string) *Fault { return &Fault{Kind: kind, Detail: detail} }

// Options are the items that a Reader accepts in addition to elements and text. The zero value
// accepts no more, and has no limit of work.
type Options struct {
	// Spend is called after each piece of the source is read, with the steps for that and those
	// since the last call. An error ends the document.
	Spend func(steps int) error

	// Long judges values of more than MaxValue bytes piece by piece, decoded and in whole
	// characters. last reports the end of the value. name is as written, with its prefix. An error
	// ends the document. Without Long such values are refused.
	Long func(name, piece []byte, last bool) error

	// Doctypes are the accepted document types.
	Doctypes []DocumentType

	// Entities are those that a document type of Doctypes may declare in its internal subset, with
	// exactly that text. Values of attributes may then use them: in one tag, those that do have
	// MaxValue bytes together at most. The texts must be plain: no "<", "&" or white space except
	// single spaces.
	Entities map[string]string

	// Fixed has prefixes with their namespaces, which a document type of Doctypes may fix in its
	// internal subset, as <!ATTLIST svg xmlns:xlink CDATA #FIXED "http://www.w3.org/1999/xlink">
	// does. The document may then declare such a prefix with that namespace only, so it makes no
	// difference whether a reader reads the subset.
	Fixed map[string]string

	// Characters returns the entities that the external subset of a document type of Doctypes
	// declares, each for one character. A reference must be at least as long as its character is in
	// UTF-8. The subset is not read.
	Characters func(DocumentType) map[string]rune
}

// DocumentType is the content of a document type declaration, without its internal subset.
type DocumentType struct{ Name, Public, System string }

// Name is an expanded name: a namespace and a local name, or no namespace.
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
