package clean

import "encoding/binary"

// MayPatch reports whether a cleaner of files of that type, whose first bytes are in head, may turn
// out to need [Options.Late]: the index of a film comes after its samples, or further back than head.
func MayPatch(mediaType string, head []byte) bool {
	switch mediaType {
	case "video/mp4", "video/quicktime", "video/3gpp", "audio/mp4":
		return samplesFirst(head)
	}
	return false
}

// samplesFirst reports whether samples come before the index of a film (ISO/IEC 14496-12, 6.2.3).
func samplesFirst(head []byte) bool {
	for len(head) >= 16 {
		size := uint64(binary.BigEndian.Uint32(head))
		switch string(head[4:8]) {
		case "moov":
			return false
		case "mdat":
			return true
		}
		if size == 1 {
			size = binary.BigEndian.Uint64(head[8:])
		}
		if size < 8 || size > uint64(len(head)) {
			return true
		}
		head = head[size:]
	}
	return true
}
