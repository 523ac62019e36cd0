package filename

import "strings"

// briefBytes keeps a name, quoted by %q, within 200 bytes.
const briefBytes = 40

// Brief shortens a client's text, for use within a sentence. See Cut.
func Brief(s string) string { return Cut(s, briefBytes) }

// Cut returns s if it has at most n bytes. Otherwise it returns the whole characters in the first n
// bytes, and an ellipsis after them.
func Cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + "…"
}
