package inspect

import (
	"bufio"
	"bytes"
	"io"
	"strings"
	"unicode/utf8"
)

// cssBook judges the CSS of a book: style sheets, style attributes and presentation attributes. It
// accepts all rules, nearly all functions, and the addresses that accepts describes. It follows the
// blocks of the sheet, since some strings are addresses and some addresses only names.
type cssBook struct {
	sheet  bool // a whole style sheet, not an attribute
	rule   cssRule
	begun  bool     // a name came before in this statement
	blocks [64]byte // the opening brackets of the open blocks
	open   int      // the number of open blocks
	fetch  bool     // a function of cssFetching begins
	within int      // value of open where the outermost such function begins, 0 outside
}

// cssRule is an at-rule whose strings are addresses, or whose addresses are only names.
type cssRule uint8

const (
	noRule cssRule = iota
	importing
	naming // a namespace
)

// cssFetching lists the functions other than url whose strings are addresses (CSS Values 4, CSS
// Images 4, Filter Effects 1, and those with the prefix of a browser).
var cssFetching = nameSet(`src image image-set -webkit-image-set -moz-image-rect cross-fade -webkit-cross-fade filter`)

// cssInserting lists the functions that insert a value from elsewhere. Within a function of
// cssFetching such a value could be an address.
var cssInserting = nameSet(`var attr env if inherit`)

// name judges a name that ends before b, and reports whether it begins a url. Programs differ in
// which characters other than ASCII belong to names (CSS Syntax 3, 4.2).
func (k *cssBook) name(b byte, name []byte, at, known bool) (isURL bool, found *Error) {
	whole := string(name)
	ascii := whole[lastIndexOther(whole)+1:]
	switch begun := k.begun; {
	case at && whole == "import":
		k.rule = importing
	case at && whole == "namespace" && k.sheet && !begun && k.open == 0:
		k.rule = naming
	case at || b != '(':
	case whole == "url":
		isURL = true
	case whole == "expression":
		found = active(KindScript, hasScript)
	case !known, len(ascii) < len(whole) && (ascii == "url" || ascii == "expression" || cssFetching[ascii] || cssInserting[ascii]),
		k.within > 0 && (cssInserting[whole] || strings.HasPrefix(whole, "--")):
		found = active(KindExternal, loads)
	case cssFetching[whole]:
		k.fetch = true
	}
	k.begun = true
	return isURL, found
}

// lastIndexOther returns the offset of the last byte that is not ASCII, -1 if there is none.
func lastIndexOther(s string) int {
	for i := len(s) - 1; i >= 0; i-- {
		if s[i] >= utf8.RuneSelf {
			return i
		}
	}
	return -1
}

// mark takes a delimiter outside of strings and comments.
func (k *cssBook) mark(b byte) *Error {
	switch b {
	case '(', '[', '{':
		if k.open == len(k.blocks) {
			return fault(CodeComplex, "has a style sheet that nests too deeply")
		}
		k.blocks[k.open] = b
		k.open++
		if k.fetch && k.within == 0 {
			k.within = k.open
		}
		k.fetch = false
	case ')', ']', '}':
		if k.open > 0 && k.blocks[k.open-1] == opener(b) { // others have no effect
			k.open--
			if k.open < k.within {
				k.within = 0
			}
		}
	}
	if b == ';' || b == '{' || b == '}' {
		k.rule, k.begun = noRule, false
	}
	return nil
}

func opener(b byte) byte {
	switch b {
	case ')':
		return '('
	case ']':
		return '['
	}
	return '{'
}

// fetches reports whether strings are addresses here.
func (k *cssBook) fetches() bool { return k.within > 0 || k.rule == importing }

// accepts reports whether an address is a place within the book, a data URL, a font of the reading
// system (res:), or the name of a namespace. An imported sheet must lie within the book and be
// named .css. Browsers use other data in a style sheet only as pictures, fonts and filters. target
// is only the beginning of a long address, and last has the last bytes of the address.
func (k *cssBook) accepts(target, last string) bool {
	switch k.rule {
	case naming:
		return true
	case importing:
		return staysInside(target) && last == ".css"
	case noRule:
	}
	return strings.HasPrefix(target, "data:") || strings.HasPrefix(target, "res:///") || staysInside(target)
}

// cssSteps is the cost of a byte of CSS.
const cssSteps = 8

// bookStyles judges a style sheet of a book.
func bookStyles(work *Budget, head []byte, body *bufio.Reader) error {
	charset, declared := bytes.CutPrefix(head, []byte(`@charset "`))
	charset, _, _ = bytes.Cut(charset, []byte(`"`))
	if declared && !isPlainCharset(string(charset)) || beginsWith(head, "\xff\xfe", "\xfe\xff") {
		return fault(CodeUnsupported, unreadCharset)
	}
	if beginsWith(head, "\xef\xbb\xbf") {
		_, _ = body.Discard(3)
	}
	c := css{book: &cssBook{sheet: true}}
	for {
		if _, err := body.Peek(1); err == io.EOF { // readers return it bare
			return orNil(c.end())
		} else if err != nil {
			return err
		}
		piece, _ := body.Peek(body.Buffered())
		if bytes.IndexByte(piece, 0) >= 0 { // UTF-16, if the page that names the sheet has it
			return fault(CodeUnsupported, unreadCharset)
		}
		if err := work.Spend(cssSteps * len(piece)); err != nil {
			return err
		}
		if found := c.write(piece); found != nil {
			return found
		}
		_, _ = body.Discard(len(piece))
	}
}

const unreadCharset = "has a style sheet in an encoding that is not accepted"

// isPlainCharset reports whether name is a listed encoding in which each byte below 0x80 is an
// ASCII character. In others, such as Shift_JIS, the second byte of a character may look like a
// backslash.
func isPlainCharset(name string) bool {
	switch name = strings.ToLower(strings.TrimSpace(name)); name {
	case "utf-8", "utf8", "us-ascii", "ascii", "latin1":
		return true
	}
	return strings.HasPrefix(name, "iso-8859-") || strings.HasPrefix(name, "windows-125")
}
