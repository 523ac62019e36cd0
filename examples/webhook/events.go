package main

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"log"
	"net/http"
	"net/url"
	"strings"

	"github.com/airlock-go/upload"
)

// event has the fields that this program reads from the events of S3 servers. EventBridge has the
// key in detail.object.key instead.
type event struct {
	Records []struct {
		EventName string
		S3        struct{ Object struct{ Key string } }
	}
}

// events confirms the files that the bucket reports. A false report does no harm, since the ticket
// beside the file decides; the password only saves work. An answer of 5xx makes MinIO send the
// event again. Versitygw sends each event once and waits 3 s, so a confirmation continues after the
// end of its request.
func (s *site) events(w http.ResponseWriter, r *http.Request) {
	_, password, _ := r.BasicAuth()
	if s.password != "" && subtle.ConstantTimeCompare([]byte(password), []byte(s.password)) == 0 {
		http.Error(w, "The password is missing or wrong.", http.StatusUnauthorized)
		return
	}
	var e event
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(&e); err != nil {
		http.Error(w, "This is not an event.", http.StatusBadRequest)
		return
	}
	status := http.StatusNoContent
	for _, record := range e.Records {
		if !strings.Contains(record.EventName, "ObjectCreated:") {
			continue
		}
		key, err := url.QueryUnescape(record.S3.Object.Key) // S3 escapes the key as in a query
		if err == nil && !s.confirm(context.WithoutCancel(r.Context()), key) {
			status = http.StatusServiceUnavailable
		}
	}
	w.WriteHeader(status)
}

// confirm publishes the file that was sent under key, and reports whether its event need not come
// again. That is so, too, for a ticket, a published file and a file that was confirmed before.
func (s *site) confirm(ctx context.Context, key string) (done bool) {
	_, err := s.presigner.ConfirmStored(ctx, key, func(owner string, f upload.File) error { return s.add(ctx, owner, f) })
	var refused *upload.Error
	switch {
	case err == nil, errors.Is(err, upload.CodeBadTicket):
		return true
	case errors.As(err, &refused) && refused.Code.Status() < http.StatusInternalServerError:
		return true // the log has the reason; trying again would not help
	}
	log.Print("an event has to come again: ", err)
	return false
}
