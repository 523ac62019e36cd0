package inspect

import (
	"bytes"
	"io"
)

// vmlSource reads VML and replaces <br> by <br/>. Excel writes <br> without an end tag, which is
// not well-formed XML.
type vmlSource struct {
	src  io.Reader
	rest []byte // read and not yet returned
	buf  [1024]byte
	err  error
}

var (
	lineBreak = []byte("<br>")
	endedLine = []byte("<br/>")
)

func (v *vmlSource) Read(p []byte) (int, error) {
	for len(v.rest) < len(lineBreak) && v.err == nil {
		var n int
		kept := copy(v.buf[:], v.rest)
		n, v.err = v.src.Read(v.buf[kept:])
		v.rest = v.buf[:kept+n]
	}
	if len(v.rest) == 0 || len(p) < len(endedLine) {
		return 0, v.err
	}
	if bytes.HasPrefix(v.rest, lineBreak) {
		v.rest = v.rest[len(lineBreak):]
		return copy(p, endedLine), nil
	}
	n := bytes.Index(v.rest[1:], lineBreak) + 1
	if n == 0 && v.err != nil {
		n = len(v.rest)
	} else if n == 0 {
		n = max(1, len(v.rest)-len(lineBreak)+1)
	}
	n = copy(p, v.rest[:n])
	v.rest = v.rest[n:]
	return n, nil
}
