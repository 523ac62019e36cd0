package inspect

import "github.com/airlock-go/upload/internal/jsontext"

// vivo reads the trailer that vivo and OPPO phones write after pictures. It is a JSON object, with
// or without "vivo" before it. Nothing follows it, or its length and "cameralbum".
type vivo struct {
	off   int64
	mark  int // bytes read of vivoMark
	json  jsontext.Scanner
	tail  int // bytes after the object
	ended bool
}

const (
	vivoMark = "vivo"
	vivoTail = "\x00\x00\x00\x00cameralbum!" // the first four are the length; the last may be missing
)

const maxVivo = 64 << 10 // bytes of a trailer before its last one

func (v *vivo) write(p []byte) *Error {
	for _, c := range p {
		if !v.step(c) {
			return faultAt(CodeTrailing, behindEnd, 0)
		}
		v.off++
	}
	return nil
}

func (v *vivo) step(c byte) bool {
	switch {
	case v.off > maxVivo:
		return false
	case v.mark < len(vivoMark) && v.off == int64(v.mark) && c == vivoMark[v.mark]:
		v.mark++
	case v.ended:
		v.tail++
		return v.tail <= len(vivoTail) && (v.tail <= 4 || c == vivoTail[v.tail-1])
	case v.mark > 0 && v.mark < len(vivoMark), v.json.Offset() == 0 && c != '{':
		return false
	default:
		if v.json.Scan([]byte{c}) != jsontext.None {
			return false
		}
		v.ended = v.json.Whole()
	}
	return true
}

// end judges the end of the file.
func (v *vivo) end() *Error {
	if !v.ended || v.tail > 0 && v.tail < len(vivoTail)-1 {
		return faultAt(CodeTrailing, "has data after its end that is cut off", v.off)
	}
	return nil
}
