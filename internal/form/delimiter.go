package form

import "bytes"

// delimiter finds where the content of a part ends: at a line end followed by two hyphens and the
// boundary (RFC 2046 5.1.1), or at once, when the content is empty. Line ends are CRLF, or LF alone
// if the first opening line ends in LF alone.
type delimiter struct {
	newline []byte
	dashed  []byte // two hyphens and the boundary
	whole   []byte // a line end, then dashed
	needle  needle // finds whole
}

func newDelimiter(boundary string) delimiter {
	whole := []byte("\r\n--" + boundary)
	return delimiter{newline: whole[:2], dashed: whole[2:], whole: whole, needle: newNeedle(whole)}
}

// useLF changes line ends to LF alone.
func (d *delimiter) useLF() {
	d.newline, d.whole = d.newline[1:], d.whole[1:]
	d.needle = newNeedle(d.whole)
}

// scan returns how many bytes at the beginning of w are certainly content, and whether a delimiter
// follows them. If not, more bytes are needed to decide. If start is true, w is the beginning of the
// content.
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
		i := d.needle.index(w[n:])
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
	// The last line end may be the beginning of a delimiter. scan looks for it only where a whole
	// delimiter would not fit.
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

// begins reports whether w begins with the delimiter, rather than with a longer word that begins
// like it.
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

// lineKind is the kind of a line outside of contents.
type lineKind int

const (
	other lineKind = iota
	opening
	closing
)

// kind returns the kind of a line, which may have spaces and tabs after the boundary. If first is
// true and an opening line ends in LF alone, kind calls useLF.
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
