// Package xmlread reads XML 1.0 with namespaces as it streams by, more strictly than the programs
// that will open it.
//
// It exists so that a document is judged by what every reader sees. It decides the encoding itself,
// takes nothing that two readers could read in two ways, expands nothing but references to
// characters and to constants of the options, and holds little:
//
//	r := xmlread.New(source, xmlread.Options{Spend: budget.Spend, Long: rule.long})
//	for {
//		token, err := r.Next()
//		switch {
//		case err == io.EOF: // the document is whole
//			return nil
//		case err != nil: // a *Fault, or an error of source or Spend as it is
//			return err
//		}
//		switch token {
//		case xmlread.Start:
//			name := r.Name()
//			for i := range r.Attrs() {
//				a := r.Attr(i) // references are decoded, white space is normalized
//			}
//		case xmlread.End: // r.Name() is the element's; also for <a/>
//		case xmlread.Text: // r.Text() is a piece of text or CDATA, of whole characters
//		case xmlread.Instruction: // r.Text() is the target
//		}
//	}
//
// What these methods return is good until the next call of Next. Comments and declarations of
// namespaces are read and not shown. White space outside of the root element is not shown either.
//
// # What is accepted
//
// The encodings are UTF-8 with or without a byte order mark, UTF-16 of either order with one, and
// US-ASCII, ISO-8859-1 and windows-1252 that are declared. Of the latter bytes are accepted on
// which readers agree: browsers read ISO-8859-1 as windows-1252, so 0x80 to 0x9F are refused in the
// former. A declaration must follow the grammar of XML 1.0 [23] to its last space, agree with the
// byte order mark, and name version 1.0.
//
// Document types are refused, except those of Options.Doctypes, and of internal subsets all but
// those of Options.Entities and Options.Fixed. Names have the characters of XML 1.0, fifth edition.
// Every prefix must be declared.
//
// # Bounds
//
// A Reader holds less than 48 KiB: names of at most [MaxName] bytes, [MaxAttributes] attributes in
// a tag, values of at most [MaxValue] bytes. A longer value goes to Options.Long piece by piece,
// and its first [MaxHead] bytes are kept. Text is never held. The other bounds are [MaxDepth],
// MaxTag, MaxOpen, MaxBindings and MaxSpaces.
//
// It takes 4 steps for a byte, 50 for a token or an attribute, and what searching for a namespace
// costs. Spend is asked after each piece of the source is read, of 2 KiB at most.
//
// A Reader is for one goroutine.
package xmlread

import "fmt"

// Bounds of what is held, and so of what is accepted.
const (
	MaxName       = 256      // bytes of a name, its prefix included
	MaxAttributes = 256      // of a tag, declarations of namespaces included
	MaxValue      = 4 << 10  // bytes of a value that is held, as written
	MaxHead       = 100      // bytes that are kept of a longer one, decoded
	MaxDepth      = 128      // of elements
	MaxTag        = 18 << 10 // bytes of a tag in front of its last attribute, without what of its values is not held
	MaxOpen       = 8 << 10  // bytes of the names of all open elements
	MaxBindings   = 256      // namespaces that are declared at one place of the document
	MaxSpaces     = 8 << 10  // bytes of these, with their prefixes
)

// What reading costs in steps, each about a nanosecond.
const (
	byteSteps  = 2
	tokenSteps = 20
)

// Kind says what sort of fault a document has.
type Kind uint8

// The kinds of faults.
const (
	Damaged     Kind = iota // it is not well-formed
	Truncated               // it ends before its root element does
	Trailing                // something follows its root element
	Unsupported             // an encoding, a version or a character that readers do not agree on
	Complex                 // it is longer, deeper or more than is looked into
	Doctype                 // it has a document type
)

// Fault is why a document is refused. Detail is made of constants, never of the document's content.
type Fault struct {
	Kind   Kind
	Detail string
	Line   int // where it was found, from 1
}

// Error returns the detail and the line.
func (f *Fault) Error() string { return fmt.Sprintf("xmlread: %s in line %d", f.Detail, f.Line) }

// fault has no line, which only the Reader knows.
func fault(kind Kind, detail string) *Fault { return &Fault{Kind: kind, Detail: detail} }

// Options say what a Reader accepts beside elements and text. The zero value accepts nothing more,
// and works without end.
type Options struct {
	// Spend is asked after each piece of the source is read, with the steps that this takes and
	// those that were taken since the last time. An error ends the document.
	Spend func(steps int) error

	// Long judges values of more than MaxValue bytes piece by piece, decoded and in whole
	// characters; last says that the value ends. name is as it was written, with its prefix. An
	// error ends the document. Without Long such values are refused.
	Long func(name, piece []byte, last bool) error

	// Doctypes are the document types that are accepted.
	Doctypes []DocumentType

	// Entities are those that a document type of Doctypes may declare in its internal subset, with
	// exactly that text, and values of attributes may use then. The texts must be plain: no "<",
	// "&" or white space but single spaces.
	Entities map[string]string

	// Fixed has prefixes with their namespaces, which a document type of Doctypes may fix in its
	// internal subset, as <!ATTLIST svg xmlns:xlink CDATA #FIXED "http://www.w3.org/1999/xlink">
	// does. Then the document may declare such a prefix with that namespace alone, so it makes no
	// difference who reads the subset.
	Fixed map[string]string

	// Characters returns the entities that the external subset of a document type of Doctypes
	// declares, each of which stands for one character. A reference must be at least as long as its
	// character is in UTF-8. The subset is not read.
	Characters func(DocumentType) map[string]rune
}

// DocumentType is what a document type declaration says, without its internal subset.
type DocumentType struct{ Name, Public, System string }

// Name is an expanded name: a namespace and a local name, or no namespace.
type Name struct{ Space, Local []byte }

// Attr is an attribute. If it is Long, Value is the beginning of its value, of MaxHead bytes, and
// Options.Long has seen all of it.
type Attr struct {
	Name
	Value []byte
	Long  bool
}

// Token is what Next found.
type Token uint8

// The tokens.
const (
	Start       Token = iota + 1 // the start tag of an element
	End                          // the end of an element
	Text                         // a piece of text within an element
	Instruction                  // a processing instruction
)
