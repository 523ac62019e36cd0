package inspect

import (
	"bytes"
	"encoding/binary"
)

// samsung reads the trailer that the cameras and editors of Samsung phones write after nearly every
// picture: named blocks, such as the time of the exposure, then a directory of them between "SEFH"
// and "SEFT". It has no public specification; the layout is the one that metadata tools read.
//
// A block is two zero bytes, its kind, the length of its name, its name and its data. Only the
// directory declares the lengths of blocks. Their data is text, so a zero byte ends it; other data
// could be anything, and is not accepted. The directory must list the blocks that were read, and
// nothing may follow it. A film in a block is walked where films are accepted.
//
// In place of a block, zeros may follow up to the end of the file. They are there after metadata
// was blanked, in place of a block with other data and of all that followed it.
type samsung struct {
	films  bool // a block may hold a film
	budget *Budget

	state  samsungState
	off    int64 // bytes read
	need   int   // bytes of the current piece
	buf    [64]byte
	n      int // bytes of buf in use
	last   [5]byte
	text   int // bytes of data in all
	blocks []samsungBlock
	listed int   // entries read of the directory
	at     int64 // of the directory
	film   *film
}

type samsungBlock struct {
	kind   uint16
	at     int64
	listed bool
}

type samsungState uint8

const (
	samsungBlockHeader samsungState = iota
	samsungName
	samsungText
	samsungFilm
	samsungDirectory
	samsungEntry
	samsungEnd
	samsungOver
	samsungZeros
)

// A trailer has some ten blocks, and the settings of the editor have a few KiB.
const (
	maxSamsungBlocks = 64
	maxSamsungText   = 64 << 10
	samsungMotion    = "MotionPhoto_Data"
)

// write reads on. The offset of a fault counts from the start of the trailer.
func (s *samsung) write(p []byte) *Error {
	for len(p) > 0 {
		if s.state == samsungFilm {
			n, fault := s.film.write(p)
			if fault != nil {
				fault.Offset += s.off
				return fault
			}
			p = p[n:]
			if !s.film.over() { // it has all of p, or the call has ended
				return nil
			}
			s.off += s.film.walk.off - int64(len(s.film.ahead()))
			s.expect(samsungBlockHeader, 8)
			if fault := s.write(s.film.ahead()); fault != nil {
				return fault
			}
			continue
		}
		if fault := s.step(p[0]); fault != nil {
			return fault
		}
		s.off++
		p = p[1:]
	}
	return nil
}

func (s *samsung) expect(state samsungState, need int) { s.state, s.need, s.n = state, need, 0 }

// fault returns the fault of a file with something other than a trailer after its end.
func (s *samsung) fault() *Error { return faultAt(CodeTrailing, behindEnd, 0) }

func (s *samsung) step(c byte) *Error {
	switch {
	case s.state == samsungOver, s.state == samsungZeros && c != 0:
		return s.fault()
	case s.state == samsungZeros:
		return nil
	case s.state == samsungText && c != 0:
		copy(s.last[:], s.last[1:])
		s.last[4] = c
		if s.text++; s.text > maxSamsungText || isControl(uint16(c)) && c < 0x80 {
			return s.fault()
		}
		return nil
	case s.state == samsungText && bytes.HasPrefix(s.last[:], []byte("SEFH")): // the fifth byte is the first of its version
		s.at = s.off - 5
		s.expect(samsungDirectory, 7)
		s.n = 1
	case s.state == samsungText:
		s.expect(samsungBlockHeader, 8)
		fallthrough
	default:
		if s.need == 0 {
			s.need = 8
		}
		s.buf[s.n] = c
		s.n++
	}
	if s.n < s.need {
		return nil
	}
	return s.piece(s.buf[:s.n])
}

func (s *samsung) piece(p []byte) *Error {
	switch s.state {
	case samsungBlockHeader:
		return s.block(p)
	case samsungName:
		return s.named(string(p))
	case samsungDirectory:
		if int64(binary.LittleEndian.Uint32(p[3:])) != int64(len(s.blocks)) {
			return s.fault()
		}
		s.expect(samsungEntry, 12)
	case samsungEntry:
		return s.entry(p)
	case samsungEnd:
		if string(p[4:]) != "SEFT" || int(binary.LittleEndian.Uint32(p)) != 12+12*len(s.blocks) {
			return s.fault()
		}
		s.state = samsungOver
	}
	return nil
}

// block judges the beginning of a block, or of the directory after a film.
func (s *samsung) block(p []byte) *Error {
	name := binary.LittleEndian.Uint32(p[4:])
	switch {
	case string(p[:4]) == "SEFH" && len(s.blocks) > 0:
		s.at = s.off - 7
		s.expect(samsungDirectory, 7)
		s.n = copy(s.buf[:], p[5:])
		return nil
	case len(s.blocks) > 0 && allZero(p):
		s.state = samsungZeros
		return nil
	case p[0] != 0 || p[1] != 0 || name == 0 || name > uint32(len(s.buf)) || len(s.blocks) == maxSamsungBlocks:
		return s.fault()
	}
	s.blocks = append(s.blocks, samsungBlock{kind: binary.LittleEndian.Uint16(p[2:]), at: s.off - 7})
	s.expect(samsungName, int(name))
	return nil
}

func (s *samsung) named(name string) *Error {
	for _, c := range []byte(name) {
		if c <= ' ' || c >= 0x7f {
			return s.fault()
		}
	}
	if name != samsungMotion {
		s.last = [5]byte{}
		s.expect(samsungText, 0)
		return nil
	}
	if !s.films {
		f := s.fault()
		f.Params = Params{"kind": KindMedia}
		return f
	}
	s.film = newFilm(s.budget)
	s.state = samsungFilm
	return nil
}

// entry judges an entry of the directory: the distance back to its block, and the block's size.
func (s *samsung) entry(p []byte) *Error {
	at, size := s.at-int64(binary.LittleEndian.Uint32(p[4:])), int64(binary.LittleEndian.Uint32(p[8:]))
	found := false
	for i, b := range s.blocks {
		end := s.at
		if i+1 < len(s.blocks) {
			end = s.blocks[i+1].at
		}
		if b.at == at && end == at+size && b.kind == binary.LittleEndian.Uint16(p[2:]) && !b.listed {
			s.blocks[i].listed, found = true, true
		}
	}
	if !found {
		return s.fault()
	}
	if s.listed++; s.listed == len(s.blocks) {
		s.expect(samsungEnd, 8)
	} else {
		s.expect(samsungEntry, 12)
	}
	return nil
}

// end judges the end of the file.
func (s *samsung) end() *Error {
	zeros := s.state == samsungZeros || s.state == samsungBlockHeader && len(s.blocks) > 0 && allZero(s.buf[:s.n])
	if s.state != samsungOver && !zeros {
		return faultAt(CodeTrailing, "has data after its end that is cut off", s.off)
	}
	return nil
}

func allZero(p []byte) bool { return len(bytes.Trim(p, "\x00")) == 0 }
