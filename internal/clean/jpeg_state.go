package clean

import "encoding/binary"

// The markers of JPEG segments with special rules (ITU-T T.81, B.1.1.3).
const (
	jpegSOF0  = 0xc0
	jpegSOF15 = 0xcf
	jpegDHT   = 0xc4
	jpegRST0  = 0xd0
	jpegRST7  = 0xd7
	jpegSOI   = 0xd8
	jpegEOI   = 0xd9
	jpegSOS   = 0xda
	jpegDQT   = 0xdb
	jpegEXP   = 0xdf
	jpegAPP0  = 0xe0
	jpegAPP1  = 0xe1
	jpegAPP2  = 0xe2
	jpegAPP14 = 0xee
	jpegAPP15 = 0xef
	jpegCOM   = 0xfe
)

// jpegOdd is the result of marker for a segment whose marker is 00 E1. The emulator of Pixel phones
// writes one. Decoders look for the next marker.
const jpegOdd = 0

const (
	maxJPEGPictures = 16
	jpegIdentifier  = 64 // bytes of a segment that suffice to identify it; JFIF and Adobe segments that stay fit in
)

// jpegFile walks the pictures of a JPEG file.
type jpegFile struct {
	*walk
	pictures    int  // that have begun
	exifs       bool // an Exif block of the current picture was kept
	orientation int  // of the first picture

	ff    bool // the last byte of a scan, or after the end, was 0xff
	found byte // the marker that ended the scan or the padding, or jpegOther; 0 before it came
	zeros int  // since the last 0xff of the padding after the end
}

// length returns the number of bytes of a segment's data. The caller may have looked at the marker,
// so the length is in the last two bytes of the front.
func (f *jpegFile) length() int64 {
	front := f.lookMore(2)
	n := int64(binary.BigEndian.Uint16(front[len(front)-2:])) - 2
	if n < 0 {
		f.fail("has a malformed JPEG segment")
	}
	return n
}
