package markup

import "strings"

// tagState is the place within "<name". Names are read after every "<", even within the value of an
// attribute: a browser that starts elsewhere, or a careless filter, may take the name for a tag.
type tagState uint8

const (
	noTag       tagState = iota
	tagOpen              // after "<"
	tagClose             // after "</"
	tagName              // within the name
	declaration          // after "<!" or "<?"
)

// stepTag reads one byte of a tag. If a name ends at this byte, stepTag returns its evidence.
func (s *Scanner) stepTag(c byte) evidence {
	switch {
	case s.tag == tagName && endsName(c):
		s.tag = noTag
		return s.judgeName(c)
	case c == '<':
		s.open()
	case s.tag == tagOpen && c == '/':
		s.tag, s.closing = tagClose, true
	case s.tag == tagOpen && (c == '!' || c == '?'):
		s.tag = declaration
		s.name.add(c)
	case (s.tag == tagOpen || s.tag == tagClose) && isLetter(c):
		s.tag = tagName
		s.name.add(c)
	case s.tag == tagName && c == ':':
		s.prefix, s.name.n = true, 0
		if s.prev == ':' { // Pod::Html is not a name in XML
			s.name.n = maxName + 1
		}
	case s.tag == tagName:
		s.name.add(c)
	case s.tag == declaration:
		s.name.add(c)
		s.judgeDeclaration()
	default:
		s.tag = noTag
	}
	return never
}

func endsName(c byte) bool { return isSpace(c) || c == '/' || c == '>' }

func (s *Scanner) open() {
	s.tag, s.at = tagOpen, s.off
	s.name.n, s.closing, s.prefix = 0, false, false
	s.first = !s.content
	s.glued = isLetter(s.prev) || '0' <= s.prev && s.prev <= '9' || s.prev == '_' || s.prev == ':'
}

// judgeName decides by the name and by the byte that ended it.
func (s *Scanner) judgeName(end byte) evidence {
	class := elements[string(s.name.bytes())]
	if s.prefix && class != active {
		class = never // w:p and xs:element are inert, svg:script is not
	}
	switch {
	case class == active:
		s.found = true
	case s.closing:
		s.found = class >= short
	case class == element:
		s.found = end != '>' || !s.glued
	case class != never:
		s.found = s.first
	}
	return class
}

func (s *Scanner) judgeDeclaration() {
	name := string(s.name.bytes())
	for _, d := range declarations {
		if name == d {
			s.found = true
			return
		}
		if strings.HasPrefix(d, name) {
			return
		}
	}
	s.tag = noTag
}
