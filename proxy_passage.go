package upload

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// passage is the answer that an object passes through. When the header of a range is
// written, which http.ServeContent alone decides, the content ends with that range.
//
// The server's WriteTimeout is for a whole answer, so a passage has deadlines of its
// own: a client that takes no byte for a window of its pace is cut, and so is one that
// takes too few over a window. Its clock runs only while we wait for the client.
type passage struct {
	http.ResponseWriter
	ctl     *http.ResponseController
	content *objectReader
	pace    pace
	sent    int64
	err     error // of writing; what was cut is errCut

	noDeadlines bool
}

func (p *passage) WriteHeader(status int) {
	var first, last int64
	if status == http.StatusPartialContent {
		if _, err := fmt.Sscanf(p.Header().Get("Content-Range"), "bytes %d-%d/", &first, &last); err == nil {
			p.content.end = last + 1
		}
	}
	p.ResponseWriter.WriteHeader(status)
}

// ReadFrom is how http.ServeContent writes content.
func (p *passage) ReadFrom(src io.Reader) (int64, error) {
	buf := relays.Get().(*[relaySize]byte)
	defer relays.Put(buf)
	before := p.sent
	for p.err == nil {
		// HTTP/2 looks at the deadline at any time, so it must outlast the storage,
		// which may have to open the object, too.
		late := p.ctl.SetWriteDeadline(time.Now().Add(2*linkStall + p.pace.window))
		p.noDeadlines = errors.Is(late, http.ErrNotSupported)
		n, err := src.Read(buf[:])
		if n > 0 {
			p.wait(func() (int, error) { return p.Write(buf[:n]) })
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return p.sent - before, err
		}
	}
	return p.sent - before, p.err
}

// wait runs do, which waits for the client, on the client's clock.
func (p *passage) wait(do func() (int, error)) {
	begin := time.Now()
	_ = p.ctl.SetWriteDeadline(begin.Add(p.pace.window))
	n, err := do()
	waited := time.Since(begin)
	p.sent += int64(n)
	switch {
	case err != nil && waited >= p.pace.window:
		err = errTaking(fmt.Sprintf("no data was taken for %v", p.pace.window), err)
	case err == nil && p.pace.slow(n, waited):
		err = errTaking("data was taken slower than "+byteSize(p.pace.minRate)+" a second", nil)
	}
	p.err = err
}

func errTaking(reason string, err error) error {
	return &Error{Code: CodeTimeout, Reason: reason, Err: errors.Join(errCut, err)}
}

// finish sends what is still buffered, for which nobody else sets a deadline. Then
// the connection has that of its server again. After an error, the deadline stays.
func (p *passage) finish(r *http.Request) {
	if p.sent == 0 || p.err != nil || p.content.err != nil {
		return
	}
	p.wait(func() (int, error) { return 0, p.ctl.Flush() })
	if errors.Is(p.err, http.ErrNotSupported) {
		p.err = nil
	}
	if p.err == nil {
		resetWriteDeadline(p.ctl, r)
	}
}
