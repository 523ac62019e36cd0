package xmlread

import "bytes"

// element is an open element.
type element struct {
	start, local, end uint16 // of its name in names
	space             int16  // place of its namespace in bindings
	bound             uint16 // number of bindings before it
}

// elements reads tags, and keeps the open elements.
type elements struct {
	spaced
	open   []element
	names  []byte // of the open elements
	ends   bool   // the last tag was that of an empty element, whose End is the next token
	popped bool   // the last token was the End of the innermost element
	rooted bool   // the root element has begun
}

// Name returns the name of the element whose Start or End was the last token.
func (r *elements) Name() Name {
	e := &r.open[len(r.open)-1]
	return Name{r.spaces.uri(e.space), r.names[e.local:e.end]}
}

// Depth returns the number of open elements; at Start and End it includes the element itself.
func (r *elements) Depth() int { return len(r.open) }

// startTag reads a start tag or an empty element's tag.
func (r *elements) startTag() (Token, error) {
	r.at++
	name, err := r.qname()
	if err != nil {
		return 0, err
	}
	r.attrs, r.expanded = r.attrs[:0], r.expanded[:0]
	for {
		space, err := r.space()
		if err != nil {
			return 0, err
		}
		switch c := r.buf[r.at]; {
		case c == '>':
			r.at++
			return Start, r.begin(name)
		case c == '/':
			r.ends = true
			if err := r.literal("/>"); err != nil {
				return 0, err
			}
			return Start, r.begin(name)
		case !space:
			return 0, fault(Damaged, malformed)
		}
		if err := r.attribute(); err != nil {
			return 0, err
		}
	}
}

func (r *elements) attribute() error {
	r.steps += tokenSteps
	name, err := r.qname()
	if err != nil {
		return err
	}
	if len(r.attrs) == MaxAttributes {
		return fault(Complex, "has a tag with too many attributes")
	}
	if err := r.equals(); err != nil {
		return err
	}
	a := attr{qname: name, space: noSpace}
	if err := r.value(&a); err != nil {
		return err
	}
	r.attrs = append(r.attrs, a)
	return nil
}

// equals reads the "=" after a name, and the white space around it.
func (r *elements) equals() error {
	if r.at+1 < len(r.buf) && r.buf[r.at] == '=' && class[r.buf[r.at+1]]&isSpace == 0 {
		r.at++
		return nil
	}
	if _, err := r.space(); err != nil {
		return err
	}
	if err := r.literal("="); err != nil {
		return err
	}
	_, err := r.space()
	return err
}

// begin opens an element whose tag has been read.
func (r *elements) begin(name qname) error {
	if len(r.open) == MaxDepth {
		return fault(Complex, "nests elements too deeply")
	}
	r.rooted = true
	e := element{
		start: offset16(len(r.names)), local: offset16(len(r.names)) + name.local - name.start, bound: offset16(len(r.spaces.all)),
	}
	written := r.written(name)
	if len(r.names)+len(written) > MaxOpen {
		return fault(Complex, "has names that are too long")
	}
	r.names = append(r.names, written...)
	e.end = offset16(len(r.names))
	if err := r.declare(); err != nil {
		return err
	}
	var ok bool
	if e.space, ok = r.resolve(r.prefix(name), true); !ok {
		return fault(Damaged, "has a prefix that is not declared")
	}
	r.open = append(r.open, e)
	return r.expand()
}

// endTag reads an end tag, which must name the innermost element.
func (r *elements) endTag() (Token, error) {
	r.at += len("</")
	if r.closes() {
		r.popped = true
		return End, nil
	}
	name, err := r.qname()
	if err != nil {
		return 0, err
	}
	if _, err := r.space(); err != nil {
		return 0, err
	}
	if err := r.literal(">"); err != nil {
		return 0, err
	}
	if len(r.open) == 0 {
		return 0, fault(Damaged, malformed)
	}
	e := &r.open[len(r.open)-1]
	if !bytes.Equal(r.names[e.start:e.end], r.written(name)) {
		return 0, fault(Damaged, malformed)
	}
	r.popped = true
	return End, nil
}

// closes reads the rest of the end tag of the innermost element, and reports whether it could: the
// tag must be in the buffer, and have no white space.
func (r *elements) closes() bool {
	if len(r.open) == 0 {
		return false
	}
	e := &r.open[len(r.open)-1]
	end := r.at + int(e.end-e.start)
	if end >= len(r.buf) || r.buf[end] != '>' || string(r.buf[r.at:end]) != string(r.names[e.start:e.end]) {
		return false
	}
	r.at = end + 1
	return true
}

// pop leaves an element whose end was the last token.
func (r *elements) pop() {
	if !r.popped {
		return
	}
	r.popped = false
	e := r.open[len(r.open)-1]
	r.open = r.open[:len(r.open)-1]
	r.names = r.names[:e.start]
	r.spaces.drop(int(e.bound))
}
