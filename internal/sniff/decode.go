package sniff

import (
	"bytes"
	"encoding/binary"
	"unicode/utf16"
)

// decode returns head without its byte order mark, converted to UTF-8 if the mark is that of
// UTF-16. It reports false if the text then has a character that no text has (WHATWG MIME Sniffing,
// binary data byte).
func decode(head []byte) (text []byte, ok bool) {
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		text = head[3:]
	case bytes.HasPrefix(head, []byte("\xff\xfe")):
		text = fromUTF16(head[2:], binary.LittleEndian)
	case bytes.HasPrefix(head, []byte("\xfe\xff")):
		text = fromUTF16(head[2:], binary.BigEndian)
	default:
		text = head
	}
	return text, !bytes.ContainsFunc(text, isBinary)
}

func isBinary(r rune) bool {
	return r <= 0x08 || r == 0x0b || 0x0e <= r && r <= 0x1a || 0x1c <= r && r <= 0x1f
}

func fromUTF16(p []byte, order binary.ByteOrder) []byte {
	units := make([]uint16, len(p)/2)
	for i := range units {
		units[i] = order.Uint16(p[2*i:])
	}
	return []byte(string(utf16.Decode(units)))
}
