package form

import (
	"mime"
	"net/url"
	"strings"
	"unicode/utf8"
)

// disposition is what a part's Content-Disposition says.
type disposition struct {
	name     string
	fileName string
	isFile   bool // a filename parameter is there, be it empty
}

// parseDisposition reads `form-data; name="…"; filename="…"` (RFC 7578 4.2).
// Anything it does not understand to the last byte is an error: a header that
// two parsers could read differently must not decide whether a part is a file.
//
// Quoted values are read as browsers write them: only \" and \\ are escapes,
// any other backslash is itself. filename* (RFC 8187), which some clients add
// although RFC 7578 forbids it, is accepted when it says the same as filename.
func parseDisposition(v string) (disposition, error) {
	var d disposition
	kind, rest, more := strings.Cut(v, ";")
	if !strings.EqualFold(strings.Trim(kind, " \t"), "form-data") {
		return d, malformed("a part is not form-data")
	}
	params := map[string]string{}
	for more {
		rest = strings.TrimLeft(rest, " \t")
		if rest == "" {
			break // one ";" at the end is common and harmless
		}
		var key, value string
		var err error
		if key, value, rest, more, err = parseParam(rest); err != nil {
			return d, err
		}
		if _, twice := params[key]; twice {
			return d, malformed("a part names " + key + " twice")
		}
		params[key] = value
	}
	return dispositionOf(params)
}

// parseParam reads one key=value and the semicolon behind it.
func parseParam(s string) (key, value, rest string, more bool, err error) {
	key, s, ok := strings.Cut(s, "=")
	key = strings.ToLower(strings.TrimRight(key, " \t"))
	if !ok || !isToken(key) {
		return "", "", "", false, malformed("a Content-Disposition cannot be read")
	}
	if s = strings.TrimLeft(s, " \t"); strings.HasPrefix(s, `"`) {
		value, s, ok = unquote(s[1:])
	} else {
		end := strings.IndexAny(s, "; \t")
		if end < 0 {
			end = len(s)
		}
		value, s = s[:end], s[end:]
		ok = isToken(value)
	}
	s = strings.TrimLeft(s, " \t")
	if !ok || hasControl(value) || s != "" && s[0] != ';' {
		return "", "", "", false, malformed("a Content-Disposition cannot be read")
	}
	if s == "" {
		return key, value, "", false, nil
	}
	return key, value, s[1:], true, nil
}

// unquote reads up to the closing quote.
func unquote(s string) (value, rest string, ok bool) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"':
			return b.String(), s[i+1:], true
		case c == '\\' && i+1 < len(s) && (s[i+1] == '"' || s[i+1] == '\\'):
			i++
			b.WriteByte(s[i])
		default:
			b.WriteByte(c)
		}
	}
	return "", "", false
}

func dispositionOf(params map[string]string) (disposition, error) {
	d := disposition{}
	d.name = params["name"]
	d.fileName, d.isFile = params["filename"]
	for key := range params {
		if strings.Contains(key, "*") && key != "filename*" {
			return d, malformed("a Content-Disposition uses " + key)
		}
	}
	ext, ok := params["filename*"]
	if !ok {
		return d, nil
	}
	decoded, ok := decodeExt(ext)
	if !ok {
		return d, malformed("a filename* cannot be read")
	}
	if d.isFile && d.fileName != decoded && decodeWord(d.fileName) != decoded {
		return d, malformed("filename and filename* of a part disagree")
	}
	d.fileName, d.isFile = decoded, true
	return d, nil
}

// decodeExt reads an RFC 8187 ext-value, charset'language'value.
func decodeExt(v string) (string, bool) {
	charset, rest, ok := strings.Cut(v, "'")
	_, value, ok2 := strings.Cut(rest, "'")
	if !ok || !ok2 || !strings.EqualFold(charset, "utf-8") {
		return "", false
	}
	s, err := url.PathUnescape(value)
	return s, err == nil && utf8.ValidString(s) && !hasControl(s)
}

// decodeWord undoes RFC 2047, in which .NET writes the filename that goes with
// its filename*.
func decodeWord(s string) string {
	var d mime.WordDecoder
	if w, err := d.DecodeHeader(s); err == nil {
		return w
	}
	return s
}

func hasControl(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r < 0x20 || r == 0x7f })
}

// isToken reports whether s is a token of RFC 9110 5.6.2, or has bytes beyond
// ASCII, which browsers of old left unquoted.
func isToken(s string) bool {
	if s == "" {
		return false
	}
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c == 0x7f || strings.IndexByte(`()<>@,;:\"/[]?={}`, c) >= 0 {
			return false
		}
	}
	return true
}
