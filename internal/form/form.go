// Package form reads a multipart/form-data body strictly and as a stream.
//
// The content of a part is read straight into the caller's buffer, and searched
// there for the delimiter. A part ends where its delimiter was seen and nowhere
// else, so a cut body is never taken for a finished one. The Content-Disposition
// is parsed to its last byte, transfer encodings are refused instead of undone,
// and everything that is not file content is counted and capped.
//
// What it lets pass, since RFC 2046 or clients in use want it: bodies whose
// delimiter lines all end in LF alone, a preamble and folded headers within
// HeaderBytes, an epilogue within EpilogueBytes (both are never looked at),
// and a last delimiter without a line end.
package form

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/textproto"
	"strings"

	"github.com/airlock-go/upload/internal/filename"
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

// Error is a fault of the client. Its Reason may be shown to them. Neither has a
// word of the body, except the name of a field, cut and quoted.
type Error struct {
	Kind   Kind
	Reason string
	Err    error // where it is, or what reading the body failed with, for the log
}

const notForm = "the body is not well-formed multipart/form-data"

func (e *Error) Error() string {
	if e.Err != nil {
		return e.Reason + ": " + e.Err.Error()
	}
	return e.Reason
}

func (e *Error) Unwrap() error { return e.Err }

func malformed(reason string) error { return &Error{Kind: Malformed, Reason: reason} }

// errFull is that a line is longer than it may be.
var errFull = &Error{Kind: TooLarge, Reason: "the headers of a part are too large"}

// errCut is what is behind the end of a body that is not finished.
var errCut = errors.New("form: the body ended")

// Reader yields the parts of one body. It is not safe for concurrent use.
type Reader struct {
	limits    Limits
	src       source
	delimiter delimiter
	parts     int
	fields    int
	text      int64

	// Of the current part's content in the window.
	start bool // nothing of it was taken yet
	safe  int  // bytes that are content for certain
	ended bool // its delimiter follows them
}

// NewReader reads body, whose bare io.EOF must mean that the request is complete.
// The Reader holds 16 KiB of a pool until Release.
func NewReader(body io.Reader, boundary string, limits Limits) *Reader {
	return &Reader{
		limits: limits, delimiter: newDelimiter(boundary),
		src: newSource(body),
	}
}

// Release gives the buffer back. The Reader and its parts are dead afterwards.
func (r *Reader) Release() { r.src.release() }

// Consumed is how many bytes of the body are behind the current part's first
// byte of content, when nothing of it was read: the rest is an upper bound of
// what is to come.
func (r *Reader) Consumed() int64 { return r.src.n }

// Next returns the next part. The one before must have been read to its end.
// io.EOF means that the closing delimiter and all behind it were read.
func (r *Reader) Next() (*Part, error) {
	budget := r.limits.HeaderBytes
	closed, err := r.toPart(&budget)
	if err != nil {
		return nil, r.failed(err)
	}
	if closed {
		return nil, r.epilogue()
	}
	header, err := r.header(&budget)
	if err != nil {
		return nil, r.failed(err)
	}
	if r.parts++; r.parts > r.limits.Parts {
		return nil, &Error{Kind: TooMany, Reason: "the form has too many parts"}
	}
	r.start = true
	r.scan()
	return r.newPart(header)
}

// toPart reads on to the end of the next delimiter line: past a preamble, or
// past the line end that is part of the delimiter.
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
		case kind == closing && (err == nil || err == io.EOF): //nolint:errorlint // bare, by the contract of NewReader
			return true, nil
		case err != nil:
			return false, err
		case kind == opening:
			return false, nil
		case !first:
			return false, malformed("what follows a boundary is no line end")
		}
	}
}

// header reads the headers of a part and the empty line behind them.
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
			if err != nil { // which quotes the line
				return nil, &Error{Kind: Malformed, Reason: notForm, Err: fmt.Errorf("form: the headers of a part before byte %d of the body", r.src.n)}
			}
			return header, nil
		}
	}
}

// content reads content of the current part; io.EOF is that its delimiter
// follows.
func (r *Reader) content(p []byte) (int, error) {
	for len(p) > 0 {
		switch w := r.src.window(); {
		case r.safe > 0:
			n := copy(p, w[:r.safe])
			r.src.take(n)
			r.safe -= n
			return n, nil
		case r.ended:
			return 0, io.EOF
		case len(w) == 0 && len(p) >= bufferSize:
			if n, err := r.direct(p[:min(len(p), directSize)]); n > 0 || err != nil {
				return n, err
			}
			continue
		}
		if err := r.src.more(); err != nil {
			return 0, err
		}
		r.scan()
	}
	return 0, nil
}

// scan looks for the delimiter in what the window has, nothing of which was
// taken since.
func (r *Reader) scan() {
	r.safe, r.ended = r.delimiter.scan(r.src.window(), r.start)
	r.start = r.start && r.safe == 0
}

// direct reads from the body into p, which spares a copy of all but what is
// behind the content.
func (r *Reader) direct(p []byte) (int, error) {
	n, err := r.src.read(p)
	if err != nil {
		return 0, err
	}
	safe, ended := r.delimiter.scan(p[:n], r.start)
	r.start = r.start && safe == 0
	r.src.unread(p[safe:n])
	r.src.n += int64(safe)
	r.ended = ended
	return safe, nil
}

// epilogue reads what follows the closing delimiter, so that the end of the
// request is seen, and ignores it as RFC 2046 5.1.1 asks.
func (r *Reader) epilogue() error {
	for {
		w := len(r.src.window())
		r.src.take(w)
		if r.limits.EpilogueBytes -= int64(w); r.limits.EpilogueBytes < 0 {
			return &Error{Kind: TooLarge, Reason: "too much follows the form"}
		}
		if err := r.src.more(); err == io.EOF { //nolint:errorlint // bare, by the contract of NewReader
			return io.EOF
		} else if err != nil {
			return r.failed(err)
		}
	}
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
		return "", &Error{Kind: TooLarge, Reason: fmt.Sprintf("the text field %q is too large", filename.Brief(p.Name))}
	}
	return string(b), nil
}

// failed makes an error of the body, or of the parser, a client's fault.
func (r *Reader) failed(err error) error {
	var e *Error
	switch {
	case errors.As(err, &e):
		return e
	case err == io.EOF: //nolint:errorlint // bare, by the contract of NewReader
		err = errCut
		fallthrough
	case errors.Is(err, io.ErrUnexpectedEOF):
		return &Error{Kind: Malformed, Reason: "the body ends before its closing boundary", Err: err}
	}
	return &Error{Kind: Malformed, Reason: notForm, Err: err}
}

// Part is one part of the form.
type Part struct {
	Name     string // of the form field, as sent
	IsFile   bool   // it has a filename, perhaps an empty one
	FileName string // as sent, with quotes undone and nothing else
	Type     string // the Content-Type the client claims

	form *Reader
}

// newPart judges a part's headers.
func (r *Reader) newPart(header textproto.MIMEHeader) (*Part, error) {
	for _, key := range []string{"Content-Disposition", "Content-Type", "Content-Transfer-Encoding"} {
		if len(header[key]) > 1 {
			return nil, malformed("a part has two " + key + " headers")
		}
	}
	for key := range header {
		if strings.Contains(key, " ") { // "Content-Type :" is a header to some parsers only
			return nil, malformed("a part has a header with a space in its name")
		}
	}
	switch enc := header.Get("Content-Transfer-Encoding"); strings.ToLower(strings.TrimSpace(enc)) {
	case "", "7bit", "8bit", "binary":
	default: // bytes that are stored must be bytes that were checked: nothing is decoded
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
	return &Part{Name: d.name, IsFile: d.isFile, FileName: d.fileName, Type: ct, form: r}, nil
}

// Read reads the content. io.EOF means that the part's closing delimiter was
// seen; a body that ends inside the part is an *Error instead.
func (p *Part) Read(b []byte) (int, error) {
	n, err := p.form.content(b)
	if err != nil && !(err == io.EOF && p.form.ended) { //nolint:errorlint // content's own is bare
		err = p.form.failed(err)
	}
	return n, err
}
