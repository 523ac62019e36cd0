package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/airlock-go/upload"
)

// progressPath is where pages watch their uploads, by the ids they chose.
const progressPath = "/progress/"

// newProgress answers with server-sent events of an upload, as JSON, until it has
// ended. Nobody signs in here, so whoever has the id may watch: pages make ids
// that nobody guesses. A real host passes the signed-in user as the subject.
func newProgress(p *upload.Progress) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), unhurriedTime)
		defer cancel()
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("X-Accel-Buffering", "no") // nginx would keep the events back
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
			w.WriteHeader(http.StatusNoContent) // which also tells a browser not to ask again
		}
	})
}
