package clean

import "encoding/binary"

// MayPatch reports whether bytes of a file that begins with head may turn out to need blanking
// after they were handed on. It is so for a film or a HEIF picture whose media data may come before
// the box that describes it, and for a JPEG picture, which a film may follow.
func MayPatch(mediaType string, head []byte) bool {
	switch mediaType {
	case "image/jpeg":
		return true
	case "audio/mp4", "video/3gpp", "video/mp4", "video/quicktime":
		return !comesFirst("moov", head)
	case "image/avif", "image/heic", "image/heic-sequence", "image/heif", "image/heif-sequence":
		return !comesFirst("meta", head) || announcesSequence(head) && !comesFirst("moov", head)
	}
	return false
}

// comesFirst reports whether a box of that type begins in head, before any media data.
func comesFirst(box string, head []byte) bool {
	for len(head) >= 16 {
		size := uint64(binary.BigEndian.Uint32(head))
		if size == 1 {
			size = binary.BigEndian.Uint64(head[8:])
		}
		switch kind := string(head[4:8]); {
		case kind == box:
			return true
		case kind == "mdat", size < 8, size > uint64(len(head)):
			return false
		}
		head = head[size:]
	}
	return false
}
