package xmlread

import "bytes"

// qname is a name as it is written: places behind where the token begins.
type qname struct {
	start, local, end uint16 // local is where the part behind the colon begins
}

// place makes a place of an offset. All are within buffers of less than 64 KiB.
func place(offset int) uint16 { return uint16(offset) } //nolint:gosec // see there

func (q qname) prefixed() bool { return q.local != q.start }

// attr is an attribute of the current tag. Its value lies in buf, behind where the token begins, or in expanded.
type attr struct {
	qname
	space            int16 // of its namespace in bindings
	from, to         uint16
	long, isExpanded bool
}

// element is an open element.
type element struct {
	start, local, end uint16 // of its name in names
	space             int16
	bound             uint16 // how many bindings there were in front of it
}

// qname reads a name with at most one colon (Namespaces in XML 1.0 [7]).
func (r *Reader) qname() (qname, error) {
	start, seen := r.at, uint8(0)
	for {
		i := r.at
		for i < len(r.buf) && class[r.buf[i]]&(isName|isHigh) != 0 {
			seen |= class[r.buf[i]]
			i++
		}
		r.at = i
		if i < len(r.buf) || i-start > MaxName {
			break
		}
		before := r.from
		if !r.has(1) {
			return qname{}, r.cut()
		}
		start -= before - r.from
	}
	name := r.buf[start:r.at]
	if len(name) > MaxName {
		return qname{}, fault(Complex, "has a name that is too long")
	}
	colon := bytes.IndexByte(name, ':')
	if !isQName(name, colon, seen&isHigh != 0) {
		return qname{}, fault(Damaged, malformed)
	}
	at := place(start - r.from)
	return qname{at, at + place(colon+1), at + place(len(name))}, nil
}

func isQName(name []byte, colon int, high bool) bool {
	local := name[colon+1:]
	switch {
	case high || len(local) == 0:
	case colon < 0:
		return class[local[0]]&isFirst != 0
	case bytes.IndexByte(local, ':') < 0 && colon > 0:
		return class[name[0]]&isFirst != 0 && class[local[0]]&isFirst != 0
	}
	return isNCName(local) && (colon < 0 || isNCName(name[:colon]))
}

// startTag reads a start tag or an empty element's tag.
func (r *Reader) startTag() (Token, error) {
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

func (r *Reader) attribute() error {
	r.steps += tokenSteps
	name, err := r.qname()
	if err != nil {
		return err
	}
	if len(r.attrs) == MaxAttributes {
		return fault(Complex, "has a tag with too many attributes")
	}
	if _, err := r.space(); err != nil {
		return err
	}
	if err := r.literal("="); err != nil {
		return err
	}
	if _, err := r.space(); err != nil {
		return err
	}
	a := attr{qname: name, space: noSpace}
	if err := r.value(&a); err != nil {
		return err
	}
	r.attrs = append(r.attrs, a)
	return nil
}

// begin opens an element, whose tag has been read.
func (r *Reader) begin(name qname) error {
	r.countLines()
	if len(r.open) == MaxDepth {
		return fault(Complex, "nests elements too deep")
	}
	r.rooted = true
	e := element{
		start: place(len(r.names)), local: place(len(r.names)) + name.local - name.start, bound: place(len(r.spaces.all)),
	}
	written := r.written(name)
	if len(r.names)+len(written) > MaxOpen {
		return fault(Complex, "has names that are too long")
	}
	r.names = append(r.names, written...)
	e.end = place(len(r.names))
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

// written returns a name of the current tag.
func (r *Reader) written(q qname) []byte { return r.buf[r.from+int(q.start) : r.from+int(q.end)] }

func (r *Reader) prefix(q qname) []byte {
	return r.buf[r.from+int(q.start) : r.from+int(max(q.local, q.start+1))-1]
}

func (r *Reader) local(q qname) []byte { return r.buf[r.from+int(q.local) : r.from+int(q.end)] }

// endTag reads an end tag, which must name the innermost element.
func (r *Reader) endTag() (Token, error) {
	r.at += len("</")
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

// pop leaves an element whose end was the last token.
func (r *Reader) pop() {
	if !r.popped {
		return
	}
	r.popped = false
	e := r.open[len(r.open)-1]
	r.open = r.open[:len(r.open)-1]
	r.names = r.names[:e.start]
	r.spaces.drop(int(e.bound))
}
