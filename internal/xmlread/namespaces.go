package xmlread

import "bytes"

// spaced resolves the namespaces of the current tag.
type spaced struct {
	values
	spaces bindings
}

// resolve returns the place of a prefix's namespace in bindings. ok is false if the prefix is not
// declared, or is xmlns on an element. Without a prefix, the default namespace applies to elements
// only.
func (r *spaced) resolve(prefix []byte, isElement bool) (place int16, ok bool) {
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

// declare binds the declarations among the attributes of the current tag.
func (r *spaced) declare() error {
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
			return fault(Damaged, "declares an invalid namespace")
		}
		if want := r.opt.Fixed[string(bound)]; r.fixed && want != "" && want != string(uri) {
			return fault(Doctype, "declares another namespace than its document type fixes")
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

// mayBind checks a declaration against Namespaces in XML 1.0, 3 and 5.
func mayBind(prefix, uri []byte) bool {
	switch {
	case string(uri) == xmlSpace || string(prefix) == "xml":
		return string(uri) == xmlSpace && string(prefix) == "xml"
	case string(uri) == xmlnsSpace || string(prefix) == "xmlns":
		return false
	}
	return len(uri) > 0 || len(prefix) == 0
}

// expand resolves the prefixes of the current tag's attributes. No two may have the same local name
// and namespace. It drops the declarations of namespaces, which are not reported.
func (r *spaced) expand() error {
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
	for i := range r.attrs {
		if r.attrs[i].space != theXMLNS {
			r.attrs[shown] = r.attrs[i]
			shown++
		}
	}
	r.attrs = r.attrs[:shown]
	return nil
}

// standsTwice reports whether an attribute before the i-th has the same expanded name.
func (r *spaced) standsTwice(i int) bool {
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

// Attrs returns the number of attributes of the element whose Start was the last token.
func (r *spaced) Attrs() int { return len(r.attrs) }

// Attr returns the i-th attribute.
func (r *spaced) Attr(i int) Attr {
	a := &r.attrs[i]
	return Attr{Name: Name{r.spaces.uri(a.space), r.local(a.qname)}, Value: r.valueOf(a), Long: a.long}
}
