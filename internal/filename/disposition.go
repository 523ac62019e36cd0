package filename

import (
	"strings"
	"unicode"
)

// maxDisposed keeps a whole header value below 1 KiB: each byte of the name costs at most four, one
// in the ASCII form and three in the encoded one.
const maxDisposed = 240

const upperHex = "0123456789ABCDEF"

// Disposition returns the value of a Content-Disposition response header (RFC 6266).
//
// kind is "inline" or "attachment"; anything else means "attachment", the safe one. name may be
// anything: control characters, most invisible ones, and white space at the ends are dropped, path
// separators become "_", and invalid UTF-8 becomes U+FFFD. Variation selectors stay, and so do
// joiners between characters that they join. The name is cut to 240 bytes, before its extension
// where possible. If nothing of the name is left, the value is kind alone.
//
// The filename parameter is printable ASCII. It has "_" for characters that old or careless parsers
// get wrong: double quotes, percent signs, semicolons and everything outside of ASCII. If that
// loses something, filename* (RFC 8187) follows with the same name in UTF-8. The result is
// printable ASCII below 1 KiB. It does not make the content safe to open inline.
func Disposition(kind, name string) string {
	if kind != "inline" {
		kind = "attachment"
	}
	name = shorten(disposable(name), maxDisposed)
	if name == "" {
		return kind
	}
	plain := strings.Map(fallback, name)
	value := kind + `; filename="` + plain + `"`
	if plain != name {
		value += "; filename*=UTF-8''" + encode(name)
	}
	return value
}

// disposable drops or replaces characters that must never reach a header or a download dialogue.
func disposable(name string) string {
	name = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r):
			return -1
		case r == '/' || r == '\\':
			return '_'
		}
		return r
	}, name) // Map also turns invalid UTF-8 into U+FFFD
	return strings.TrimSpace(visible(name))
}

func fallback(r rune) rune {
	if r < ' ' || r > '~' || strings.ContainsRune(`"\%;`, r) {
		return '_'
	}
	return r
}

// encode percent-encodes all bytes except the attr-char of RFC 8187.
func encode(name string) string {
	var b strings.Builder
	for i := range len(name) {
		if c := name[i]; isAttrChar(c) {
			b.WriteByte(c)
		} else {
			b.WriteByte('%')
			b.WriteByte(upperHex[c>>4])
			b.WriteByte(upperHex[c&15])
		}
	}
	return b.String()
}

func isAttrChar(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' ||
		strings.IndexByte("!#$&+-.^_`|~", c) >= 0
}
