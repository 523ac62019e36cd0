package client

import (
	"fmt"
	"io"
	"strings"
)

// Boundary separates the parts of every [Form].
const Boundary = "----airlockFormBoundary7MA4YWxkTrZu0gW"

// ContentType is the request header of every [Form].
const ContentType = "multipart/form-data; boundary=" + Boundary

// Part is one part of a form: a file, or a text field if Name is empty.
type Part struct {
	Field, Name string
	Content     Content
}

// File is a file in the field "file".
func File(name string, c Content) Part { return Part{Field: "file", Name: name, Content: c} }

// Value is a text field.
func Value(field, value string) Part { return Part{Field: field, Content: Bytes([]byte(value))} }

// Form is a multipart/form-data body.
type Form []Part

func (p Part) head(first bool) string {
	var b strings.Builder
	if !first {
		b.WriteString("\r\n")
	}
	fmt.Fprintf(&b, "--%s\r\nContent-Disposition: form-data; name=%q", Boundary, p.Field)
	if p.Name != "" {
		fmt.Fprintf(&b, "; filename=%q\r\nContent-Type: application/octet-stream", p.Name)
	}
	b.WriteString("\r\n\r\n")
	return b.String()
}

const tail = "\r\n--" + Boundary + "--\r\n"

// Size is the number of the body's bytes.
func (f Form) Size() int64 {
	size := int64(len(tail))
	for i, p := range f {
		size += int64(len(p.head(i == 0))) + p.Content.Size
	}
	return size
}

// Body reads the form. It can be called again.
func (f Form) Body() io.Reader {
	var all []io.Reader
	for i, p := range f {
		all = append(all, strings.NewReader(p.head(i == 0)), p.Content.Open())
	}
	return io.MultiReader(append(all, strings.NewReader(tail))...)
}
