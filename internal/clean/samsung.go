package clean

import (
	"encoding/binary"
	"regexp"
)

// samsung walks the notes that Samsung phones write after a picture: named blocks, one of which may
// be a film, and a directory of them between "SEFH" and "SEFT". The layout is the one that
// metadata tools read.
//
// The film is kept, and what says where it is and how it is played. Other texts become spaces, and
// other names become underscores.
type samsung struct {
	*walk
	start  int64 // of the block, or of the directory
	blocks []samsungBlock
}

type samsungBlock struct {
	kind  [2]byte
	start int64
}

const (
	samsungFilm      = "MotionPhoto_Data"
	samsungDirectory = "SEFH"
	samsungEnd       = "SEFT"
	maxSamsungBlocks = 64
	maxSamsungName   = 64
)

// samsungNumbers reports whether a name is that of a block with a number by which a film is played.
// isSamsungNumber reports whether a text is such a number, which letters may precede.
var (
	samsungNumbers  = oneOf("MotionPhoto_Version", "MotionPhoto_AutoPlay")
	isSamsungNumber = regexp.MustCompile(`^[a-z]{0,4}[0-9]{1,4}$`).Match
)

// notes walks the notes. Their first handedOn bytes are zeros that were handed on already. Bytes
// after those may be held. Bytes that cannot be read become zeros, and are still held when notes
// returns.
func (s *samsung) notes(handedOn int) {
	s.start = s.off - int64(handedOn)
	for {
		s.tryMore(max(0, 8-int(s.pos()-s.start)))
		switch {
		case s.pos()-s.start < 8:
			clear(s.held())
			return
		case string(s.held()[:4]) == samsungDirectory:
			s.directory()
			return
		case !s.block():
			clear(s.held())
			return
		}
	}
}

// block walks a block, whose header is held except for zeros at its front. It returns false if the
// bytes are not a block.
func (s *samsung) block() bool {
	head := s.held()[s.looked-6:]
	front := s.held()[:s.looked-6]
	size := binary.LittleEndian.Uint32(head[2:])
	if !isZero(front) || size == 0 || size > maxSamsungName || len(s.blocks) == maxSamsungBlocks {
		return false
	}
	s.blocks = append(s.blocks, samsungBlock{[2]byte(head), s.start})
	from := s.looked
	if s.tryMore(int(size)) < int(size) {
		return false
	}
	name := s.held()[from:]
	if string(name) == samsungFilm {
		s.flush()
		m := newFilm(s.walk)
		m.embedded = true
		m.boxes()
		s.start = s.off
		return true
	}
	numbers := samsungNumbers(string(name))
	if !numbers {
		fillWith(name, '_')
	}
	s.flush()
	return s.text(numbers)
}

// text walks the text of a block up to the zero with which the next one begins, or up to the
// directory. It returns false at the end of the file.
func (s *samsung) text(numbers bool) bool {
	const front = len(samsungDirectory) + 1 // of a directory, up to the first zero
	for s.tryMore(1) == 1 && s.held()[s.looked-1] != 0 {
		if n := s.looked - front; n > freeHeld/2 {
			fillWith(s.held()[:n], ' ')
			s.release(n)
			numbers = false
		}
	}
	n := s.looked - 1
	if n < 0 || s.held()[n] != 0 {
		return false
	}
	if n >= front && string(s.held()[n-front:n-1]) == samsungDirectory {
		n -= front
	}
	if !numbers || !isSamsungNumber(s.held()[:n]) {
		fillWith(s.held()[:n], ' ')
	}
	s.release(n)
	s.start = s.off
	return true
}

// directory rewrites the directory. One that does not end where it should, with an entry for
// each block, becomes zeros.
func (s *samsung) directory() {
	n := len(s.blocks)
	size := 12 + 12*n + 8
	s.tryMore(size - s.looked)
	if s.looked < size || string(s.held()[size-4:]) != samsungEnd {
		clear(s.held())
		return
	}
	b := append(s.held()[:0], samsungDirectory...)
	b = append(b, s.held()[4], 0, 0, 0)
	b = binary.LittleEndian.AppendUint32(b, uint32(n)) //nolint:gosec // 64 at most
	for i, block := range s.blocks {
		end := s.start
		if i+1 < n {
			end = s.blocks[i+1].start
		}
		b = append(b, 0, 0, block.kind[0], block.kind[1])
		b = binary.LittleEndian.AppendUint32(b, uint32(s.start-block.start)) //nolint:gosec // as in the file
		b = binary.LittleEndian.AppendUint32(b, uint32(end-block.start))     //nolint:gosec // as in the file
	}
	b = binary.LittleEndian.AppendUint32(b, uint32(size-8)) //nolint:gosec // as above
	copy(b[len(b):size], samsungEnd)
	s.flush()
}

func fillWith(p []byte, c byte) {
	for i := range p {
		p[i] = c
	}
}
