package inspect

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"io"
	"slices"

	"github.com/airlock-go/upload/internal/sniff"
)

const (
	maxXMLPart   = 1 << 20 // bytes of one part that is parsed
	maxXMLTotal  = 4 << 20 // of all of them
	maxXMLTokens = 60_000  // tags and what stands between them, of all
)

// peekHead returns the first bytes of an entry.
func peekHead(body *bufio.Reader) ([]byte, error) {
	head, err := body.Peek(sniff.HeadLen)
	if err == io.EOF { // readers return it bare
		err = nil
	}
	return head, err
}

const longLists = "has lists of its parts that are too long"

// oldManifest is the one document type that real documents have: OpenOffice.org 2 wrote it, and it declares nothing.
const oldManifest = `<!DOCTYPE manifest:manifest PUBLIC "-//OpenOffice.org//DTD Manifest 1.0//EN" "Manifest.dtd">`

// checkProlog refuses a part that does not begin like an XML document, or declares a type and with it, perhaps, entities
// that expand without end or name other files (CWE-611, CWE-776). In UTF-16, whose zeros are dropped, it is the same text.
func checkProlog(head []byte) error {
	text := bytes.TrimPrefix(bytes.ReplaceAll(head, []byte{0}, nil), []byte("\xef\xbb\xbf"))
	text = bytes.TrimPrefix(bytes.TrimPrefix(text, []byte("\xff\xfe")), []byte("\xfe\xff"))
	for {
		text = bytes.TrimLeft(text, " \t\r\n")
		end := ""
		switch {
		case beginsWith(text, "<!--"):
			end = "-->"
		case beginsWith(text, "<?"):
			end = "?>"
		case beginsWith(text, oldManifest):
			end = ">"
		case beginsWith(text, "<!"):
			return active(KindDoctype, "has a part with a document type declaration")
		case beginsWith(text, "<"), len(head) == 0:
			return nil
		default:
			return fault(CodeDamaged, "has a part that is not XML")
		}
		_, rest, found := bytes.Cut(text, []byte(end))
		if !found {
			return fault(CodeDamaged, "has a part that is not XML")
		}
		text = rest
	}
}

// parseXML shows element all elements of a part, whose prolog has been checked.
func (w *zipWalk) parseXML(body io.Reader, element func(xml.StartElement) error) error {
	d := xml.NewDecoder(&xmlPart{body: body, total: &w.budget.xml})
	for {
		token, err := d.Token()
		if err == io.EOF { //nolint:errorlint // Token returns it bare
			return nil
		}
		if err != nil {
			return faultOr(err, CodeDamaged, "has a part that is not well-formed XML in UTF-8")
		}
		if w.budget.tokens++; w.budget.tokens > maxXMLTokens {
			return fault(CodeComplex, longLists)
		}
		if e, ok := token.(xml.StartElement); ok {
			if err := oneEach(e.Attr); err != nil {
				return err
			}
			if err := element(e); err != nil {
				return err
			}
		}
	}
}

// oneEach refuses attributes that stand twice, in two namespaces as well: which one counts is anybody's guess.
func oneEach(attrs []xml.Attr) error {
	for i, a := range attrs {
		if slices.ContainsFunc(attrs[:i], func(b xml.Attr) bool { return a.Name.Local == b.Name.Local }) {
			return fault(CodeDamaged, "has a list of its parts with an attribute twice")
		}
	}
	return nil
}

// attribute returns a value of e by its name without namespace, of which there is one.
func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// xmlPart bounds what is parsed.
type xmlPart struct {
	body  io.Reader
	size  int64
	total *int64
}

func (p *xmlPart) Read(b []byte) (int, error) {
	n, err := p.body.Read(b)
	p.size += int64(n)
	*p.total += int64(n)
	if p.size > maxXMLPart || *p.total > maxXMLTotal {
		return 0, fault(CodeComplex, longLists)
	}
	return n, err
}
