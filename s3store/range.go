package s3store

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// byteRange is the requested part of an object: length bytes from offset on, or all to the end if
// length is negative.
type byteRange struct{ offset, length int64 }

// last returns the position of the last requested byte, -1 if that is the object's last. A range
// has at least one byte, so for a length of 0 it is the first.
func (b byteRange) last() int64 {
	last := b.offset + max(b.length, 1) - 1
	if b.length < 0 || last < b.offset { // the sum overflows
		return -1
	}
	return last
}

// header returns the Range field (RFC 9110, section 14.2), "" for the whole object.
func (b byteRange) header() string {
	switch last := b.last(); {
	case last >= 0:
		return fmt.Sprintf("bytes=%d-%d", b.offset, last)
	case b.offset > 0:
		return fmt.Sprintf("bytes=%d-", b.offset)
	}
	return ""
}

// isIn reports whether an answer has exactly the range, up to the object's end. An answer without a
// Content-Range is the whole object.
func (b byteRange) isIn(out *s3.GetObjectOutput) bool {
	last, length, stated := b.last(), aws.ToInt64(out.ContentLength), aws.ToString(out.ContentRange)
	if stated == "" {
		return b.offset == 0 && (last < 0 || length <= last+1)
	}
	var from, to, size int64
	_, err := fmt.Sscanf(stated, "bytes %d-%d/%d", &from, &to, &size)
	if err != nil || stated != fmt.Sprintf("bytes %d-%d/%d", from, to, size) {
		return false
	}
	if last < 0 || last >= size {
		last = size - 1
	}
	return from == b.offset && to == last && length == to-from+1
}
