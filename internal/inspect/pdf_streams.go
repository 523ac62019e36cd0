package inspect

// pdfStreams examines the streams that a reader may take for objects or cross references, whatever
// type they declare: readers follow the reference that leads there. It also examines 3D models.
type pdfStreams struct {
	rules   *pdfRules
	refs    *pdfReferences
	packed  pdfPacked
	unpack  pdfUnpack
	model   pdfModel
	kind    pdfStreamKind // of the current stream
	length  int64         // declared, -1 if it is unknown
	trailed int           // bytes of endstream not yet passed on
	head    pdfLexer      // of a stream that may have objects
	numbers int           // numbers at its start; -1 if something else comes before the second
}

// begin begins the stream of an object.
func (s *pdfStreams) begin(b *pdfBody, num int64) {
	s.rules.stream(b)
	if b.levels[1].other {
		b.flags |= isOtherModel
	}
	s.kind, s.length, s.trailed = kindOf(b), b.dict.length, 0
	d := &b.dict
	switch {
	case s.kind == streamReferences && (keyFirst.in(d.seen) || keyN.in(d.seen) || b.typ() == typeObjects):
		s.rules.fail(fault(CodeDamaged, "has a stream that can be read as objects and as cross references"))
	case s.kind == streamData:
		return
	case s.kind == streamModel:
		s.model = pdfModel{}
		if !d.plain() || !s.unpack.begin(d, s.model.read) {
			s.rules.refuse(KindMedia, farModel)
			s.kind = streamData
		}
		return
	case s.kind == streamCounted:
		b.flags |= isBare
		s.numbers = 0
		s.head.restart()
		if !d.plain() || !s.unpack.begin(d, s.peek) {
			s.kind = streamData
		}
		return
	case s.kind == streamObjects && !s.packed.begin(num, d), s.kind == streamReferences && !s.refs.beginStream(d):
		s.rules.fail(fault(CodeDamaged, unclear))
	case d.twice.has(streamKeys):
		s.rules.fail(fault(CodeDamaged, unclear))
	}
	into := s.refs.read
	if s.kind == streamObjects {
		b.flags |= isExamined
		into = s.packed.read
	}
	if !d.plain() || !s.unpack.begin(d, into) {
		s.rules.fail(fault(CodeUnsupported, "has objects or cross references in a stream with filters or parameters that are not read"))
	}
}

const unclear = "has a stream of objects or of cross references with a dictionary that is incomplete or can be read in several ways"

// peek looks at the beginning of a stream that declares a count.
func (s *pdfStreams) peek(p []byte) {
	var t pdfToken
	for len(p) > 0 && s.kind == streamCounted {
		n, complete := s.head.next(p, &t)
		p = p[n:]
		switch {
		case !complete || t.kind == pdfComment:
		case t.kind == pdfWord && lenientInt(t.text) >= 0:
			if s.numbers++; s.numbers == 2 {
				s.kind = streamData
			}
		default:
			s.kind, s.numbers = streamData, -1
		}
	}
}

// write decodes p except its last matched bytes, which may begin endstream. It decodes them later,
// if they do not.
func (s *pdfStreams) write(p []byte, matched int) {
	if s.kind == streamData {
		return
	}
	if n := s.trailed + len(p) - matched; n > 0 {
		held := min(n, s.trailed)
		s.decode([]byte(endstream)[:held])
		s.decode(p[:n-held])
	}
	s.trailed = matched
}

func (s *pdfStreams) decode(p []byte) {
	if len(p) > 0 && s.rules.err == nil {
		s.unpack.write(p)
	}
}

// end ends the stream of b.
func (s *pdfStreams) end(b *pdfBody, d *pdfData) {
	if b.flags&isBare != 0 && s.numbers < 0 {
		b.flags &^= isBare
	}
	switch {
	case s.kind <= streamCounted || s.rules.err != nil:
		return
	case s.kind == streamModel:
		s.endModel(b, d)
		return
	}
	if s.length >= 0 && !d.fits(s.length) {
		s.rules.fail(fault(CodeDamaged, "has a stream of objects or of cross references with a wrong length"))
	}
	whole := s.unpack.end()
	if s.kind == streamObjects {
		s.packed.end()
	}
	if !whole {
		s.rules.failLater(fault(CodeDamaged, unreadable))
	}
}

// endModel ends a model, and refuses it unless it is whole and names no other file.
func (s *pdfStreams) endModel(b *pdfBody, d *pdfData) {
	right := s.length < 0 || d.fits(s.length)
	if whole := s.unpack.end(); !whole || !right || !s.model.whole() {
		s.rules.refuse(KindMedia, farModel)
	}
	b.flags |= isModel
}

// close abandons a stream that has not ended.
func (s *pdfStreams) close() { s.unpack.close() }
