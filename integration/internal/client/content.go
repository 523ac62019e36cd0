// Package client plays the clients of an upload: well-behaved ones, slow ones,
// and those that go away or lie.
package client

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash/crc32"
	"image"
	"image/color"
	"image/png"
	"io"
	"time"
)

// Content is the content of a file. It is generated anew whenever it is read,
// so that files of any size cost no memory.
type Content struct {
	Size int64
	Open func() io.Reader
}

// Bytes is content that is held in memory.
func Bytes(b []byte) Content {
	return Content{Size: int64(len(b)), Open: func() io.Reader { return bytes.NewReader(b) }}
}

// PNG is a real image of exactly size bytes. What a small picture does not need
// is in a private ancillary chunk, which decoders skip. A size of 0 is the
// picture alone.
func PNG(size int) Content {
	var b bytes.Buffer
	img := image.NewNRGBA(image.Rect(0, 0, 8, 8))
	for i := range 64 {
		img.SetNRGBA(i%8, i/8, color.NRGBA{R: byte(i * 4), G: byte(255 - i), B: 90, A: 255})
	}
	if err := png.Encode(&b, img); err != nil {
		panic(err) // writing to memory
	}
	plain := b.Bytes()
	if size == 0 {
		return Bytes(plain)
	}
	const chunkOverhead, endChunk = 12, 12
	pad := size - len(plain) - chunkOverhead
	if pad < 0 {
		panic("client: no PNG is that small")
	}
	end := len(plain) - endChunk
	padded := append([]byte{}, plain[:end]...)
	padded = append(padded, ancillary(pad)...)
	return Bytes(append(padded, plain[end:]...))
}

// ancillary is a chunk "paDd" with size bytes of data.
func ancillary(size int) []byte {
	block := make([]byte, 64<<10)
	for i := range block {
		block[i] = byte(i*7 + i>>8)
	}
	chunk := binary.BigEndian.AppendUint32(make([]byte, 0, size+12), uint32(size))
	chunk = append(chunk, "paDd"...)
	for left := size; left > 0; left -= len(block) {
		chunk = append(chunk, block[:min(left, len(block))]...)
	}
	return binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(chunk[4:]))
}

// Text is size bytes of plain text.
func Text(size int64) Content {
	return repeated("", size, "The quick brown fox jumps over the lazy dog, 1234567890 times.\n")
}

// Executable is size bytes that begin as a Windows program does.
func Executable(size int64) Content {
	return repeated("MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00", size, "\x00\x01\x02\x03\xfe\xff\x80\x90")
}

// Zeros is size zero bytes.
func Zeros(size int64) Content { return repeated("", size, "\x00") }

// Slowly is the content c, read at so many bytes a second.
func Slowly(c Content, rate int) Content {
	return Content{Size: c.Size, Open: func() io.Reader { return &slow{r: c.Open(), rate: rate} }}
}

type slow struct {
	r    io.Reader
	rate int
}

func (s *slow) Read(p []byte) (int, error) {
	time.Sleep(time.Second / 10)
	return s.r.Read(p[:min(len(p), max(1, s.rate/10))])
}

func repeated(head string, size int64, unit string) Content {
	block := bytes.Repeat([]byte(unit), 64<<10/len(unit))
	return Content{Size: size, Open: func() io.Reader {
		return io.LimitReader(io.MultiReader(bytes.NewReader([]byte(head)), &loop{block: block}), size)
	}}
}

// loop reads block again and again.
type loop struct {
	block []byte
	at    int
}

func (l *loop) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		m := copy(p[n:], l.block[l.at:])
		n += m
		l.at = (l.at + m) % len(l.block)
	}
	return n, nil
}

// SHA256 is the digest of the content.
func (c Content) SHA256() string {
	h := sha256.New()
	if _, err := io.Copy(h, c.Open()); err != nil {
		panic(err) // generated content does not fail
	}
	return hex.EncodeToString(h.Sum(nil))
}
