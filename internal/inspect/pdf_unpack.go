package inspect

import (
	"bytes"
	"compress/flate"
	"io"
)

const (
	maxPacked   = 1 << 20 // bytes of one object stream
	maxUnpacked = 8 << 20 // of all of them, uncompressed, and maxRatio times their compressed size
	maxRatio    = 16      // of documents, which are some five or ten times as large uncompressed
	tokenCost   = 4       // bytes that a token counts for besides its own
	maxInStream = 1 << 16 // objects in one
)

const unreadable = "has an object stream that cannot be examined"

// pdfUnpack reads object streams (ISO 32000-2, 7.5.7).
type pdfUnpack struct {
	left   int64 // bytes that may still be uncompressed, but for maxUnpacked
	flate  io.ReadCloser
	packed bytes.Reader
	buf    []byte
}

// examine shows the objects of an object stream to a.
func (u *pdfUnpack) examine(o *pdfObject, data []byte, a *pdfActive) *Error {
	body := &packedObjects{active: a, first: o.first, count: o.count}
	switch {
	case o.first < 0 || o.count < 0 || o.count > maxInStream || o.params || o.filters > 1 || o.filters == 1 && !o.flate:
		return active(KindScript, unreadable)
	case o.filters == 0:
		return body.end(body.read(data))
	}
	// A zlib header (RFC 1950): deflate, without a preset dictionary.
	if len(data) < 2 || data[0]&0x0f != 8 || data[1]&0x20 != 0 {
		return active(KindScript, unreadable)
	}
	u.reset(data[2:])
	for {
		n, err := u.flate.Read(u.buf)
		found := body.read(u.buf[:n])
		if u.left -= int64(n) + tokenCost*int64(body.tokens); u.left < -maxUnpacked {
			return fault(CodeBomb, "has more in object streams than can be examined")
		}
		if found != nil {
			return found
		}
		if err == io.EOF { // flate returns it bare
			return body.end(nil)
		}
		if err != nil {
			return active(KindScript, unreadable)
		}
	}
}

func (u *pdfUnpack) reset(data []byte) {
	u.left += maxRatio * int64(len(data))
	u.packed.Reset(data)
	if u.flate == nil {
		u.flate = flate.NewReader(&u.packed)
		u.buf = make([]byte, 16<<10)
		return
	}
	_ = u.flate.(flate.Resetter).Reset(&u.packed, nil) // cannot fail
}

// packedObjects reads the numbers and offsets that an object stream begins with, and then the objects, each of which must
// begin where its offset says: readers start there, wherever that is.
type packedObjects struct {
	active       *pdfActive
	first, count int64

	lex    pdfLexer
	header []int64
	object pdfObject
	tokens int   // of the last read
	next   int   // object to come
	last   int64 // end of the last token
}

func (b *packedObjects) read(p []byte) *Error {
	b.tokens = 0
	for len(p) > 0 {
		n, t, complete := b.lex.next(p)
		p = p[n:]
		if !complete {
			continue
		}
		b.tokens++
		if err := b.token(t); err != nil {
			return err
		}
		b.last = b.lex.off
	}
	return nil
}

func (b *packedObjects) token(t pdfToken) *Error {
	if t.at < b.first && t.kind != pdfComment {
		n := pdfInt(t.text)
		if t.kind != pdfWord || n < 0 || int64(len(b.header)) >= 2*b.count {
			return active(KindScript, unreadable)
		}
		b.header = append(b.header, n)
		return nil
	}
	if err := b.begin(t.at); err != nil {
		return err
	}
	if reason := b.active.token(t); reason != "" {
		return active(KindScript, reason)
	}
	if b.next == 0 && t.kind != pdfComment || !b.object.token(t) {
		return active(KindScript, unreadable)
	}
	return nil
}

// begin begins the objects whose offsets lie between the last token and the one at the given place.
func (b *packedObjects) begin(at int64) *Error {
	for 2*b.next+1 < len(b.header) {
		offset := b.first + b.header[2*b.next+1]
		if offset > at {
			return nil
		}
		if offset < b.last || b.object.depth != 0 {
			return active(KindScript, unreadable)
		}
		if err := b.finish(); err != nil {
			return err
		}
		b.object = newPDFObject(b.header[2*b.next])
		b.next++
	}
	return nil
}

func (b *packedObjects) finish() *Error {
	if b.next == 0 {
		return nil
	}
	return b.active.object(&b.object)
}

// end judges the whole, unless a fault was found before.
func (b *packedObjects) end(fault *Error) *Error {
	if fault == nil {
		fault = b.read([]byte("\n"))
	}
	switch {
	case fault != nil:
		return fault
	case b.lex.state != lexBetween || b.object.depth != 0 || int64(len(b.header)) != 2*b.count || int64(b.next) != b.count:
		return active(KindScript, unreadable)
	}
	return b.finish()
}
