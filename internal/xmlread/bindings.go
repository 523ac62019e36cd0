package xmlread

import (
	"bytes"
	"slices"
)

const (
	xmlSpace   = "http://www.w3.org/XML/1998/namespace"
	xmlnsSpace = "http://www.w3.org/2000/xmlns/"
)

// Places that are not indexes of bindings.all.
const (
	noSpace  int16 = -1 // no namespace
	theXML   int16 = -2 // the namespace of the prefix xml
	theXMLNS int16 = -3 // a declaration of a namespace
	notBound int16 = -4 // the result of a search for a prefix without a binding
)

// bindings are the namespaces in scope, the innermost last.
type bindings struct {
	all   []binding
	text  []byte // prefixes and namespaces
	cache [4]cached
}

// binding is a prefix and its namespace, as offsets in text.
type binding struct{ prefix, uri, end uint16 }

// cached is the result of a search for a prefix.
type cached struct {
	valid  bool
	place  int16
	prefix [7]byte
	length uint8
}

// uri returns the namespace of a place, nil if it has none. The place is not notBound.
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
	b.all = append(b.all, binding{offset16(start), offset16(start + len(prefix)), offset16(len(b.text))})
	b.cache = [4]cached{}
	return nil
}

// drop removes all bindings except the first n.
func (b *bindings) drop(n int) {
	if n == len(b.all) {
		return
	}
	b.text = b.text[:b.all[n].prefix]
	b.all = b.all[:n]
	b.cache = [4]cached{}
}

// find returns the place of a prefix's binding, and the number of bindings that it looked at.
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
