package markup

// attrState follows the HTML tokenizer (WHATWG HTML, section 13.2.5) from a tag's "<" to its ">".
type attrState uint8

const (
	outside     attrState = iota
	maybeTag              // after "<" or "</": a tag, a bogus comment or text
	bogus                 // <!x or <?x or </3: a comment up to the next ">"
	inTagName             // until the name ends
	beforeName            // of an attribute
	inName                // within the name
	afterName             // white space after a name: "=" may still come
	beforeValue           // after "="
	quoted                // in a value, until s.quote
	unquoted              // in a value, until white space or ">"
)

// stepAttrs reads one byte of a tag's attributes. class is the evidence of the name that ended at
// c, if one did.
func (s *Scanner) stepAttrs(c byte, class evidence) {
	switch s.attrs {
	case outside:
		if c == '<' {
			s.attrs = maybeTag
		}
	case maybeTag:
		s.attrs = s.opened(c)
	case bogus:
		s.closeAt(c)
	case inTagName:
		if endsName(c) {
			s.attrs, s.owner = beforeName, class
			s.closeAt(c)
		}
	case quoted:
		if c == s.quote {
			s.attrs = beforeName
		}
	case beforeValue:
		s.value(c)
	case unquoted:
		if isSpace(c) {
			s.attrs = beforeName
		}
		s.closeAt(c)
	default:
		s.attribute(c)
	}
}

func (s *Scanner) opened(c byte) attrState {
	switch {
	case isLetter(c):
		return inTagName
	case s.prev == '/' && c == '>': // "</>" has no meaning
		return outside
	case s.prev == '/' || c == '!' || c == '?':
		return bogus
	case c == '<' || c == '/':
		return maybeTag
	}
	return outside
}

func (s *Scanner) closeAt(c byte) {
	if c == '>' {
		s.attrs = outside
	}
}

// attribute reads names of attributes and their separators.
func (s *Scanner) attribute(c byte) {
	switch {
	case c == '>':
		if s.prev == '/' && s.owner >= word {
			s.found = true // <br/>, <input disabled />
		}
		s.attrs = outside
	case c == '/':
		s.attrs = beforeName
	case c == '=' && s.attrs != beforeName:
		s.attrs = beforeValue
	case isSpace(c):
		if s.attrs == inName {
			s.attrs = afterName
		}
	case s.attrs == inName:
		s.attr.add(c)
	default:
		s.attrs = inName
		s.attr.n = 0
		s.attr.add(c)
	}
}

// value reads the start of a value. One that begins with a second "=" is taken for a comparison, as
// in a == b.
func (s *Scanner) value(c byte) {
	if isSpace(c) {
		return
	}
	if name := s.attr.bytes(); c != '=' && (isHandler(string(name)) || s.owner >= word && loading[string(name)]) {
		s.found = true
		return
	}
	s.attrs = unquoted
	if c == '"' || c == '\'' {
		s.attrs, s.quote = quoted, c
	}
	s.closeAt(c)
}
