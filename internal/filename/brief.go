package filename

import "strings"

// briefBytes keeps a name, quoted by %q, within 200 bytes.
const briefBytes = 40

// Brief returns the part of a client's word that fits into a sentence.
func Brief(s string) string { return Cut(s, briefBytes) }

// Cut returns s if it has at most n bytes. Otherwise it returns as many whole characters as fit,
// and an ellipsis.
func Cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + "…"
}
