package main

import (
	"context"
	"log/slog"
	"net/http"

	"github.com/airlock-go/upload"
)

// save runs after the picture is stored, and decides whether it stays.
func (a *app) save(w http.ResponseWriter, r *http.Request) {
	previous, err := a.db.set(r.Context(), picture{
		User:        userOf(r),
		Key:         upload.Files(r.Context())[0].Key,
		Description: r.FormValue("description"),
		Private:     r.FormValue("private") != "",
	}, upload.Keep)
	if err != nil {
		if violates(err) {
			err = upload.Reject("bad_description", "a picture needs a description of 120 characters at most")
		}
		upload.Refuse(w, r, err) // removes the file, unless it was kept
		return
	}
	// A row now refers to the file, whatever happens below.
	if previous != "" {
		// The previous picture is removed only now: after a failure the row would still refer to
		// it.
		if err := a.store.Delete(context.WithoutCancel(r.Context()), previous); err != nil {
			slog.ErrorContext(r.Context(), "a replaced picture is left in storage", "key", previous, "error", err)
		}
	}
	toPage(w, r, upload.Files(r.Context()), nil)
}

// find returns the file of a request for a picture, or an error if the caller may not have it. The
// key comes from the database, never from the request.
func (a *app) find(r *http.Request) (upload.Link, error) {
	if userOf(r) == "" {
		return upload.Link{}, upload.Reject(upload.CodeUnauthenticated, "sign in to see pictures")
	}
	key, err := a.db.key(r.Context(), r.PathValue("user"), userOf(r))
	return upload.Link{Key: key}, err
}
