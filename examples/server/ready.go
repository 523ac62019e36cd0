package main

import (
	"context"
	"log/slog"
	"net/http"
	"time"
)

// readyTimeout must be less than the probe waits. In Kubernetes set timeoutSeconds, which is 1 by
// default, to 3.
const readyTimeout = 2 * time.Second

// pinger is a store that can be tried. Others count as ready.
type pinger interface {
	Ping(ctx context.Context) error
}

// newReady returns a handler that answers readiness probes: 204, or 503 while Ping fails.
// Only the log says why, since anybody can ask.
func newReady(store backend, log *slog.Logger) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		if p, ok := store.(pinger); ok {
			ctx, cancel := context.WithTimeout(r.Context(), readyTimeout)
			defer cancel()
			if err := p.Ping(ctx); err != nil {
				log.WarnContext(r.Context(), "not ready", "error", err)
				http.Error(w, "The storage cannot be used.", http.StatusServiceUnavailable)
				return
			}
		}
		w.WriteHeader(http.StatusNoContent)
	})
}
