package inspect

import "unicode/utf8"

// cssWord is the beginning of a name or of a target, in lower case.
type cssWord struct {
	text [48]byte
	n    int
	long bool
	last [4]byte // the last bytes of the whole word
}

func (w *cssWord) add(r rune) {
	if 'A' <= r && r <= 'Z' {
		r |= 0x20
	}
	copy(w.last[:], w.last[1:])
	w.last[3] = byte(min(r, utf8.RuneSelf)) //nolint:gosec // ASCII, or something else
	if w.n+utf8.UTFMax > len(w.text) {
		w.long = true
		return
	}
	w.n += utf8.EncodeRune(w.text[w.n:], r)
}

func (w *cssWord) addByte(c byte) {
	if c < utf8.RuneSelf {
		w.add(rune(c))
		return
	}
	copy(w.last[:], w.last[1:])
	w.last[3] = c
	if w.n < len(w.text) {
		w.text[w.n] = c
		w.n++
	}
}

func (w *cssWord) clear()        { w.n, w.long, w.last = 0, false, [4]byte{} }
func (w *cssWord) bytes() []byte { return w.text[:w.n] }

// cssRules lists the at-rules of CSS that load nothing by themselves, with browser prefixes. It
// omits import, and namespace, which no drawing needs.
var cssRules = nameSet(`
	charset color-profile container counter-style font-face font-feature-values font-palette-values keyframes layer media page
	property scope starting-style supports viewport
	annotation character-variant ornaments styleset stylistic swash historical-forms
	top-left-corner top-left top-center top-right bottom-left bottom-center bottom-right
	-webkit-keyframes -moz-keyframes -o-keyframes -ms-viewport -o-viewport -webkit-viewport position-try view-transition`)

// cssFunctions lists functions that load nothing from elsewhere, including those of selectors. It
// omits image, image-set, src, cross-fade, element, paint and similar functions.
var cssFunctions = nameSet(`
	rgb rgba hsl hsla hwb lab lch oklab oklch color color-mix device-cmyk icc-color light-dark contrast-color color-contrast
	linear-gradient radial-gradient conic-gradient repeating-linear-gradient repeating-radial-gradient repeating-conic-gradient
	-webkit-linear-gradient -webkit-radial-gradient -webkit-repeating-linear-gradient -webkit-repeating-radial-gradient -webkit-gradient
	-moz-linear-gradient -moz-radial-gradient -moz-repeating-linear-gradient -moz-repeating-radial-gradient -o-linear-gradient
	-o-radial-gradient -ms-linear-gradient -ms-radial-gradient from to color-stop gradient alpha
	matrix matrix3d perspective rotate rotate3d rotatex rotatey rotatez scale scale3d scalex scaley scalez skew skewx skewy translate
	translate3d translatex translatey translatez
	blur brightness contrast drop-shadow grayscale hue-rotate invert opacity saturate sepia
	circle ellipse inset path polygon ray rect rectangle shape xywh
	cubic-bezier frames linear spring steps
	abs acos asin atan atan2 calc calc-size clamp cos exp hypot log max min mod pow progress rem round sign sin sqrt tan
	attr counter counters env var symbols toggle
	anchor anchor-size fit-content minmax repeat scroll view
	annotation character-variant format local ornaments styleset stylistic swash tech
	has host host-context is lang dir matches not nth-child nth-col nth-last-child nth-last-col nth-last-of-type nth-of-type part slotted
	state where cue highlight -moz-any -webkit-any current
	and or only selector style supports`)

var cssLetter, cssNothing = func() (letters, nothing [256]bool) {
	for c := range letters {
		letters[c] = c >= utf8.RuneSelf || isLetterOrDigit(byte(c)) || c == '-' || c == '_'
		nothing[c] = !letters[c] && c != '\\' && c != '@' && c != '/' && c != '"' && c != '\'' && c != '#' && c != '<'
	}
	return letters, nothing
}()

func isCSSSpace(b byte) bool { return b == ' ' || b == '\t' || b == '\n' || b == '\f' || b == '\r' }
