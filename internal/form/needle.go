package form

import "bytes"

// needle finds a delimiter by looking at few bytes: at pairs of neighbours. From the start of one
// pair to the start of the next are as many bytes as the delimiter has, less one. So each place of
// the delimiter includes a pair. A pair that the delimiter does not have rules out all places that
// include the pair.
//
// It finds what [bytes.Index] finds. But bytes.Index stops at each carriage return, and compressed
// content has about one in 256 bytes.
type needle struct {
	whole []byte

	// Bit i%8 of first[c] is set if byte i of whole is c. That of second[c] is if byte i+1 is.
	first, second [256]uint8
}

// minStep is the smallest step for which index looks at pairs. With smaller steps bytes.Index is
// used.
const minStep = 8

func newNeedle(whole []byte) needle {
	n := needle{whole: whole}
	for i := range len(whole) - 1 {
		n.first[whole[i]] |= 1 << (i % 8)
		n.second[whole[i+1]] |= 1 << (i % 8)
	}
	return n
}

// index returns the first place of the delimiter in w, or -1.
func (n *needle) index(w []byte) int {
	step := len(n.whole) - 1
	if step < minStep {
		return bytes.Index(w, n.whole)
	}
	for i := step - 1; i+1 < len(w); i += step {
		if n.first[w[i]]&n.second[w[i+1]] == 0 {
			continue
		}
		// The places that include the pair begin at i or up to step-1 bytes before it.
		begin := i - step + 1
		if found := bytes.Index(w[begin:min(len(w), i+len(n.whole))], n.whole); found >= 0 {
			return begin + found
		}
	}
	return -1
}
