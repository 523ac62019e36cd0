package upload

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
)

// body is the body of a request while it is received. It counts, keeps the limit of the whole body,
// and remembers the first error, so callers need not relay it. The embedded client cuts senders
// that stall or are too slow.
type body struct {
	client
	progress *tracked

	length int64 // Content-Length, -1 if unknown
	limit  int64
	over   error // the refusal of a longer body
	read   int64
	eof    bool
	err    error

	linger int64 // how many more bytes are read at most after a refusal
	debt   debt  // to the limiter, after a refusal
}

// lingerBytes is how many more bytes of a refused body are read at most, except that of a
// [Presigner]'s step.
const lingerBytes = 512 << 20

func newBody(w http.ResponseWriter, r *http.Request, p pace) *body {
	src := r.Body
	if src == nil { // as of http.NewRequest
		src = http.NoBody
	}
	return &body{
		client: client{src: src, ctl: http.NewResponseController(w), pace: p},
		length: r.ContentLength, linger: lingerBytes,
	}
}

// open makes the clocks ready, and sets the limit of the whole body. A longer one fails with over.
func (b *body) open(limit int64, over error, r *http.Request) {
	b.limit, b.over = limit, over
	b.openClocks(r)
}

// close ends the clocks. It must be called before the handler returns.
func (b *body) close(r *http.Request) { b.closeClocks(r, b.eof) }

func (b *body) Read(p []byte) (int, error) {
	if b.err != nil {
		return 0, b.err
	}
	n, err := b.readInTime(p)
	b.read += int64(n)
	err = parseError(err, b.read)
	if b.progress.arrived(n); b.read == b.length || err == io.EOF {
		b.progress.is(StateChecking, "")
	}
	switch {
	case b.read > b.limit:
		b.err = b.over
	case err == io.EOF:
		b.eof, b.err = true, io.EOF
	default:
		b.err = err
	}
	if b.err != nil && !b.eof {
		return 0, b.err
	}
	return n, b.err
}

// unread is how many bytes of the body are still to come; a large number if
// that is not known.
func (b *body) unread() int64 {
	switch {
	case b.eof:
		return 0
	case b.length < 0:
		return 1 << 62
	}
	return b.length - b.read
}

// debt is the use that was not reported to the limiter yet.
type debt struct {
	settle func()      // nil unless owe has set it
	stop   func() bool // ends the automatic call; if true, the caller of stop must call settle
}

// owe makes settle run once: when the refusal was answered and the body drained, or when ctx ends.
// After a body that was read to its end it runs at once.
func (b *body) owe(ctx context.Context, settle func()) {
	switch {
	case b.eof:
		settle()
	case ctx.Err() != nil:
		settle()
		b.debt = debt{func() {}, func() bool { return false }}
	default:
		b.debt = debt{settle, context.AfterFunc(ctx, settle)}
	}
}

// claim returns the function that settles. It reports false if settling was begun or claimed
// before: then bytes read from now on are not counted. Without a debt it reports true.
func (d debt) claim() (settle func(), ok bool) {
	switch {
	case d.settle == nil:
		return func() {}, true
	case d.stop():
		return d.settle, true
	}
	return func() {}, false
}

// badBody says where a body could not be read. It replaces errors that may quote the body, such as
// those of net/http, middlewares and encoding/json.
type badBody struct {
	at   int64
	what string
}

func (e *badBody) Error() string { return fmt.Sprintf("%s at byte %d", e.what, e.at) }

// parseError keeps an [*Error] and other errors that quote nothing. It replaces errors that may
// quote the body; at is how many bytes of it were read.
func parseError(err error, at int64) error {
	if err == nil || err == io.EOF { // a wrapped io.EOF is not the end
		return err
	}
	var (
		own    *Error
		bad    *badBody
		large  *http.MaxBytesError
		netErr net.Error
		syntax *json.SyntaxError
		typed  *json.UnmarshalTypeError
	)
	switch {
	case errors.As(err, &own):
		return err
	case errors.As(err, &bad):
		return bad
	case errors.As(err, &large):
		return large
	case errors.As(err, &netErr):
		return netErr
	case errors.As(err, &syntax):
		return &badBody{syntax.Offset, "upload: JSON that is not well-formed"}
	case errors.As(err, &typed):
		return &badBody{typed.Offset, fmt.Sprintf("upload: JSON that does not fit %v", typed.Type)}
	}
	if errors.Is(err, io.EOF) { // wrapped: the reader failed
		return io.ErrUnexpectedEOF
	}
	for _, known := range []error{io.ErrUnexpectedEOF, context.Canceled, context.DeadlineExceeded, http.ErrBodyReadAfterClose} {
		if errors.Is(err, known) {
			return known
		}
	}
	return &badBody{at, fmt.Sprintf("upload: a body that ended with a %T", err)}
}
