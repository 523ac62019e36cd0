package inspect

import (
	"bytes"
	"encoding/binary"
	"io"
)

const descriptorLen = 24 // of the longest descriptor, with its signature

// descriptorMark is the signature of descriptors, as it is written.
var descriptorMark = binary.LittleEndian.AppendUint32(nil, descriptorSignature)

// storedData reads stored data with its size after it. It ends before the first descriptor with a
// signature, and with the number and the checksum of all bytes before it. Data can hold such a
// descriptor on purpose. Then the central directory, with which all sizes are compared, has another
// size, and the archive is refused.
type storedData struct{ c *zipContent }

func (d *storedData) Read(p []byte) (int, error) {
	in := d.c.in
	if _, err := in.Peek(descriptorLen); err != nil { // the directory after the data is longer
		return 0, faultOr(err, CodeTruncated, cutOff)
	}
	seen, _ := in.Peek(in.Buffered()) // the buffered bytes
	if bytes.HasPrefix(seen, descriptorMark) && d.describes(seen[len(descriptorMark):]) {
		return 0, io.EOF
	}
	n := bytes.Index(seen[1:], descriptorMark) + 1
	if n == 0 {
		n = len(seen) - len(descriptorMark) + 1
	}
	n = copy(p, seen[:n])
	in.off += int64(n)
	return in.Discard(n)
}

// describes reports whether a descriptor matches the bytes read so far, in 32 or 64 bits.
func (d *storedData) describes(descriptor []byte) bool {
	f := zipFields(descriptor)
	if f.u32() != d.c.crc {
		return false
	}
	wide, narrow := f, f
	packed, size := int64(narrow.u32()), int64(narrow.u32())
	packed64, size64 := wide.size(), wide.size()
	return packed == d.c.size && size == d.c.size || packed64 == d.c.size && size64 == d.c.size
}
