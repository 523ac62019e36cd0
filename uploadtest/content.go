package uploadtest

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash/crc32"
	"image"
	"image/png"
	"io"
	"sync"
)

// Content is the content of a file. It is read again for each request, so content of any size can
// be generated while it is read. The zero value is an empty file.
type Content struct {
	Size int64            // bytes
	Open func() io.Reader // reads exactly Size bytes, from the start
}

// Bytes returns content that is held in memory.
func Bytes[B ~string | ~[]byte](b B) Content {
	return Content{Size: int64(len(b)), Open: func() io.Reader { return bytes.NewReader([]byte(b)) }}
}

// Repeat returns size bytes of repeated units. It needs little memory, whatever its size. It panics
// if unit is empty.
func Repeat(unit string, size int64) Content {
	block := bytes.Repeat([]byte(unit), max(1, 64<<10/len(unit)))
	return Content{Size: size, Open: func() io.Reader { return io.LimitReader(&loop{block: block}, size) }}
}

// PNG returns a picture of exactly size bytes, which any decoder reads: a small one with an
// ancillary chunk that fills it up. A size of 0 is the picture alone. It panics if size is too
// small for both; 1 KiB is always enough.
func PNG(size int) Content {
	const overhead, end = 12, 12 // of the chunk, and the bytes of the last one
	plain := picture()
	if size == 0 || size == len(plain) {
		return Bytes(plain)
	}
	fill := size - len(plain) - overhead
	if fill < 0 {
		panic("uploadtest: the size is too small for a PNG")
	}
	b := append(make([]byte, 0, size), plain[:len(plain)-end]...)
	b = binary.BigEndian.AppendUint32(b, uint32(fill)) //nolint:gosec // bytes in memory are fewer
	b = append(b, "paDd"...)
	for left := fill; left > 0; left -= len(filling()) {
		b = append(b, filling()[:min(left, len(filling()))]...)
	}
	b = binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[len(b)-fill-4:]))
	return Bytes(append(b, plain[len(plain)-end:]...))
}

// filling is the unit with which a PNG is filled up. It must not be modified.
var filling = sync.OnceValue(func() []byte {
	b := make([]byte, 1<<16)
	for i := range b {
		b[i] = byte(i*7 + i>>8)
	}
	return b
})

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

// Bytes returns the content, all of it in memory.
func (c Content) Bytes() []byte {
	b, err := io.ReadAll(c.read(0, c.Size))
	if err != nil {
		panic(err) // generated content does not fail
	}
	return b
}

// SHA256 returns the digest of the content, in hexadecimal.
func (c Content) SHA256() string {
	h := sha256.New()
	if _, err := io.Copy(h, c.read(0, c.Size)); err != nil {
		panic(err) // generated content does not fail
	}
	return hex.EncodeToString(h.Sum(nil))
}

// read reads n bytes from offset on.
func (c Content) read(offset, n int64) io.Reader {
	if c.Open == nil {
		return bytes.NewReader(nil)
	}
	r := c.Open()
	if offset > 0 {
		_, _ = io.CopyN(io.Discard, r, offset) // if it fails, the next read fails too
	}
	return io.LimitReader(r, n)
}

// loop reads block repeatedly.
type loop struct {
	block []byte
	at    int
}

func (l *loop) Read(p []byte) (n int, _ error) {
	for n < len(p) {
		m := copy(p[n:], l.block[l.at:])
		n += m
		l.at = (l.at + m) % len(l.block)
	}
	return n, nil
}
