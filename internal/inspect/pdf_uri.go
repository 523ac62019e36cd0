package inspect

import "bytes"

// linkKind returns the kind of active content that the target of a link is, "" if it passes: a
// target of a scheme that is accepted, or a relative one. cut says that text is only the beginning.
//
// White space and control characters are passed over, as browsers do (WHATWG URL, 4.4); so are the
// mark and the zeros of UTF-16.
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
	case end < 0 && (cut || len(text) > len(kept)):
		return KindLink // of a scheme nobody has
	case end < 0:
		return ""
	case uri[end] == '\\', end == 0 && len(uri) > 1 && uri[0] == '/' && (uri[1] == '/' || uri[1] == '\\'):
		return KindLink // a file of another machine
	case uri[end] != ':' || linkSchemes[string(uri[:end])]:
		return ""
	}
	switch string(uri[:end]) {
	case "javascript", "vbscript", "livescript", "data", "view-source":
		return KindScript
	}
	return KindLink
}

// lowerBit is what makes a letter a small one.
func lowerBit(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return 0x20
	}
	return 0
}
