package upload

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/airlock-go/upload/internal/worker"
	"github.com/airlock-go/upload/storage"
)

// Handler serves the file that resolve returns for a request, which resolve authorizes: by a
// redirect to [Links.URL] or, with [LinksOptions.Proxy], with the bytes, single ranges and
// conditions by ETag. A HEAD is never redirected.
//
// A proxied answer outlasts the server's WriteTimeout while its client keeps to
// [LinksOptions].StallTimeout and MinRate. A storage that sends nothing for 30 s cuts it.
//
// Errors of resolve give 404, except an [*Error] with [CodeUnauthenticated] (401) or a
// status of 500 or more.
func (l *Links) Handler(resolve func(*http.Request) (Link, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		err := l.report.run(r.Context(), doorLink, func(ctx context.Context, e *Event) error {
			return l.serve(w, r.WithContext(ctx), resolve, e)
		})
		switch {
		case errors.Is(err, errCut):
			panic(http.ErrAbortHandler) // the client must not take a part for the whole
		case err != nil:
			JSON(w, r, nil, l.report.worded(r, err))
		}
	})
}

func (l *Links) serve(w http.ResponseWriter, r *http.Request, resolve func(*http.Request) (Link, error), e *Event) error {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		return methodNotAllowed(http.MethodGet, http.MethodHead)
	}
	link, err := resolved(r, resolve)
	if err != nil {
		e.Subject = link.Subject
		return err
	}
	if l.opts.Proxy || r.Method == http.MethodHead {
		return l.proxy(w, r, link, e)
	}
	url, err := l.url(r.Context(), link, e)
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Referrer-Policy", "no-referrer")
	w.Header().Set("Location", url)
	w.WriteHeader(http.StatusSeeOther)
	return nil
}

// proxy passes an object through, with headers that keep a browser from running it. All ranges
// under one ETag are of one object.
func (l *Links) proxy(w http.ResponseWriter, r *http.Request, link Link, e *Event) error {
	stored, err := l.find(r.Context(), link, e)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", stored.Type)
	h.Set("Content-Disposition", l.disposition(link, stored))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Cross-Origin-Resource-Policy", "same-site")
	h.Set("Cache-Control", "private, no-cache")
	if stored.ETag != "" {
		h.Set("ETag", stored.ETag)
	}
	return l.pass(w, r, link.Key, stored, e)
}

// pass answers with the object, or with the requested part of it.
func (l *Links) pass(w http.ResponseWriter, r *http.Request, key string, stored storage.Stored, e *Event) error {
	if strings.Contains(r.Header.Get("Range"), ",") { // several ranges are not served (RFC 9110, section 14.2 allows it): each costs a request
		r = r.Clone(r.Context())
		r.Header.Del("Range")
	}
	content := &objectReader{ctx: r.Context(), store: l.store, key: key, stored: stored, end: stored.Size}
	defer content.close()
	pass := &passage{
		ResponseWriter: w, ctl: http.NewResponseController(w), content: content,
		pace: pace{window: l.opts.StallTimeout, minRate: l.opts.MinRate},
	}
	http.ServeContent(pass, r, "", time.Time{}, content)
	pass.finish(r)
	e.Kind, e.Bytes = KindServed, pass.sent
	if pass.noDeadlines {
		l.noDeadlines.Do(func() {
			l.report.log.WarnContext(r.Context(), "upload: the response writer has no deadlines (it lacks Unwrap), so clients that take no data are not cut")
		})
	}
	switch {
	case content.err != nil:
		return storageError(errors.Join(errCut, content.err))
	case errors.Is(pass.err, errCut):
		return pass.err
	}
	return nil // a client that leaves has the served bytes
}

// errCut says that an answer was cut after it had begun.
var errCut = errors.New("upload: the file was cut off")

// resolved asks the host. Of its errors only those pass that say nothing of the
// file.
func resolved(r *http.Request, resolve func(*http.Request) (Link, error)) (link Link, err error) {
	err = worker.Apart(func() error {
		link, err = resolve(r)
		return err
	})
	var e *Error
	switch {
	case err == nil:
		return link, nil
	case errors.As(err, &e) && (e.Code == CodeUnauthenticated || e.Code.Status() >= http.StatusInternalServerError):
		return link, err
	case errors.Is(err, worker.ErrPanic), errors.Is(err, worker.ErrGoexit):
		return link, internal(err)
	}
	return link, &Error{Code: CodeNotFound, Err: err}
}

// passage is the answer that an object passes through. http.ServeContent alone decides the range:
// when it writes the header of one, the content ends with that range.
//
// The server's WriteTimeout is for a whole answer, so a passage has deadlines of its own. A client
// that has not taken a write after a window of its pace is cut. So is one that takes too few bytes
// over a window. Its clock runs only while we wait for the client.
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
		// HTTP/2 applies the deadline even while nothing is written. So it must outlast the
		// storage, which may have to open the object, too.
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
		err = stalled(p.pace.window, errors.Join(errCut, err))
	case err == nil && p.pace.slow(n, waited):
		err = tooSlow(p.pace.minRate, errCut)
	}
	p.err = err
}

// finish sends buffered bytes, for which nothing else sets a deadline. Then the connection has that
// of its server again. After an error, the deadline stays.
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

// linkStall is how long a storage may take to open an object, and how long it may then send
// nothing.
const linkStall = 30 * time.Second

// objectReader reads an object from wherever it was set to, and opens it only
// when it is read. It asks the storage for nothing after end.
type objectReader struct {
	ctx    context.Context
	store  storage.ObjectReader
	key    string
	stored storage.Stored
	offset int64
	end    int64
	body   *stallReader
	err    error
}

func (o *objectReader) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += o.offset
	case io.SeekEnd:
		offset += o.stored.Size
	}
	if offset < 0 {
		return 0, errors.New("upload: seek before the start of an object")
	}
	if offset != o.offset {
		o.close()
	}
	o.offset = offset
	return offset, nil
}

func (o *objectReader) Read(p []byte) (int, error) {
	if o.offset >= o.end {
		return 0, io.EOF
	}
	if o.body == nil {
		if o.body, o.err = openStalling(o.ctx, o.end-o.offset, linkStall, o.open); o.err != nil {
			return 0, o.err
		}
	}
	n, err := o.body.Read(p)
	if o.offset += int64(n); err != io.EOF { // the end of a stallReader is bare
		o.err = err
	}
	return n, err
}

// open opens what is to be read, without an end if that is the object's.
func (o *objectReader) open(ctx context.Context) (io.ReadCloser, error) {
	length := o.end - o.offset
	if o.end == o.stored.Size {
		length = -1
	}
	return o.store.OpenAt(ctx, o.key, o.stored.ETag, o.offset, length)
}

func (o *objectReader) close() {
	if o.body != nil {
		o.body.close()
		o.body = nil
	}
}
