package clean

import (
	"bytes"
	"slices"
)

// The elements of a track with special rules.
const (
	mkvTrack    = 0xae
	mkvNumber   = 0xd7
	mkvUID      = 0x73c5
	mkvType     = 0x83
	mkvVideo    = 0xe0
	mkvAudio    = 0xe1
	mkvPrivate  = 0x63a2
	mkvAddition = 0x41e4

	mkvEncodings = 0x6d80
	mkvEncoding  = 0x6240
	mkvScope     = 0x5032
	mkvOfHeaders = 2 // a bit of a scope: the headers of a codec are packed

	mkvLanguage    = 0x22b59c
	mkvLanguageTag = 0x22b59d

	maxMKVTracks = 1024
)

// mkvTypes are the kinds of tracks that are kept: picture, sound, subtitles.
var mkvTypes = []int64{1, 2, 0x11}

// ofTrack reports whether an element of a track is one by which it is decoded and chosen.
func ofTrack(id uint32) bool {
	switch id {
	case 0xb9, 0x88, 0x55aa, 0x55ab, 0x55ac, 0x55ad, 0x55ae, 0x55af, 0x9c, 0x6de7, 0x6df8, 0x23e383, 0x234e7a, 0x23314f,
		0x55ee, 0x86, 0xaa, 0x6fab, 0x56aa, 0x56bb:
		return true
	}
	return false
}

// isShown reports whether an element says how pictures are shown or sound is played.
func isShown(id uint32) bool {
	switch id {
	case 0x9a, 0x9d, 0x53b8, 0x53c0, 0x53b9, mkvWidth, mkvHeight, mkvCropBottom, mkvCropTop, mkvCropLeft, mkvCropRight,
		0x54b0, 0x54ba, 0x54b2, 0x54b3, 0x2eb524, 0x55b0, 0x7670,
		0xb5, 0x78b5, 0x9f, 0x6264, 0x52f1:
		return true
	}
	return false
}

const (
	mkvWidth      = 0xb0
	mkvHeight     = 0xba
	mkvCropBottom = 0x54aa
	mkvCropTop    = 0x54bb
	mkvCropLeft   = 0x54cc
	mkvCropRight  = 0x54dd
)

// mkvEntry is what is known of a track.
type mkvEntry struct {
	number, kind  int64
	width, height int64
	packed        bool // headers of its codec
}

// track holds a track until its number and its kind are known.
func (m *matroska) track(e element) {
	if e.id != mkvTrack {
		m.void(e)
		return
	}
	t := &mkvEntry{}
	head := m.looked
	for (t.number == 0 || t.kind == 0) && m.pos() < e.end {
		c, ok := m.next(e.end)
		if !ok {
			break
		}
		m.small(c, t)
	}
	if !slices.Contains(mkvTypes, t.kind) || t.number == 0 {
		if m.dropped[t.number] = true; len(m.dropped) > maxMKVTracks {
			m.fail("has too many tracks")
		}
		m.void(e)
		return
	}
	heldElements(m.held()[head:], func(id uint32, content []byte) bool {
		return id != mkvUID || t.field(id, content) // now that the number is known
	})
	m.flush()
	m.inside(e.end, func(c element) {
		if c.id == mkvPrivate && c.end-m.pos() > maxHeld-16 {
			m.largePrivate(c)
			return
		}
		m.small(c, t)
	})
	if t.packed {
		m.fail("has packed headers of a codec")
	}
	if t.kind == 1 && m.facts.Width == 0 {
		m.facts.Width, m.facts.Height = t.width, t.height
	}
}

// small holds an element of a track whose header was looked at last, and cleans it.
func (m *matroska) small(e element, t *mkvEntry) {
	n := e.end - m.pos()
	if n > maxHeld-16 {
		m.fail("has metadata that is too large to be looked into")
	}
	if m.lookMore(int(n)); !ofTrack(e.id) {
		heldElements(m.held()[m.looked-int(e.end-e.start):], t.field)
	}
}

// field cleans an element of a track.
func (t *mkvEntry) field(id uint32, content []byte) bool {
	switch id {
	case mkvNumber:
		t.number = unsigned(content)
	case mkvType:
		t.kind = unsigned(content)
	case mkvUID: // a random number by which a file can be recognised
		n := t.number
		for i := range slices.Backward(content) {
			content[i] = byte(n & 0xff)
			n >>= 8
		}
	case mkvVideo, mkvAudio:
		heldElements(content, t.shown)
	case mkvPrivate:
		codecPrivate(content)
	case mkvEncodings:
		heldElements(content, t.encoding)
	case mkvAddition:
		heldElements(content, func(id uint32, _ []byte) bool { return id == 0x41f0 || id == 0x41e7 || id == 0x41ed })
	case mkvLanguage, mkvLanguageTag:
		return isLanguage(content)
	default:
		return ofTrack(id)
	}
	return true
}

// encoding keeps how samples are packed or encrypted. Packed headers cannot be cleaned.
func (t *mkvEntry) encoding(id uint32, content []byte) bool {
	if id == mkvEncoding {
		heldElements(content, func(id uint32, content []byte) bool {
			t.packed = t.packed || id == mkvScope && unsigned(content)&mkvOfHeaders != 0
			return true
		})
	}
	return true
}

// shown keeps an element about pictures or sound.
func (t *mkvEntry) shown(id uint32, content []byte) bool {
	switch n := unsigned(content); id {
	case mkvWidth:
		t.width += n
	case mkvHeight:
		t.height += n
	case mkvCropLeft, mkvCropRight:
		t.width -= n
	case mkvCropTop, mkvCropBottom:
		t.height -= n
	}
	return isShown(id)
}

// largePrivate keeps headers of a codec that are too large to be held, if they have no comments.
// Those of FLAC, Vorbis and Theora begin with the name of the codec, after a few lengths.
func (m *matroska) largePrivate(e element) {
	p := m.more(32)
	if p[0] == 2 || bytes.HasPrefix(p, []byte(flacMark)) || bytes.Contains(p, []byte(vorbisMark)) || bytes.Contains(p, []byte(theoraMark)) {
		m.fail("has metadata that is too large to be looked into")
	}
	m.flush()
	m.keepElement(e)
}
