package xmlread

import (
	"bytes"
	"encoding/binary"
	"io"
	"strings"
	"unicode/utf8"
)

type encoding uint8

const (
	undecided encoding = iota
	inUTF8
	inASCII
	inLatin1
	in1252
	inUTF16LE
	inUTF16BE
)

// rawSize is how much of a document that is not in UTF-8 is decoded at once. Twice the longest declaration must fit.
const rawSize = 2 << 10

const (
	badChar     = "has a character that XML does not have"
	badEncoding = "has bytes that are not of its encoding"
	notEncoding = "is in an encoding that is not accepted"
)

// source makes valid UTF-8 of a document, without its byte order mark and XML declaration and with "\n" for all ends of lines
// (XML 1.0, 2.11). It gives all that is good in front of a fault before it tells of the fault.
type source struct {
	r     io.Reader
	enc   encoding
	raw   []byte // read and not decoded yet
	room  []byte // what raw is a part of
	lines int    // within the declaration
	cr    bool   // a carriage return came last, so that a line feed belongs to it
	ended bool   // r has no more
	err   error  // for when raw has been given
}

// fault has no line, which only the Reader knows.
func fault(kind Kind, detail string) *Fault { return &Fault{Kind: kind, Detail: detail} }

// read fills p, of at least 64 bytes, with some of the document. An error comes alone.
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

// wanted is how many bytes make no more than p can take.
func (s *source) wanted(p []byte) int {
	if s.enc == inUTF8 {
		return min(len(p), cap(s.room))
	}
	return min(len(p)/3&^1, rawSize) // a unit of two bytes becomes three at most, and so does one of one
}

// fill reads up to n bytes after those of raw.
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
		bytes.HasPrefix(head, []byte("<\x00")), bytes.HasPrefix(head, []byte("\x00<")), bytes.HasPrefix(head, []byte("L\xa7\x94\x93")):
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

// declaration reads the XML declaration, if there is one, in units of that many bytes.
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

// narrow returns the ASCII characters at the beginning of raw, and 0xff for others.
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

func (s *source) unit(at int) uint16 {
	if s.enc == inUTF16BE {
		return binary.BigEndian.Uint16(s.raw[at:])
	}
	return binary.LittleEndian.Uint16(s.raw[at:])
}

// declared holds a declaration against the mark.
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

// encodings maps the names that a declaration may give; UTF-16 of either order is the mark's to say.
var encodings = map[string]encoding{
	"utf-8": inUTF8, "utf8": inUTF8, "utf-16": inUTF16LE, "us-ascii": inASCII, "ascii": inASCII,
	"iso-8859-1": inLatin1, "windows-1252": in1252,
}

// decode fills p from raw.
func (s *source) decode(p []byte) int {
	var n, used int
	switch s.enc {
	case inUTF8:
		used = s.utf8(len(p))
		n = copy(p, s.raw[:used])
	case inUTF16LE, inUTF16BE:
		n, used = s.utf16(p)
	default:
		n, used = s.bytes(p)
	}
	s.raw = s.raw[used:]
	return s.lineEnds(p[:n])
}

// utf8 returns how many bytes of raw are whole characters of XML, n at most.
func (s *source) utf8(n int) int {
	raw := s.raw[:min(n, len(s.raw))]
	i := 0
	for {
		i += plain(raw[i:])
		if i == len(raw) {
			return i
		}
		c := raw[i]
		switch {
		case c == '\r':
			i++
			continue
		case c < utf8.RuneSelf:
			s.err = fault(Damaged, badChar)
			return i
		}
		r, size := utf8.DecodeRune(raw[i:])
		switch {
		case size == 1 && !utf8.FullRune(raw[i:]):
			return i
		case size == 1:
			s.err = fault(Damaged, badEncoding)
			return i
		case r == 0xfffe || r == 0xffff:
			s.err = fault(Damaged, badChar)
			return i
		}
		i += size
	}
}

// plain returns the length of the longest prefix of p that is ASCII text without carriage returns.
func plain(p []byte) int {
	const stop = isHigh | isNoChar
	n := 0
	for ; n+8 <= len(p); n += 8 {
		q := p[n : n+8 : n+8]
		if (class[q[0]]|class[q[1]]|class[q[2]]|class[q[3]]|class[q[4]]|class[q[5]]|class[q[6]]|class[q[7]])&stop != 0 {
			break
		}
	}
	for n < len(p) && class[p[n]]&stop == 0 {
		n++
	}
	return n
}

// utf16 decodes the whole characters of raw into p, which is large enough for what fill has read.
func (s *source) utf16(p []byte) (n, used int) {
	for ; used+2 <= len(s.raw) && n+utf8.UTFMax <= len(p); used += 2 {
		r := rune(s.unit(used))
		if r&0xfc00 == 0xd800 {
			if used+4 > len(s.raw) {
				break
			}
			low := rune(s.unit(used + 2))
			if low&0xfc00 != 0xdc00 {
				s.err = fault(Damaged, badEncoding)
				break
			}
			r = 0x10000 + (r&0x3ff)<<10 + low&0x3ff
			used += 2
		}
		if !isChar(r) { // lone surrogates among them
			s.err = fault(Damaged, badChar)
			break
		}
		n += utf8.EncodeRune(p[n:], r)
	}
	return n, used
}

// bytes decodes an encoding of one byte a character into p.
func (s *source) bytes(p []byte) (n, used int) {
	for ; used < len(s.raw) && n+utf8.UTFMax <= len(p); used++ {
		c := s.raw[used]
		r := rune(c)
		if 0x80 <= c && c < 0xa0 && s.enc == in1252 {
			r = windows1252[c-0x80]
		}
		switch {
		case c >= 0x80 && (s.enc == inASCII || r < 0xa0):
			s.err = fault(Unsupported, "has bytes that readers of its encoding do not agree on")
			return n, used
		case !isChar(r):
			s.err = fault(Damaged, badChar)
			return n, used
		}
		n += utf8.EncodeRune(p[n:], r)
	}
	return n, used
}

// windows1252 has the characters of the bytes from 0x80 to 0x9F, and 0 for those that are none (WHATWG Encoding makes
// control characters of them, others an error).
var windows1252 = [32]rune{
	0x20ac, 0, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017d, 0,
	0, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0, 0x017e, 0x0178,
}

// lineEnds makes "\n" of all ends of lines in p, and returns its new length.
func (s *source) lineEnds(p []byte) int {
	if !s.cr && bytes.IndexByte(p, '\r') < 0 {
		return len(p)
	}
	n := 0
	for _, c := range p {
		after := s.cr
		s.cr = c == '\r'
		switch {
		case c == '\n' && after:
			continue
		case c == '\r':
			c = '\n'
		}
		p[n] = c
		n++
	}
	return n
}
