package form

import (
	"io"
	"net/textproto"
	"strings"
)

// Part is one part of the form.
type Part struct {
	Name     string // of the form field, unquoted
	IsFile   bool   // it has a filename, perhaps an empty one
	FileName string // decoded (filename*, RFC 2047, %22), and not cleaned
	Type     string // the Content-Type that the client claims

	content *contents
}

// newPart judges a part's headers.
func newPart(header textproto.MIMEHeader, content *contents) (*Part, error) {
	for _, key := range []string{"Content-Disposition", "Content-Type", "Content-Transfer-Encoding"} {
		if len(header[key]) > 1 {
			return nil, malformed("a part has several " + key + " headers")
		}
	}
	for key := range header {
		if strings.Contains(key, " ") { // only some parsers accept "Content-Type :" as a header
			return nil, malformed("a part has a header with a space in its name")
		}
	}
	switch enc := header.Get("Content-Transfer-Encoding"); strings.ToLower(strings.TrimSpace(enc)) {
	case "", "7bit", "8bit", "binary":
	default: // nothing is decoded, so that the stored bytes are the checked ones
		return nil, malformed("a part uses a Content-Transfer-Encoding; send it as binary")
	}
	d, err := parseDisposition(header.Get("Content-Disposition"))
	if err != nil {
		return nil, err
	}
	if d.name == "" {
		return nil, malformed("a part has no name")
	}
	ct := header.Get("Content-Type")
	if strings.HasPrefix(strings.ToLower(strings.TrimSpace(ct)), "multipart/") {
		return nil, malformed("a part is itself multipart") // RFC 7578 4.3 deprecates it
	}
	return &Part{Name: d.name, IsFile: d.isFile, FileName: d.fileName, Type: ct, content: content}, nil
}

// Read reads the content. io.EOF means that the delimiter after the part was seen; a body that ends
// inside the part is an *Error instead.
func (p *Part) Read(b []byte) (int, error) {
	n, err := p.content.read(b)
	if err != nil && !(err == io.EOF && p.content.ended) { // the io.EOF of a whole part stays bare
		err = failed(err)
	}
	return n, err
}
