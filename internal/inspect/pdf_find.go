package inspect

import "bytes"

// indexByLast is bytes.Index for a word whose last byte is rarer than its first in most data: it
// looks for that byte, and then at the bytes before. Where the byte is frequent, it leaves the rest
// to bytes.Index, so that no data costs much more than that. The caller knows that the word
// does not begin in the first from bytes.
func indexByLast(p []byte, word string, from int) int {
	last := len(word) - 1
	begin := max(0, from) + last
	for at, misses := begin, 0; at < len(p); misses++ {
		if misses > (at-begin+128)/32 {
			k := bytes.Index(p[at-last:], []byte(word))
			if k >= 0 {
				k += at - last
			}
			return k
		}
		k := bytes.IndexByte(p[at:], word[last])
		if k < 0 {
			break
		}
		at += k + 1
		if p[at-2] == word[last-1] && string(p[at-1-last:at]) == word {
			return at - 1 - last
		}
	}
	return -1
}
