package clean

import "encoding/binary"

// gainMark precedes the numbers of a gain map (ISO 21496-1, annex C).
const gainMark = "urn:iso:std:iso:ts:21496:-1\x00"

// The flags of a gain map.
const (
	gainChannels = 0x80 // each of three channels has its numbers
	gainColours  = 0x40 // it has the colours of the picture
	gainBackward = 0x04 // in drafts
	gainCommon   = 0x08 // in drafts: all fractions have one denominator
)

// gainMap keeps a version, and after it the numbers of a gain map: two headrooms, and five numbers
// a channel. Further bytes become zeros. It returns false if b is not a whole gain map of a known
// version.
func gainMap(b []byte) bool {
	const version = 4
	if len(b) < version || binary.BigEndian.Uint16(b) != 0 {
		return false
	}
	if len(b) == version { // of a picture, which a gain map follows
		return true
	}
	flags, channels, n := b[version], 1, version+1
	if flags&gainChannels != 0 {
		channels = 3
	}
	if flags&gainCommon != 0 {
		n += 4 * (1 + 2 + 5*channels)
	} else {
		n += 4 * 2 * (2 + 5*channels)
	}
	if len(b) < n {
		return false
	}
	b[version] = flags & (gainChannels | gainColours | gainBackward | gainCommon)
	clear(b[n:])
	return true
}
