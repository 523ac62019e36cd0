package clean

import (
	"bytes"
	"slices"

	"github.com/airlock-go/upload/internal/xmlread"
)

// start opens an element, and keeps those of its attributes that are on the list.
func (p *xmpPacket) start() error {
	if err := p.expect(xmlread.Start); err != nil {
		return err
	}
	e := xmpElement{start: p.at}
	tag := tagAt(p.in[p.at:])
	name := p.reader.Name()
	space, values := keptSpace(name.Space, tag.name)
	holds, listed := values[string(name.Local)]
	e.kept = listed && (len(p.open) == 0 || p.open[len(p.open)-1].kept)
	e.holds = holds
	if space == xmpRDF && len(p.open) > 0 { // a list within a property holds its values
		e.holds = p.open[len(p.open)-1].holds
	}
	if len(p.open) == 0 {
		p.rooted = e.kept && isXMPRoot(string(name.Local))
		if !p.rooted {
			return errXMP
		}
	}
	if e.kept {
		p.keep(p.at, p.at+1+len(tag.name))
		e.value = p.attributes(tag, e.holds)
		p.keep(p.at+tag.size-tag.closing, p.at+tag.size)
	}
	p.open = append(p.open, e)
	p.at += tag.size
	if tag.closing == len("/>") {
		return p.end(p.in[p.at-len("/>") : p.at])
	}
	return nil
}

var isXMPRoot = oneOf("xmpmeta", "xapmeta", "RDF", "SphericalVideo")

// keptSpace returns what is kept of a namespace under the prefix of a name as it is written.
func keptSpace(space, written []byte) (string, map[string]func(string) bool) {
	prefix, _, _ := bytes.Cut(written, []byte(":"))
	s := xmpSpaces[string(space)]
	if !slices.Contains(s.prefixes, string(prefix)) {
		return "", nil
	}
	return string(space), s.values
}

// attributes keeps attributes of a tag, and reports whether one of them is the value of its
// element.
func (p *xmpPacket) attributes(tag xmpTag, holds func(string) bool) (value bool) {
	i := 0
	for _, a := range tag.attributes {
		keep := false
		if prefix, declares := bytes.CutPrefix(a.name, []byte("xmlns:")); declares {
			keep = slices.Contains(xmpSpaces[string(a.value)].prefixes, string(prefix))
		} else if string(a.name) != "xmlns" {
			name := p.reader.Attr(i).Name
			i++
			space, values := keptSpace(name.Space, a.name)
			switch judge := values[string(name.Local)]; {
			case space == xmpRDF && string(name.Local) == "about":
				keep = len(a.value) == 0
			case space == xmpRDF && string(name.Local) == "parseType":
				keep = string(a.value) == "Resource"
			case space == xmpRDF && string(name.Local) == "resource":
				keep = holds != nil && holds(string(a.value))
				value = value || keep
			case judge != nil:
				keep = judge(string(a.value))
			}
		}
		if keep {
			p.keep(p.at+a.from, p.at+a.to)
		}
	}
	return value
}

// xmpTag is a start tag as it is written.
type xmpTag struct {
	size       int
	closing    int // bytes of its end, ">" or "/>"
	name       []byte
	attributes []xmpAttribute
}

type xmpAttribute struct {
	from, to    int
	name, value []byte
}

// tagAt returns the start tag at the front of b, which the reader has found to be well-formed.
func tagAt(b []byte) (tag xmpTag) {
	const space = " \t\r\n"
	n := 1 + bytes.IndexAny(b[1:], space+"/>")
	tag.name = b[1:n]
	for {
		n += len(b[n:]) - len(bytes.TrimLeft(b[n:], space))
		switch b[n] {
		case '>', '/':
			tag.closing = bytes.IndexByte(b[n:], '>') + 1
			tag.size = n + tag.closing
			return tag
		}
		a := xmpAttribute{from: n, name: b[n : n+bytes.IndexAny(b[n:], space+"=")]}
		n += bytes.IndexAny(b[n:], `"'`)
		end := n + 1 + bytes.IndexByte(b[n+1:], b[n])
		a.value = b[n+1 : end]
		n = end + 1
		a.to = n
		tag.attributes = append(tag.attributes, a)
	}
}
