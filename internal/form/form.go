// Package form reads a multipart/form-data body strictly and as a stream.
//
// It stands on mime/multipart, with 64 KiB of buffering below it (a fourth of
// the CPU time of reading without) and with what that parser leaves to its
// caller: a cut body is told from a finished one, the Content-Disposition is
// parsed here to the last byte, transfer encodings are refused instead of
// undone, and everything that is not file content is counted and capped.
//
// What it lets pass, since RFC 2046 or clients in use want it: bodies whose
// delimiter lines all end in LF alone, a preamble and folded headers within
// HeaderBytes, an epilogue within EpilogueBytes (both are never looked at),
// and a last delimiter without a line end.
package form

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/textproto"
	"strings"
	"sync"
)

const (
	bufferSize = 64 << 10
	// parserBuffer is how far mime/multipart reads ahead of what it hands out.
	parserBuffer = 5 << 10
)

// Limits bounds what a body may hold besides its files. All of them count, 0
// allows none.
type Limits struct {
	Parts         int   // all parts
	Fields        int   // text fields
	FieldBytes    int64 // of one text field
	FieldsBytes   int64 // of all text fields, names included
	HeaderBytes   int64 // of one part's headers and delimiter, and the preamble
	EpilogueBytes int64 // behind the last delimiter
}

// Kind tells the errors of a form apart.
type Kind int

// The kinds of errors.
const (
	Malformed    Kind = iota + 1 // the body is not what RFC 7578 describes
	TooLarge                     // a field, the headers or the epilogue pass a limit
	TooMany                      // too many parts or fields
	NotMultipart                 // the request is not multipart/form-data at all
)

// Error is a fault of the client. Its Reason may be shown to them.
type Error struct {
	Kind   Kind
	Reason string
	Err    error // what the parser said, for the log
}

func (e *Error) Error() string {
	if e.Err != nil {
		return e.Reason + ": " + e.Err.Error()
	}
	return e.Reason
}

func (e *Error) Unwrap() error { return e.Err }

func malformed(reason string) error { return &Error{Kind: Malformed, Reason: reason} }

// Reader yields the parts of one body. It is not safe for concurrent use.
type Reader struct {
	limits Limits
	tap    *tap
	mr     *multipart.Reader
	parts  int
	fields int
	text   int64
}

var buffers = sync.Pool{New: func() any { return bufio.NewReaderSize(nil, bufferSize) }}

// NewReader reads body, whose io.EOF must mean that the request is complete.
// The Reader holds 64 KiB of a pool until Release.
func NewReader(body io.Reader, boundary string, limits Limits) *Reader {
	buf := buffers.Get().(*bufio.Reader)
	buf.Reset(body)
	t := &tap{src: buf, stop: -1}
	return &Reader{limits: limits, tap: t, mr: multipart.NewReader(t, boundary)}
}

// Release gives the buffer back. The Reader and its parts are dead afterwards.
func (r *Reader) Release() {
	if buf := r.tap.src; buf != nil {
		r.tap.src = nil
		buf.Reset(nil)
		buffers.Put(buf)
	}
}

// Consumed is how many bytes of the body are certainly behind the current part's
// first byte of content: the rest is an upper bound of what is to come.
func (r *Reader) Consumed() int64 { return max(0, r.tap.n-parserBuffer) }

// Next returns the next part. The one before must have been read to its end.
// io.EOF means that the closing delimiter and all behind it were read.
func (r *Reader) Next() (*Part, error) {
	r.tap.stop = r.tap.n + r.limits.HeaderBytes + parserBuffer
	p, err := r.mr.NextRawPart()
	r.tap.stop = -1
	if err == io.EOF { // a cut body gives errors that wrap io.EOF; only the bare one is the end
		return nil, r.epilogue()
	}
	if err != nil {
		return nil, r.failed(err)
	}
	if r.parts++; r.parts > r.limits.Parts {
		return nil, &Error{Kind: TooMany, Reason: "the form has too many parts"}
	}
	if headerSize(p.Header) > r.limits.HeaderBytes {
		return nil, &Error{Kind: TooLarge, Reason: "the headers of a part are too large"}
	}
	return r.newPart(p)
}

// epilogue reads what follows the closing delimiter, so that the end of the
// request is seen, and ignores it as RFC 2046 5.1.1 asks.
func (r *Reader) epilogue() error {
	n, err := io.Copy(io.Discard, io.LimitReader(r.tap.src, r.limits.EpilogueBytes+1))
	switch {
	case err != nil:
		return r.failed(err)
	case n > r.limits.EpilogueBytes:
		return &Error{Kind: TooLarge, Reason: "too much follows the form"}
	}
	return io.EOF
}

// Field reads a text part within the limits.
func (r *Reader) Field(p *Part) (string, error) {
	if r.fields++; r.fields > r.limits.Fields {
		return "", &Error{Kind: TooMany, Reason: "the form has too many text fields"}
	}
	b, err := io.ReadAll(io.LimitReader(p, r.limits.FieldBytes+1))
	if err != nil {
		return "", err
	}
	r.text += int64(len(b) + len(p.Name))
	if int64(len(b)) > r.limits.FieldBytes || r.text > r.limits.FieldsBytes {
		return "", &Error{Kind: TooLarge, Reason: fmt.Sprintf("the text field %q is too large", p.Name)}
	}
	return string(b), nil
}

func headerSize(h textproto.MIMEHeader) (n int64) {
	for key, values := range h {
		for _, v := range values {
			n += int64(len(key) + len(v) + len(": \r\n"))
		}
	}
	return n
}

// failed makes what the parser says of the body, or the reason that the reader
// below it gave, a client's fault.
func (r *Reader) failed(err error) error {
	if r.tap.err != nil {
		err = r.tap.err
	}
	var e *Error
	switch {
	case errors.As(err, &e):
		return e
	case errors.Is(err, errCut) || errors.Is(err, io.ErrUnexpectedEOF):
		return &Error{Kind: Malformed, Reason: "the body ends before its closing boundary", Err: err}
	}
	return &Error{Kind: Malformed, Reason: "the body is not well-formed multipart/form-data", Err: err}
}

// Part is one part of the form.
type Part struct {
	Name     string // of the form field, as sent
	IsFile   bool   // it has a filename, perhaps an empty one
	FileName string // as sent, with quotes undone and nothing else
	Type     string // the Content-Type the client claims

	src  *multipart.Part
	form *Reader
}

// newPart judges a part's headers.
func (r *Reader) newPart(p *multipart.Part) (*Part, error) {
	for _, key := range []string{"Content-Disposition", "Content-Type", "Content-Transfer-Encoding"} {
		if len(p.Header[key]) > 1 {
			return nil, malformed("a part has two " + key + " headers")
		}
	}
	for key := range p.Header {
		if strings.Contains(key, " ") { // "Content-Type :" is a header to some parsers only
			return nil, malformed("a part has a header with a space in its name")
		}
	}
	switch enc := p.Header.Get("Content-Transfer-Encoding"); strings.ToLower(strings.TrimSpace(enc)) {
	case "", "7bit", "8bit", "binary":
	default: // bytes that are stored must be bytes that were checked: nothing is decoded
		return nil, malformed("a part uses a Content-Transfer-Encoding; send it as binary")
	}
	d, err := parseDisposition(p.Header.Get("Content-Disposition"))
	if err != nil {
		return nil, err
	}
	if d.name == "" {
		return nil, malformed("a part has no name")
	}
	ct := p.Header.Get("Content-Type")
	if strings.HasPrefix(strings.ToLower(strings.TrimSpace(ct)), "multipart/") {
		return nil, malformed("a part is itself multipart") // RFC 7578 4.3 deprecates it
	}
	return &Part{Name: d.name, IsFile: d.isFile, FileName: d.fileName, Type: ct, src: p, form: r}, nil
}

// Read reads the content. io.EOF means that the part's closing delimiter was
// seen; a body that ends inside the part is an *Error instead.
func (p *Part) Read(b []byte) (int, error) {
	n, err := p.src.Read(b)
	if err != nil && err != io.EOF { //nolint:errorlint // as in Next
		err = p.form.failed(err)
	}
	return n, err
}
