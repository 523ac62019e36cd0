package clean

// clusterPart walks an element of a cluster. The checksum of a cluster stays, unless a track is
// dropped, so that ordinary clusters stay as they are. It precedes what it covers, so it is wrong
// after a rare element, such as silent tracks, is blanked.
func (m *matroska) clusterPart(e element) {
	if e.end == everything {
		m.fail(mkvMalformed)
	}
	switch e.id {
	case mkvSimple, mkvEncrypted:
		m.block(e)
	case mkvGroup:
		m.group(e)
	case 0xe7, 0xa7, 0xab: // time, place, size of the cluster before
		m.keepElement(e)
	case ebmlCRC:
		if len(m.dropped) == 0 {
			m.keepElement(e)
			return
		}
		m.void(e)
	default:
		m.void(e)
	}
}

// block keeps a block, unless its track is dropped.
func (m *matroska) block(e element) {
	if m.ofDropped(e) {
		m.void(e)
		return
	}
	m.flush()
	m.keepElement(e)
}

// ofDropped reports whether the track of a block is dropped. If tracks are dropped, it looks at the
// number at the front of the block, and reports true if it cannot read the number.
func (m *matroska) ofDropped(e element) bool {
	if len(m.dropped) == 0 {
		return false
	}
	if number, length := ebmlNumber(m.ahead()); length > 0 && m.pos()+int64(length) <= e.end {
		m.lookMore(length)
		return m.dropped[number]
	}
	from := m.looked
	for m.pos() < e.end {
		m.lookMore(1)
		if number, length := ebmlNumber(m.front()[from:]); length > 0 {
			return m.dropped[number]
		}
		if m.front()[from] == 0 {
			break
		}
	}
	return true
}

// group walks a block with what belongs to it. If tracks are dropped, it holds the elements before
// the block, so that the group can be dropped whole.
func (m *matroska) group(e element) {
	if len(m.dropped) > 0 {
		front := m.looked
		b, ok := m.next(e.end)
		for ; ok && b.id != mkvBlock; b, ok = m.next(e.end) {
			m.more(b.end - m.pos())
		}
		if !ok || m.ofDropped(b) {
			m.void(e)
			return
		}
		heldElements(m.held()[front:b.start-m.off], func(id uint32, _ []byte) bool { return ofBlock(id) })
		m.flush()
		m.keepElement(b)
	}
	m.inside(e.end, func(e element) {
		if !ofBlock(e.id) {
			m.void(e)
			return
		}
		m.keepElement(e)
	})
}

// ofBlock reports whether an element of a group is kept: its block, duration, references, state,
// padding, and additions such as alpha.
func ofBlock(id uint32) bool {
	switch id {
	case mkvBlock, 0x9b, 0xfa, 0xfb, 0xa4, 0x75a2, 0x75a1:
		return true
	}
	return false
}
