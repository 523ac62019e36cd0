package form

import "strings"

// These are the keys of a file's name, plain and in the form of RFC 8187.
const (
	plainName = "filename"
	extName   = "filename*"
)

// param is the value of a parameter of a header field.
type param struct {
	value  string
	quoted bool
}

// parseParams reads the parameters that follow the first ";" of a header field; more says that
// there was one.
//
// In quoted values only \" and \\ are escapes, as mime/multipart of Go writes them. Any other
// backslash is part of the value, as browsers write it. The npm package form-data up to 4.0.5
// escapes nothing in file names, so a quotation mark ends a file name only where the name can end.
// Unquoted values extend to the next ";". React Native 0.74 leaves a ";" in filename* unencoded. If
// no parameter follows that ";", filename* becomes empty, and the plain name counts.
func parseParams(rest string, more bool) (map[string]param, error) {
	params := map[string]param{}
	last := ""
	for more {
		rest = strings.TrimLeft(rest, " \t")
		if rest == "" {
			break // one ";" at the end is common and harmless
		}
		if last == extName && !hasKey(rest) {
			params[extName] = param{}
			_, rest, more = strings.Cut(rest, ";")
			continue
		}
		key, p, after, again, ok := parseParam(rest)
		if !ok {
			return nil, malformed("the parameters of a header cannot be read")
		}
		rest, more = after, again
		if _, twice := params[key]; twice {
			return nil, malformed("a header names a parameter twice")
		}
		params[key] = p
		if last = key; p.quoted {
			last = ""
		}
	}
	return params, nil
}

// hasKey reports whether s begins like a parameter.
func hasKey(s string) bool {
	segment, _, _ := strings.Cut(s, ";")
	key, _, ok := strings.Cut(segment, "=")
	return ok && isToken(strings.TrimRight(key, " \t"))
}

// parseParam reads one key=value and the semicolon after it.
func parseParam(s string) (key string, p param, rest string, more, ok bool) {
	key, s, ok = strings.Cut(s, "=")
	key = strings.ToLower(strings.TrimRight(key, " \t"))
	if !ok || !isToken(key) {
		return "", p, "", false, false
	}
	if s = strings.TrimLeft(s, " \t"); strings.HasPrefix(s, `"`) {
		p.quoted = true
		p.value, s, ok = unquote(s[1:], key == plainName)
		s = strings.TrimLeft(s, " \t")
		ok = ok && (s == "" || s[0] == ';')
		rest, more = strings.CutPrefix(s, ";")
	} else {
		p.value, rest, more = strings.Cut(s, ";")
		p.value = strings.TrimRight(p.value, " \t")
		ok = p.value != ""
	}
	return key, p, rest, more, ok && !hasControl(p.value)
}

// unquote reads up to the closing quotation mark. If quotes is true, quotation marks may be part of
// the value: the closing one is the first after which the header ends or another parameter follows.
func unquote(s string, quotes bool) (value, rest string, ok bool) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"' && (!quotes || endsValue(s[i+1:])):
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

// endsValue reports whether the header ends at rest, or another parameter follows.
func endsValue(rest string) bool {
	rest, more := strings.CutPrefix(strings.TrimLeft(rest, " \t"), ";")
	rest = strings.TrimLeft(rest, " \t")
	return rest == "" || more && hasKey(rest)
}

func hasControl(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r < 0x20 || r == 0x7f })
}

// isToken reports whether s is a token of RFC 9110 5.6.2. Bytes beyond ASCII count as letters.
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
