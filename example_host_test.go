package upload_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
)

// The next handler decides what becomes of the files: an error status removes them, and
// Keep makes them stay.
func ExampleHandler_Middleware() {
	store := &memstore.Store{}
	h, err := upload.New(store, upload.Types("text/plain"), upload.AllowAnonymous, quiet())
	if err != nil {
		log.Fatal(err)
	}
	insert, remove := func(string) error { return errors.New("the database is away") }, func(string) {}
	profile := h.Middleware(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		picture := upload.Files(r.Context())[0]
		if err := insert(picture.Key); err != nil {
			http.Error(w, "try again later", http.StatusInternalServerError) // removes the file
			return
		}
		if err := upload.Keep(r.Context()); err != nil { // such as after a timeout's 503
			remove(picture.Key)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	}))
	fmt.Println(statusOf(profile, post(file("file", "me.txt", "hello"))), len(store.Keys()), "files")
	// Output: 500 0 files
}

// Receive is for hosts that answer and commit themselves.
func ExampleHandler_Receive() {
	h, err := upload.New(&memstore.Store{}, upload.Types("text/plain"), upload.AllowAnonymous, quiet())
	if err != nil {
		log.Fatal(err)
	}
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		tx, err := h.Receive(w, r)
		if err != nil {
			h.RespondError(w, r, err)
			return
		}
		defer func() { _ = tx.Rollback() }() // does nothing after Commit
		if r.FormValue("accept") != "yes" {
			http.Error(w, "please accept the terms", http.StatusForbidden)
			return
		}
		if err := tx.Commit(context.WithoutCancel(r.Context())); err != nil {
			h.RespondError(w, r, err)
		}
	})
	fmt.Println(statusOf(handler, post(new(form).file("file", "a.txt", "hello").text("accept", "no").String())))
	fmt.Println(statusOf(handler, post(new(form).file("file", "a.txt", "hello").text("accept", "yes").String())))
	// Output:
	// 403
	// 200
}

// Handle publishes the files if the host's function returns nil.
func ExampleHandler_Handle() {
	h, err := upload.New(&memstore.Store{}, upload.Types("text/plain"), upload.AllowAnonymous, quiet())
	if err != nil {
		log.Fatal(err)
	}
	names := map[string]string{"ada": "a key"} // in place of a table
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		err := h.Handle(w, r, func(tx *upload.Tx) error {
			name := r.PostFormValue("name")
			if names[name] != "" {
				return upload.Reject("name_taken", "The name is taken.")
			}
			names[name] = tx.Files()[0].Key
			return nil
		})
		if err == nil { // Handle has answered errors
			w.WriteHeader(http.StatusNoContent)
		}
	})
	fmt.Println(statusOf(handler, post(new(form).file("file", "a.txt", "hello").text("name", "ada").String())))
	fmt.Println(statusOf(handler, post(new(form).file("file", "a.txt", "hello").text("name", "grace").String())))
	// Output:
	// 422
	// 204
}

// A handler after the middleware refuses with its own code and reason. The file is
// removed, and the log has one refusal.
func ExampleRefuse() {
	store := &memstore.Store{}
	h, err := upload.New(store, upload.Types("text/plain"), upload.AllowAnonymous, quiet())
	if err != nil {
		log.Fatal(err)
	}
	profile := h.Middleware(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.PostFormValue("name") == "" {
			upload.Refuse(w, r, &upload.Error{Code: "no_name", Field: "name", Reason: "A profile needs a name."})
			return
		}
		w.WriteHeader(http.StatusNoContent)
	}))

	fmt.Println(statusOf(profile, post(file("file", "me.txt", "hello"))), len(store.Keys()), "files")
	// Output: 422 0 files
}

// Undo removes published files when the host's own transaction fails after Commit.
func ExampleTx_Undo() {
	store := &memstore.Store{}
	h, err := upload.New(store, upload.Types("text/plain"), upload.AllowAnonymous, quiet())
	if err != nil {
		log.Fatal(err)
	}
	insert := func(upload.File) error { return errors.New("the database is away") }
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		tx, err := h.Receive(w, r)
		if err == nil {
			err = tx.Commit(r.Context())
		}
		if err != nil {
			h.RespondError(w, r, err)
			return
		}
		if err := insert(tx.Files()[0]); err != nil {
			_ = tx.Undo(r.Context()) // what it cannot remove is logged
			http.Error(w, "try again later", http.StatusInternalServerError)
		}
	})
	fmt.Println(statusOf(handler, post(file("file", "me.txt", "hello"))), len(store.Keys()), "files")
	// Output: 500 0 files
}
