package xmlread

import "io"

// Reader reads one document. See the package comment.
type Reader struct {
	markup
	err error // the last error of Next
}

// New returns a Reader of a document.
func New(document io.Reader, o Options) *Reader {
	r := new(Reader)
	r.opt, r.src.r, r.lines = o, document, 1
	return r
}

// Next reads the next token. It returns io.EOF at the end of a whole document, a *Fault if the
// document is refused, and errors of the source and of Options unchanged. If the source returns
// neither bytes nor an error 100 times in a row, Next returns io.ErrNoProgress. After an error it
// returns the same error again.
func (r *Reader) Next() (Token, error) {
	if r.err != nil {
		return 0, r.err
	}
	r.pop()
	token, err := r.next()
	if err != nil {
		r.err = r.located(err)
		return 0, r.err
	}
	r.steps += tokenSteps
	return token, nil
}

// Text returns the piece of text, or the target of the processing instruction, that was the last
// token.
func (r *Reader) Text() []byte { return r.token }

// Data returns the data of the processing instruction that was the last token, or the first MaxData
// bytes of it.
func (r *Reader) Data() []byte { return r.data }

// Line returns the line in which the last token begins, from 1.
func (r *Reader) Line() int {
	r.markLine()
	return r.line
}

func (r *Reader) located(err error) error {
	if f, ok := err.(*Fault); ok && f.Line == 0 { //nolint:errorlint // readers return it bare
		r.countLines()
		f.Line = r.lines
	}
	return err
}

// next reads the next token that is reported.
func (r *Reader) next() (Token, error) {
	if r.ends {
		r.ends, r.popped = false, true
		return End, nil
	}
	for {
		r.from, r.lined = r.at, false
		if !r.has(1) {
			return 0, r.atEnd()
		}
		var token Token
		var err error
		switch c := r.buf[r.at]; {
		case r.cdata:
			token, err = r.inCDATA()
		case c == '<':
			token, err = r.readMarkup()
		case len(r.open) == 0:
			err = r.outside()
		case c == '&':
			token, err = r.textReference()
		default:
			token, err = r.text()
		}
		if token != 0 || err != nil {
			return token, err
		}
		r.steps += tokenSteps
	}
}

// atEnd judges the end of the source between tokens.
func (r *Reader) atEnd() error {
	if r.rooted && len(r.open) == 0 {
		return r.stop
	}
	return r.cut()
}

// outside passes over white space outside of the root element, and refuses other text there.
func (r *Reader) outside() error {
	if n := spaces(r.buf[r.at:]); n > 0 {
		r.at += n
		return nil
	}
	if r.rooted {
		return fault(Trailing, goesOn)
	}
	return fault(Damaged, malformed)
}
