package inspect

import "encoding/binary"

// MP3 checks that a stream consists of whole MPEG audio frames of layer III (ISO/IEC 11172-3, 13818-3, and 2.5) and of
// tags: ID3v2 in front of any frame, APEv2 and ID3v1 behind the last. The zero value is ready.
//
// Malformed are frames with fields that MPEG does not have, frames without a fixed bit rate ("free format"), bytes that
// are neither frame nor tag, a file without frames, and one that is cut off, be it within the last frame. Each frame
// says how long it is, so the walk takes as many steps as there are frames; what is in them and in the tags is not looked
// at. At most 32 bytes are kept.
type MP3 struct {
	stream
	framed bool
}

// The pieces of an MP3 file.
const (
	mp3Frame = 1 + iota // or the first bytes of a tag
	mp3ID3
	mp3APE
)

const mp3Malformed = "has bytes that are neither an MP3 frame nor a tag"

// Write checks p. It returns the fault, an *Error, as soon as one is found, and from then on without looking at p.
func (m *MP3) Write(p []byte) (int, error) { return m.write(m, p) }

// Verdict returns nil if all that was written is one whole file, and the fault, an *Error, if not. The stream must have
// ended.
func (m *MP3) Verdict() error { return m.verdict(m) }

func (m *MP3) payload(p []byte) (int, bool) { return skip(p) }

func (m *MP3) end() {
	switch {
	case !m.between():
		m.cutOff()
	case !m.framed:
		m.fail(CodeDamaged, "has no MP3 frame")
	}
}

func (m *MP3) piece(p []byte) {
	switch m.state {
	case 0:
		m.expect(mp3Frame, 4)
	case mp3Frame:
		m.begin(p)
	case mp3ID3:
		m.pass(id3Size(p))
		m.expect(mp3Frame, 4)
	case mp3APE:
		// version, size behind this header, number of items, flags
		m.pass(int64(binary.LittleEndian.Uint32(p[8:])))
		m.expect(mp3Frame, 4)
	}
}

// begin judges the first bytes of a frame or a tag.
func (m *MP3) begin(p []byte) {
	switch {
	case string(p[:3]) == "ID3":
		m.expect(mp3ID3, 6)
	case string(p) == "APET" && m.framed:
		m.expect(mp3APE, 28)
	case string(p[:3]) == "TAG" && m.framed:
		m.pass(128 - 4)
		m.finish()
	default:
		n := mp3FrameBytes(binary.BigEndian.Uint32(p))
		if n == 0 {
			m.fail(CodeDamaged, mp3Malformed)
			return
		}
		m.framed = true
		m.pass(n - 4)
		m.expect(mp3Frame, 4)
	}
}

// id3Size returns the length of an ID3v2 tag behind its header, of which p is the part behind "ID3" and a version byte.
// Its bytes have 7 bits each.
func id3Size(p []byte) int64 {
	n := int64(p[2]&0x7f)<<21 | int64(p[3]&0x7f)<<14 | int64(p[4]&0x7f)<<7 | int64(p[5]&0x7f)
	if p[1]&0x10 != 0 { // a footer like the header
		n += 10
	}
	return n
}

// mp3FrameBytes returns the length of the frame with that header, 0 if it is none.
func mp3FrameBytes(header uint32) int64 {
	version, layer := header>>19&3, header>>17&3
	bitRate, sampleRate, padding := header>>12&15, header>>10&3, header>>9&1
	if header>>21 != 0x7ff || version == 1 || layer != 1 || bitRate == 15 || bitRate == 0 || sampleRate == 3 {
		return 0
	}
	const mpeg1 = 3
	if version == mpeg1 {
		return 144_000*mp3Kilobits[0][bitRate]/mp3Hertz[sampleRate] + int64(padding)
	}
	half := int64(2)
	if version == 0 { // 2.5
		half = 4
	}
	return 72_000*mp3Kilobits[1][bitRate]*half/mp3Hertz[sampleRate] + int64(padding)
}

// The bit rates of MPEG 1 and of MPEG 2 and 2.5, and the sampling rates of MPEG 1, of which the others have one half and
// one quarter.
var (
	mp3Kilobits = [2][15]int64{
		{0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320},
		{0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160},
	}
	mp3Hertz = [3]int64{44_100, 48_000, 32_000}
)
