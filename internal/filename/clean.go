// Package filename handles the name that a client gives to a file: names coming in (Clean, Ext) and
// names going out in a Content-Disposition header (Disposition). It also judges names for readers
// (Visible), and shortens a client's texts (Brief, Cut).
//
// A name is data, not a storage key or a path on a disk, so this package does not make it safe for
// a file system. A cleaned name may still be CON.png or hold a colon, a percent sign, a quote or
// markup. Code that prints it must escape it for its context.
//
// All functions are pure and safe for concurrent use.
package filename

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxLen is the maximum length in bytes of a name that Clean returns. Common file systems allow as
// much.
const MaxLen = 255

// The texts are fit for the client.
var (
	errControl = errors.New("the file name contains a control character")
	errEmpty   = errors.New("the file name is empty")
	errTooLong = errors.New("the file name's extension is too long")
)

// Clean turns the file name of a form part into a display name: valid UTF-8, at most MaxLen bytes,
// one path element, without control and bidirectional characters and most invisible ones, and
// without white space at its ends.
//
// raw is the name that the client gave, without the quoting of its form or JSON. In this order:
//
//   - Control characters (C0, DEL, C1, including NUL and line breaks) are refused: to drop one
//     could join the characters around it.
//   - Each run of invalid UTF-8 becomes one U+FFFD. Overlong forms of "/" and "." are invalid
//     UTF-8.
//   - Invisible characters are dropped (Unicode TR36, CWE-451): bidirectional overrides, isolates
//     and marks, zero-width and other format characters, line and paragraph separators, and others
//     that are ignorable by default. Variation selectors stay. Joiners (U+200C, U+200D) stay where
//     writing needs them: between two characters of an Arabic, Indic or similar script, and between
//     two symbols, such as emoji. Flags lose their tag characters.
//   - Nothing is decoded: "100%25.png" is a file with exactly that name. Decoding would turn %2F,
//     %00 and %0D%0A, which are harmless as text, into the characters that they encode. Package
//     form decodes the quotes that browsers escape.
//   - Everything up to the last "/" or "\" is cut: folder uploads and old browsers send paths.
//   - White space is cut at both ends. A trailing dot stays, so that Ext does not take "x.png." for
//     a .png.
//   - A name longer than MaxLen bytes is cut before its extension, at a rune boundary. If the
//     extension alone has MaxLen bytes or more, the name is refused, since cutting would invent
//     another extension.
//
// A name of only dots and spaces is refused, and so is an empty one. A name to which no step
// applies comes back unchanged, in any script. Cleaning a cleaned name changes nothing. The text of
// the error is fit for the client.
func Clean(raw string) (string, error) {
	if strings.ContainsFunc(raw, unicode.IsControl) {
		return "", errControl
	}
	name := visible(strings.ToValidUTF8(raw, "\uFFFD"))
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.TrimSpace(name)
	if len(name) > MaxLen {
		if len(Ext(name)) >= MaxLen {
			return "", errTooLong
		}
		name = shorten(name, MaxLen)
	}
	if strings.Trim(name, ". ") == "" {
		return "", errEmpty
	}
	return name, nil
}

// Ext returns the extension of name in lower case: from its last dot to its end, "" without a
// dot.
//
// It trims nothing and changes the case of ASCII letters only. So "x.png.", "x.png " and
// "x.png::$DATA" do not pass for a .png. Nor do names with a full-width dot or a look-alike letter
// (U+212A, whose lower case is "k").
func Ext(name string) string {
	i := strings.LastIndexByte(name, '.')
	if i < 0 {
		return ""
	}
	return strings.Map(lowerASCII, name[i:])
}

func lowerASCII(r rune) rune {
	if 'A' <= r && r <= 'Z' {
		return r + ('a' - 'A')
	}
	return r
}

// shorten cuts name to at most limit bytes at a rune boundary, before its extension if there is
// space for it.
func shorten(name string, limit int) string {
	if len(name) <= limit {
		return name
	}
	ext := name[len(name)-len(Ext(name)):]
	if len(ext) >= limit {
		ext = ""
	}
	cut := limit - len(ext)
	for !utf8.RuneStart(name[cut]) {
		cut--
	}
	stem := strings.TrimRight(name[:cut], "\u200c\u200d") // a joiner needs both of its neighbours
	if ext == "" {
		stem = strings.TrimSpace(stem)
	}
	return stem + ext
}
