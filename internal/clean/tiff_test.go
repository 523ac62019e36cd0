package clean_test

import "encoding/binary"

// directory is a directory of TIFF tags.
type directory []tag

// tag is a TIFF tag with its value: a string or numbers, or another directory, also in a note.
type tag struct {
	id, kind uint16
	value    any
}

// note is a directory after a mark. Its offsets count from the start of the mark.
type note struct {
	mark string
	tags directory
}

// tiffOf returns a TIFF block in that byte order, of one directory or two.
func tiffOf(order binary.AppendByteOrder, first directory, next ...directory) []byte {
	b := []byte("II*\x00")
	if order == binary.AppendByteOrder(binary.BigEndian) {
		b = []byte("MM\x00*")
	}
	b = order.AppendUint32(b, 8)
	b = append(b, first.bytes(order, 8, len(next) > 0)...)
	if len(next) > 0 {
		b = append(b, next[0].bytes(order, len(b), false)...)
	}
	return b
}

// bytes encodes a directory for that offset, with its values after it.
func (d directory) bytes(order binary.AppendByteOrder, at int, more bool) []byte {
	b := order.AppendUint16(nil, uint16(len(d)))
	values := at + 2 + 12*len(d) + 4
	var after []byte
	for _, e := range d {
		value, count := e.bytes(order, values+len(after))
		b = order.AppendUint16(order.AppendUint16(b, e.id), e.kind)
		b = order.AppendUint32(b, uint32(count))
		_, pointer := e.value.(directory)
		if len(value) <= 4 && !pointer {
			b = append(b, append(value, 0, 0, 0, 0)[:4]...)
			continue
		}
		b = order.AppendUint32(b, uint32(values+len(after)))
		after = append(after, value...)
	}
	if !more {
		return append(order.AppendUint32(b, 0), after...)
	}
	return append(order.AppendUint32(b, uint32(values+len(after))), after...)
}

func (e tag) bytes(order binary.AppendByteOrder, at int) (b []byte, count int) {
	switch v := e.value.(type) {
	case string:
		return []byte(v), len(v)
	case []uint16:
		for _, n := range v {
			b = order.AppendUint16(b, n)
		}
		return b, len(v)
	case []uint32:
		for _, n := range v {
			b = order.AppendUint32(b, n)
		}
		if e.kind == rational || e.kind == signed {
			return b, len(v) / 2
		}
		return b, len(v)
	case directory:
		return v.bytes(order, at, false), 1
	case note:
		head := v.mark + "II"
		if order == binary.AppendByteOrder(binary.BigEndian) {
			head = v.mark + "MM"
		}
		b = append([]byte(head), v.tags.bytes(order, len(head), false)...)
		return b, len(b)
	}
	panic("no such value")
}

const (
	ascii, undefined         = 2, 7
	shorts, longs            = 3, 4
	rational, signed         = 5, 10
	orientationTag, xResTag  = 0x112, 0x11a
	yResTag, unitTag         = 0x11b, 0x128
	exifTag, noteTag, gpsTag = 0x8769, 0x927c, 0x8825
)
