// Package form reads a multipart/form-data body strictly and as a stream.
//
// The content of a part is read straight into the caller's buffer if that is large, and searched
// there for the delimiter. A part ends only where its delimiter was seen, so a cut body never
// counts as a finished one. The Content-Disposition is parsed to its last byte, transfer encodings
// that change bytes are refused, and everything except file content is counted and limited.
//
// It accepts some unusual forms that RFC 2046 allows or that clients in use send. Delimiter lines
// may end in LF alone if all do. A preamble and folded headers are allowed within HeaderBytes, an
// epilogue within EpilogueBytes; preamble and epilogue are ignored. The last delimiter needs no
// line end.
package form

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/textproto"

	"github.com/airlock-go/upload/internal/filename"
)

// Limits bounds the parts of a body, and all its bytes except the contents of files. All limits
// apply, and 0 allows none.
type Limits struct {
	Parts         int   // files and text fields
	Fields        int   // text fields
	FieldBytes    int64 // of one text field
	FieldsBytes   int64 // of all text fields, names included
	HeaderBytes   int64 // of one part's headers and delimiter, and the preamble
	EpilogueBytes int64 // after the last delimiter
}

// Reader yields the parts of one body. It is not safe for concurrent use.
type Reader struct {
	contents
	limits Limits
	parts  int
	fields int
	text   int64
}

// NewReader returns a Reader of body. A bare io.EOF of body must mean that the request is complete.
// The Reader holds a pooled buffer of 16 KiB until Release.
func NewReader(body io.Reader, boundary string, limits Limits) *Reader {
	return &Reader{
		contents: contents{src: newSource(body), delimiter: newDelimiter(boundary)},
		limits:   limits,
	}
}

// Release returns the buffer. The Reader and its parts must not be used afterwards.
func (r *Reader) Release() { r.src.release() }

// Consumed returns how many bytes of the body precede the current part's content, as long as none
// of it was read. The rest of the body is therefore an upper bound of the content.
func (r *Reader) Consumed() int64 { return r.src.n }

// Next returns the next part. The previous one must have been read to its end. io.EOF means that
// the closing delimiter and everything after it were read.
func (r *Reader) Next() (*Part, error) {
	budget := r.limits.HeaderBytes
	closed, err := r.toPart(&budget)
	if err != nil {
		return nil, failed(err)
	}
	if closed {
		return nil, r.epilogue()
	}
	header, err := r.header(&budget)
	if err != nil {
		return nil, failed(err)
	}
	if r.parts++; r.parts > r.limits.Parts {
		return nil, &Error{Kind: TooMany, What: Parts, Limit: int64(r.limits.Parts), Reason: "the form has too many parts"}
	}
	r.begin()
	return newPart(header, &r.contents)
}

// toPart reads to the end of the next delimiter line: past a preamble, or past the line end that is
// part of the delimiter.
func (r *Reader) toPart(budget *int64) (closed bool, err error) {
	first := r.parts == 0
	if !first && bytes.HasPrefix(r.src.window(), r.delimiter.newline) {
		r.src.take(len(r.delimiter.newline))
	}
	for {
		line, err := r.src.line(*budget)
		*budget -= int64(len(line))
		kind := r.delimiter.kind(line, first)
		switch {
		case kind == closing && (err == nil || err == io.EOF): // bare, by the contract of NewReader
			return true, nil
		case err != nil:
			return false, err
		case kind == opening:
			return false, nil
		case !first:
			return false, malformed("a boundary is not followed by a line break")
		}
	}
}

// header reads the headers of a part and the empty line after them.
func (r *Reader) header(budget *int64) (textproto.MIMEHeader, error) {
	var block []byte
	for {
		line, err := r.src.line(*budget)
		if err != nil {
			return nil, err
		}
		*budget -= int64(len(line))
		block = append(block, line...)
		if len(bytes.TrimRight(line, "\r\n")) == 0 {
			header, err := textproto.NewReader(bufio.NewReaderSize(bytes.NewReader(block), len(block))).ReadMIMEHeader()
			if err != nil { // the standard error quotes the line
				return nil, &Error{Kind: Malformed, Reason: notForm, Err: fmt.Errorf("form: the headers of a part before byte %d of the body", r.src.n)}
			}
			return header, nil
		}
	}
}

// epilogue reads to the end of the request and ignores what follows the closing delimiter, as RFC
// 2046 5.1.1 requires.
func (r *Reader) epilogue() error {
	for {
		w := len(r.src.window())
		r.src.take(w)
		if r.limits.EpilogueBytes -= int64(w); r.limits.EpilogueBytes < 0 {
			return &Error{Kind: TooLarge, What: Rest, Reason: "too much follows the form"}
		}
		if err := r.src.more(); err == io.EOF { // bare, by the contract of NewReader
			return io.EOF
		} else if err != nil {
			return failed(err)
		}
	}
}

// Field reads a text part within the limits.
func (r *Reader) Field(p *Part) (string, error) {
	if r.fields++; r.fields > r.limits.Fields {
		return "", &Error{Kind: TooMany, What: TextFields, Limit: int64(r.limits.Fields), Reason: "the form has too many text fields"}
	}
	b, err := io.ReadAll(io.LimitReader(p, r.limits.FieldBytes+1))
	if err != nil {
		return "", err
	}
	r.text += int64(len(b) + len(p.Name))
	reason := fmt.Sprintf("the text field %q is too large", filename.Brief(p.Name))
	switch {
	case int64(len(b)) > r.limits.FieldBytes:
		return "", &Error{Kind: TooLarge, What: Text, Limit: r.limits.FieldBytes, Reason: reason}
	case r.text > r.limits.FieldsBytes:
		return "", &Error{Kind: TooLarge, What: Texts, Limit: r.limits.FieldsBytes, Reason: reason}
	}
	return string(b), nil
}
