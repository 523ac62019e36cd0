// Package markup finds, in a stream of plain text, markup that a browser or a server may run or
// render if it takes the stream for a document.
package markup

import "bytes"

// maxName bounds the stored names: longer ones are neither listed elements nor event handlers. The
// longest handlers of browsers have between 30 and 50 letters.
const maxName = 64

// Scanner looks for markup: elements of HTML, the roots svg and math, comments, document types,
// declarations of XML, PHP, and elements of any name with an event handler. Of PHP it finds <?php
// and <?=; to it, other tags of servers, such as <? and <%, are plain text. It reads a stream in
// pieces of any size; the cuts make no difference. The zero value is ready. Its memory is constant.
// It is not safe for concurrent use.
//
// It reads ASCII and passes over all other bytes. So it takes UTF-8 unchanged, and UTF-16 if the
// caller passes one byte for each unit.
//
// Plain text is full of angle brackets, so a name alone seldom proves anything: see evidence. After
// other text, a tag without attributes passes if it could also be a type argument (List<Object>) or
// a placeholder (cp <source> <target>). Such a tag is inert. Attributes are read by the rules of
// the HTML tokenizer, so that a quote or a ">" in a value hides nothing.
//
// It does not decode. Markup in percent, entity, base64 or UTF-7 form is plain text to it, as it is
// to a browser that receives text/plain and UTF-8.
type Scanner struct {
	off   int64 // bytes scanned
	found bool
	at    int64 // offset of the last "<"

	tag  tagState
	name storedName // of the current tag

	first   bool // only white space stood before the tag
	glued   bool // an identifier or a colon stood directly before it
	closing bool // </name
	prefix  bool // prefix:name
	content bool // a character other than white space has been seen
	prev    byte

	attrs attrState
	owner evidence // of the element whose attributes are read
	attr  storedName
	quote byte
}

// storedName collects a name in lower case. bytes returns nil for a name that is too long.
type storedName struct {
	buf [maxName]byte
	n   int
}

func (w *storedName) add(c byte) {
	if w.n < maxName {
		w.buf[w.n] = lower(c)
	}
	w.n++
}

func (w *storedName) bytes() []byte {
	if w.n > maxName {
		return nil
	}
	return w.buf[:w.n]
}

// Scan reads on and reports whether markup has been found, in p or before. Once it has found some,
// it ignores its input.
func (s *Scanner) Scan(p []byte) bool {
	for i := 0; i < len(p) && !s.found; i++ {
		switch {
		case s.tag != noTag:
		case s.attrs == outside:
			i += s.skip(p[i:])
		default:
			i += s.pass(p[i:])
		}
		if i == len(p) {
			break
		}
		s.step(p[i])
		s.off++
	}
	return s.found
}

// skip passes over text without "<" and returns its length.
func (s *Scanner) skip(p []byte) int {
	n := bytes.IndexByte(p, '<')
	if n < 0 {
		n = len(p)
	}
	if n > 0 {
		s.content = s.content || len(bytes.Trim(p[:n], " \t\r\n\f")) > 0
		s.prev = p[n-1]
		s.off += int64(n)
	}
	return n
}

// pass reads on within a tag, up to a byte that may change the state, and returns the number of
// bytes that it read.
func (s *Scanner) pass(p []byte) (n int) {
	switch s.attrs {
	case bogus, inTagName, quoted, unquoted:
		n = plain(p)
	case inName:
		n = plain(p)
		for _, c := range p[:n] {
			s.attr.add(c)
		}
	case outside, maybeTag, beforeName, afterName, beforeValue:
	}
	if n > 0 {
		s.prev = p[n-1]
		s.off += int64(n)
	}
	return n
}

// plain returns the number of bytes at the front of p that are neither white space nor signs of a
// tag.
func plain(p []byte) (n int) {
	for n < len(p) && !delimits[p[n]] {
		n++
	}
	return n
}

var delimits = [256]bool{
	' ': true, '\t': true, '\n': true, '\r': true, '\f': true, '<': true, '>': true, '/': true, '=': true, '"': true, '\'': true,
}

// Offset returns the offset of the last "<" that Scan read before it found markup. That may lie in
// an attribute of the tag that it found.
func (s *Scanner) Offset() int64 { return s.at }

func (s *Scanner) step(c byte) {
	class := never
	if s.tag != noTag || c == '<' {
		class = s.stepTag(c)
	}
	s.stepAttrs(c, class)
	s.content = s.content || !isSpace(c)
	s.prev = c
}

func isSpace(c byte) bool {
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'
}

func isLetter(c byte) bool {
	c = lower(c)
	return 'a' <= c && c <= 'z'
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + ('a' - 'A')
	}
	return c
}
