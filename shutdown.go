package upload

import (
	"context"
	"errors"
	"time"
)

var errShutdown = &Error{Code: CodeShutdown, Reason: "the server is stopping; try again shortly"}

// Shutdown refuses new uploads with [CodeShutdown], and lets those under way
// finish until ctx ends. Then it cuts them, which refuses them with the same
// code, waits until what they staged was removed, and returns ctx's error. Call
// it before http.Server.Shutdown, which would wait for slow uploads for ever.
//
// It does not wait for a host's handler that received files and neither commits
// nor rolls back for longer than [Options.CommitTimeout] and twice
// [Options.CleanupTimeout]: the error then says that uploads are left. It may be called more than once.
func (h *Handler) Shutdown(ctx context.Context) error {
	idle := h.closeDoor()
	select {
	case <-idle:
		return nil
	case <-ctx.Done():
	}
	h.cut()
	timer := time.NewTimer(h.opts.CommitTimeout + 2*h.opts.CleanupTimeout)
	defer timer.Stop()
	select {
	case <-idle:
		return ctx.Err()
	case <-timer.C:
		return errors.New("upload: Shutdown left uploads behind that do not end")
	}
}

func (h *Handler) closeDoor() (idle <-chan struct{}) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.closing {
		h.closing, h.idle = true, make(chan struct{})
		if len(h.active) == 0 {
			close(h.idle)
		}
	}
	return h.idle
}

func (h *Handler) cut() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for q := range h.active {
		q.cancel(errShutdown)
		if q.body != nil {
			q.body.cut(errShutdown, false)
		}
	}
}

// enter lets a request in unless the handler is closing.
func (h *Handler) enter(q *request) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.closing {
		h.active[q] = struct{}{}
	}
	return !h.closing
}

// reenter lets Shutdown, unless it is through, wait for an upload that is being
// undone.
func (h *Handler) reenter(q *request) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.closing || len(h.active) > 0 {
		h.active[q] = struct{}{}
	}
}

func (h *Handler) leave(q *request) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, ok := h.active[q]; !ok {
		return
	}
	delete(h.active, q)
	if h.closing && len(h.active) == 0 {
		close(h.idle)
	}
}
