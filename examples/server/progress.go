package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/airlock-go/upload"
)

// progressPath is the path where pages watch their uploads, followed by the ids that they chose.
const progressPath = "/progress/"

// newProgress returns a handler that sends events of an upload, as JSON, until it has ended, or for
// ten minutes. There are no users here, so anyone who has the id may watch: pages make ids that
// nobody can guess. A real host passes the signed-in user as the subject.
func newProgress(p *upload.Progress) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), unhurriedTime)
		defer cancel()
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("X-Accel-Buffering", "no") // nginx would buffer the events
		flush := http.NewResponseController(w).Flush
		known := false
		for status := range p.Watch(ctx, "", r.PathValue("id"), time.Second/4) {
			known = true
			event, err := json.Marshal(status)
			if err != nil {
				return
			}
			h.Set("Content-Type", "text/event-stream")
			if _, err := fmt.Fprintf(w, "data: %s\n\n", event); err != nil || flush() != nil {
				return
			}
		}
		if !known {
			w.WriteHeader(http.StatusNoContent) // a browser then does not ask again
		}
	})
}
