package xmlread_test

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/airlock-go/upload/internal/xmlread"
)

// w3c is a document type that the tests accept.
var w3c = xmlread.DocumentType{Name: "svg", Public: "-//W3C//DTD SVG 1.1//EN", System: "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd"}

// xhtml is a document type whose external subset declares characters.
var xhtml = xmlread.DocumentType{Name: "html", Public: "-//W3C//DTD XHTML 1.1//EN", System: "http://www.w3.org/TR/xhtml11/DTD/xhtml11.dtd"}

const fixed = `<!DOCTYPE svg [<!ATTLIST svg xmlns:xlink CDATA #FIXED "http://www.w3.org/1999/xlink">]>`

const asXHTML = `<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.1//EN" "http://www.w3.org/TR/xhtml11/DTD/xhtml11.dtd">`

var characters = map[string]rune{"nbsp": '\u00a0', "ni": '\u220b'}

var options = xmlread.Options{
	Doctypes: []xmlread.DocumentType{w3c, {Name: "svg"}, {Name: "html"}, xhtml},
	Characters: func(d xmlread.DocumentType) map[string]rune {
		if d == xhtml {
			return characters
		}
		return nil
	},
	Fixed:    map[string]string{"xlink": "http://www.w3.org/1999/xlink"},
	Entities: map[string]string{"ns_svg": "http://www.w3.org/2000/svg", "ns_ai": "http://ns.adobe.com/AdobeIllustrator/10.0/"},
}

// read returns the output of a Reader for a document, one line for each token, with neighbouring
// texts joined. It omits a text that a fault ends, since the part before the fault depends on the
// cuts.
func read(r io.Reader, o xmlread.Options) (lines []string, err error) {
	long := map[string]*strings.Builder{}
	o.Long = func(name, piece []byte, _ bool) error {
		if long[string(name)] == nil {
			long[string(name)] = &strings.Builder{}
		}
		long[string(name)].Write(piece)
		return nil
	}
	reader := xmlread.New(r, o)
	text := ""
	for {
		token, err := reader.Next()
		if err != nil && err != io.EOF {
			return lines, err
		}
		if token != xmlread.Text && text != "" {
			lines, text = append(lines, "text "+fmt.Sprintf("%q", text)), ""
		}
		if err != nil {
			return lines, nil
		}
		switch token {
		case xmlread.Start:
			lines = append(lines, start(reader, long))
			clear(long)
		case xmlread.End:
			lines = append(lines, "end "+expanded(reader.Name()))
		case xmlread.Text:
			text += string(reader.Text())
		case xmlread.Instruction:
			lines = append(lines, fmt.Sprintf("instruction %s %q", reader.Text(), reader.Data()))
		}
	}
}

func start(r *xmlread.Reader, long map[string]*strings.Builder) string {
	var line strings.Builder
	line.WriteString("start " + expanded(r.Name()))
	for i := range r.Attrs() {
		a := r.Attr(i)
		value := string(a.Value)
		if a.Long { // no two long attributes of a tag in the tests have the same local name
			for name, whole := range long {
				if name == string(a.Local) || strings.HasSuffix(name, ":"+string(a.Local)) {
					value = whole.String()
				}
			}
		}
		fmt.Fprintf(&line, " %s=%q", expanded(a.Name), value)
	}
	return line.String()
}

func expanded(n xmlread.Name) string {
	if len(n.Space) == 0 {
		return string(n.Local)
	}
	return "{" + string(n.Space) + "}" + string(n.Local)
}

// cuts returns a reader of p in pieces of the given lengths, which repeat.
func cuts(p []byte, lengths ...int) io.Reader { return &cutReader{p, lengths, 0} }

type cutReader struct {
	rest    []byte
	lengths []int
	turn    int
}

func (c *cutReader) Read(p []byte) (int, error) {
	if len(c.rest) == 0 {
		return 0, io.EOF
	}
	n := min(len(p), len(c.rest), c.lengths[c.turn%len(c.lengths)])
	c.turn++
	copy(p, c.rest[:n])
	c.rest = c.rest[n:]
	return n, nil
}

// utf16 encodes text in UTF-16, big-endian or little-endian, after a byte order mark.
func utf16(text string, big bool) string {
	var b []byte
	for _, r := range "\ufeff" + text {
		for _, u := range units(r) {
			if big {
				b = append(b, byte(u>>8), byte(u))
			} else {
				b = append(b, byte(u), byte(u>>8))
			}
		}
	}
	return string(b)
}

func units(r rune) []uint16 {
	if r < 0x10000 {
		return []uint16{uint16(r)}
	}
	r -= 0x10000
	return slices.Clone([]uint16{0xd800 + uint16(r>>10), 0xdc00 + uint16(r&0x3ff)})
}
