package xmlread

import "bytes"

// qname is a name as written: offsets from the start of the token.
type qname struct {
	start, local, end uint16 // local is the start of the part after the colon
}

// offset16 converts an offset. All offsets are within buffers of less than 64 KiB.
func offset16(offset int) uint16 { return uint16(offset) } //nolint:gosec // they fit

func (q qname) prefixed() bool { return q.local != q.start }

// qname reads a name with at most one colon (Namespaces in XML 1.0 [7]).
func (r *window) qname() (qname, error) {
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
		start -= before - r.from // has may drop the bytes before the token
	}
	name := r.buf[start:r.at]
	if len(name) > MaxName {
		return qname{}, fault(Complex, "has a name that is too long")
	}
	colon := -1
	if seen&(isColon|isHigh) == 0 && len(name) > 0 && class[name[0]]&isFirst != 0 {
		at := offset16(start - r.from)
		return qname{at, at, at + offset16(len(name))}, nil
	}
	if seen&isColon != 0 {
		colon = bytes.IndexByte(name, ':')
	}
	if !isQName(name, colon, seen&isHigh != 0) {
		return qname{}, fault(Damaged, malformed)
	}
	at := offset16(start - r.from)
	return qname{at, at + offset16(colon+1), at + offset16(len(name))}, nil
}

func isQName(name []byte, colon int, high bool) bool {
	local := name[colon+1:]
	switch {
	case high || len(local) == 0: // the check below decides
	case colon < 0:
		return class[local[0]]&isFirst != 0
	case bytes.IndexByte(local, ':') < 0 && colon > 0:
		return class[name[0]]&isFirst != 0 && class[local[0]]&isFirst != 0
	}
	return isNCName(local) && (colon < 0 || isNCName(name[:colon]))
}

// written returns a name of the current tag with its prefix.
func (r *window) written(q qname) []byte { return r.buf[r.from+int(q.start) : r.from+int(q.end)] }

// prefix returns the part of a name before the colon, empty without one.
func (r *window) prefix(q qname) []byte {
	return r.buf[r.from+int(q.start) : r.from+int(max(q.local, q.start+1))-1]
}

func (r *window) local(q qname) []byte { return r.buf[r.from+int(q.local) : r.from+int(q.end)] }
