// Package stalled sends the beginning of uploads and then nothing, like clients that stall. Tests and
// benchmarks measure the memory that such uploads hold.
package stalled

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"sync"
)

// Memory returns the heap and the stacks that the process holds after collecting all garbage.
func Memory() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC() // pools keep their content for one collection
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc + m.StackInuse) //nolint:gosec // no process has that much
}

// Held is what a handler holds for stalled uploads.
type Held struct {
	Memory  int64 // of all uploads
	Waiting int   // uploads that have not ended
	Busy    int   // uploads that got a 503
}

// Hold has n clients send the same beginning of a form and then nothing. It calls during while they
// wait.
func Hold(h http.Handler, n int, beginning []byte, during func()) (held Held) {
	uploads := On(h)
	defer uploads.Leave()
	before := Memory()
	for _, u := range uploads.SendMany(n, beginning) {
		switch u.Status() {
		case 0:
			held.Waiting++
		case http.StatusServiceUnavailable:
			held.Busy++
		}
	}
	held.Memory = Memory() - before
	during()
	runtime.KeepAlive(beginning)
	return held
}

// Uploads are requests that one handler serves at the same time.
type Uploads struct {
	handler http.Handler
	present context.Context
	leave   context.CancelFunc
	served  sync.WaitGroup
}

// On returns Uploads without requests yet.
func On(h http.Handler) *Uploads {
	u := &Uploads{handler: h}
	u.present, u.leave = context.WithCancel(context.Background())
	return u
}

// Leave makes all clients leave, and returns after the handler has ended their requests.
func (u *Uploads) Leave() {
	u.leave()
	u.served.Wait()
}

// Upload is a request whose client waits after the beginning of its body.
type Upload struct {
	silent chan struct{}              // closed when the handler reads on after everything that was sent
	rest   chan []byte                // of the body
	ended  chan struct{}              // closed with the request
	answer *httptest.ResponseRecorder // complete when ended is closed
}

// Send begins an upload. It returns when the handler waits for more than beginning, or has
// answered.
func (u *Uploads) Send(beginning []byte) *Upload { return u.SendMany(1, beginning)[0] }

// SendMany begins n equal uploads at the same time, and returns as Send does.
func (u *Uploads) SendMany(n int, beginning []byte) []*Upload {
	uploads := make([]*Upload, n)
	for i := range uploads {
		uploads[i] = u.begin(beginning)
	}
	for _, one := range uploads {
		select {
		case <-one.silent:
		case <-one.ended:
		}
	}
	return uploads
}

func (u *Uploads) begin(beginning []byte) *Upload {
	one := &Upload{
		silent: make(chan struct{}), rest: make(chan []byte, 1), ended: make(chan struct{}), answer: httptest.NewRecorder(),
	}
	r, err := http.NewRequestWithContext(u.present, http.MethodPost, "/", nil)
	if err != nil {
		panic(err) // the address above is valid
	}
	r.Header.Set("Content-Type", "multipart/form-data; boundary="+boundary)
	r.Body, r.ContentLength = &client{upload: one, present: u.present, sent: bytes.NewReader(beginning)}, -1
	u.served.Go(func() {
		defer close(one.ended)
		u.handler.ServeHTTP(one.answer, r)
	})
	return one
}

// Waits reports whether the request has not ended.
func (u *Upload) Waits() bool {
	select {
	case <-u.ended:
		return false
	default:
		return true
	}
}

// Finish sends the rest of the body. It may be called once.
func (u *Upload) Finish(rest []byte) { u.rest <- rest }

// Status returns the status of the answer, 0 while the request waits.
func (u *Upload) Status() int {
	if u.Waits() {
		return 0
	}
	return u.answer.Code
}

// Answer returns the answer, after the request has ended.
func (u *Upload) Answer() *httptest.ResponseRecorder {
	<-u.ended
	return u.answer
}

// client is the body of a client that waits.
type client struct {
	upload  *Upload
	present context.Context
	sent    *bytes.Reader
	waited  bool
}

func (c *client) Read(p []byte) (int, error) {
	n, err := c.sent.Read(p)
	if err == nil || c.waited {
		return n, err
	}
	c.waited = true
	close(c.upload.silent)
	select {
	case rest := <-c.upload.rest:
		c.sent = bytes.NewReader(rest)
		return c.sent.Read(p)
	case <-c.present.Done():
		return 0, io.ErrUnexpectedEOF
	}
}

func (*client) Close() error { return nil }
