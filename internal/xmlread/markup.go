package xmlread

import (
	"bytes"
)

// markup reads what begins with "<".
func (r *Reader) markup() (Token, error) {
	if !r.has(2) {
		return 0, r.cut()
	}
	switch r.buf[r.at+1] {
	case '/':
		return r.endTag()
	case '?':
		return r.instruction()
	case '!':
		return r.declaration()
	}
	if r.rooted && len(r.open) == 0 {
		return 0, fault(Trailing, goesOn)
	}
	return r.startTag()
}

// declaration reads what begins with "<!".
func (r *Reader) declaration() (Token, error) {
	if !r.has(3) {
		return 0, r.cut()
	}
	switch c := r.buf[r.at+2]; {
	case c == '-':
		if err := r.literal("<!--"); err != nil {
			return 0, err
		}
		return 0, r.comment()
	case c == '[' && len(r.open) > 0:
		r.cdata = true
		return 0, r.literal("<![CDATA[")
	case c == 'D' && !r.rooted && !r.doctype:
		r.doctype = true
		return 0, r.documentType()
	}
	return 0, fault(Damaged, malformed)
}

// literal reads s.
func (r *Reader) literal(s string) error {
	for i := range len(s) {
		if !r.has(1) {
			return r.cut()
		}
		if r.buf[r.at] != s[i] {
			return fault(Damaged, malformed)
		}
		r.at++
	}
	return nil
}

// comment reads a comment behind "<!--". "--" must be its end.
func (r *Reader) comment() error {
	if err := r.skipTo("--"); err != nil {
		return err
	}
	return r.literal(">")
}

// skipTo reads up to the end of mark, of two different bytes or two equal ones, and holds nothing.
func (r *Reader) skipTo(mark string) error {
	for {
		r.from = r.at
		if i := bytes.Index(r.buf[r.at:], []byte(mark)); i >= 0 {
			r.at += i + len(mark)
			return nil
		}
		if n := len(r.buf) - r.at; n > 0 {
			r.at = len(r.buf)
			if r.buf[r.at-1] == mark[0] {
				r.at--
			}
		}
		if !r.has(len(mark)) {
			return r.cut()
		}
	}
}

// instruction reads a processing instruction, of which only the target is shown.
func (r *Reader) instruction() (Token, error) {
	r.at += len("<?")
	name, err := r.qname()
	if err != nil {
		return 0, err
	}
	target := r.buf[r.from+int(name.start) : r.from+int(name.end)]
	if name.prefixed() || bytes.EqualFold(target, []byte("xml")) {
		return 0, fault(Damaged, malformed)
	}
	r.expanded = append(r.expanded[:0], target...)
	space, err := r.space()
	if err != nil {
		return 0, err
	}
	if !space {
		err = r.literal("?>")
	} else {
		err = r.skipTo("?>")
	}
	r.token = r.expanded
	return Instruction, err
}

// space passes over white space within markup, which must go on behind it, and reports whether there was some.
func (r *Reader) space() (some bool, err error) {
	for {
		n := spaces(r.buf[r.at:])
		r.at += n
		some = some || n > 0
		if r.at-r.from > MaxTag {
			r.at = r.from + MaxTag
			return some, fault(Complex, "has a tag that is too long")
		}
		if r.at < len(r.buf) {
			return some, nil
		}
		if !r.has(1) {
			return some, r.cut()
		}
	}
}
