package inspect

import (
	"bytes"
	"encoding/binary"
	"unicode/utf16"
)

// The schemes of links that pass: what browsers and mail programs open.
var pdfSchemes = map[string]bool{"http": true, "https": true, "mailto": true, "tel": true}

// linkKind returns the kind of active content that the target of a link is, "" if it passes: a target of a scheme that is
// accepted, or a relative one. cut says that text is only the beginning.
//
// White space and control characters are passed over, as browsers do (WHATWG URL, 4.4); so are the mark and the zeros of
// UTF-16.
func linkKind(text []byte, cut bool) string {
	var kept [maxPDFToken]byte
	uri := kept[:0]
	for _, c := range text[:min(len(text), len(kept))] {
		if c > ' ' && c < 0x7f {
			uri = append(uri, c|lowerBit(c))
		}
	}
	end := bytes.IndexAny(uri, ":/?#\\")
	switch {
	case end < 0 && (cut || len(text) > len(kept)):
		return KindLink // of a scheme nobody has
	case end < 0:
		return ""
	case uri[end] == '\\', end == 0 && len(uri) > 1 && uri[0] == '/' && (uri[1] == '/' || uri[1] == '\\'):
		return KindLink // a file of another machine
	case uri[end] != ':' || pdfSchemes[string(uri[:end])]:
		return ""
	}
	switch string(uri[:end]) {
	case "javascript", "vbscript", "livescript", "data", "view-source":
		return KindScript
	}
	return KindLink
}

// lowerBit is what makes a letter a small one.
func lowerBit(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return 0x20
	}
	return 0
}

// isBeside reports whether the name of a file, or the beginning of one, is relative to the file that names it: no drive,
// scheme, root or other computer comes first (ISO 32000-2, 7.11.2). Names with backslashes are not.
func isBeside(name []byte) bool {
	folder := false
	for _, r := range textOf(name) {
		switch r {
		case '/':
			return folder
		case ':', '\\', '\uff0f', '\uff1a', '\uff3c': // wide ones become narrow on some systems
			return false
		}
		folder = folder || r > ' '
	}
	return true
}

// textOf decodes a text string. What is not in UTF-16 or UTF-8 has one byte for each character (7.9.2.2).
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
