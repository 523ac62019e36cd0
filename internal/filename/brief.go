package filename

import "strings"

// briefBytes keep a name, quoted in any way, within 200 bytes.
const briefBytes = 40

// Brief returns what of a client's word fits into a sentence.
func Brief(s string) string { return Cut(s, briefBytes) }

// Cut returns s if it has at most n bytes, else as many whole characters of it as
// fit, and an ellipsis.
func Cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + "…"
}
