package xmlread

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

const maxPiece = 1 << 10 // bytes of one piece of text

// texts reads the text between tags.
type texts struct {
	elements
	token []byte  // what Text returns
	char  [4]byte // of a reference
	cdata bool    // within a CDATA section
}

// text reads a piece of text, up to the next markup or reference at most. Text must not contain
// "]]>".
func (r *texts) text() (Token, error) {
	for {
		chunk := r.buf[r.at:min(len(r.buf), r.at+maxPiece)]
		n := plainText(chunk)
		if n < len(chunk) && chunk[n] == ']' {
			if n = bytes.IndexAny(chunk, "<&"); n < 0 {
				n = len(chunk)
			}
			if i := bytes.Index(chunk[:n], []byte("]]>")); i >= 0 {
				r.at += i // so that the line does not depend on the cuts
				return 0, fault(Damaged, malformed)
			}
		}
		if n == len(chunk) {
			n -= brackets(chunk)
		}
		if n > 0 {
			return r.show(n), nil
		}
		if !r.has(len(chunk) + 1) {
			return 0, r.cut()
		}
	}
}

// plainText returns the length of the longest prefix of p without "<", "&" and "]".
func plainText(p []byte) (n int) {
	for ; n+8 <= len(p); n += 8 {
		x := binary.LittleEndian.Uint64(p[n:])
		low := x &^ highBits
		plain := (low^'<'*everyByte+0x7f*everyByte)&(low^'&'*everyByte+0x7f*everyByte)&(low^']'*everyByte+0x7f*everyByte) | x
		if special := ^plain & highBits; special != 0 {
			return n + bits.TrailingZeros64(special)/8
		}
	}
	for n < len(p) && p[n] != '<' && p[n] != '&' && p[n] != ']' {
		n++
	}
	return n
}

// show makes the next n bytes the token.
func (r *texts) show(n int) Token {
	r.token = r.buf[r.at : r.at+n]
	r.at += n
	return Text
}

// brackets returns the number of bytes at the end of p that may be the beginning of "]]>".
func brackets(p []byte) int {
	n := 0
	for n < 2 && n < len(p) && p[len(p)-1-n] == ']' {
		n++
	}
	return n
}

// inCDATA reads a piece of a CDATA section, or its end.
func (r *texts) inCDATA() (Token, error) {
	for {
		chunk := r.buf[r.at:min(len(r.buf), r.at+maxPiece)]
		n := bytes.Index(chunk, []byte("]]>"))
		if n == 0 {
			r.at += len("]]>")
			r.cdata = false
			return 0, nil
		}
		if n < 0 {
			n = len(chunk) - brackets(chunk)
		}
		if n > 0 {
			return r.show(n), nil
		}
		if !r.has(len(chunk) + 1) {
			return 0, r.cut()
		}
	}
}

// textReference reads a reference in text.
func (r *texts) textReference() (Token, error) {
	r.has(maxReference)
	char, size, ok := reference(r.buf[r.at:], r.chars)
	switch {
	case ok:
		r.token = r.char[:utf8.EncodeRune(r.char[:], char)]
		r.at += size
		return Text, nil
	case r.stop != nil && bytes.IndexByte(r.buf[r.at:], ';') < 0 && len(r.buf)-r.at < maxReference:
		return 0, r.cut()
	}
	return 0, fault(Damaged, malformed)
}
