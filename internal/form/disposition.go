package form

import (
	"net/http"
	"slices"
	"strings"
)

// disposition is what a part's Content-Disposition says.
type disposition struct {
	name     string
	fileName string
	isFile   bool // it has a filename, perhaps an empty one, or a filename*
}

// parseDisposition reads `form-data; name="…"; filename="…"` (RFC 7578 4.2). It returns an error if
// it cannot read the header to its last byte: a header that two parsers could read differently must
// not decide whether a part is a file. But it ignores a filename* that cannot be read, if there is
// also a filename.
func parseDisposition(v string) (disposition, error) {
	kind, d, err := readDisposition(v)
	if kind != "form-data" {
		return disposition{}, malformed("a part is not form-data")
	}
	return d, err
}

// Attachment returns the file name that the headers of a request give to its body (RFC
// 6266), and "" if they give none. The header is read as that of a part is.
func Attachment(h http.Header) (fileName string, err error) {
	values := h.Values("Content-Disposition")
	switch len(values) {
	case 0:
		return "", nil
	case 1:
	default:
		return "", malformed("the request has several Content-Disposition headers")
	}
	kind, d, err := readDisposition(values[0])
	if !slices.Contains([]string{"attachment", "inline", "form-data"}, kind) {
		return "", errDisposition
	}
	return d.fileName, err
}

// readDisposition returns the kind in lower case.
func readDisposition(v string) (kind string, d disposition, err error) {
	kind, rest, more := strings.Cut(v, ";")
	kind = strings.ToLower(strings.Trim(kind, " \t"))
	params, err := parseParams(rest, more)
	if err == nil {
		d, err = dispositionOf(params)
	}
	return kind, d, err
}

// dispositionOf checks the parameters and takes the names from them. Unquoted values must be
// tokens, except that of filename*, which some clients leave partly unencoded.
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
