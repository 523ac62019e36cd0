package xmlread

import "unicode/utf8"

// Classes of bytes.
const (
	isName   = 1 << iota // an ASCII character of a name
	isFirst              // one that may begin a name
	isHigh               // part of a character outside of ASCII
	isSpace              // white space (XML 1.0 [3]) other than a carriage return
	isNoChar             // a control character that XML does not allow, or a carriage return
	isColon
)

var class = func() (table [256]uint8) {
	for c := range table {
		switch {
		case 'a' <= c|0x20 && c|0x20 <= 'z' && c < utf8.RuneSelf, c == '_':
			table[c] = isName | isFirst
		case '0' <= c && c <= '9', c == '-', c == '.':
			table[c] = isName
		case c == ':':
			table[c] = isName | isColon
		case c == ' ', c == '\t', c == '\n':
			table[c] = isSpace
		case c < ' ':
			table[c] = isNoChar
		case c >= utf8.RuneSelf:
			table[c] = isHigh
		}
	}
	return table
}()

// isChar reports whether r is a character of XML 1.0 [2].
func isChar(r rune) bool {
	switch {
	case r < ' ':
		return r == '\t' || r == '\n' || r == '\r'
	case r <= 0xd7ff, 0xe000 <= r && r <= 0xfffd, 0x10000 <= r && r <= utf8.MaxRune:
		return true
	}
	return false
}

// isNCName reports whether name is a name without a colon (Namespaces in XML 1.0 [4]).
func isNCName(name []byte) bool {
	if len(name) == 0 || class[name[0]]&(isFirst|isHigh) == 0 {
		return false
	}
	for i := 0; i < len(name); {
		c := name[i]
		switch {
		case c == ':', class[c]&(isName|isHigh) == 0:
			return false
		case c < utf8.RuneSelf:
			i++
		default:
			r, size := utf8.DecodeRune(name[i:])
			if !isNameRune(r, i == 0) {
				return false
			}
			i += size
		}
	}
	return true
}

// isNameRune reports whether a name may have r, which is not ASCII, as its first character or
// elsewhere (XML 1.0 [4] and [4a]).
func isNameRune(r rune, first bool) bool {
	for _, s := range nameRunes {
		if s.from <= r && r <= s.to {
			return s.first || !first
		}
	}
	return false
}

var nameRunes = []struct {
	from, to rune
	first    bool
}{
	{0xb7, 0xb7, false},
	{0xc0, 0xd6, true},
	{0xd8, 0xf6, true},
	{0xf8, 0x2ff, true},
	{0x300, 0x36f, false},
	{0x370, 0x37d, true},
	{0x37f, 0x1fff, true},
	{0x200c, 0x200d, true},
	{0x203f, 0x2040, false},
	{0x2070, 0x218f, true},
	{0x2c00, 0x2fef, true},
	{0x3001, 0xd7ff, true},
	{0xf900, 0xfdcf, true},
	{0xfdf0, 0xfffd, true},
	{0x10000, 0xeffff, true},
}
