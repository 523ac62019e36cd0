package clean

import (
	"bytes"
	"encoding/binary"
	"math"
	"slices"
)

// The tags that are kept of an Exif block (Exif 3.0, 4.6).
const (
	exifOrientation = 0x112
	exifXResolution = 0x11a
	exifYResolution = 0x11b
	exifUnit        = 0x128
	exifIFD         = 0x8769
	exifMakerNote   = 0x927c
	exifColorSpace  = 0xa001
	exifInterop     = 0xa005
	exifIndex       = 1 // of the directory for interoperability

	appleHeadroom = 33 // how to show the gain map of a picture with high dynamic range
	appleGain     = 48
)

const (
	exifMark  = exifWord + "\x00"
	exifWord  = "Exif\x00" // marks a block in a JPEG segment, whichever byte follows
	appleMark = "Apple iOS\x00\x00\x01"
)

// exif rewrites an Exif block in its place, with orientation, resolution, colour space, the index
// for interoperability, and what Apple needs to show a high dynamic range. Zeros follow. It writes
// only values that it has understood. If they do not all fit, only the orientation is written. An
// exifMark at the front stays.
//
// It returns the orientation, from 1 to 8, or 0 if b is too short for a block and is all zeros now.
func exif(b []byte) (orientation int) {
	block := bytes.TrimPrefix(b, []byte(exifMark))
	kept := exifKept{orientation: 1}
	if t, ok := readTIFF(block); ok {
		kept.read(t)
	}
	written := kept.block()
	if len(written) > len(block) {
		written = exifKept{orientation: kept.orientation}.block()
	}
	if len(written) > len(block) {
		clear(b)
		return 0
	}
	clear(block[copy(block, written):])
	return int(kept.orientation)
}

// exifFront is exif for b, the front of a block of n bytes. The directory that may turn the picture
// must lie in b.
func (w *walk) exifFront(b []byte, n int64) (orientation int) {
	if t, ok := readTIFF(bytes.TrimPrefix(b, []byte(exifMark))); ok && int64(len(b)) < n && !t.has(t.first) {
		w.fail("has an Exif block that is too large to be looked into")
	}
	return exif(b)
}

// exifKept is what stays of an Exif block. Zero and nil are not written.
type exifKept struct {
	orientation    uint32
	x, y           []byte // resolutions
	unit           uint32
	colours        uint32
	index          []byte
	headroom, gain []byte
}

func (k *exifKept) read(t tiff) {
	k.orientation = among(t.number(t.first, exifOrientation), 1, 2, 3, 4, 5, 6, 7, 8)
	if k.orientation == 0 {
		k.orientation = 1
	}
	k.x, k.y = t.resolution(exifXResolution), t.resolution(exifYResolution)
	k.unit = among(t.number(t.first, exifUnit), 1, 2, 3)
	sub := t.number(t.first, exifIFD)
	k.colours = among(t.number(sub, exifColorSpace), 1, 2, 65535)
	switch index := t.find(t.number(sub, exifInterop), exifIndex).value; string(index) {
	case "R98\x00", "R03\x00", "THM\x00":
		k.index = index
	}
	k.readNote(t.find(sub, exifMakerNote).value)
}

// among returns n if it is one of all, and 0 if not.
func among(n uint32, all ...uint32) uint32 {
	if slices.Contains(all, n) {
		return n
	}
	return 0
}

// resolution returns a resolution as big-endian bytes, nil if it has no sensible value.
func (t tiff) resolution(id uint16) []byte {
	e := t.find(t.first, id)
	if e.kind != tiffRational || len(e.value) < 8 {
		return nil
	}
	n, d := uint64(t.order.Uint32(e.value)), uint64(t.order.Uint32(e.value[4:]))
	if d == 0 || n < d || n/d > 65535 {
		return nil
	}
	hundredths := (n*100 + d/2) / d
	if hundredths%100 == 0 {
		return rational(hundredths/100, 1)
	}
	return rational(hundredths, 100)
}

func rational(n, d uint64) []byte {
	return binary.BigEndian.AppendUint64(nil, n<<32|d)
}

// readNote reads the maker note of an Apple device. Its offsets count from its start.
func (k *exifKept) readNote(note []byte) {
	if !bytes.HasPrefix(note, []byte(appleMark)) || len(note) < len(appleMark)+2 {
		return
	}
	t := tiff{b: note, order: binary.BigEndian, first: uint32(len(appleMark) + 2)}
	if string(note[len(appleMark):][:2]) == "II" {
		t.order = binary.LittleEndian
	}
	k.headroom, k.gain = t.ratio(appleHeadroom), t.ratio(appleGain)
}

// ratio returns a signed rational as big-endian bytes in parts of 65536, nil if it has no sensible
// value.
func (t tiff) ratio(id uint16) []byte {
	e := t.find(t.first, id)
	if e.kind != tiffSigned || len(e.value) < 8 {
		return nil
	}
	n, d := int32(t.order.Uint32(e.value)), int32(t.order.Uint32(e.value[4:])) //nolint:gosec // signed by its type
	parts := math.Round(float64(n) / float64(d) * 65536)
	if d == 0 || math.Abs(parts) > 100*65536 {
		return nil
	}
	return rational(uint64(uint32(int32(parts))), 65536) //nolint:gosec // two's complement, as read
}

// block returns a TIFF block of what is kept.
func (k exifKept) block() []byte {
	tags := []tag{short(exifOrientation, k.orientation)}
	tags = appendValue(tags, tag{exifXResolution, tiffRational, 1, k.x})
	tags = appendValue(tags, tag{exifYResolution, tiffRational, 1, k.y})
	if k.unit != 0 {
		tags = append(tags, short(exifUnit, k.unit))
	}
	at := len(tiffHead) + len(directory(0, tags)) + tiffEntry // of exifIFD
	sub := k.sub(at)
	if sub != nil {
		tags = append(tags, long(exifIFD, at))
	}
	return append(append([]byte(tiffHead), directory(len(tiffHead), tags)...), sub...)
}

// sub returns the Exif directory for that offset, and the directory for interoperability after it.
// It returns nil if they would be empty.
func (k exifKept) sub(at int) []byte {
	var tags []tag
	note := k.note()
	tags = appendValue(tags, tag{exifMakerNote, tiffUndefined, uint32(len(note)), note}) //nolint:gosec // short
	if k.colours != 0 {
		tags = append(tags, short(exifColorSpace, k.colours))
	}
	if k.index == nil {
		if tags == nil {
			return nil
		}
		return directory(at, tags)
	}
	end := at + len(directory(at, tags)) + tiffEntry // of exifInterop
	index := directory(end, []tag{{exifIndex, tiffASCII, 4, k.index}})
	return append(directory(at, append(tags, long(exifInterop, end))), index...)
}

func (k exifKept) note() []byte {
	var tags []tag
	tags = appendValue(tags, tag{appleHeadroom, tiffSigned, 1, k.headroom})
	tags = appendValue(tags, tag{appleGain, tiffSigned, 1, k.gain})
	if tags == nil {
		return nil
	}
	return append([]byte(appleMark+"MM"), directory(len(appleMark)+2, tags)...)
}

// appendValue appends e if it has a value.
func appendValue(tags []tag, e tag) []tag {
	if e.value == nil {
		return tags
	}
	return append(tags, e)
}
