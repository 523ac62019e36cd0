package s3store

import (
	"errors"
	"io"
	"sync"
)

// fetch is a range of an object on its way into memory. One goroutine fills the buffer, another
// reads what has arrived.
type fetch struct {
	read int64 // bytes that were read from the buffer

	mu      sync.Mutex
	arrived sync.Cond
	buffer  *buffer
	err     error // why nothing more comes, io.EOF after the whole range
}

func newFetch(b *buffer) *fetch {
	f := &fetch{buffer: b}
	f.arrived.L = &f.mu
	return f
}

// Read waits for bytes. Those that came before an error are read before it.
func (f *fetch) Read(p []byte) (int, error) {
	arrived, err := f.wait()
	n := copy(p, arrived)
	f.read += int64(n)
	return n, err
}

// wait returns bytes that were not read, as soon as there are some.
func (f *fetch) wait() ([]byte, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for f.read == f.buffer.size {
		if f.err != nil {
			return nil, f.err
		}
		f.arrived.Wait()
	}
	return f.buffer.from(f.read), nil
}

// fill reads n bytes, which must be all that body has.
func (f *fetch) fill(body io.Reader, n int64) error {
	for n > 0 {
		space := f.space()
		m, err := body.Read(space[:min(int64(len(space)), n)])
		n -= int64(m)
		f.add(m)
		if err == io.EOF && n > 0 { // a wrapped one is not the end of a reader
			return io.ErrUnexpectedEOF
		}
		if err != nil && err != io.EOF { // as above
			return err
		}
	}
	// Reading to the end also frees the connection.
	switch m, err := body.Read(make([]byte, 1)); {
	case m > 0:
		return errMore
	case err != nil && err != io.EOF: // as above
		return err
	}
	return nil
}

var errMore = errors.New("s3store: the service sends more than its answer says")

func (f *fetch) space() []byte {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.buffer.space()
}

func (f *fetch) add(n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.buffer.size += int64(n)
	f.arrived.Signal()
}

// end says that nothing more comes. Afterwards the goroutine that fills does not use the buffer.
func (f *fetch) end(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err = err; err == nil {
		f.err = io.EOF
	}
	f.arrived.Signal()
}
