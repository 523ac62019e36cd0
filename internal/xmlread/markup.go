package xmlread

import "bytes"

const goesOn = "goes on after its root element"

// markup reads items that begin with "<".
type markup struct {
	texts
	doctype bool   // a document type has begun
	data    []byte // of the last processing instruction
}

// readMarkup reads a tag, an instruction, or an item that begins with "<!".
func (r *markup) readMarkup() (Token, error) {
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

// declaration reads an item that begins with "<!": a comment, the beginning of a CDATA section, or
// a document type.
func (r *markup) declaration() (Token, error) {
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

// comment reads a comment after "<!--". "--" must be its end.
func (r *markup) comment() error {
	if err := r.skipTo("--"); err != nil {
		return err
	}
	return r.literal(">")
}

// instruction reads a processing instruction. Its target is the token, and the beginning of its
// data is held.
func (r *markup) instruction() (Token, error) {
	r.at += len("<?")
	name, err := r.qname()
	if err != nil {
		return 0, err
	}
	target := r.buf[r.from+int(name.start) : r.from+int(name.end)]
	if name.prefixed() || bytes.EqualFold(target, []byte("xml")) {
		return 0, fault(Damaged, malformed)
	}
	r.expanded, r.data = append(r.expanded[:0], target...), r.data[:0]
	space, err := r.space()
	if err != nil {
		return 0, err
	}
	if !space {
		err = r.literal("?>")
	} else {
		if r.data == nil {
			r.data = make([]byte, 0, MaxData)
		}
		r.data, err = r.holdTo("?>", r.data)
	}
	r.token = r.expanded
	return Instruction, err
}
