package upload_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"sync"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/uploadtest"
)

// csrf takes the place of a middleware that requires a token. It looks for the token in the header
// before it reads the form.
func csrf(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token := r.Header.Get("X-CSRF-Token")
		if token == "" {
			token = r.PostFormValue("csrf")
		}
		if !validToken(token) {
			http.Error(w, "wrong token", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func validToken(token string) bool { return token == "5ca1ab1e" }

// A middleware that reads the form leaves no files to the upload handler. Forms that have the token
// in a field are routed past it, and their handler looks at the token itself.
func Example_csrfToken() {
	h, err := upload.New(&memstore.Store{}, upload.Types("text/plain"), upload.AllowAnonymous, quiet())
	if err != nil {
		log.Fatal(err)
	}

	protected := http.NewServeMux() // all other routes
	mux := http.NewServeMux()
	mux.Handle("/", csrf(protected))
	mux.HandleFunc("POST /cv", func(w http.ResponseWriter, r *http.Request) {
		err := h.Handle(w, r, func(*upload.Tx) error {
			if !validToken(r.PostFormValue("csrf")) {
				return upload.Reject("bad_token", "The form is too old. Load the page again.")
			}
			return nil
		})
		if err == nil {
			w.WriteHeader(http.StatusNoContent)
		}
	})

	protected.Handle("POST /scripted", h) // by a page that sends the token in the header
	for _, r := range []*http.Request{
		post(new(form).text("csrf", "5ca1ab1e").file("file", "cv.txt", "hello").String()),
		post(new(form).text("csrf", "forged").file("file", "cv.txt", "hello").String()),
	} {
		r.URL.Path = "/cv"
		fmt.Println(r.URL.Path, statusOf(mux, r))
	}
	for _, inHeader := range []bool{true, false} {
		r := post(new(form).text("csrf", "5ca1ab1e").file("file", "cv.txt", "hello").String())
		r.URL.Path = "/scripted"
		if inHeader {
			r.Header.Set("X-CSRF-Token", "5ca1ab1e")
		}
		fmt.Println(r.URL.Path, statusOf(mux, r))
	}
	// Output:
	// /cv 204
	// /cv 422
	// /scripted 201
	// /scripted 500
}

// quiet returns options without a log.
func quiet() *upload.Options { return &upload.Options{Logger: slog.New(slog.DiscardHandler)} }

// statusOf returns the status with which h answers r.
func statusOf(h http.Handler, r *http.Request) int {
	a, err := uploadtest.Do(uploadtest.Client(h), r)
	if err != nil {
		log.Fatal(err)
	}
	return a.Status
}

type requestIDKey struct{}

// withRequestID adds the id of the request to each record of a slog.Handler.
type withRequestID struct{ slog.Handler }

func (h withRequestID) Handle(ctx context.Context, r slog.Record) error {
	if id, ok := ctx.Value(requestIDKey{}).(string); ok {
		r.AddAttrs(slog.String("request_id", id))
	}
	return h.Handler.Handle(ctx, r)
}

func (h withRequestID) WithAttrs(attrs []slog.Attr) slog.Handler {
	return withRequestID{h.Handler.WithAttrs(attrs)}
}

func (h withRequestID) WithGroup(name string) slog.Handler {
	return withRequestID{h.Handler.WithGroup(name)}
}

// The context of a request reaches the log. So a value that a middleware puts into the context can
// be part of each record.
func Example_requestID() {
	out := slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: onlyStable})

	h, err := upload.New(&memstore.Store{}, upload.Types("text/plain"), upload.AllowAnonymous, &upload.Options{
		Logger: slog.New(withRequestID{out}),
	})
	if err != nil {
		log.Fatal(err)
	}

	r := post(file("file", "page.html", "<html>"))
	r = r.WithContext(context.WithValue(r.Context(), requestIDKey{}, "7f3a")) // by a middleware
	statusOf(h, r)
	// Output: msg="upload: refused" code=type_not_allowed request_id=7f3a
}

// onlyStable keeps three attributes, which are the same in each run.
func onlyStable(_ []string, a slog.Attr) slog.Attr {
	switch a.Key {
	case slog.MessageKey, "code", "request_id":
		return a
	}
	return slog.Attr{}
}

// avatars takes the place of a table of users with the keys of their pictures.
type avatars struct {
	mu   sync.Mutex
	keys map[string]string
}

var errNoUser = upload.Reject("no_user", "There is no such user.")

// swap sets the key of a user's picture, and returns the former one.
func (a *avatars) swap(user, key string) (former string, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	former, ok := a.keys[user]
	if !ok {
		return "", errNoUser
	}
	a.keys[user] = key
	return former, nil
}

// A new file gets a new key. The former file is removed once the row has the new key. So the row
// leads to a file even if swap fails.
func Example_replace() {
	store, users := &memstore.Store{}, &avatars{keys: map[string]string{"ada": ""}}
	h, err := upload.New(store, upload.Types("text/plain"), upload.RequireSubject(signedIn), quiet())
	if err != nil {
		log.Fatal(err)
	}

	replace := func(w http.ResponseWriter, r *http.Request) {
		var former string
		err := h.Handle(w, r, func(tx *upload.Tx) error {
			user, err := signedIn(r)
			if err != nil {
				return upload.Reject(upload.CodeUnauthenticated, "Sign in again.") // a plain err is answered with 500
			}
			if err := tx.Commit(r.Context()); err != nil {
				return err
			}
			former, err = users.swap(user, tx.Files()[0].Key)
			return err // an error removes the new file
		})
		if err != nil {
			return // answered
		}
		if former != "" {
			ctx := context.WithoutCancel(r.Context())
			if err := store.Delete(ctx, former); err != nil { // a sweep finds it
				slog.WarnContext(ctx, "the former picture stays", "key", former, "error", err)
			}
		}
		w.WriteHeader(http.StatusNoContent)
	}

	for _, user := range []string{"ada", "ada", "nobody"} {
		r := post(file("file", "me.txt", "hello"))
		r.Header.Set("X-User", user)
		fmt.Println(user, statusOf(http.HandlerFunc(replace), r), len(store.Keys()), "file", store.Keys()[0] == users.keys["ada"])
	}
	// Output:
	// ada 204 1 file true
	// ada 204 1 file true
	// nobody 422 1 file true
}

type user struct{ id, role string }

// userOf takes the place of the host's sessions.
func userOf(r *http.Request) (user, error) {
	id, role, ok := strings.Cut(r.Header.Get("X-User"), "/")
	if !ok {
		return user{}, errors.New("no session")
	}
	return user{id, role}, nil
}

// An authorizer decides by role which files a caller may send, and where they are stored.
func Example_roles() {
	store := &memstore.Store{}

	manuals := upload.Documents(nil)
	authorize := func(r *http.Request) (*upload.Grant, error) {
		u, err := userOf(r)
		if err != nil {
			return nil, upload.Reject(upload.CodeUnauthenticated, "Sign in to upload.")
		}
		switch u.role {
		case "editor":
			return &upload.Grant{Subject: u.id, KeyPrefix: "manuals/", Policy: manuals, MaxFileSize: 50 << 20}, nil
		case "member":
			return &upload.Grant{Subject: u.id, KeyPrefix: "avatars/"}, nil // all else as the handler has it
		}
		return nil, upload.Reject(upload.CodeForbidden, "Only editors and members upload.")
	}
	h, err := upload.New(store, upload.Images(nil), authorize, quiet())
	if err != nil {
		log.Fatal(err)
	}

	for _, who := range []string{"ann/editor", "ben/member", "eve/guest", ""} {
		r := post(file("file", "manual.pdf", pdfBytes))
		r.Header.Set("X-User", who)
		fmt.Println(who, statusOf(h, r))
	}
	fmt.Println(strings.HasPrefix(store.Keys()[0], "manuals/"))
	// Output:
	// ann/editor 201
	// ben/member 415
	// eve/guest 403
	//  401
	// true
}
