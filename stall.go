package upload

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync"
	"time"
)

// pace holds a client to a minimum rate, over windows of the time that we wait for it.
type pace struct {
	window  time.Duration
	minRate int64 // bytes a second

	bytes  int64
	waited time.Duration
}

// slow counts n bytes and the time that we waited for them. It reports whether a whole window was
// slower than the minimum rate.
func (p *pace) slow(n int, waited time.Duration) bool {
	p.bytes += int64(n)
	p.waited += waited
	if p.waited < p.window {
		return false
	}
	if float64(p.bytes) < float64(p.minRate)*p.waited.Seconds() {
		return true
	}
	p.bytes, p.waited = 0, 0
	return false
}

// client sends a body. Reading fails when it stalls, when it sends too slowly, or after cut. Its
// clocks run only inside readInTime, while we wait for the client, never while storage or a
// validator takes its time.
type client struct {
	src  io.ReadCloser
	ctl  *http.ResponseController
	pace pace

	started     bool // reading has begun
	noDeadlines bool // a writer in front hides those of the connection
	stall       *time.Timer
	mu          sync.Mutex // guards what the timer and Shutdown use
	reading     bool
	cutBy       error // why the next or the running Read fails
	closed      bool
}

// openClocks makes the clocks ready. It removes the deadlines of the host's server, if it can,
// until closeClocks sets new ones.
func (c *client) openClocks(r *http.Request) {
	c.noDeadlines = c.ctl.SetReadDeadline(time.Time{}) != nil
	stopWriteDeadline(c.ctl, r)
	c.stall = time.AfterFunc(time.Hour, c.stalled)
	c.stall.Stop()
}

// closeClocks ends the clocks and sets deadlines of the connection again, since net/http may read
// the rest of the body before it writes an answer. A client that was cut gets no more time. The
// flag whole says that nothing of the body is left to read.
func (c *client) closeClocks(r *http.Request, whole bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	if c.stall != nil {
		c.stall.Stop()
	}
	c.answerDeadline(r)
	if whole {
		return
	}
	until := time.Now()
	if c.cutBy == nil {
		until = until.Add(c.pace.window)
	}
	_ = c.ctl.SetReadDeadline(until)
}

// answerDeadline gives the answer the server's whole WriteTimeout, however long the upload took.
func (c *client) answerDeadline(r *http.Request) { renewWriteDeadline(c.ctl, r) }

func (c *client) stalled() {
	c.cut(stalled(c.pace.window, nil), true)
}

// cut makes reading fail with err, including a Read that is waiting. With onlyWaiting it does
// nothing if no Read is waiting.
func (c *client) cut(err error, onlyWaiting bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed || c.cutBy != nil || onlyWaiting && !c.reading {
		return
	}
	c.cutBy = err
	if c.reading {
		_ = c.ctl.SetReadDeadline(time.Now())
	}
}

func (c *client) readInTime(p []byte) (int, error) {
	if err := c.setReading(true); err != nil {
		return 0, err
	}
	c.started = true
	c.stall.Reset(c.pace.window)
	begin := time.Now()
	n, err := c.src.Read(p)
	c.stall.Stop()
	if cut := c.setReading(false); cut != nil {
		return n, cut
	}
	if err == nil && c.pace.slow(n, time.Since(begin)) {
		err = tooSlow(c.pace.minRate, nil)
	}
	return n, err
}

// setReading records whether a Read is running. It returns the error of cut if the client was cut.
func (c *client) setReading(reading bool) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.reading = reading
	return c.cutBy
}

// Close closes the request's own body.
func (c *client) Close() error { return c.src.Close() }

// stopWriteDeadline ends the server's WriteTimeout for a request that may take
// longer, and renewWriteDeadline starts it again for the answer.
func stopWriteDeadline(ctl *http.ResponseController, r *http.Request) {
	if writeTimeout(r) > 0 {
		_ = ctl.SetWriteDeadline(time.Time{})
	}
}

func renewWriteDeadline(ctl *http.ResponseController, r *http.Request) {
	if timeout := writeTimeout(r); timeout > 0 {
		_ = ctl.SetWriteDeadline(time.Now().Add(timeout))
	}
}

// resetWriteDeadline is renewWriteDeadline after deadlines of our own. It removes ours if the
// server has no WriteTimeout.
func resetWriteDeadline(ctl *http.ResponseController, r *http.Request) {
	if writeTimeout(r) == 0 {
		_ = ctl.SetWriteDeadline(time.Time{})
	}
	renewWriteDeadline(ctl, r)
}

func writeTimeout(r *http.Request) time.Duration {
	if srv, ok := r.Context().Value(http.ServerContextKey).(*http.Server); ok {
		return srv.WriteTimeout
	}
	return 0
}

var errStall = errors.New("upload: the storage sends no data")

// stallReader reads from a storage, which may stall like a client. Its errors are refusals, with
// codes such as [CodeStorage]. An answer of less or more than size bytes is an error, too: it is
// not the object, and no check may judge it.
type stallReader struct {
	body   io.ReadCloser
	stall  time.Duration
	timer  *time.Timer
	cancel context.CancelCauseFunc
	read   int64
	size   int64 // how many bytes there must be

	progress *tracked
}

// openStalling opens what must have size bytes. The opening and each read may take the time stall.
func openStalling(ctx context.Context, size int64, stall time.Duration, open func(context.Context) (io.ReadCloser, error)) (*stallReader, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	r := &stallReader{stall: stall, size: size, cancel: cancel, timer: time.AfterFunc(stall, func() { cancel(errStall) })}
	var err error
	r.body, err = open(ctx)
	r.timer.Stop()
	if err != nil {
		cancel(nil)
		return nil, err
	}
	return r, nil
}

func (r *stallReader) Read(p []byte) (int, error) {
	r.timer.Reset(r.stall)
	n, err := r.body.Read(p)
	r.timer.Stop()
	r.read += int64(n)
	r.progress.arrived(n)
	ended := err == io.EOF // a wrapped one is not the end of a reader
	switch {
	case r.read > r.size || ended && r.read < r.size:
		return 0, storageError(io.ErrUnexpectedEOF)
	case err != nil && !ended:
		err = readError(err)
	}
	return n, err
}

func (r *stallReader) close() {
	r.timer.Stop()
	_ = r.body.Close()
	r.cancel(nil)
}
