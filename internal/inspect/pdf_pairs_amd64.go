package inspect

// withoutPairs returns a number of bytes at the beginning of p in which neither "bj" nor "re"
// begins, a multiple of 64. Each of the words for which quiet looks has one of them, so the
// function unlike need not look at these bytes. withoutPairs uses SSE2, which each amd64 has, and
// reads nothing outside of p.
//
//go:noescape
func withoutPairs(p []byte) (n int)
