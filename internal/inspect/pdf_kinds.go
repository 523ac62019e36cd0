package inspect

type pdfStreamKind uint8

const (
	streamData    pdfStreamKind = iota // not decoded
	streamCounted                      // has N, as objects and colour profiles do: some readers take it for objects if it begins with two numbers
	streamModel
	streamObjects
	streamReferences
)

// kindOf returns the kind of stream for which a reader may take the stream of b.
func kindOf(b *pdfBody) pdfStreamKind {
	switch {
	case b.typ() == typeReferences || keyW.in(b.dict.seen):
		return streamReferences
	case b.typ() == typeObjects || keyFirst.in(b.dict.seen):
		return streamObjects
	case b.levels[1].model:
		return streamModel
	case keyN.in(b.dict.seen):
		return streamCounted
	}
	return streamData
}

// stream judges the dictionary of a stream.
func (r *pdfRules) stream(b *pdfBody) {
	if b.dict.elsewhere || b.dict.reference {
		r.refuse(KindExternal, "has a stream whose data is in another file")
	}
}

// hiddenStream judges the dictionary of a stream within other data. It does not look at the
// stream's own data.
func (r *pdfRules) hiddenStream(b *pdfBody) {
	r.stream(b)
	if kindOf(b) != streamData {
		r.fail(active(KindAction, hidesObject))
	}
}
