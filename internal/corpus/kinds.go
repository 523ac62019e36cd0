package corpus

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
)

// Kind is a kind of file that can have many sizes. Its zero value has no meaning.
type Kind struct {
	About string // unique among all kinds
	Name  string // with the extension
	Type  string

	// Make returns a file of about size bytes, for a size of at least 16 KiB. Files of large pieces
	// may have up to 2 MiB more, or 256 KiB less.
	Make func(size int) []byte
}

// Kinds returns the typical files and the costly ones.
func Kinds() []Kind { return slices.Concat(TypicalFiles(), CostlyFiles()) }

// filled returns a function that makes head and then units until there are size bytes.
func filled(head, unit string) func(size int) []byte { return whole(head, unit, "") }

// whole returns a function that makes head, then units until there are size bytes, and then tail.
func whole(head, unit, tail string) func(size int) []byte {
	return func(size int) []byte {
		b := append(make([]byte, 0, size+len(unit)+len(tail)), head...)
		for len(b) < size {
			b = append(b, unit...)
		}
		return append(b, tail...)
	}
}

// around returns n bytes of noise between head and tail.
func around(head string, n int, tail string) []byte {
	b := append(make([]byte, 0, len(head)+n+len(tail)), head...)
	for block := random(64 << 10); n > 0; n -= min(n, len(block)) {
		b = append(b, block[:min(n, len(block))]...)
	}
	return append(b, tail...)
}

// random returns n bytes that do not compress, always the same ones.
func random(n int) string {
	b := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(b) // never fails
	return string(b)
}

func counted(head, unit string) func(size int) []byte {
	return func(size int) []byte {
		b := bytes.NewBufferString(head)
		for i := 1; b.Len() < size; i++ {
			_, _ = fmt.Fprintf(b, unit, i)
		}
		return b.Bytes()
	}
}
