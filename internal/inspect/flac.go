package inspect

import "encoding/binary"

// FLAC checks that a stream is one whole native FLAC file (RFC 9639), which may begin with an ID3v2
// tag. The zero value is ready.
//
// It walks the metadata blocks, and checks the frames after them against their checksums, all of
// them together. It refuses a stream information block that is not the first one or has invalid
// fields, blocks of an invalid kind, and a file without frames. It refuses a file whose frames are
// damaged, cut off, or followed by something else. A checksum of 16 bits lets one in 65,536
// accidents pass, and bytes that were chosen for it. It does not notice zero bytes after a frame,
// or missing whole frames.
//
// It does not look at pictures among the metadata. It keeps at most 34 bytes.
type FLAC struct {
	stream
	last   bool // the current metadata block is the last one
	tagged bool // an ID3v2 tag comes first
	tag    [6]byte
	crc    uint16
}

// The pieces of a FLAC file.
const (
	flacSignature = 1 + iota
	flacTag       // the last two bytes of the header of an ID3v2 tag before the file
	flacInfo
	flacBlock
	flacFrame // the first bytes of the first frame
	flacAudio // the rest, all of it payload
)

const (
	flacMalformed = "has a malformed FLAC block"
	flacInfoBytes = 34
	flacInvalid   = 127 // a kind that no block may have
)

// Write checks p. It returns the first fault, an *Error, at once. Later calls return it without
// looking at p.
func (f *FLAC) Write(p []byte) (int, error) { return f.write(f, p) }

// Verdict returns nil if all that was written is one whole file, and the fault, an *Error, if not.
// The stream must have ended.
func (f *FLAC) Verdict() error { return f.verdict(f) }

func (f *FLAC) piece(p []byte) {
	switch f.state {
	case 0:
		f.expect(flacSignature, 8)
	case flacSignature:
		if string(p[:3]) == "ID3" && !f.tagged {
			f.tagged = true
			f.tag = [6]byte{p[4], p[5], p[6], p[7]}
			f.expect(flacTag, 2)
			return
		}
		if string(p[:4]) != "fLaC" || p[4]&0x7f != 0 || flacLength(p[4:]) != flacInfoBytes {
			f.fail(CodeDamaged, "is not a FLAC file")
		}
		f.last = p[4]&0x80 != 0
		f.expect(flacInfo, flacInfoBytes)
	case flacTag:
		copy(f.tag[4:], p)
		f.pass(id3Size(f.tag[:]))
		f.expect(flacSignature, 8)
	case flacInfo:
		least, most := binary.BigEndian.Uint16(p), binary.BigEndian.Uint16(p[2:])
		if rate := binary.BigEndian.Uint32(p[10:]) >> 12; least < 16 || most < least || rate == 0 {
			f.fail(CodeDamaged, flacMalformed)
		}
		f.next()
	case flacBlock:
		if kind := p[0] & 0x7f; kind == 0 || kind == flacInvalid {
			f.fail(CodeDamaged, flacMalformed)
		}
		f.last = p[0]&0x80 != 0
		f.pass(flacLength(p))
		f.next()
	case flacFrame:
		if p[0] != 0xff || p[1]&0xfe != 0xf8 {
			f.fail(CodeDamaged, "has no FLAC frame")
		}
		f.crc = flacCRC(0, p)
		f.pass(everything)
		f.expect(flacAudio, 1)
	}
}

// flacLength returns the length of the block with that header.
func flacLength(header []byte) int64 { return int64(binary.BigEndian.Uint32(header) & 0xffffff) }

func (f *FLAC) next() {
	if f.last {
		f.expect(flacFrame, 2)
	} else {
		f.expect(flacBlock, 4)
	}
}

func (f *FLAC) payload(p []byte) (int, bool) {
	if f.state == flacAudio {
		f.crc = flacCRC(f.crc, p)
	}
	return skip(p)
}

// end uses a property of the checksum at the end of a frame: over the frame with its checksum, the
// result is 0. It is also 0 over any number of whole frames.
func (f *FLAC) end() {
	switch {
	case f.state != flacAudio:
		f.cutOff()
	case f.crc != 0:
		f.refuse(fault(CodeDamaged, "has FLAC frames that do not match their checksums"))
	}
}

// flacCRC adds p to a checksum. It takes eight bytes a step, which is several times faster than
// one.
func flacCRC(crc uint16, p []byte) uint16 {
	t := &flacCRCs
	for ; len(p) >= 8; p = p[8:] {
		crc = t[7][byte(crc>>8)^p[0]] ^ t[6][byte(crc&0xff)^p[1]] ^
			t[5][p[2]] ^ t[4][p[3]] ^ t[3][p[4]] ^ t[2][p[5]] ^ t[1][p[6]] ^ t[0][p[7]]
	}
	for _, c := range p {
		crc = crc<<8 ^ t[0][byte(crc>>8)^c]
	}
	return crc
}

// flacCRCs holds the CRC-16 with the polynomial x^16 + x^15 + x^2 + 1 of every byte, followed by 0
// to 7 zero bytes.
var flacCRCs = func() (tables [8][256]uint16) {
	for i := range 256 {
		crc := uint16(i) << 8
		for range 8 {
			crc = crc<<1 ^ crc>>15*0x8005
		}
		tables[0][i] = crc
	}
	for n := 1; n < len(tables); n++ {
		for i, crc := range tables[n-1] {
			tables[n][i] = crc<<8 ^ tables[0][crc>>8]
		}
	}
	return tables
}()
