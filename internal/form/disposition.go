package form

import "strings"

// disposition is what a part's Content-Disposition says.
type disposition struct {
	name     string
	fileName string
	isFile   bool // it has a filename parameter, perhaps an empty one
}

// parseDisposition reads `form-data; name="…"; filename="…"` (RFC 7578 4.2). It returns an error
// for anything that it does not understand to the last byte: a header that two parsers could read
// differently must not decide whether a part is a file.
func parseDisposition(v string) (disposition, error) {
	kind, rest, more := strings.Cut(v, ";")
	if !strings.EqualFold(strings.Trim(kind, " \t"), "form-data") {
		return disposition{}, malformed("a part is not form-data")
	}
	params, err := parseParams(rest, more)
	if err != nil {
		return disposition{}, err
	}
	return dispositionOf(params)
}

// dispositionOf checks the parameters and names the part. Unquoted values are tokens, except for
// filename*, which clients leave partly unencoded.
func dispositionOf(params map[string]param) (disposition, error) {
	for key, p := range params {
		switch {
		case key == extName:
		case strings.Contains(key, "*"):
			return disposition{}, malformed("a Content-Disposition uses an extended parameter (RFC 2231)")
		case !p.quoted && !isToken(p.value):
			return disposition{}, errDisposition
		}
	}
	d := disposition{name: params["name"].value}
	plain, hasPlain := params[plainName]
	ext, hasExt := params[extName]
	d.isFile = hasPlain || hasExt
	name, err := fileName(plain.value, hasPlain, ext.value, hasExt)
	if d.fileName = name; err != nil {
		return disposition{}, err
	}
	return d, nil
}

var errDisposition = malformed("a Content-Disposition cannot be read")
