package main

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"net/http"

	"github.com/airlock-go/upload"
)

// save runs after the picture is stored. It stores the square of the picture as a second file, and
// decides whether both stay.
func (a *app) save(w http.ResponseWriter, r *http.Request) {
	file := upload.Files(r.Context())[0]
	square, err := a.square(r.Context(), userOf(r), file)
	if err != nil {
		upload.Refuse(w, r, err) // removes the file
		return
	}
	kept := false
	previous, err := a.db.set(r.Context(), picture{
		User:        userOf(r),
		Key:         file.Key,
		Square:      square,
		Description: r.FormValue("description"),
		Private:     r.FormValue("private") != "",
	}, func(ctx context.Context) error {
		err := upload.Keep(ctx)
		kept = err == nil
		return err
	})
	if err != nil {
		if violates(err) {
			err = upload.Reject("bad_description", "A picture needs a description of 120 characters at most.")
		}
		if !kept { // else the commit may have worked
			a.delete(r.Context(), square)
		}
		upload.Refuse(w, r, err) // removes the file, unless it was kept
		return
	}
	// A row now refers to the files, whatever happens below. The previous ones are removed only
	// now: after a failure the row would still refer to them.
	a.delete(r.Context(), previous...)
	toPage(w, r, upload.Files(r.Context()), nil)
}

// remove deletes the picture of a user, with its square.
func (a *app) remove(w http.ResponseWriter, r *http.Request) {
	if userOf(r) == "" {
		http.Error(w, "sign in to change pictures", http.StatusUnauthorized)
		return
	}
	keys, err := a.db.remove(r.Context(), userOf(r))
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		slog.ErrorContext(r.Context(), "a picture was not removed", "error", err)
		http.Error(w, "the picture was not removed", http.StatusInternalServerError)
		return
	}
	if err == nil {
		a.delete(r.Context(), keys...)
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// delete removes files to which no row refers. The sweep removes those that are left.
func (a *app) delete(ctx context.Context, keys ...string) {
	for _, key := range keys {
		if err := a.store.Delete(context.WithoutCancel(ctx), key); err != nil {
			slog.ErrorContext(ctx, "a file is left in storage", "key", key, "error", err)
		}
	}
}

// find returns the file of a request for a picture, or an error if the caller may not have it. The
// key comes from the database, never from the request.
func (a *app) find(r *http.Request) (upload.Link, error) {
	if userOf(r) == "" {
		return upload.Link{}, upload.Reject(upload.CodeUnauthenticated, "Sign in to see pictures.")
	}
	p, err := a.db.find(r.Context(), r.PathValue("user"), userOf(r))
	if r.URL.Query().Has("whole") {
		return upload.Link{Key: p.Key}, err
	}
	return upload.Link{Key: p.Square}, err
}
