package filename

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	zeroWidthNonJoiner = '\u200c'
	zeroWidthJoiner    = '\u200d'
	emojiVariation     = '\ufe0f' // requests the colour form of the symbol before it
	textVariation      = '\ufe0e' // requests the plain one
	keycap             = '\u20e3'
)

// visible returns s without invisible characters, except joiners that join.
func visible(s string) string {
	if !strings.ContainsFunc(s, invisible) {
		return s
	}
	runes := []rune(s)
	kept := make([]rune, 0, len(runes))
	for i, r := range runes {
		if !invisible(r) || joins(kept, r, runes[i+1:]) {
			kept = append(kept, r)
		}
	}
	return string(kept)
}

// Visible reports whether name has no hidden characters, so that a person reads the same as a
// program. Control characters are hidden, and so are the invisible characters that [Clean] drops.
// Variation selectors are hidden, too, since they can carry bytes (U+FE00, U+E0100 ...), except
// U+FE0E and U+FE0F of an emoji or a keycap. name must be valid UTF-8.
func Visible(name string) bool {
	return !strings.ContainsFunc(name, unicode.IsControl) && visible(name) == name && !strayVariation(name)
}

// strayVariation reports whether name has variation selectors that are neither an emoji's nor a
// keycap's.
func strayVariation(name string) bool {
	var prev rune
	for i, r := range name {
		next, _ := utf8.DecodeRuneInString(name[i+utf8.RuneLen(r):])
		chosen := (r == emojiVariation || r == textVariation) && (isEmoji(prev) || next == keycap)
		if unicode.Is(unicode.Variation_Selector, r) && !chosen {
			return true
		}
		prev = r
	}
	return false
}

// invisible reports whether r is a format character, a separator of lines or paragraphs, or
// ignorable by default, except for variation selectors. The Arabic number signs and similar marks
// are format characters by category, but they are drawn.
func invisible(r rune) bool {
	return unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Other_Default_Ignorable_Code_Point) &&
		!unicode.Is(unicode.Prepended_Concatenation_Mark, r)
}

// joins reports whether r is a joiner between two characters that it can join. Elsewhere, above all
// among ASCII letters, a joiner can make two different names look the same.
func joins(before []rune, r rune, after []rune) bool {
	if r != zeroWidthJoiner && r != zeroWidthNonJoiner || len(before) == 0 || len(after) == 0 {
		return false
	}
	prev, next := before[len(before)-1], after[0]
	if invisible(next) { // it is dropped
		return false
	}
	return joinable(prev) && joinable(next) || (isEmoji(prev) || prev == emojiVariation) && isEmoji(next)
}

func joinable(r rune) bool {
	return unicode.In(r,
		unicode.Arabic, unicode.Bengali, unicode.Devanagari, unicode.Gujarati, unicode.Gurmukhi, unicode.Kannada,
		unicode.Khmer, unicode.Malayalam, unicode.Mongolian, unicode.Myanmar, unicode.Oriya, unicode.Sinhala,
		unicode.Syriac, unicode.Tamil, unicode.Telugu, unicode.Tibetan)
}

// isEmoji reports whether r is a symbol from U+2190 on, as most emoji and all skin tones are.
func isEmoji(r rune) bool {
	return r >= 0x2190 && unicode.In(r, unicode.So, unicode.Sk)
}
