package uploadtest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
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

// Repeat returns size bytes of repeated units. It holds at most 64 KiB, or one unit if that is
// longer. It panics if unit is empty.
func Repeat(unit string, size int64) Content {
	block := bytes.Repeat([]byte(unit), max(1, 64<<10/len(unit)))
	return Content{Size: size, Open: func() io.Reader { return io.LimitReader(&loop{block: block}, size) }}
}

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
