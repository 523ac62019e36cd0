package inspect

import "bytes"

// linkKind returns the kind of active content of a link's target. It returns "" for one that
// passes: a target of an accepted scheme, or a relative one that names no computer or drive. cut
// means that text is only the beginning.
//
// It skips white space and control characters, since browsers remove some of them (WHATWG URL,
// 4.4). It also skips bytes outside of ASCII, such as the mark of UTF-16.
func linkKind(text []byte, cut bool) string {
	var kept [maxPDFToken]byte
	uri := kept[:0]
	for _, c := range text[:min(len(text), len(kept))] {
		if c > ' ' && c < 0x7f {
			uri = append(uri, c|lowerBit(c))
		}
	}
	end := bytes.IndexAny(uri, ":/?#\\")
	switch {
	case hasDrive(string(uri)):
		return KindLink
	case end < 0 && (cut || len(text) > len(kept)):
		return KindLink // of an unknown scheme
	case end < 0:
		return ""
	case uri[end] == '\\', end == 0 && len(uri) > 1 && uri[0] == '/' && (uri[1] == '/' || uri[1] == '\\'):
		return KindLink // a file on another computer
	case uri[end] != ':' || linkSchemes[string(uri[:end])]:
		return ""
	}
	switch string(uri[:end]) {
	case "javascript", "vbscript", "livescript", "data", "view-source":
		return KindScript
	}
	return KindLink
}

// lowerBit returns the bit that makes an upper-case letter lower case, and 0 for other bytes.
func lowerBit(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return 0x20
	}
	return 0
}
