package sniff

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/airlock-go/upload/internal/jsontext"
)

// textKinds lists the plain-text types without a signature. The name may choose among them.
var textKinds = []string{plain, "text/csv", "text/tab-separated-values", markdown}

// Resolve returns the type of the file that begins with head and whose name ends in ext (lower
// case, with its dot). It is Detect's answer, except where head leaves several types open. There
// ext chooses:
//
//   - Plain text: ext may choose the kind. A .csv whose first lines show no columns is text/csv,
//     and a .txt that happens to look like CSV, JSON or a mail is text/plain.
//   - A .json is application/json if it begins like JSON, whatever its strings hold.
//   - A .md that is plain text or HTML is text/markdown.
//   - A film or sound in an ISO base media file: ext may choose the kind, since MP4, M4A, QuickTime
//     and 3GP are one container.
//   - Ogg: ext may choose the kind, too.
//   - A file that begins with an ID3v2 tag: ext may choose the type of the data after it.
//   - Text that begins with an element, a comment or an instruction: .xml makes it XML without a
//     declaration, not HTML. This is a candidate, which a reader of the whole file must confirm.
//   - A ZIP archive: ext may choose an Office or OpenDocument document, or a book. Their parts may
//     come in any order, so head often proves no more. Documents with macros (.docm, .xlsm ...)
//     begin like those without and have types of their own. Either is a candidate, which a reader
//     of the whole file must confirm.
//
// ext never turns scripts, XML and SVG into plain text.
func Resolve(head []byte, ext string) string {
	detected := Detect(head)
	if ext == ".xml" && (harmless[detected] || detected == html) {
		return cmp.Or(undeclaredXML(head), detected)
	}
	switch {
	case ext == ".json" && (harmless[detected] || detected == html) && beginsLikeJSON(head):
		return json
	case detected == html && slices.Contains(extensions[markdown], ext):
		return markdown
	case harmless[detected]:
		return oneOf(textKinds, detected, ext)
	case detected == zip, detected == jar, slices.Contains(office, detected):
		return resolveOffice(detected, ext)
	case slices.Contains(isoFamily, detected):
		return oneOf(isoFamily, detected, ext)
	case slices.Contains(oggFamily, detected):
		return oneOf(oggFamily, detected, ext)
	case slices.Contains(afterID3, detected) && bytes.HasPrefix(head, []byte("ID3")):
		return oneOf(afterID3, mp3, ext)
	}
	return detected
}

// oneOf returns the type of a family with which ext agrees, and detected if it agrees with none.
func oneOf(family []string, detected, ext string) string {
	for _, t := range family {
		if slices.Contains(extensions[t], ext) {
			return t
		}
	}
	return detected
}

func resolveOffice(detected, ext string) string {
	if t, ok := macroTypes[ext]; ok && detected != jar {
		return t
	}
	switch detected {
	case jar:
		return oneOf(marked, detected, ext)
	case zip:
		return oneOf(office, detected, ext)
	}
	return detected
}

// beginsLikeJSON reports whether head is the beginning of JSON.
func beginsLikeJSON(head []byte) bool {
	text, ok := decode(head[:min(len(head), HeadLen)])
	var s jsontext.Scanner
	return ok && len(bytes.TrimSpace(text)) > 0 && s.Scan(text) == jsontext.None
}
