package form

import (
	"mime"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/airlock-go/upload/internal/filename"
)

// fileName chooses one of a part's names: filename* if it can be read, else filename. RFC 7578
// forbids filename*, but clients send it, with a filename for readers that do not know it (RFC 6266
// 4.3). If both can be read, they must have the same extension: other readers may take either name.
func fileName(plain string, hasPlain bool, ext string, hasExt bool) (string, error) {
	if hasPlain {
		plain = decodePlain(plain)
	}
	if !hasExt {
		return plain, nil
	}
	decoded, readable := decodeExt(ext)
	switch {
	case !readable && hasPlain:
		return plain, nil
	case !readable:
		return "", malformed("a filename* cannot be read")
	case hasPlain && extensionOf(plain) != extensionOf(decoded):
		return "", malformed("filename and filename* disagree")
	}
	return decoded, nil
}

// extensionOf returns the extension that the cleaned name will have. If the name cannot be cleaned,
// it returns one that no name has.
func extensionOf(name string) string {
	clean, err := filename.Clean(name)
	if err != nil {
		return "/"
	}
	return filename.Ext(clean)
}

// decodeExt reads an RFC 8187 ext-value, charset'language'value. RFC 5987 also required ISO-8859-1.
// Characters that should have been encoded are taken as they are.
func decodeExt(v string) (string, bool) {
	charset, rest, ok := strings.Cut(v, "'")
	_, value, ok2 := strings.Cut(rest, "'")
	s, err := url.PathUnescape(value)
	if !ok || !ok2 || err != nil {
		return "", false
	}
	switch strings.ToLower(charset) {
	case "utf-8", "utf8":
	case "iso-8859-1", "latin1":
		s = fromLatin1(s)
	default:
		return "", false
	}
	return s, s != "" && utf8.ValidString(s) && !hasControl(s)
}

func fromLatin1(s string) string {
	runes := make([]rune, len(s))
	for i := range len(s) {
		runes[i] = rune(s[i])
	}
	return string(runes)
}

// decodePlain undoes RFC 2047, which .NET, Delphi and Unity use for names, or the encoding of
// browsers: the encoding algorithm of HTML for multipart/form-data writes a quotation mark as %22.
// The algorithm does not escape the percent sign, so nothing else is decoded.
func decodePlain(s string) string {
	if w, ok := decodeWord(s); ok {
		return w
	}
	return strings.ReplaceAll(s, "%22", `"`)
}

// decodeWord decodes words of RFC 2047, either the whole name or nothing.
func decodeWord(s string) (string, bool) {
	if !strings.HasPrefix(s, "=?") || !strings.HasSuffix(s, "?=") {
		return "", false
	}
	var d mime.WordDecoder
	w, err := d.DecodeHeader(s)
	return w, err == nil && utf8.ValidString(w) && !hasControl(w) && !strings.Contains(w, "=?")
}
