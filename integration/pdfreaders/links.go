package pdfreaders

import (
	"encoding/hex"
	"slices"
	"strings"
	"unicode/utf16"
)

// isString reports whether a value is a string, in the notation of a Document.
func isString(s string) bool { return strings.HasPrefix(s, "u:") || strings.HasPrefix(s, "b:") }

// plain returns the text of a string.
func plain(s string) string {
	text, isText := strings.CutPrefix(s, "u:")
	if isText {
		return text
	}
	b, err := hex.DecodeString(strings.TrimPrefix(s, "b:"))
	if err != nil {
		return s
	}
	if len(b) < 2 || b[0] != 0xfe || b[1] != 0xff {
		return string(b)
	}
	var units []uint16
	for b = b[2:]; len(b) > 1; b = b[2:] {
		units = append(units, uint16(b[0])<<8|uint16(b[1]))
	}
	return string(utf16.Decode(units))
}

// schemes are those of links to the web, to FTP servers, to mail, to news or to a telephone.
var schemes = []string{"http", "https", "ftp", "ftps", "mailto", "news", "tel"}

// harmless reports whether a link has one of schemes, or no scheme and no name of a computer. It
// ignores all but visible ASCII characters, which is more than browsers ignore (WHATWG URL, 4.4).
func harmless(uri string) bool {
	uri = strings.ToLower(strings.Map(func(r rune) rune {
		if r <= ' ' || r >= 0x7f {
			return -1
		}
		return r
	}, plain(uri)))
	if strings.HasPrefix(uri, `\`) || strings.HasPrefix(uri, "//") || strings.HasPrefix(uri, `/\`) {
		return false
	}
	first, _, found := strings.Cut(uri, ":")
	return !found || strings.ContainsAny(first, `/?#\`) || slices.Contains(schemes, first)
}

// fileNames are the entries by which a file specification names a file (ISO 32000-2,
// 7.11.3).
var fileNames = []string{"/F", "/UF", "/DOS", "/Mac", "/Unix"}

// beside reports whether a file specification has no name, or only names that are relative to the
// document by any reading. It is stricter than the inspector: it is false for an empty name, and for
// a colon or a backslash in the first segment. It is also false for other file systems and for
// embedded files.
func (d *Document) beside(v any) bool {
	if v = d.resolve(v); v == nil {
		return true
	}
	if m := d.dict(v); m != nil {
		for key, value := range m {
			if slices.Contains(fileNames, key) && !d.beside(value) || key == "/FS" || key == "/EF" {
				return false
			}
		}
		return true
	}
	if !isString(d.text(v)) {
		return false
	}
	name := strings.TrimFunc(plain(d.text(v)), func(r rune) bool { return r <= ' ' })
	first, _, _ := strings.Cut(name, "/")
	return first != "" && !strings.ContainsAny(first, `:\`)
}
