package form

import (
	"bufio"
	"errors"
	"io"
)

// errCut is what the parser reads behind the end of the body. mime/multipart
// answers a bare io.EOF both for a finished form and for many cut ones; when
// the reader below never says io.EOF, a bare one means that the closing
// delimiter was seen.
var errCut = errors.New("form: the body ended")

// tap stands between buffer and parser. It counts, stops a part's headers that
// grow too long, and turns the end of the body into a line end, which completes
// a last delimiter that lacks it, and errCut.
type tap struct {
	src   *bufio.Reader
	n     int64 // bytes the parser has taken
	stop  int64 // n at which the parser must be done with the headers; -1 while it reads content
	err   error // what the body failed with; the parser does not always pass it on
	ended bool
	tail  string // what is left of the line end behind an ended body
}

func (t *tap) Read(p []byte) (int, error) {
	if t.ended {
		if t.tail == "" {
			return 0, errCut
		}
		n := copy(p, t.tail)
		t.tail = t.tail[n:]
		return n, nil
	}
	if t.stop >= 0 && t.n >= t.stop {
		t.err = &Error{Kind: TooLarge, Reason: "the headers of a part are too large"}
		return 0, t.err
	}
	n, err := t.src.Read(p)
	t.n += int64(n)
	if err == io.EOF { // bare, by the contract of NewReader
		t.ended, t.tail = true, "\r\n"
		if n == 0 {
			return t.Read(p)
		}
		err = nil
	}
	t.err = err
	return n, err
}
