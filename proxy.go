package upload

import (
	"errors"
	"github.com/airlock-go/upload/internal/worker"
	"github.com/airlock-go/upload/storage"
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
	return l.pass(w, r, link.Key, stored, e)
}

// pass answers with the object, or with what the request wants of it.
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
	return nil // whoever leaves has what was served
}

// errCut says that an answer that had begun ends before its end.
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
	return link, &Error{Code: CodeNotFound, Reason: "there is no such file", Err: err}
}
