package uploadtest

import (
	"bytes"
	"encoding/binary"
	"hash/adler32"
	"hash/crc32"
	"image"
	"image/png"
	"sync"
)

// PNG returns a picture of exactly size bytes. It has no metadata, so a handler stores it as it is.
// A size of 0 is a small picture. It panics if size is too small; 1 KiB is always enough. The
// default limits of upload.Images take up to 64 MiB.
func PNG(size int) Content {
	if size == 0 {
		return Bytes(picture())
	}
	width := max(40, size>>13)
	height := (size - pngLeast) / (width + 1)
	for height > 0 && pngSize(width, height)+pngSpare > size {
		height--
	}
	if height <= 0 {
		panic("uploadtest: the size is too small for a PNG")
	}
	rest := size - pngSize(width, height)
	chunks := rest * 3 % 5 // empty ones of 12 bytes, so that a multiple of 5 is left for empty blocks
	b := append(make([]byte, 0, size), "\x89PNG\r\n\x1a\n"...)
	header := binary.BigEndian.AppendUint32(nil, uint32(width))    //nolint:gosec // a size in bytes is more
	header = binary.BigEndian.AppendUint32(header, uint32(height)) //nolint:gosec // likewise
	b = appendChunk(b, "IHDR", append(header, 8, 0, 0, 0, 0))
	b = appendChunk(b, "IDAT", storedPixels(width, height, (rest-12*chunks)/5))
	for range chunks {
		b = appendChunk(b, "IDAT", nil)
	}
	return Bytes(appendChunk(b, "IEND", nil))
}

const (
	pngLeast = 8 + 25 + 12 + 6 + 12 // signature, IHDR, IDAT and its zlib frame, IEND
	pngSpare = 44                   // this and more can be filled by pieces of 5 and of 12 bytes
	maxBlock = 1<<16 - 1            // of deflate, stored
)

// pngSize is how many bytes a picture has whose pixels are stored, one byte each.
func pngSize(width, height int) int {
	data := height * (width + 1)
	return pngLeast + data + 5*((data+maxBlock-1)/maxBlock)
}

// storedPixels returns the zlib stream of a picture (RFC 1950, 1951), with that number of
// empty blocks before its pixels.
func storedPixels(width, height, empty int) []byte {
	data := make([]byte, 0, height*(width+1))
	for y := range height {
		data = appendPixels(append(data, 0), y*width, width) // without a filter
	}
	b := append(make([]byte, 0, len(data)+5*(len(data)/maxBlock+1+empty)+6), 0x78, 1)
	for range empty {
		b = append(b, 0, 0, 0, 0xff, 0xff)
	}
	for rest := data; len(rest) > 0; {
		n := min(len(rest), maxBlock)
		last := byte(0)
		if n == len(rest) {
			last = 1
		}
		b = binary.LittleEndian.AppendUint16(append(b, last), uint16(n)) //nolint:gosec // at most maxBlock
		b = binary.LittleEndian.AppendUint16(b, ^uint16(n))              //nolint:gosec // likewise
		b = append(b, rest[:n]...)
		rest = rest[n:]
	}
	return binary.BigEndian.AppendUint32(b, adler32.Checksum(data))
}

// pixels is what repeats in pictures. appendPixels copies pieces of it: under the race detector a
// loop over bytes is slow.
var pixels = sync.OnceValue(func() []byte {
	all := make([]byte, 1<<16)
	for i := range all {
		all[i] = byte(i*7 + i>>8)
	}
	return all
})

// appendPixels appends n pixels from the number first on.
func appendPixels(b []byte, first, n int) []byte {
	for all := pixels(); n > 0; {
		piece := all[first%len(all):]
		piece = piece[:min(n, len(piece))]
		b, first, n = append(b, piece...), first+len(piece), n-len(piece)
	}
	return b
}

func appendChunk(b []byte, kind string, data []byte) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(len(data))) //nolint:gosec // bytes in memory are fewer
	b = append(append(b, kind...), data...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[len(b)-len(data)-4:]))
}

// picture returns a PNG of 40 x 30 pixels. It must not be modified.
var picture = sync.OnceValue(func() []byte {
	img := image.NewGray(image.Rect(0, 0, 40, 30))
	for i := range img.Pix {
		img.Pix[i] = byte(i * 3)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		panic(err) // writing to memory
	}
	return b.Bytes()
})
