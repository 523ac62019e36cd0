package form

import "bytes"

// delimiter finds where the content of a part ends: at a line end that two
// hyphens and the boundary follow (RFC 2046 5.1.1), or at once, when the content
// is empty. Line ends are CRLF, or LF alone if the first delimiter line ends so.
type delimiter struct {
	newline []byte
	dashed  []byte // two hyphens and the boundary
	whole   []byte // a line end and those
}

func newDelimiter(boundary string) delimiter {
	whole := []byte("\r\n--" + boundary)
	return delimiter{newline: whole[:2], dashed: whole[2:], whole: whole}
}

// useLF changes to line ends of LF alone.
func (d *delimiter) useLF() { d.newline, d.whole = d.newline[1:], d.whole[1:] }

// scan returns how many bytes at the beginning of w are content for certain, and
// whether a delimiter follows them. If not, more bytes have to tell. The content
// begins with w if start is true.
func (d *delimiter) scan(w []byte, start bool) (n int, end bool) {
	if start {
		switch d.begins(w, d.dashed) {
		case yes:
			return 0, true
		case maybe:
			return 0, false
		case no:
		}
	}
	for {
		i := bytes.Index(w[n:], d.whole)
		if i < 0 {
			break
		}
		n += i
		switch d.begins(w[n:], d.whole) {
		case yes:
			return n, true
		case maybe:
			return n, false
		case no:
			n += len(d.newline)
		}
	}
	// The last line end may be the beginning of a delimiter. It is looked for
	// only where that is not whole.
	tail := max(n, len(w)-len(d.whole)+1)
	if i := bytes.LastIndexByte(w[tail:], d.whole[0]); i >= 0 && bytes.HasPrefix(d.whole, w[tail+i:]) {
		return tail + i, false
	}
	return len(w), false
}

type answer int

const (
	no answer = iota
	maybe
	yes
)

// begins tells whether w begins with the delimiter and not with a longer word
// that only begins like it.
func (d *delimiter) begins(w, delimiter []byte) answer {
	if len(w) < len(delimiter) {
		if bytes.HasPrefix(delimiter, w) {
			return maybe
		}
		return no
	}
	rest, found := bytes.CutPrefix(w, delimiter)
	switch {
	case !found:
		return no
	case len(rest) == 0:
		return maybe
	}
	switch rest[0] {
	case ' ', '\t', '\r', '\n':
		return yes
	case '-':
		if len(rest) == 1 {
			return maybe
		}
		if rest[1] == '-' {
			return yes
		}
	}
	return no
}

// lineKind is what a line is outside of contents.
type lineKind int

const (
	other lineKind = iota
	opening
	closing
)

// kind judges a line. Behind the boundary it may have spaces and tabs.
func (d *delimiter) kind(line []byte, first bool) lineKind {
	rest, found := bytes.CutPrefix(line, d.dashed)
	if !found {
		return other
	}
	if end, found := bytes.CutPrefix(rest, []byte("--")); found {
		if end = bytes.TrimLeft(end, " \t"); len(end) == 0 || bytes.Equal(end, d.newline) {
			return closing
		}
		return other
	}
	rest = bytes.TrimLeft(rest, " \t")
	if first && len(rest) == 1 && rest[0] == '\n' {
		d.useLF()
	}
	if bytes.Equal(rest, d.newline) {
		return opening
	}
	return other
}
