package upload

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"
)

// proxy passes an object through, with headers that keep a browser from running
// it. What is served under one ETag is one object, also over several ranges.
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
	if strings.Contains(r.Header.Get("Range"), ",") { // one of many ranges costs as much as many requests
		r = r.Clone(r.Context())
		r.Header.Del("Range")
	}
	content := &objectReader{ctx: r.Context(), store: l.store, key: link.Key, stored: stored}
	defer content.close()
	http.ServeContent(w, r, "", time.Time{}, content)
	e.Kind, e.Bytes = KindServed, content.sent
	if content.err != nil {
		return storageError(errors.Join(errCut, content.err))
	}
	return nil
}

// errCut says that an answer that had begun ends before its end.
var errCut = errors.New("upload: the file was cut off")

// linkStall is how long a storage may send nothing of an object.
const linkStall = 30 * time.Second

// objectReader reads an object from wherever it was set to, and opens it only
// when it is read.
type objectReader struct {
	ctx    context.Context
	store  ObjectReader
	key    string
	stored Stored
	offset int64
	sent   int64
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
	if o.offset >= o.stored.Size {
		return 0, io.EOF
	}
	if o.body == nil {
		if o.body, o.err = openStalling(o.ctx, o.store, o.key, o.stored.ETag, o.offset, linkStall); o.err != nil {
			return 0, o.err
		}
	}
	n, err := o.body.Read(p)
	o.sent += int64(n)
	if o.offset += int64(n); err != nil && o.offset < o.stored.Size {
		o.err = errors.Join(io.ErrUnexpectedEOF, err)
		return n, o.err
	}
	return n, err
}

func (o *objectReader) close() {
	if o.body != nil {
		o.body.close()
		o.body = nil
	}
}

// resolved asks the host. Of its errors only those pass that say nothing of the
// file.
func resolved(r *http.Request, resolve func(*http.Request) (Link, error)) (link Link, err error) {
	err = contain(func() error {
		link, err = resolve(r)
		return err
	})
	var e *Error
	switch {
	case err == nil:
		return link, nil
	case errors.As(err, &e) && (e.Code == CodeUnauthenticated || e.Code.Status() >= http.StatusInternalServerError):
		return link, err
	case errors.Is(err, errPanic):
		return link, internal(err)
	}
	return link, &Error{Code: CodeNotFound, Reason: "there is no such file", Err: err}
}
