package clean

import "math/bits"

// element is an element of EBML (RFC 8794) whose header was read: an identifier of 1 to 4 bytes and
// a size of 1 to 8.
type element struct {
	id         uint32
	head       int   // the bytes of its header
	start, end int64 // end is everything if the size is unknown
}

const (
	ebmlVoid   = 0xec
	ebmlCRC    = 0xbf
	ebmlHeader = 0x1a45dfa3

	// mkvOutermost is the least identifier of an element that ends a cluster of unknown size: those
	// of the segment have 4 bytes, and those of a cluster fewer.
	mkvOutermost = 1 << 28

	mkvMalformed = "has a malformed Matroska element, or one that does not fit into the one around it"
)

// ebmlHead reads a header at the front of p. It returns its length, 0 if p has no whole or valid
// one, and the size of the content, which is everything if it is unknown.
func ebmlHead(p []byte) (id uint32, head int, size int64) {
	if len(p) == 0 || p[0] < 0x10 {
		return 0, 0, 0
	}
	n := 1 + bits.LeadingZeros8(p[0])
	if len(p) <= n || p[n] == 0 {
		return 0, 0, 0
	}
	for _, c := range p[:n] {
		id = id<<8 | uint32(c)
	}
	number, m := ebmlNumber(p[n:])
	if m == 0 {
		return 0, 0, 0
	}
	if number == 1<<(7*m)-1 {
		number = everything
	}
	return id, n + m, number
}

// ebmlNumber reads a number of variable length. It returns its length, 0 if p has no whole one.
func ebmlNumber(p []byte) (number int64, length int) {
	if len(p) == 0 || p[0] == 0 {
		return 0, 0
	}
	n := 1 + bits.LeadingZeros8(p[0])
	if len(p) < n {
		return 0, 0
	}
	number = int64(p[0]) & (0xff >> n)
	for _, c := range p[1:n] {
		number = number<<8 | int64(c)
	}
	return number, n
}

// next looks at the header of the next element. It returns false if no element follows, or if it
// goes beyond end.
func (m *matroska) next(end int64) (element, bool) {
	start, from := m.pos(), m.looked
	m.cut = false
	if id, head, size := ebmlHead(m.ahead()); head > 0 && start+int64(head) <= end && from < freeHeld/2 {
		m.tryMore(head)
		return elementOf(id, head, size, start, end)
	}
	for m.pos() < end {
		if m.cut = m.tryMore(1) == 0; m.cut {
			break
		}
		if id, head, size := ebmlHead(m.front()[from:]); head > 0 {
			return elementOf(id, head, size, start, end)
		}
		if m.looked-from >= 12 || m.front()[from] < 0x10 {
			break
		}
	}
	return element{}, false
}

// elementOf returns an element at start. It returns false if that goes beyond end. One of unknown
// size passes if it is the segment or a cluster, or if end is everything: then callers look at its
// end.
func elementOf(id uint32, head int, size, start, end int64) (element, bool) {
	e := element{id, head, start, everything}
	if size < everything {
		e.end = start + int64(head) + size
	}
	return e, e.end <= end || size == everything && (id == mkvSegment || id == mkvCluster)
}

// inside walks the elements up to end. From the first bytes that are not an element, all become
// zeros.
func (m *matroska) inside(end int64, each func(element)) {
	for m.pos() < end {
		m.flush()
		e, ok := m.next(end)
		if !ok {
			clear(m.held())
			m.flush()
			m.blank(end - m.pos())
			return
		}
		each(e)
	}
}

// only returns a function that keeps elements with this id, and voids all others.
func (m *matroska) only(id uint32) func(element) {
	return func(e element) {
		if e.id == id {
			m.keepElement(e)
			return
		}
		m.void(e)
	}
}

func (m *matroska) keepElement(e element) { m.keep(e.end - m.pos()) }

// void makes e an element that says nothing. The bytes looked at must begin with e.
func (m *matroska) void(e element) {
	if e.end == everything {
		m.fail(mkvMalformed)
	}
	switch {
	case e.id != ebmlVoid:
		voided(m.last(), e.head, e.end-e.start-int64(e.head))
	case m.looked > e.head:
		clear(m.held()[e.head:])
	}
	m.flush()
	m.blank(e.end - m.pos())
}

// voided makes p the front of an element that says nothing. It was the front of an element with
// head bytes of header and size bytes of content.
func voided(p []byte, head int, size int64) {
	n := min(8, head-1)
	rest := size + int64(head-1-n)
	p[0] = ebmlVoid
	for i := n; i > 0; i-- {
		p[i] = byte(rest & 0xff)
		rest >>= 8
	}
	p[1] |= 1 << (8 - n)
	clear(p[1+n:])
}

// heldElements calls keep with the contents of elements, which it may change. Those for which it
// returns false become elements that say nothing. From the first bytes that are not a whole element
// on, all become zeros.
func heldElements(p []byte, keep func(id uint32, content []byte) bool) {
	for len(p) > 0 {
		id, head, size := ebmlHead(p)
		if head == 0 || size > int64(len(p)-head) {
			break
		}
		whole := p[:head+int(size)]
		if id == ebmlVoid {
			clear(whole[head:])
		} else if !keep(id, whole[head:]) {
			voided(whole, head, size)
		}
		p = p[len(whole):]
	}
	clear(p)
}

// matroska walks a Matroska or WebM file (RFC 9559).
type matroska struct {
	*walk
	tracks    bool           // they have come
	inCluster bool           // in one of unknown size
	cut       bool           // the file ended where next looked for a header
	dropped   map[int64]bool // tracks that are not kept, by number
	scale     float64        // nanoseconds of a unit of time
	duration  float64        // in units
}

// The elements with special rules.
const (
	mkvSegment    = 0x18538067
	mkvSeekHead   = 0x114d9b74
	mkvInfo       = 0x1549a966
	mkvTracks     = 0x1654ae6b
	mkvCluster    = 0x1f43b675
	mkvCues       = 0x1c53bb6b
	mkvCuePoint   = 0xbb
	mkvSeek       = 0x4dbb
	mkvSeekID     = 0x53ab
	mkvSeekAt     = 0x53ac
	mkvScale      = 0x2ad7b1
	mkvDuration   = 0x4489
	mkvMuxingApp  = 0x4d80
	mkvWritingApp = 0x5741
	mkvSimple     = 0xa3
	mkvEncrypted  = 0xaf
	mkvGroup      = 0xa0
	mkvBlock      = 0xa1
)

// unsigned returns the number in an element, 0 if it has none that fits.
func unsigned(content []byte) (n int64) {
	if len(content) > 8 {
		return 0
	}
	for _, c := range content {
		n = n<<8 | int64(c)
	}
	return max(n, 0)
}
