package inspect

import (
	"bytes"
	"encoding/binary"
)

// The pieces of an MP3 file.
const (
	mp3First = 1 + iota // the first byte of a frame, a tag, or zeros
	mp3Start            // the next three bytes of a frame or a tag
	mp3ID3
	mp3APE
	mp3Item
	mp3Key
	mp3APEFooter
	mp3Tag
	mp3Lyrics
	mp3Field
	mp3LyricsEnd
)

// maxAPEItem is the largest value of an item, such as a picture, in an APE tag without a header.
const maxAPEItem = 8 << 20

const mp3Malformed = "has bytes that are neither an MP3 frame nor a tag"

// payload passes over frames and tags, and over zeros.
func (m *MP3) payload(p []byte) (int, bool) {
	if m.state == mp3First && m.first == 0 {
		return zeros(p)
	}
	return skip(p)
}

// end accepts a short last frame: recorders leave one when they are stopped. A file that is cut off
// between two frames looks like a whole one.
func (m *MP3) end() {
	switch {
	case !m.framed:
		m.fail(CodeTruncated, "has no MP3 frame")
	case m.state == mp3First && (m.between() || m.inFrame || m.first == 0):
	default:
		m.cutOff()
	}
}

func (m *MP3) piece(p []byte) {
	switch m.state {
	case 0:
		m.next(0)
	case mp3First:
		m.inFrame = false
		if m.first = p[0]; m.first == 0 {
			m.next(everything)
			return
		}
		m.expect(mp3Start, 3)
	case mp3Start:
		m.begin([]byte{m.first, p[0], p[1], p[2]})
	case mp3ID3:
		m.next(id3Size(p))
	default:
		m.tag(p)
	}
}

// next goes on after n bytes.
func (m *MP3) next(n int64) {
	m.pass(n)
	m.expect(mp3First, 1)
}

// begin judges the first bytes of a frame or a tag.
func (m *MP3) begin(p []byte) {
	n := mp3FrameBytes(binary.BigEndian.Uint32(p))
	switch {
	case n > 0 && !m.tagged:
		m.framed, m.inFrame = true, true
		m.next(n - int64(len(p)))
	case string(p[:3]) == "ID3" && !m.tagged:
		m.expect(mp3ID3, 6)
	case !m.framed:
		m.fail(CodeDamaged, mp3Malformed)
	case string(p) == "APET":
		m.expect(mp3APE, 28)
	case string(p) == "LYRI":
		m.expect(mp3Lyrics, len("CSBEGIN"))
	case string(p[:3]) == "TAG":
		m.tagged = true
		m.next(128 - 4)
		if p[3] == '+' {
			m.next(227 - 4)
		}
	default: // the length of the first item of an APE tag without a header
		m.items, m.counted = 0, 0
		m.begins(int64(binary.LittleEndian.Uint32(p)))
	}
}

// tag reads the pieces of APE and Lyrics3 tags.
func (m *MP3) tag(p []byte) {
	switch m.state {
	case mp3APE: // "AGEX", version, size after this header, number of items, flags
		m.next(int64(binary.LittleEndian.Uint32(p[8:])))
	case mp3Item:
		m.items += int64(len(p))
		if p[0]&^7 != 0 || p[1] != 0 || p[2] != 0 || p[3]&^0xe0 != 0 {
			m.fail(CodeDamaged, mp3Malformed)
		}
		m.expect(mp3Key, 1)
	case mp3Key:
		m.key(p[0])
	case mp3APEFooter:
		m.footer(p)
	case mp3Lyrics:
		if string(p) != "CSBEGIN" {
			m.fail(CodeDamaged, mp3Malformed)
		}
		m.expect(mp3Field, 8)
	case mp3Field:
		m.field(p)
	case mp3LyricsEnd:
		if string(p) != "RICS200" {
			m.fail(CodeDamaged, mp3Malformed)
		}
		m.next(0)
	}
}

// begins begins an item of an APE tag, whose length has been read.
func (m *MP3) begins(value int64) {
	if value > maxAPEItem {
		m.fail(CodeDamaged, mp3Malformed)
	}
	m.item = value
	m.items += 4
	m.counted++
	m.expect(mp3Item, 4)
}

// key reads a byte of the name of an item. A zero ends the name. The item's value follows it, and
// then another item or the footer.
func (m *MP3) key(c byte) {
	m.items++
	switch {
	case c == 0:
		m.items += m.item
		m.pass(m.item)
		m.expect(mp3APEFooter, 4)
	case c < ' ' || c > '~':
		m.fail(CodeDamaged, mp3Malformed)
	default:
		m.expect(mp3Key, 1)
	}
}

func (m *MP3) footer(p []byte) {
	switch {
	case len(p) == 4 && string(p) == "APET":
		m.expect(mp3APEFooter, 28)
	case len(p) == 4:
		m.begins(int64(binary.LittleEndian.Uint32(p)))
	case string(p[:4]) != "AGEX", int64(binary.LittleEndian.Uint32(p[8:])) != m.items+32, binary.LittleEndian.Uint32(p[12:]) != m.counted:
		m.fail(CodeDamaged, mp3Malformed)
	default:
		m.next(0)
	}
}

// field reads a field of a Lyrics3 tag: three capital letters, and five digits for the length of
// the following data. The last one is six digits for the length of the tag, and the beginning of
// its end mark.
func (m *MP3) field(p []byte) {
	switch {
	case number(p[3:]) >= 0 && bytes.IndexFunc(p[:3], func(r rune) bool { return r < 'A' || r > 'Z' }) < 0:
		m.pass(number(p[3:]))
		m.expect(mp3Field, 8)
	case number(p[:6]) >= 0 && string(p[6:]) == "LY":
		m.expect(mp3LyricsEnd, len("RICS200"))
	default:
		m.fail(CodeDamaged, mp3Malformed)
	}
}

// number returns the value of decimal digits, and -1 if there are other characters.
func number(digits []byte) (n int64) {
	for _, c := range digits {
		if c < '0' || c > '9' {
			return -1
		}
		n = 10*n + int64(c-'0')
	}
	return n
}

// id3Size returns the length of an ID3v2 tag after its header. p is the part of the header after
// "ID3" and a version byte. The bytes of the length have 7 bits each.
func id3Size(p []byte) int64 {
	n := int64(p[2]&0x7f)<<21 | int64(p[3]&0x7f)<<14 | int64(p[4]&0x7f)<<7 | int64(p[5]&0x7f)
	if p[1]&0x10 != 0 { // a footer like the header
		n += 10
	}
	return n
}
