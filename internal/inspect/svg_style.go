package inspect

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// svgStyle judges what is read as CSS: style sheets, style attributes, and the attributes that stand for properties.
func svgStyle(css string) *Error {
	if !strings.ContainsAny(css, `(\@:`) {
		return nil
	}
	css = strings.ToLower(unescapeCSS(css))
	for _, word := range []string{"@import", "@namespace", "image-set(", "image(", "cross-fade(", "src("} {
		if strings.Contains(css, word) {
			return active(KindExternal, loads)
		}
	}
	for _, word := range []string{"javascript:", "vbscript:", "expression(", "-moz-binding", "behavior:"} {
		if strings.Contains(css, word) {
			return active(KindScript, hasScript)
		}
	}
	for _, rest := range strings.Split(css, "url(")[1:] {
		target := strings.TrimLeft(rest, " \t\r\n\f\"'")
		if !strings.HasPrefix(target, "#") && !strings.HasPrefix(target, ")") && !isData(target, imageData) && !isData(target, fontData) {
			return active(KindExternal, loads)
		}
	}
	return nil
}

// unescapeCSS replaces escapes (CSS Syntax, 4.3.7), which browsers understand in names of functions too.
func unescapeCSS(css string) string {
	if !strings.Contains(css, `\`) {
		return css
	}
	var b strings.Builder
	for len(css) > 0 {
		before, after, found := strings.Cut(css, `\`)
		b.WriteString(before)
		if css = after; !found {
			break
		}
		n := 0
		for n < len(css) && n < 6 && hexDigit(css[n]) >= 0 {
			n++
		}
		if n == 0 { // the next character stands for itself
			_, size := utf8.DecodeRuneInString(css)
			b.WriteString(css[:size])
			css = css[size:]
			continue
		}
		r, _ := strconv.ParseUint(css[:n], 16, 32)
		b.WriteRune(rune(r)) //nolint:gosec // of at most six digits; what is no character becomes U+FFFD
		if css = css[n:]; css != "" && strings.ContainsRune(" \t\r\n\f", rune(css[0])) {
			css = css[1:]
		}
	}
	return b.String()
}
