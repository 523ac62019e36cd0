package form

import "io"

// contents is the content of the parts of a body, one after the other.
type contents struct {
	src       source
	delimiter delimiter

	// These describe the current part's content in the window.
	start bool // none of it was found yet, so the delimiter needs no line end
	safe  int  // bytes that are content for certain
	ended bool // the delimiter follows them
}

// begin begins the content of a part whose headers were taken.
func (c *contents) begin() {
	c.start = true
	c.scan()
}

// read reads content of the current part. It returns io.EOF when the part's delimiter follows, which
// ended reports, and also when the body ends.
func (c *contents) read(p []byte) (int, error) {
	for len(p) > 0 {
		switch w := c.src.window(); {
		case c.safe > 0:
			n := copy(p, w[:c.safe])
			c.src.take(n)
			c.safe -= n
			return n, nil
		case c.ended:
			return 0, io.EOF
		case len(w) == 0 && len(p) >= bufferSize:
			if n, err := c.direct(p[:min(len(p), directSize)]); n > 0 || err != nil {
				return n, err
			}
			continue
		}
		if err := c.src.more(); err != nil {
			return 0, err
		}
		c.scan()
	}
	return 0, nil
}

// scan looks for the delimiter in the window. Its result is valid until more of the body is read.
func (c *contents) scan() {
	c.safe, c.ended = c.delimiter.scan(c.src.window(), c.start)
	c.start = c.start && c.safe == 0
}

// direct reads from the body into p. So only what follows the bytes that are content for certain is
// copied.
func (c *contents) direct(p []byte) (int, error) {
	n, err := c.src.read(p)
	if err != nil {
		return 0, err
	}
	safe, ended := c.delimiter.scan(p[:n], c.start)
	c.start = c.start && safe == 0
	c.src.setWindow(p[safe:n])
	c.src.n += int64(safe)
	c.ended = ended
	return safe, nil
}
