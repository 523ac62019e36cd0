package clean

import (
	"bytes"
	"encoding/binary"
)

// heifBlock cleans the data of an Exif item: the offset of its block, and the block. One that is too
// short becomes a block without tags, if there is room.
func heifBlock(b []byte) {
	if len(b) < 4 {
		clear(b)
		return
	}
	block := b[4:]
	if at := binary.BigEndian.Uint32(b); int64(at) > int64(len(block)) {
		clear(b[:4])
	} else if int(at) != len(exifMark) || !bytes.HasPrefix(block, []byte(exifMark)) {
		clear(block[:at])
		block = block[at:]
	}
	if exif(block) == 0 && len(b) >= 4+len(tiffEmpty) {
		clear(b[:4])
		copy(b[4:], tiffEmpty)
	}
}

// heifPacket cleans the data of an XMP item.
func heifPacket(b []byte) {
	if xmp(b) {
		return
	}
	for i := range b {
		b[i] = ' '
	}
}
