package inspect

const (
	unreadable = "has a stream of objects or of cross references that cannot be examined"

	maxPacked  = 1 << 20 // objects in one stream
	packedSize = 8       // bytes stored for each
)

// pdfPacked reads an object stream (ISO 32000-2, 7.5.7): numbers and offsets, and then the objects.
// Each object must begin at its offset, since readers start there, wherever that is.
type pdfPacked struct {
	rules  *pdfRules
	stream int64 // number of the stream
	first  int64 // offset of the first object
	count  int64

	lex    pdfLexer
	body   pdfBody
	header []packedObject
	room   int   // entries of the header with memory held for them
	num    int64 // of the object whose offset comes next, -1 for none
	next   int   // index of the next object in the header
	last   int64 // end of the last token
	failed bool
}

type packedObject struct{ num, offset uint32 }

// begin begins the stream with that number, and reports false if the beginning or the count of its
// objects is unknown.
func (b *pdfPacked) begin(stream int64, d *pdfDictionary) bool {
	b.stream, b.first, b.count = stream, d.first, d.count
	b.lex.restart()
	b.header, b.num, b.next, b.last, b.failed = b.header[:0], -1, 0, 0, false
	if b.count > maxPacked {
		b.rules.fail(beyond(CodeComplex, maxPacked, "has an object stream with too many objects"))
	}
	return b.first >= 0 && b.count >= 0
}

// fail gives the stream up. It may be encrypted, which only shows at the end of the file.
func (b *pdfPacked) fail() {
	b.failed = true
	b.rules.failLater(fault(CodeDamaged, unreadable))
}

func (b *pdfPacked) read(p []byte) {
	var t pdfToken
	for len(p) > 0 && b.rules.err == nil && !b.failed {
		n, complete := b.lex.next(p, &t)
		p = p[n:]
		if complete {
			b.token(&t)
			b.last = b.lex.off
		}
	}
}

func (b *pdfPacked) token(t *pdfToken) {
	if err := b.rules.budget.Spend(tokenSteps); err != nil {
		b.rules.fail(err)
		return
	}
	switch {
	case t.at >= b.first:
		b.start(t.at)
		if t.kind != pdfComment && (b.next == 0 || !b.body.token(t)) {
			b.fail()
		}
	case t.kind != pdfComment:
		b.entry(t)
	}
}

// entry reads a number or an offset of the header.
func (b *pdfPacked) entry(t *pdfToken) {
	n := pdfInt(t.text)
	switch {
	case t.kind != pdfWord || n < 0 || n > 1<<31-1 || int64(len(b.header)) == b.count:
		b.fail()
	case b.num < 0:
		b.num = n
	default:
		b.hold()
		b.header = append(b.header, packedObject{uint32(b.num), uint32(n)}) //nolint:gosec // 31 bits
		b.num = -1
	}
}

// hold takes memory for one more entry.
func (b *pdfPacked) hold() {
	if len(b.header) < b.room {
		return
	}
	room := max(64, 2*b.room)
	if err := b.rules.budget.Hold(packedSize * room); err != nil {
		b.rules.fail(err)
		return
	}
	b.room = room
	b.header = append(make([]packedObject, 0, room), b.header...)
}

// start begins the objects whose offsets lie between the last token and the one at the given place.
func (b *pdfPacked) start(at int64) {
	for b.next < len(b.header) {
		offset := b.first + int64(b.header[b.next].offset)
		if offset > at {
			return
		}
		if offset < b.last || b.next > 0 && !b.finish() {
			b.fail()
			return
		}
		b.body.begin(b.rules)
		b.next++
	}
}

// finish ends the last object, and reports false if it is incomplete.
func (b *pdfPacked) finish() bool {
	b.body.settle()
	err := b.rules.table.packedBody(int64(b.header[b.next-1].num), placePacked(b.stream, int64(b.next-1)), b.body.flags, b.rules.budget)
	if err != nil {
		b.rules.fail(err)
	}
	return b.body.depth == 0
}

// end judges the whole stream.
func (b *pdfPacked) end() {
	b.read([]byte("\n")) // ends the last word
	if b.failed {
		return
	}
	if b.lex.state != lexBetween || int64(len(b.header)) != b.count || b.next != len(b.header) || b.next > 0 && !b.finish() {
		b.fail()
	}
}
