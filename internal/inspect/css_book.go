package inspect

import (
	"bufio"
	"bytes"
	"io"
	"strings"
)

// cssRule is an at-rule whose strings are addresses, or whose addresses are only names.
type cssRule uint8

const (
	noRule cssRule = iota
	importing
	naming // a namespace
)

// cssFetching lists the functions other than url whose strings are addresses (CSS Values 4, 4.5, and
// CSS Images 4, 2.2 to 2.4).
var cssFetching = nameSet(`src image image-set -webkit-image-set cross-fade -webkit-cross-fade`)

// cssInserting lists the functions that insert a value from elsewhere in the document. Within those
// of cssFetching it could be an address.
var cssInserting = nameSet(`var attr env if inherit`)

// bookName judges a name that ends before b in the CSS of a book. All rules are accepted, nearly all
// functions, and addresses within the book.
func (c *css) bookName(b byte, name string, at bool) *Error {
	switch {
	case at && name == "import":
		c.rule = importing
	case at && name == "namespace":
		c.rule = naming
	case at || b != '(':
	case name == "url":
		c.bookMark(b)
		c.state = beforeURL
	case name == "expression":
		return active(KindScript, hasScript)
	case c.calls > 0 && (cssInserting[name] || strings.HasPrefix(name, "--")):
		return active(KindExternal, loads)
	case cssFetching[name]:
		c.fetch = true
	}
	return nil
}

// bookMark takes a delimiter outside of strings and comments.
func (c *css) bookMark(b byte) {
	switch b {
	case '(':
		if c.fetch || c.calls > 0 {
			c.calls, c.fetch = c.calls+1, false
		}
	case ')':
		c.calls = max(c.calls-1, 0)
	case ';', '{', '}':
		c.rule = noRule
	}
}

// bookTarget reports whether an address, of which a long one has only its beginning, is a place
// within the book, data of a picture or a font, or the name of a namespace.
func (c *css) bookTarget(target string) bool {
	if c.rule == naming {
		return true
	}
	if strings.HasPrefix(target, "data:") {
		return c.rule != importing
	}
	return staysInside(target)
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
	c := css{book: true}
	for {
		if _, err := body.Peek(1); err == io.EOF { // readers return it bare
			return orNil(c.end())
		} else if err != nil {
			return err
		}
		piece, _ := body.Peek(body.Buffered())
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

// isPlainCharset reports whether bytes below 0x80 are ASCII characters in an encoding, wherever they
// stand. In others, such as Shift_JIS, the second byte of a character may look like a quotation mark
// or a backslash.
func isPlainCharset(name string) bool {
	switch name = strings.ToLower(strings.TrimSpace(name)); name {
	case "utf-8", "utf8", "us-ascii", "ascii", "latin1":
		return true
	}
	return strings.HasPrefix(name, "iso-8859-") || strings.HasPrefix(name, "windows-125")
}
