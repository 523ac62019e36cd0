package inspect

import "bytes"

// pdfCalculations are functions of Acrobat for the fields of forms. They format and check the
// user's input, and compute with it, and do nothing else.
var pdfCalculations = map[string]bool{
	"AFNumber_Format": true, "AFNumber_Keystroke": true, "AFPercent_Format": true, "AFPercent_Keystroke": true,
	"AFDate_Format": true, "AFDate_FormatEx": true, "AFDate_Keystroke": true, "AFDate_KeystrokeEx": true,
	"AFTime_Format": true, "AFTime_FormatEx": true, "AFTime_Keystroke": true, "AFTime_KeystrokeEx": true,
	"AFSpecial_Format": true, "AFSpecial_Keystroke": true, "AFSpecial_KeystrokeEx": true,
	"AFRange_Validate": true, "AFSimple_Calculate": true,
}

// calculates reports whether a script consists of calls of these functions, one at least, with
// plain values as arguments, and of nothing else.
func calculates(script []byte) bool {
	s := calcScanner{rest: plain(script)}
	for calls := 0; ; calls++ {
		for s.takes(";") {
		}
		if s.blank(); len(s.rest) == 0 {
			return calls > 0
		}
		if !pdfCalculations[s.word()] || !s.takes("(") || !s.arguments(")") {
			return false
		}
	}
}

// plain returns text that begins with the mark of big-endian UTF-16 as ASCII, and nil if it has
// other characters. It returns other text as it is.
func plain(text []byte) []byte {
	wide, marked := bytes.CutPrefix(text, []byte("\xfe\xff"))
	if !marked {
		return text
	}
	var out []byte
	for i := 0; i+1 < len(wide); i += 2 {
		if wide[i] != 0 || wide[i+1] >= 0x80 {
			return nil
		}
		out = append(out, wide[i+1])
	}
	return out
}

// calcScanner reads the small part of JavaScript that such scripts use.
type calcScanner struct{ rest []byte }

func (s *calcScanner) blank() { s.rest = bytes.TrimLeft(s.rest, " \t\r\n") }

func (s *calcScanner) takes(sign string) bool {
	s.blank()
	rest, ok := bytes.CutPrefix(s.rest, []byte(sign))
	s.rest = rest
	return ok
}

// word takes letters, digits, dots, underscores, plus and minus.
func (s *calcScanner) word() string {
	s.blank()
	n := 0
	for n < len(s.rest) {
		c := s.rest[n]
		if c|lowerBit(c) < 'a' || c|lowerBit(c) > 'z' {
			if (c < '0' || c > '9') && c != '_' && c != '.' && c != '-' && c != '+' {
				break
			}
		}
		n++
	}
	w := s.rest[:n]
	s.rest = s.rest[n:]
	return string(w)
}

// arguments takes values up to the parenthesis that closes them.
func (s *calcScanner) arguments(closes string) bool {
	if s.takes(closes) {
		return true
	}
	for s.value() {
		if s.takes(closes) {
			return true
		}
		if !s.takes(",") {
			return false
		}
	}
	return false
}

// value takes a number, a truth value, a string, or a list of strings.
func (s *calcScanner) value() bool {
	s.blank()
	if len(s.rest) > 0 && (s.rest[0] == '"' || s.rest[0] == '\'') {
		return s.quoted(s.rest[0])
	}
	switch w := s.word(); w {
	case "":
		return false
	case "true", "false":
		return true
	case "new":
		if s.word() != "Array" {
			return false
		}
		fallthrough
	case "Array":
		return s.takes("(") && s.strings()
	default:
		return isDecimal(w)
	}
}

// strings takes strings and the parenthesis after them.
func (s *calcScanner) strings() bool {
	if s.takes(")") {
		return true
	}
	for {
		s.blank()
		if len(s.rest) == 0 || s.rest[0] != '"' && s.rest[0] != '\'' || !s.quoted(s.rest[0]) {
			return false
		}
		if s.takes(")") {
			return true
		}
		if !s.takes(",") {
			return false
		}
	}
}

// quoted takes a string. Any character after a backslash is part of it.
func (s *calcScanner) quoted(quote byte) bool {
	for i := 1; i < len(s.rest); i++ {
		switch s.rest[i] {
		case quote:
			s.rest = s.rest[i+1:]
			return true
		case '\\':
			i++
		case '\n', '\r':
			return false
		}
	}
	return false
}

func isDecimal(w string) bool {
	digits := 0
	for i := range len(w) {
		switch c := w[i]; {
		case '0' <= c && c <= '9':
			digits++
		case c != '.' && (i > 0 || c != '-'):
			return false
		}
	}
	return digits > 0
}
