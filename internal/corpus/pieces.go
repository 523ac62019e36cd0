package corpus

import (
	"encoding/binary"
	"math/rand/v2"
	"unicode/utf16"
)

// Pieces of files of several families.
const (
	declaration = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	doctype     = `<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>`
	ole         = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
)

// noise returns n letters in no order, always the same ones.
func noise(n int) string {
	r := rand.New(rand.NewPCG(1, 2))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte('a' + r.IntN(26))
	}
	return string(b)
}

// utf16LE returns s in UTF-16, after a byte order mark.
func utf16LE(s string) string {
	b := []byte("\xff\xfe")
	for _, u := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return string(b)
}

func utf16BE(s string) string {
	b := []byte("\xfe\xff")
	for _, u := range utf16.Encode([]rune(s)) {
		b = append(b, byte(u>>8), byte(u))
	}
	return string(b)
}
