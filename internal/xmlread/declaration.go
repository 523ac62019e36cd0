package xmlread

import "bytes"

// maxDeclaration is the most characters of an XML declaration before its "?>".
const maxDeclaration = 512

const badDeclaration = "has an XML declaration that is not well-formed"

// declaration is the content of an XML declaration. Missing fields are empty.
type declaration struct{ version, encoding, standalone string }

// beginsDeclared reports whether text begins with an XML declaration. text must have at least
// six bytes, or be the whole document.
func beginsDeclared(text []byte) bool {
	return len(text) >= 6 && string(text[:5]) == "<?xml" && (class[text[5]]&isSpace != 0 || text[5] == '\r')
}

// parseDeclaration reads an XML declaration by its grammar (XML 1.0 [23] to [25], [32], [80] and
// [81]); the caller judges the version. text goes from "<?xml" to the end of "?>", and may have
// carriage returns.
func parseDeclaration(text []byte) (d declaration, ok bool) {
	p := declared{text[len("<?xml") : len(text)-len("?>")]}
	if d.version, ok = p.field("version"); !ok || d.version == "" {
		return d, false
	}
	if d.encoding, ok = p.field("encoding"); !ok {
		return d, false
	}
	if d.standalone, ok = p.field("standalone"); !ok {
		return d, false
	}
	p.space()
	return d, len(p.rest) == 0 && (d.standalone == "" || d.standalone == "yes" || d.standalone == "no") &&
		(d.encoding == "" || class[d.encoding[0]]&isFirst != 0 && d.encoding[0] != '_')
}

// declared is the unread rest of a declaration.
type declared struct{ rest []byte }

// space passes over white space, and reports whether there was some.
func (p *declared) space() bool {
	n := 0
	for n < len(p.rest) && (class[p.rest[n]]&isSpace != 0 || p.rest[n] == '\r') {
		n++
	}
	p.rest = p.rest[n:]
	return n > 0
}

// field reads S name Eq quoted. For a missing field it returns "" and reads nothing; ok is false if
// the field is present and not well-formed.
func (p *declared) field(name string) (value string, ok bool) {
	before := p.rest
	if !p.space() || !bytes.HasPrefix(p.rest, []byte(name)) {
		p.rest = before
		return "", true
	}
	p.rest = p.rest[len(name):]
	p.space()
	if len(p.rest) == 0 || p.rest[0] != '=' {
		return "", false
	}
	p.rest = p.rest[1:]
	p.space()
	if len(p.rest) == 0 || p.rest[0] != '"' && p.rest[0] != '\'' {
		return "", false
	}
	end := bytes.IndexByte(p.rest[1:], p.rest[0])
	if end <= 0 {
		return "", false
	}
	value, p.rest = string(p.rest[1:1+end]), p.rest[end+2:]
	for i := range len(value) { // letters, digits, ".", "_" and "-", as all three values have
		if class[value[i]]&isName == 0 || value[i] == ':' {
			return "", false
		}
	}
	return value, true
}
