package inspect

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math/bits"
	"slices"
)

// Ogg checks that a stream is one whole Ogg file (RFC 3533), with any codec, and nothing else. The
// zero value is ready.
//
// It walks the pages. It refuses pages with a wrong checksum or of a version other than 0. Of the
// flags it reads only those for the first and the last page of a logical stream. It refuses pages
// of a logical stream that has not begun or has ended, and pages whose numbers do not follow each
// other. It refuses a logical stream of one page that does not end, a file that is cut off within a
// page, and bytes that form no page. A recorder that is stopped marks no page as the last one,
// although RFC 3533 says that it should. So a logical stream of several pages may lack that mark. A
// file with more than 16 logical streams at a time is too complex. Streams may follow each other,
// as radio stations send them.
//
// It does not look at packets and codecs. It keeps at most 1 KiB.
type Ogg struct {
	stream
	crc      uint32      // of the page so far
	sum      uint32      // the checksum that the page declares
	streams  []oggStream // streams that have begun and not ended
	reversed [512]byte   // bytes for the checksum, with their bits in the other order
}

type oggStream struct{ serial, page uint32 }

// The pieces of an Ogg file.
const (
	oggHeader = 1 + iota
	oggSegments
)

const (
	oggOrder      = "has a misplaced Ogg page"
	oggHeaderSize = 27
	oggBegins     = 2
	oggEnds       = 4
	maxOggStreams = 16
)

// Write checks p. It returns the first fault, an *Error, at once. Later calls return it without
// looking at p.
func (o *Ogg) Write(p []byte) (int, error) { return o.write(o, p) }

// Verdict returns nil if all that was written is one whole file, and the fault, an *Error, if not.
// Call it after the last Write.
func (o *Ogg) Verdict() error { return o.verdict(o) }

func (o *Ogg) end() {
	o.checkPage()
	open := slices.ContainsFunc(o.streams, func(s oggStream) bool { return s.page == 0 })
	if o.off == 0 || o.state != oggHeader || !o.between() || open {
		o.cutOff()
	}
}

func (o *Ogg) payload(p []byte) (int, bool) {
	o.add(p)
	return len(p), true
}

func (o *Ogg) piece(p []byte) {
	switch o.state {
	case 0:
		o.expect(oggHeader, oggHeaderSize)
	case oggHeader:
		o.header(p)
	case oggSegments:
		o.add(p)
		var size int64
		for _, n := range p {
			size += int64(n)
		}
		o.pass(size)
		o.expect(oggHeader, oggHeaderSize)
	}
}

func (o *Ogg) header(p []byte) {
	o.checkPage()
	if string(p[:5]) != "OggS\x00" {
		o.fail(CodeDamaged, "has bytes that are not an Ogg page")
		return
	}
	o.order(p[5], binary.LittleEndian.Uint32(p[14:]), binary.LittleEndian.Uint32(p[18:]))
	o.sum = binary.LittleEndian.Uint32(p[22:])
	o.crc = 1<<32 - 1
	o.add(p[:22])
	o.add([]byte{0, 0, 0, 0}) // in place of the checksum
	o.add(p[26:])
	if segments := int(p[26]); segments > 0 {
		o.expect(oggSegments, segments)
	} else {
		o.expect(oggHeader, oggHeaderSize)
	}
}

// order judges the page of a logical stream by its number.
func (o *Ogg) order(flags byte, serial, page uint32) {
	i := slices.IndexFunc(o.streams, func(s oggStream) bool { return s.serial == serial })
	begins := flags&oggBegins != 0
	switch {
	case begins != (i < 0), begins && page != 0:
		o.fail(CodeDamaged, oggOrder)
		return
	case begins && len(o.streams) == maxOggStreams:
		o.refuse(beyond(CodeComplex, maxOggStreams, fmt.Sprintf("has more than %d logical streams at a time", maxOggStreams)))
		return
	case begins:
		i = len(o.streams)
		o.streams = append(o.streams, oggStream{serial: serial})
	case page != o.streams[i].page+1:
		o.fail(CodeDamaged, oggOrder)
	}
	o.streams[i].page = page
	if flags&oggEnds != 0 {
		o.streams = slices.Delete(o.streams, i, i+1)
	}
}

// checkPage judges the page that ends here.
func (o *Ogg) checkPage() {
	if o.off > 0 && o.between() && bits.Reverse32(^o.crc) != o.sum {
		o.fail(CodeDamaged, "has an Ogg page with a wrong checksum that ends")
	}
}

// add adds p to the checksum. Ogg uses the polynomial of package crc32 with the bits reversed, and
// does not invert the register.
func (o *Ogg) add(p []byte) {
	for len(p) > 0 {
		n := min(len(p), len(o.reversed))
		for i, c := range p[:n] {
			o.reversed[i] = bits.Reverse8(c)
		}
		o.crc = crc32.Update(o.crc, crc32.IEEETable, o.reversed[:n])
		p = p[n:]
	}
}
