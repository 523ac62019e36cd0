package xmlread

import (
	"bytes"
	"unicode/utf8"
)

// entities are the entities that the document has declared, with their texts.
type entities map[string]string

// used reports whether v has a reference to one of them.
func (e entities) used(v []byte) bool {
	for {
		i := bytes.IndexByte(v, '&')
		if i < 0 {
			return false
		}
		v = v[i:]
		if end := bytes.IndexByte(v[:min(len(v), maxReference)], ';'); end > 0 && e[string(v[1:end])] != "" {
			return true
		}
		v = v[1:]
	}
}

// expand appends the value v to to, with its references replaced and its white space turned into
// spaces. chars are the entities for single characters. The result, with the bytes that to had
// before, has at most MaxValue bytes.
func (e entities) expand(to, v []byte, chars map[string]rune) ([]byte, error) {
	for i := 0; i < len(v); {
		switch c := v[i]; c {
		case '&':
			char, size, ok := reference(v[i:], chars)
			if ok {
				to = utf8.AppendRune(to, char)
			} else {
				text := e[string(v[i+1:i+max(size, 2)-1])]
				if text == "" {
					return to, fault(Damaged, malformed)
				}
				to = append(to, text...)
			}
			i += size
		case '\n', '\t':
			to = append(to, ' ')
			i++
		default:
			to = append(to, c)
			i++
		}
		if len(to) > MaxValue {
			return to, fault(Complex, "has an attribute that is too long")
		}
	}
	return to, nil
}
