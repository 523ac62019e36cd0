package clean

import (
	"bytes"
	"encoding/binary"
	"math"
	"slices"
)

// ebmlKept are the elements of the EBML header that are kept, besides ebmlDocType.
var ebmlKept = []uint32{0x4286, 0x42f7, 0x42f2, 0x42f3, 0x4287, 0x4285}

const (
	ebmlDocType   = 0x4282
	maxEBMLHeader = 1024
)

// mkv keeps the elements by which players find and show picture, sound and subtitles. Others become
// elements of the same size that say nothing: tags, chapters, attachments, title, date, names of
// tracks and files, and tracks of other kinds with their blocks. The names of programs, which each
// file must have, become zeros.
func mkv(w *walk) {
	m := &matroska{walk: w, dropped: map[int64]bool{}, scale: 1e6}
	e, ok := m.next(everything)
	if !ok || e.id != ebmlHeader || e.end-m.pos() > maxEBMLHeader {
		m.fail("is not a Matroska file")
	}
	heldElements(m.more(e.end-m.pos()), m.header)
	for {
		m.flush()
		e, ok := m.next(everything)
		switch {
		case !ok:
			m.notNext()
		case e.id == ebmlVoid && e.end < everything:
			m.void(e)
			continue
		case e.id != mkvSegment:
			m.fail("has a misplaced Matroska element")
		}
		m.segment(e.end)
		return
	}
}

// header judges an element of the EBML header.
func (m *matroska) header(id uint32, content []byte) bool {
	if id != ebmlDocType {
		return slices.Contains(ebmlKept, id)
	}
	if name := string(bytes.TrimRight(content, "\x00")); name != "webm" && name != "matroska" {
		m.fail("is not a Matroska file")
	}
	return true
}

// notNext ends the walk where an element should begin.
func (m *matroska) notNext() {
	if m.cut {
		m.cutOff()
	}
	m.fail(mkvMalformed)
}

// segment walks the elements of the segment.
func (m *matroska) segment(end int64) {
	for m.pos() < end {
		m.flush()
		e, ok := m.next(end)
		switch {
		case !ok && end == everything && m.looked == 0:
			end = m.pos()
		case !ok:
			m.notNext()
		case m.inCluster && e.id < mkvOutermost:
			m.clusterPart(e)
		default:
			m.inCluster = false
			m.part(e)
		}
	}
	if !m.tracks {
		m.fail("has no tracks")
	}
}

// part walks an element of the segment.
func (m *matroska) part(e element) {
	if e.end == everything && e.id != mkvCluster {
		m.fail(mkvMalformed)
	}
	switch e.id {
	case mkvSeekHead:
		m.content(e, seekHead)
	case mkvInfo:
		m.content(e, m.info)
		m.flush()
		m.facts.Milliseconds = roundedMilliseconds(m.duration * m.scale)
	case mkvTracks:
		m.tracks = true
		m.inside(e.end, m.track)
	case mkvCluster:
		switch {
		case !m.tracks:
			m.fail("has a misplaced Matroska element")
		case e.end == everything:
			m.inCluster = true
		default:
			m.inside(e.end, m.clusterPart)
		}
	case mkvCues:
		m.inside(e.end, m.only(mkvCuePoint))
	default:
		m.void(e)
	}
}

// content holds the elements inside of e, whose header is held already, and calls keep with each;
// see heldElements.
func (m *matroska) content(e element, keep func(id uint32, content []byte) bool) {
	n := e.end - m.pos()
	heldElements(m.more(n), keep)
}

// seekHead keeps an entry if it leads to an element that is kept.
func seekHead(id uint32, content []byte) bool {
	if id != mkvSeek {
		return false
	}
	kept := false
	heldElements(content, func(id uint32, content []byte) bool {
		if id == mkvSeekID && len(content) == 4 {
			switch binary.BigEndian.Uint32(content) {
			case mkvSeekHead, mkvInfo, mkvTracks, mkvCluster, mkvCues:
				kept = true
			}
		}
		return id == mkvSeekID || id == mkvSeekAt
	})
	return kept
}

// info keeps the unit of time and the duration, and blanks the names of programs.
func (m *matroska) info(id uint32, content []byte) bool {
	switch id {
	case mkvScale:
		if n := unsigned(content); n > 0 {
			m.scale = float64(n)
		}
	case mkvDuration:
		switch len(content) {
		case 4:
			m.duration = float64(math.Float32frombits(binary.BigEndian.Uint32(content)))
		case 8:
			m.duration = math.Float64frombits(binary.BigEndian.Uint64(content))
		}
	case mkvMuxingApp, mkvWritingApp:
		clear(content)
	default:
		return false
	}
	return true
}

func roundedMilliseconds(nanoseconds float64) int64 {
	if !(nanoseconds >= 0 && nanoseconds < everything) {
		return 0
	}
	return int64(math.Round(nanoseconds / 1e6))
}
