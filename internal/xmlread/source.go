package xmlread

import (
	"bytes"
	"io"
	"strings"
)

// rawSize is the number of bytes that are held before they are decoded. The longest declaration
// must fit, with two bytes a character.
const rawSize = 2 << 10

const notEncoding = "is in an encoding that is not accepted"

// source turns a document into valid UTF-8, without its byte order mark and XML declaration, and
// with "\n" for all line ends (XML 1.0, 2.11). It returns everything before a fault, and then the
// fault.
type source struct {
	decoder
	r     io.Reader
	room  []byte // the buffer of raw
	lines int    // within the declaration
	ended bool   // r has returned io.EOF
}

// read reads the next part of the document into p, which has at least 64 bytes. With an error it
// returns no bytes.
func (s *source) read(p []byte) (int, error) {
	if s.enc == undecided {
		if err := s.begin(); err != nil {
			return 0, err
		}
	}
	for {
		if n := s.decode(p); n > 0 {
			return n, nil
		}
		if s.err != nil {
			return 0, s.err
		}
		s.fill(s.wanted(p))
	}
}

// wanted returns a number of encoded bytes that fit into p when they are decoded.
func (s *source) wanted(p []byte) int {
	if s.enc == inUTF8 {
		return min(len(p), cap(s.room))
	}
	return min(len(p)/3&^1, rawSize) // one byte becomes three at most, and so do the two of a unit of UTF-16
}

// fill appends what one read returns to raw, up to n bytes in all, or one byte more if raw has n.
// It repeats reads that return nothing, up to 100 times.
func (s *source) fill(n int) {
	if s.ended {
		s.err = io.EOF
		if len(s.raw) > 0 {
			s.err = fault(Truncated, "ends within a character")
		}
		return
	}
	kept := copy(s.room[:cap(s.room)], s.raw)
	for range 100 {
		got, err := s.r.Read(s.room[kept:max(n, kept+1)])
		s.raw = s.room[:kept+got]
		if err == io.EOF { // readers return it bare
			s.ended = true
			return
		}
		if err != nil {
			s.err = err
			return
		}
		if got > 0 {
			return
		}
	}
	s.err = io.ErrNoProgress
}

// begin decides the encoding, and passes over the mark and the declaration.
func (s *source) begin() error {
	s.room = make([]byte, rawSize)
	s.raw = s.room[:0]
	for len(s.raw) < 4 && !s.ended && s.err == nil {
		s.fill(rawSize)
	}
	mark, width := 0, 1
	switch head := s.raw; {
	case bytes.HasPrefix(head, []byte("\x00\x00")), bytes.HasPrefix(head, []byte("\xff\xfe\x00\x00")),
		bytes.HasPrefix(head, []byte("<\x00")), bytes.HasPrefix(head, []byte("\x00<")), bytes.HasPrefix(head, []byte("Lo\xa7\x94")):
		return fault(Unsupported, notEncoding) // UTF-32, UTF-16 without a mark, EBCDIC
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		s.enc, mark = inUTF8, 3
	case bytes.HasPrefix(head, []byte("\xff\xfe")):
		s.enc, mark, width = inUTF16LE, 2, 2
	case bytes.HasPrefix(head, []byte("\xfe\xff")):
		s.enc, mark, width = inUTF16BE, 2, 2
	}
	s.raw = s.raw[mark:]
	if err := s.declaration(width); err != nil {
		return err
	}
	if s.enc == undecided {
		s.enc = inUTF8
	}
	return nil
}

// declaration reads the XML declaration, if there is one, in units of width bytes.
func (s *source) declaration(width int) error {
	for {
		text := s.narrow(width)
		end := bytes.Index(text, []byte("?>"))
		switch more := !s.ended && s.err == nil; {
		case len(text) < 6 && more:
		case !beginsDeclared(text):
			return nil
		case end > maxDeclaration, end < 0 && len(text) > maxDeclaration:
			return fault(Complex, "has an XML declaration that is too long")
		case end >= 0:
			s.raw = s.raw[(end+2)*width:]
			s.lines = bytes.Count(text[:end], []byte("\n"))
			return s.declared(text[:end+2])
		case s.err != nil:
			return s.err
		case !more:
			return fault(Truncated, badDeclaration)
		}
		s.fill(rawSize)
	}
}

// narrow returns a byte for each unit of raw. At width 1 that is raw itself. At width 2, units
// above 0xff become 0xff.
func (s *source) narrow(width int) []byte {
	if width == 1 {
		return s.raw
	}
	text := make([]byte, len(s.raw)/2)
	for i := range text {
		text[i] = byte(min(s.unit(2*i), 0xff)) //nolint:gosec // 255 at most
	}
	return text
}

// declared judges a declaration, and takes the encoding that it names if the mark agrees.
func (s *source) declared(text []byte) error {
	d, ok := parseDeclaration(text)
	switch {
	case !ok:
		return fault(Damaged, badDeclaration)
	case d.version != "1.0":
		return fault(Unsupported, "is not of version 1.0")
	case d.encoding == "":
		return nil
	}
	named := encodings[strings.ToLower(d.encoding)]
	switch {
	case named == inUTF16LE && (s.enc == inUTF16LE || s.enc == inUTF16BE):
		return nil
	case named == undecided || named == inUTF16LE || s.enc != undecided && s.enc != named:
		return fault(Unsupported, notEncoding)
	}
	s.enc = named
	return nil
}

// encodings maps the names that a declaration may give, in lower case. The mark decides the order
// of UTF-16.
var encodings = map[string]encoding{
	"utf-8": inUTF8, "utf8": inUTF8, "utf-16": inUTF16LE, "us-ascii": inASCII, "ascii": inASCII,
	"iso-8859-1": inLatin1, "windows-1252": in1252,
}
