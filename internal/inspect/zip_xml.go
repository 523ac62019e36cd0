package inspect

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"github.com/airlock-go/upload/internal/sniff"
	"github.com/airlock-go/upload/internal/xmlread"
)

// partRule judges an XML part of a document, token by token.
type partRule interface {
	start(r *xmlread.Reader) error
	text(text []byte) error
	end(r *xmlread.Reader) error
}

// peekHead returns the first bytes of an entry.
func peekHead(body *bufio.Reader) ([]byte, error) {
	head, err := body.Peek(sniff.HeadLen)
	if err == io.EOF { // readers return it bare
		err = nil
	}
	return head, err
}

// looksLikeXML reports whether a part begins like XML, whatever its name, or may do so after more
// white space than the head. It misses encodings that do not share ASCII, except UTF-16 with a
// mark. The rules of a format refuse such a part where they need XML.
func looksLikeXML(head []byte) bool {
	if beginsWith(head, "\xff\xfe", "\xfe\xff") {
		return true
	}
	text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n\f") // a form feed is for browsers that look for HTML
	return beginsWith(text, "<") && !beginsWith(text, "<\x00") || len(text) == 0 && len(head) >= sniff.HeadLen
}

// readXML reads a part up to its end. choose returns the rule for a part with this root element,
// nil if nothing in it can act. Then the rest is not read, since a document type and an encoding
// stand before the root.
//
// Up to the root element, rule judges instructions.
func readXML(work *Budget, body io.Reader, o xmlread.Options, rule partRule, choose func(root xmlread.Name) partRule) error {
	o.Spend = work.Spend
	r := xmlread.New(body, o)
	for {
		token, err := r.Next()
		if err == io.EOF { // Next returns it bare
			return nil
		}
		if err != nil {
			return partFault(err)
		}
		if token == xmlread.Start && r.Depth() == 1 {
			if rule = choose(r.Name()); rule == nil {
				return nil
			}
		}
		if err := showXML(rule, token, r); err != nil {
			return err
		}
	}
}

func showXML(rule partRule, token xmlread.Token, r *xmlread.Reader) error {
	switch token {
	case xmlread.Start:
		return rule.start(r)
	case xmlread.Text:
		return rule.text(r.Text())
	case xmlread.End:
		return rule.end(r)
	case xmlread.Instruction:
		if judge, ok := rule.(interface {
			instruction(r *xmlread.Reader) error
		}); ok {
			return judge.instruction(r)
		}
	}
	return nil
}

// partFault turns the error that ended the reading of a part into a fault. A part that ends early
// or late is damage: the file itself has its end.
func partFault(err error) error {
	var f *xmlread.Fault
	if !errors.As(err, &f) {
		return faultOr(err, CodeDamaged, damaged)
	}
	found := xmlFault(f, "has a part that "+f.Detail)
	if found.Code == CodeTruncated || found.Code == CodeTrailing {
		found.Code = CodeDamaged
	}
	return found
}

// attribute returns the value of the attribute with this local name at the current element, "" if
// there is none. It refuses several in different namespaces, since readers differ in which one
// counts, and one that is too long to hold.
func attribute(r *xmlread.Reader, name string) (string, error) {
	value, n := "", 0
	for i := range r.Attrs() {
		a := r.Attr(i)
		switch {
		case string(a.Local) != name:
			continue
		case a.Long:
			return "", fault(CodeComplex, "has a part with too long an attribute")
		}
		value = string(a.Value)
		n++
	}
	if n > 1 {
		return "", fault(CodeDamaged, "has a part with a repeated attribute")
	}
	return value, nil
}
