package inspect

import "bytes"

const (
	endstream = "endstream"
	endobj    = "endobj"
)

func isEOL(c byte) bool { return c == '\n' || c == '\r' }

func isPDFSpace(c byte) bool { return spaceTable[c] }

var (
	spaceTable = [256]bool{0: true, '\t': true, '\n': true, '\f': true, '\r': true, ' ': true}
	digitTable = [256]bool{'0': true, '1': true, '2': true, '3': true, '4': true, '5': true, '6': true, '7': true, '8': true, '9': true}
)

// trimEnd returns p without the bytes of the table at its end.
func trimEnd(p []byte, table *[256]bool) []byte {
	for len(p) > 0 && table[p[len(p)-1]] {
		p = p[:len(p)-1]
	}
	return p
}

// isRegular is true for the bytes of names, numbers and keywords.
var isRegular = func() (table [256]bool) {
	for c := range table {
		table[c] = !isPDFSpace(byte(c))
	}
	for _, c := range []byte("()<>[]{}/%") {
		table[c] = false
	}
	return table
}()

func hexDigit(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c|0x20 && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return -1
}

// unescapeName replaces #xx in place, where xx are hexadecimal digits.
func unescapeName(name []byte) []byte {
	out := name[:0]
	for i := 0; i < len(name); i++ {
		c := name[i]
		if c == '#' && i+2 < len(name) {
			hi, lo := hexDigit(name[i+1]), hexDigit(name[i+2])
			if hi >= 0 && lo >= 0 {
				c = byte(hi<<4 | lo) //nolint:gosec // two digits
				i += 2
			}
		}
		out = append(out, c)
	}
	return out
}

// partial returns the number of first bytes of a word, but not all, that stand at the end of p.
func partial(p []byte, word string) int {
	for n := min(len(word)-1, len(p)); n > 0; n-- {
		if end := p[len(p)-n:]; end[0] == word[0] && string(end) == word[:n] {
			return n
		}
	}
	return 0
}

func hasEOL(p []byte) bool { return bytes.ContainsAny(p, "\r\n") }

// structural reports whether a word cannot be part of an object's value. Readers that end a number
// at the first other byte see the beginning of an object in "6 0obj".
func structural(word []byte) bool {
	if len(word) < len("obj") || digitTable[word[len(word)-1]] {
		return false
	}
	switch string(word) {
	case "stream", endstream, "xref", "trailer", "startxref":
		return true
	}
	return bytes.HasSuffix(word, []byte("obj"))
}

// maxPDFDigits is the largest number of digits whose value is certain to fit.
const maxPDFDigits = 18

// pdfInt returns the value of a word of at most maxPDFDigits digits, and -1 for all other words.
func pdfInt(word []byte) int64 {
	if len(word) == 0 || len(word) > maxPDFDigits {
		return -1
	}
	n := int64(0)
	for _, c := range word {
		if c < '0' || c > '9' {
			return -1
		}
		n = 10*n + int64(c-'0')
	}
	return n
}

// lenientInt is pdfInt for readers that make an integer of +7, -0 and 7.0, too. It ignores the
// sign.
func lenientInt(word []byte) int64 {
	for len(word) > 0 && (word[0] == '+' || word[0] == '-') {
		word = word[1:]
	}
	for len(word) > 1 && word[0] == '0' {
		word = word[1:]
	}
	for i, c := range word {
		if c != '.' {
			continue
		}
		for _, c := range word[i+1:] {
			if c != '0' {
				return -1
			}
		}
		word = word[:i]
		break
	}
	return pdfInt(word)
}
