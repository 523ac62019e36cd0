package xmlread

import (
	"bytes"
	"slices"
)

const (
	xmlSpace   = "http://www.w3.org/XML/1998/namespace"
	xmlnsSpace = "http://www.w3.org/2000/xmlns/"
)

// Places in bindings that are none.
const (
	noSpace  int16 = -1
	theXML   int16 = -2 // the namespace of the prefix xml
	theXMLNS int16 = -3 // a declaration
	notBound int16 = -4
)

// bindings are the namespaces that are declared at the current place, the innermost last.
type bindings struct {
	all   []binding
	text  []byte // prefixes and namespaces
	cache [4]cached
}

// binding is a prefix and its namespace, as places in text.
type binding struct{ prefix, uri, end uint16 }

// cached is what a prefix led to.
type cached struct {
	valid  bool
	place  int16
	prefix [7]byte
	length uint8
}

// uri returns the namespace at a place, nil for none.
func (b *bindings) uri(place int16) []byte {
	switch place {
	case theXML:
		return xmlURI
	case noSpace, theXMLNS:
		return nil
	}
	at := b.all[place]
	if at.uri == at.end {
		return nil
	}
	return b.text[at.uri:at.end]
}

var xmlURI = []byte(xmlSpace)

// bind declares a namespace.
func (b *bindings) bind(prefix, uri []byte) error {
	if len(b.all) == MaxBindings || len(b.text)+len(prefix)+len(uri) > MaxSpaces {
		return fault(Complex, "declares too many namespaces")
	}
	start := len(b.text)
	b.text = append(append(b.text, prefix...), uri...)
	b.all = append(b.all, binding{place(start), place(start + len(prefix)), place(len(b.text))})
	b.cache = [4]cached{}
	return nil
}

// drop forgets all bindings but the first n.
func (b *bindings) drop(n int) {
	if n == len(b.all) {
		return
	}
	b.text = b.text[:b.all[n].prefix]
	b.all = b.all[:n]
	b.cache = [4]cached{}
}

// find returns the place of a prefix's binding, and how many bindings were looked at.
func (b *bindings) find(prefix []byte) (place int16, looks int) {
	slot := &b.cache[len(prefix)&3]
	if slot.valid && string(slot.prefix[:slot.length]) == string(prefix) {
		return slot.place, 0
	}
	place = notBound
	for i, at := range slices.Backward(b.all) {
		looks++
		if bytes.Equal(b.text[at.prefix:at.uri], prefix) {
			place = int16(i) //nolint:gosec // below MaxBindings
			break
		}
	}
	if len(prefix) <= len(slot.prefix) {
		*slot = cached{valid: true, place: place, length: uint8(copy(slot.prefix[:], prefix))} //nolint:gosec // 7 at most
	}
	return place, looks
}

// resolve returns the place of a prefix's namespace; ok is false if it has none. Without a prefix the default namespace
// counts for elements alone.
func (r *Reader) resolve(prefix []byte, isElement bool) (place int16, ok bool) {
	switch {
	case len(prefix) == 0 && !isElement:
		return noSpace, true
	case string(prefix) == "xml":
		return theXML, true
	case string(prefix) == "xmlns":
		return theXMLNS, !isElement
	}
	place, looks := r.spaces.find(prefix)
	r.steps += 2 * looks
	if place == notBound {
		return noSpace, len(prefix) == 0
	}
	return place, true
}

// declare binds what the attributes of the current tag declare.
func (r *Reader) declare() error {
	for i := range r.attrs {
		a := &r.attrs[i]
		prefix, local := r.prefix(a.qname), r.local(a.qname)
		var bound []byte
		switch {
		case string(prefix) == "xmlns":
			bound = local
		case len(prefix) > 0 || string(local) != "xmlns":
			continue
		}
		a.space = theXMLNS
		if a.long {
			return fault(Complex, "has an attribute that is too long")
		}
		uri := r.valueOf(a)
		if !mayBind(bound, uri) {
			return fault(Damaged, "declares a namespace that cannot be")
		}
		if string(bound) == "xml" {
			continue
		}
		if err := r.spaces.bind(bound, uri); err != nil {
			return err
		}
	}
	return nil
}

// mayBind holds a declaration to Namespaces in XML 1.0, 3 and 5.
func mayBind(prefix, uri []byte) bool {
	switch {
	case string(uri) == xmlSpace || string(prefix) == "xml":
		return string(uri) == xmlSpace && string(prefix) == "xml"
	case string(uri) == xmlnsSpace || string(prefix) == "xmlns":
		return false
	}
	return len(uri) > 0 || len(prefix) == 0
}

// expand resolves the prefixes of the current tag's attributes, of which no two may have one name.
func (r *Reader) expand() error {
	var seen [4]uint64 // a bit for each of 256 sums of names
	shown := 0
	for i := range r.attrs {
		a := &r.attrs[i]
		if a.space != theXMLNS {
			var ok bool
			if a.space, ok = r.resolve(r.prefix(a.qname), false); !ok {
				return fault(Damaged, "has a prefix that is not declared")
			}
		}
		local := r.local(a.qname)
		sum := local[0]*31 + local[len(local)-1]*7 + byte(len(local)) //nolint:gosec // any sum will do
		bit := uint64(1) << (sum & 63)
		if seen[sum>>6]&bit != 0 {
			r.steps += 2 * i
			if r.standsTwice(i) {
				return fault(Damaged, "has an attribute twice")
			}
		}
		seen[sum>>6] |= bit
	}
	// Declarations are not shown.
	for i := range r.attrs {
		if r.attrs[i].space != theXMLNS {
			r.attrs[shown] = r.attrs[i]
			shown++
		}
	}
	r.attrs = r.attrs[:shown]
	return nil
}

// standsTwice reports whether an attribute in front of the i-th has its expanded name.
func (r *Reader) standsTwice(i int) bool {
	a := &r.attrs[i]
	local := r.local(a.qname)
	for j := range r.attrs[:i] {
		b := &r.attrs[j]
		if !bytes.Equal(r.local(b.qname), local) {
			continue
		}
		switch {
		case a.space == b.space && a.space == theXMLNS:
			if a.prefixed() == b.prefixed() {
				return true
			}
		case (a.space == theXMLNS) != (b.space == theXMLNS), (a.space == noSpace) != (b.space == noSpace):
		case a.space == b.space, bytes.Equal(r.spaces.uri(a.space), r.spaces.uri(b.space)):
			return true
		}
	}
	return false
}

// Attrs returns how many attributes the element has whose Start was the last token.
func (r *Reader) Attrs() int { return len(r.attrs) }

// Attr returns the i-th attribute.
func (r *Reader) Attr(i int) Attr {
	a := &r.attrs[i]
	return Attr{Name: Name{r.spaces.uri(a.space), r.local(a.qname)}, Value: r.valueOf(a), Long: a.long}
}

func (r *Reader) valueOf(a *attr) []byte {
	if a.isExpanded {
		return r.expanded[a.from:a.to]
	}
	return r.buf[r.from+int(a.from) : r.from+int(a.to)]
}
