package uploadtest

import (
	"fmt"
	"io"
	"strings"
)

// Boundary separates the parts of every [Form], and ContentType is the Content-Type of its request.
// Both are always the same, so that recorded requests can be compared. Content must not contain the
// boundary.
const (
	Boundary    = "----uploadtestFormBoundary7MA4YWxkTrZu0gW"
	ContentType = "multipart/form-data; boundary=" + Boundary
)

// Part is one part of a form. [File] and [Text] return one.
type Part struct {
	Field   string
	Name    string // of the file
	Type    string // the media type that the client claims; without it and Name the part is a text field
	Content Content
}

// File returns a file in a form field, with the claimed type application/octet-stream, which
// browsers send for files of unknown type. For a field in which no file was chosen they send one
// without a name and without bytes.
func File[C string | []byte | Content](field, name string, content C) Part {
	p := Part{Field: field, Name: name, Type: "application/octet-stream"}
	switch c := any(content).(type) {
	case string:
		p.Content = Bytes(c)
	case []byte:
		p.Content = Bytes(c)
	case Content:
		p.Content = c
	}
	return p
}

// Text returns a text field.
func Text(field, value string) Part { return Part{Field: field, Content: Bytes(value)} }

// Form is the body of a multipart/form-data request.
type Form []Part

// escape escapes names as browsers do (HTML, "multipart/form-data encoding").
var escape = strings.NewReplacer(`"`, "%22", "\r", "%0D", "\n", "%0A")

func (p Part) head(first bool) string {
	var b strings.Builder
	if !first {
		b.WriteString("\r\n")
	}
	fmt.Fprintf(&b, "--%s\r\nContent-Disposition: form-data; name=\"%s\"", Boundary, escape.Replace(p.Field))
	if p.Name != "" || p.Type != "" {
		fmt.Fprintf(&b, "; filename=\"%s\"", escape.Replace(p.Name))
	}
	if p.Type != "" {
		b.WriteString("\r\nContent-Type: " + p.Type)
	}
	b.WriteString("\r\n\r\n")
	return b.String()
}

func (f Form) tail() string {
	if len(f) == 0 {
		return "--" + Boundary + "--\r\n"
	}
	return "\r\n--" + Boundary + "--\r\n"
}

// Size returns the number of bytes of the body.
func (f Form) Size() int64 {
	size := int64(len(f.tail()))
	for i, p := range f {
		size += int64(len(p.head(i == 0))) + p.Content.Size
	}
	return size
}

// Body returns a reader of the form, each time from its start.
func (f Form) Body() io.Reader {
	var all []io.Reader
	for i, p := range f {
		all = append(all, strings.NewReader(p.head(i == 0)), p.Content.read(0, p.Content.Size))
	}
	return io.MultiReader(append(all, strings.NewReader(f.tail()))...)
}

// String returns the whole body, for tests that cut and change it.
func (f Form) String() string {
	var b strings.Builder
	if _, err := io.Copy(&b, f.Body()); err != nil {
		panic(err) // generated content does not fail
	}
	return b.String()
}
