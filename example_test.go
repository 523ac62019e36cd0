package upload_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
)

// signedIn stands for the host's own session handling.
func signedIn(r *http.Request) (string, error) {
	if user := r.Header.Get("X-User"); user != "" {
		return user, nil
	}
	return "", errors.New("no session")
}

func Example() {
	h, err := upload.New(&memstore.Store{}, upload.Types("image/png", "text/plain"), upload.RequireSubject(signedIn), nil)
	if err != nil {
		log.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("POST /upload", h)

	r := post(file("file", "page.png", "<html>"))
	r.Header.Set("X-User", "alice")
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, r)
	var problem struct{ Code, Detail string }
	_ = json.Unmarshal(w.Body.Bytes(), &problem)
	fmt.Println(w.Code, problem.Code)
	fmt.Println(problem.Detail)
	// Output:
	// 415 type_not_allowed
	// HTML files are not accepted. Send PNG or plain text (.txt).
}

// A handler behind the middleware owns the outcome: an error status removes the
// files, Keep makes them stay.
func ExampleHandler_Middleware() {
	store := &memstore.Store{}
	h, err := upload.New(store, upload.Types("text/plain"), upload.AllowAnonymous, nil)
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
		if err := upload.Keep(r.Context()); err != nil { // answered already, as by a timeout
			remove(picture.Key)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	}))

	w := httptest.NewRecorder()
	profile.ServeHTTP(w, post(file("file", "me.txt", "hello")))
	fmt.Println(w.Code, len(store.Keys()), "files")
	// Output: 500 0 files
}

// Receive is for hosts that answer themselves, such as gin or echo handlers.
func ExampleHandler_Receive() {
	store := &memstore.Store{}
	h, err := upload.New(store, upload.Types("text/plain"), upload.AllowAnonymous, nil)
	if err != nil {
		log.Fatal(err)
	}
	handler := func(w http.ResponseWriter, r *http.Request) {
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
			return
		}
		_, _ = fmt.Fprintln(w, "stored", tx.Files()[0].Name)
	}

	for _, accept := range []string{"no", "yes"} {
		w := httptest.NewRecorder()
		handler(w, post(new(form).file("file", "a.txt", "hello").text("accept", accept).String()))
		fmt.Println(w.Code, len(store.Keys()))
	}
	// Output:
	// 403 0
	// 200 1
}

// Handle publishes files when a function of the host's agrees.
func ExampleHandler_Handle() {
	store := &memstore.Store{}
	h, err := upload.New(store, upload.Types("text/plain"), upload.AllowAnonymous, quiet())
	if err != nil {
		log.Fatal(err)
	}
	names := map[string]string{"ada": "a key"} // stands for a table
	handler := func(w http.ResponseWriter, r *http.Request) {
		name := ""
		err := h.Handle(w, r, func(tx *upload.Tx) error {
			name = r.PostFormValue("name")
			if names[name] != "" {
				return upload.Reject("name_taken", "The name is taken.")
			}
			names[name] = tx.Files()[0].Key
			return nil
		})
		if err == nil { // a refusal was answered
			_, _ = fmt.Fprintln(w, "stored for", name)
		}
	}

	for _, name := range []string{"ada", "grace"} {
		w := httptest.NewRecorder()
		handler(w, post(new(form).file("file", "a.txt", "hello").text("name", name).String()))
		fmt.Println(w.Code, len(store.Keys()))
	}
	// Output:
	// 422 0
	// 200 1
}

// A handler after the middleware refuses with a code and a reason of its own. The file
// is removed, and the log has one refusal.
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

// A validator that looks at more than the head returns an Observer.
func ExampleValidator() {
	noSecrets := upload.ValidatorFunc(func(_ context.Context, in *upload.Incoming) error {
		if in.Name == "id_rsa.txt" {
			return upload.Reject("secret", "this looks like a private key")
		}
		return nil
	})
	policy := upload.All(
		upload.Types("text/plain", "image/png"),
		upload.ForType(map[string]upload.Validator{
			"text/plain": upload.All(noSecrets, upload.MaxSize(64<<10)),
			"image/png":  upload.MaxSize(2 << 20),
		}),
	)
	h, err := upload.New(&memstore.Store{}, policy, upload.AllowAnonymous, nil)
	if err != nil {
		log.Fatal(err)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, post(file("file", "id_rsa.txt", "-----BEGIN")))
	fmt.Println(w.Code)
	// Output: 422
}

// Each field has its own rules. What the text says is judged before any file is read.
func ExampleForm() {
	fields := upload.Form{
		"cv":          {Accept: upload.Documents(nil)},
		"certificate": {Accept: upload.Images(nil), MaxSize: 3 << 20, MaxFiles: 3, Optional: true},
	}
	h, err := upload.New(&memstore.Store{}, fields, upload.AllowAnonymous, &upload.Options{
		TextFirst: []string{"name"},
		CheckForm: func(_ context.Context, text url.Values) error {
			if text.Get("name") == "" {
				return upload.Reject("no_name", "please tell us your name")
			}
			return nil
		},
		Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, name := range []string{"", "Ada"} {
		_, err := h.Receive(httptest.NewRecorder(), post(new(form).text("name", name).file("certificate", "", "").String()))
		fmt.Println(err)
	}
	// Output:
	// upload: no_name: please tell us your name
	// upload: missing_file: Please choose a file
}

func ExampleSeeOther() {
	h, err := upload.New(&memstore.Store{}, upload.Types("text/plain"), upload.AllowAnonymous,
		&upload.Options{Respond: upload.SeeOther("/")})
	if err != nil {
		log.Fatal(err)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, post(file("file", "a.txt", "hello")))
	fmt.Println(w.Code, w.Header().Get("Location"))
	// Output: 303 /?uploaded=1
}
