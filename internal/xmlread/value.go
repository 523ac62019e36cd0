package xmlread

import (
	"bytes"
	"unicode/utf8"
)

// attr is an attribute of the current tag. Its value lies in buf, relative to the start of the
// token, or in expanded.
type attr struct {
	qname
	space            int16 // place of its namespace in bindings
	from, to         uint16
	long, isExpanded bool
}

// values reads the values of attributes, and document types, whose declarations values may use.
type values struct {
	window
	attrs    []attr
	entities entities        // that the internal subset declares
	chars    map[string]rune // what Options.Characters returned for the document type
	fixed    bool            // the internal subset fixes a prefix, so those of Options.Fixed are fixed
	expanded []byte          // decoded values that use entities; also the target of an instruction
}

// value reads a quoted value.
func (r *values) value(a *attr) error {
	quote := r.buf[r.at]
	if quote != '"' && quote != '\'' {
		return fault(Damaged, malformed)
	}
	r.at++
	if n, plain := shortPlain(r.buf[r.at:], quote); plain {
		a.from, a.to = offset16(r.at-r.from), offset16(r.at-r.from+n)
		r.at += n + 1
		return nil
	}
	start, seen := r.at-r.from, 0
	for {
		v := r.buf[r.from+start+seen:]
		if i := bytes.IndexByte(v, quote); i >= 0 && seen+i <= MaxValue {
			return r.held(a, start, start+seen+i)
		}
		if seen += len(v); seen > MaxValue {
			a.from = offset16(start)
			return r.longValue(a, quote)
		}
		if err := r.more(); err != nil {
			return r.cut()
		}
	}
}

// held decodes a value in the buffer.
func (r *values) held(a *attr, start, end int) error {
	v := r.buf[r.from+start : r.from+end]
	r.at = r.from + end + 1
	a.from, a.to = offset16(start), offset16(end)
	plain, references, fine := look(v)
	switch {
	case !fine:
		return fault(Damaged, malformed)
	case plain:
		return nil
	}
	r.countLines() // before decode overwrites line ends
	if references && r.entities.used(v) {
		a.isExpanded, a.from = true, offset16(len(r.expanded))
		var err error
		r.expanded, err = r.entities.expand(r.expanded, v, r.chars)
		a.to = offset16(len(r.expanded))
		return err
	}
	n, ok := decode(v, r.chars)
	if !ok {
		return fault(Damaged, malformed)
	}
	a.to = offset16(start + n)
	return nil
}

// shortPlain returns the length of the value at the beginning of v, if that is short and needs no
// decoding.
func shortPlain(v []byte, quote byte) (n int, plain bool) {
	for i, c := range v[:min(len(v), shortValue)] {
		if c == quote {
			return i, true
		}
		if marks[c] != 0 {
			break
		}
	}
	return 0, false
}

// look reports whether v needs no decoding, whether it has a "&", and whether it has no "<".
// The first two results mean nothing if the third is false.
func look(v []byte) (plain, references, fine bool) {
	if len(v) <= shortValue {
		seen := uint8(0)
		for _, c := range v {
			seen |= marks[c]
		}
		return seen == 0, seen&hasReference != 0, seen&hasTag == 0
	}
	if bytes.IndexByte(v, '<') >= 0 {
		return false, false, false
	}
	references = bytes.IndexByte(v, '&') >= 0
	plain = !references && bytes.IndexByte(v, '\n') < 0 && bytes.IndexByte(v, '\t') < 0
	return plain, references, true
}

// shortValue is the length up to which one loop is faster than several searches.
const shortValue = 32

// The reasons for decoding or refusing a value.
const (
	hasTag = 1 << iota
	hasReference
	hasWhite
)

var marks = [256]uint8{'<': hasTag, '&': hasReference, '\n': hasWhite, '\t': hasWhite}

// decode replaces references in v, and turns white space into spaces (XML 1.0, 3.3.3), in place. It
// returns the new length.
func decode(v []byte, chars map[string]rune) (int, bool) {
	n := 0
	for i := 0; i < len(v); {
		switch c := v[i]; c {
		case '&':
			char, size, ok := reference(v[i:], chars)
			if !ok {
				return 0, false
			}
			n += utf8.EncodeRune(v[n:], char)
			i += size
		case '\n', '\t':
			v[n] = ' '
			n++
			i++
		default:
			v[n] = c
			n++
			i++
		}
	}
	return n, true
}

// longValue passes to Options.Long, in pieces, a value that is too long to be held. It keeps the
// head of the value.
func (r *values) longValue(a *attr, quote byte) error {
	if r.opt.Long == nil {
		return fault(Complex, "has an attribute that is too long")
	}
	a.long, a.to = true, a.from
	r.countLines()
	lines := 0 // added at the end: faults get the line where the value begins
	for {
		rest := r.buf[r.from+int(a.to):]
		end := bytes.IndexByte(rest, quote)
		last := end >= 0
		if !last {
			end = wholeReferences(rest)
		}
		lines += bytes.Count(rest[:end], []byte("\n"))
		shownEnd := r.from + int(a.to) + end
		if err := r.showLong(a, rest[:end], last); err != nil {
			return err
		}
		// The reported piece is dropped, except for the head.
		headEnd := r.from + int(a.to)
		r.buf = r.buf[:headEnd+copy(r.buf[headEnd:], r.buf[shownEnd:])]
		r.at, r.lineAt = headEnd, headEnd
		if last {
			r.at++
			r.lines += lines
			return nil
		}
		if err := r.more(); err != nil {
			return r.cut()
		}
	}
}

// wholeReferences returns the length of v without an incomplete reference at its end.
func wholeReferences(v []byte) int {
	tail := max(0, len(v)-maxReference)
	if i := bytes.LastIndexByte(v[tail:], '&'); i >= 0 && bytes.IndexByte(v[tail+i:], ';') < 0 {
		return tail + i
	}
	return len(v)
}

// showLong passes on a piece of the value of attribute a, perhaps empty, and keeps the part that
// belongs to the head.
func (r *values) showLong(a *attr, piece []byte, last bool) error {
	plain, _, fine := look(piece)
	if !fine {
		return fault(Damaged, malformed)
	}
	if !plain {
		n, ok := decode(piece, r.chars)
		if !ok {
			return fault(Damaged, malformed)
		}
		piece = piece[:n]
	}
	if err := r.opt.Long(r.written(a.qname), piece, last); err != nil {
		return err
	}
	a.to += offset16(min(len(piece), MaxHead-int(a.to-a.from)))
	return nil
}

func (r *values) valueOf(a *attr) []byte {
	if a.isExpanded {
		return r.expanded[a.from:a.to]
	}
	return r.buf[r.from+int(a.from) : r.from+int(a.to)]
}
