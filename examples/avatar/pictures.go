package main

import (
	"context"
	"log/slog"
	"net/http"

	"github.com/airlock-go/upload"
)

// save runs when the picture is stored, and has the last word on it.
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
		upload.Refuse(w, r, err) // which removes the file, unless it was kept
		return
	}
	// A row refers to the file now, whatever happens below.
	if previous != "" {
		// Only now: had anything failed before, the row would still lead there.
		if err := a.store.Delete(context.WithoutCancel(r.Context()), previous); err != nil {
			slog.ErrorContext(r.Context(), "a picture that was replaced is left in storage", "key", previous, "error", err)
		}
	}
	toPage(w, r, upload.Files(r.Context()), nil)
}

// find says which file a request for a picture is about, and whether the caller
// may have it. The key comes from the database, never from the request.
func (a *app) find(r *http.Request) (upload.Link, error) {
	if userOf(r) == "" {
		return upload.Link{}, upload.Reject(upload.CodeUnauthenticated, "sign in to see pictures")
	}
	key, err := a.db.key(r.Context(), r.PathValue("user"), userOf(r))
	return upload.Link{Key: key}, err
}
