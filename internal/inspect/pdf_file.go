package inspect

import (
	"bytes"
	"encoding/binary"
	"unicode/utf16"
)

// item reads the value of an entry that names the file.
func (f *pdfFile) item(i *pdfItem) {
	switch i.kind {
	case itemString:
		f.named = true
		f.far = f.far || !isBeside(i.text, i.cut)
	case itemReference:
		f.far = f.far || f.referred
		f.referred, f.num = true, i.num
	case itemName:
		f.far = true
	case itemNumber, itemWord: // F is a number in annotations, for example
	}
}

func (f *pdfFile) known() bool { return f.named || f.referred || f.far }

// specifiesBeside reports whether a dictionary, as a file specification, names a file by relative
// paths alone (7.11.3). An entry FS would make them addresses.
func (l *pdfLevel) specifiesBeside() bool {
	return !l.file.far && !l.file.referred && !l.more && l.keys&^fileSpecification == 0
}

// leads judges the file that an action opens on a click.
func (r *pdfRules) leads(f *pdfFile) {
	switch {
	case f.far:
		r.refuse(KindLink, leadsToFile)
	case f.referred:
		r.mark(f.num, asTarget)
	}
}

// isBeside reports whether the name of a file is relative to the file that names it. If it is cut,
// only its beginning is known. No drive, scheme, root or other computer may come first (ISO
// 32000-2, 7.11.2), and no backslash before the first slash.
func isBeside(name []byte, cut bool) bool {
	letters, scheme := 0, true
	for _, r := range textOf(name) {
		switch r {
		case '/':
			return letters > 0
		case '\\', '\uff0f', '\uff3c': // wide ones become narrow on some systems
			return false
		case ':', '\uff1a':
			if scheme {
				return false
			}
		case '|', '\uff5c': // URLs may write c| for the drive c:
			if scheme && letters == 1 {
				return false
			}
		}
		if r > ' ' {
			letters++
		}
		scheme = scheme && (r < ' ' || r == ' ' && letters == 0 || isSchemeRune(r)) // browsers leave out control characters
	}
	return letters > 0 || !cut
}

// isSchemeRune reports whether a scheme (RFC 3986, 3.1) or a drive may have the character.
func isSchemeRune(r rune) bool {
	return 'a' <= r|0x20 && r|0x20 <= 'z' || '0' <= r && r <= '9' || r == '+' || r == '-' || r == '.'
}

// textOf decodes a text string. One that is not in UTF-16 or UTF-8 has one byte for each character
// (7.9.2.2).
func textOf(b []byte) (text []rune) {
	order, wide := binary.ByteOrder(binary.BigEndian), true
	switch {
	case bytes.HasPrefix(b, []byte("\xef\xbb\xbf")):
		return []rune(string(b[3:]))
	case bytes.HasPrefix(b, []byte("\xff\xfe")):
		order = binary.LittleEndian
	default:
		wide = bytes.HasPrefix(b, []byte("\xfe\xff"))
	}
	if wide {
		var units []uint16
		for b = b[2:]; len(b) > 1; b = b[2:] {
			units = append(units, order.Uint16(b))
		}
		return utf16.Decode(units)
	}
	for _, c := range b {
		text = append(text, rune(c))
	}
	return text
}
