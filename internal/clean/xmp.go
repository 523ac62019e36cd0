package clean

import (
	"bytes"
	"errors"
	"io"
	"slices"

	"github.com/airlock-go/upload/internal/xmlread"
)

const (
	xmpMark  = "http://ns.adobe.com/xap/1.0/\x00"
	xmpEmpty = `<x:xmpmeta xmlns:x="adobe:ns:meta/"/>`
)

// errXMP is the reason to keep nothing of a packet.
var errXMP = errors.New("no XMP packet")

// maxXMP bounds the packets that are read of a file: their bytes cost many times as much as its
// other bytes. Encoders write one packet for each picture.
const maxXMP = 64

// xmp is the function xmp for a packet of the file. After too many it returns false.
func (w *walk) xmp(b []byte) bool {
	w.packets++
	return w.packets <= maxXMP && xmp(b)
}

// xmp makes spaces of all in an XMP packet that is not in xmpSpaces or xmpWrappers. A packet that
// it cannot read becomes an empty one. It returns false if b is too short for that.
func xmp(b []byte) bool {
	p := xmpPacket{in: b, out: bytes.Repeat([]byte(" "), len(b))}
	kept := p.read() && isWellFormed(p.out)
	if !kept && len(b) < len(xmpEmpty) {
		return false
	}
	if !kept {
		p.erase(0, len(p.out))
		copy(p.out, xmpEmpty)
	}
	copy(b, p.out)
	return true
}

func isWellFormed(b []byte) bool {
	r := xmlread.New(bytes.NewReader(b), xmlread.Options{})
	for {
		if _, err := r.Next(); err != nil {
			return err == io.EOF
		}
	}
}

// xmpPacket copies what is kept of a packet from in to out. The reader refuses all that is not
// well-formed, and returns the names of elements and attributes, but not their places. Those are
// found by the marks around them.
type xmpPacket struct {
	in, out []byte
	at      int // of the next token
	reader  *xmlread.Reader
	open    []xmpElement
	rooted  bool
}

type xmpElement struct {
	start int
	kept  bool
	holds func(string) bool // judges its text; nil if it holds elements
	value bool              // it has a value that is kept
}

// read reads the whole packet. It returns false if nothing is to be kept of it.
func (p *xmpPacket) read() bool {
	if len(p.in) == 0 || p.in[0] >= 0xfe { // UTF-16
		return false
	}
	p.reader = xmlread.New(bytes.NewReader(bytes.TrimRight(p.in, "\x00")), xmlread.Options{
		Long: func(_, _ []byte, _ bool) error { return nil },
	})
	var err error
	for err == nil {
		err = p.token()
	}
	return err == io.EOF && p.rooted
}

// expect reads on to the next tag, which must be the wanted one: a start or an end.
func (p *xmpPacket) expect(want xmlread.Token) error {
	for {
		switch got, err := p.reader.Next(); {
		case err != nil:
			return err
		case got == want:
			return nil
		case got == xmlread.Start, got == xmlread.End:
			return errXMP
		}
	}
}

// token reads the next token of in.
func (p *xmpPacket) token() error {
	rest := p.in[p.at:]
	for _, t := range []struct{ begin, end string }{{"<!--", "-->"}, {"<![CDATA[", "]]>"}, {"<?", "?>"}, {"</", ">"}, {"<", ""}} {
		if !bytes.HasPrefix(rest, []byte(t.begin)) {
			continue
		}
		if t.end == "" {
			return p.start()
		}
		n := bytes.Index(rest[len(t.begin):], []byte(t.end))
		if n < 0 {
			return errXMP
		}
		token := rest[:len(t.begin)+n+len(t.end)]
		p.at += len(token)
		switch t.begin {
		case "<?":
			p.instruction(token)
		case "</":
			return p.end(token)
		}
		return nil
	}
	n := bytes.IndexByte(rest, '<')
	if n < 0 {
		return p.expect(0) // only the end of the packet may follow
	}
	p.text(rest[:n])
	p.at += n
	return nil
}

// keep copies a span.
func (p *xmpPacket) keep(from, to int) { copy(p.out[from:to], p.in[from:to]) }

// erase takes back what was kept of a span.
func (p *xmpPacket) erase(from, to int) {
	for i := from; i < to; i++ {
		p.out[i] = ' '
	}
}

func (p *xmpPacket) instruction(token []byte) {
	if len(p.open) == 0 && slices.Contains(xmpWrappers, string(token)) {
		p.keep(p.at-len(token), p.at)
	}
}

// text keeps a value.
func (p *xmpPacket) text(token []byte) {
	if len(p.open) == 0 {
		return
	}
	e := &p.open[len(p.open)-1]
	value := bytes.Trim(token, " \t\r\n")
	if !e.kept || e.holds == nil || e.value || !e.holds(string(value)) {
		return
	}
	from := p.at + bytes.Index(token, value)
	p.keep(from, from+len(value))
	e.value = true
}

// end closes an element with the end tag that has passed, or with the end of an empty element's
// tag.
func (p *xmpPacket) end(token []byte) error {
	if err := p.expect(xmlread.End); err != nil {
		return err
	}
	e := p.open[len(p.open)-1]
	p.open = p.open[:len(p.open)-1]
	switch {
	case !e.kept:
		return nil
	case e.holds != nil && !e.value:
		p.erase(e.start, p.at)
		return nil
	}
	p.keep(p.at-len(token), p.at)
	if len(p.open) > 0 && e.value {
		p.open[len(p.open)-1].value = true
	}
	return nil
}
