package upload_test

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/uploadtest"
)

// exampleT takes the place of the *testing.T of a test.
type exampleT struct{ testing.TB }

func (exampleT) Helper() {}

func (exampleT) Fatalf(format string, args ...any) { log.Fatalf(format, args...) }

// secrets take the place of those in an application's configuration. All instances of an
// application have the same secrets.
var secrets = [][]byte{make([]byte, 32)}

// A client sends a file straight to the storage, here one in memory that the same mux
// serves. The file is published when it is confirmed and has passed the checks.
func ExamplePresigner() {
	mux, store := http.NewServeMux(), &memstore.Store{}
	mux.Handle("/store/", store.Handler("/store/")) // a bucket has a server of its own
	h, err := upload.New(store, upload.Documents(nil), upload.AllowAnonymous, quiet())
	if err != nil {
		log.Fatal(err)
	}
	p, err := upload.NewPresigner(h, secrets, nil)
	if err != nil {
		log.Fatal(err)
	}
	mux.Handle("/tickets/", p)

	var t exampleT
	// PostDirect is a client that asks for a ticket, sends the file, and confirms it.
	answer := uploadtest.PostDirect(t, mux, "/tickets/", uploadtest.File("file", "notes.txt", "hello"))
	fmt.Println(answer.Status, answer.Files[0].Name, answer.Files[0].Type)
	answer = uploadtest.PostDirect(t, mux, "/tickets/", uploadtest.File("file", "notes.txt", "<html>"))
	fmt.Println(answer.Status, string(answer.Code))
	// Output:
	// 201 notes.txt text/plain
	// 415 type_mismatch
}

// The host saves what it needs of a confirmed file. Its handler may run again for the same
// file, so it goes by the key.
func ExamplePresigner_ConfirmHandler() {
	mux, store, rows := http.NewServeMux(), &memstore.Store{}, map[string]string{}
	mux.Handle("/store/", store.Handler("/store/"))
	h, err := upload.New(store, upload.Documents(nil), upload.AllowAnonymous, quiet())
	if err != nil {
		log.Fatal(err)
	}
	p, err := upload.NewPresigner(h, secrets, nil)
	if err != nil {
		log.Fatal(err)
	}
	mux.Handle("/tickets/", p)
	mux.Handle("POST /tickets/confirm", p.ConfirmHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		saved := upload.Files(r.Context())[0]
		rows[saved.Key] = saved.Name
		upload.JSON(w, r, []upload.File{saved}, nil)
	})))

	answer := uploadtest.PostDirect(exampleT{}, mux, "/tickets/", uploadtest.File("file", "notes.txt", "hello"))
	fmt.Println(answer.Status, rows[answer.Files[0].Key])
	// Output: 201 notes.txt
}

// A page was closed after it had sent its file. The event of the bucket brings the staging key, and
// the ticket beside the file says whose it is.
func ExamplePresigner_ConfirmStored() {
	mux, store := http.NewServeMux(), &memstore.Store{}
	mux.Handle("/store/", store.Handler("/store/"))
	h, err := upload.New(store, upload.Documents(nil), upload.RequireSubject(signedIn), quiet())
	if err != nil {
		log.Fatal(err)
	}
	p, err := upload.NewPresigner(h, secrets, &upload.PresignOptions{
		GrantStored: func(_ context.Context, user string) (*upload.Grant, error) {
			return &upload.Grant{Subject: user}, nil // after checking that the user may still upload
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	mux.Handle("/tickets/", p)
	staged := sendAndLeave(mux, store)

	_, err = p.ConfirmStored(context.Background(), staged, func(user string, f upload.File) error {
		fmt.Println(user, f.Name) // and in an application: the row, by f.Key
		return nil
	})
	fmt.Println(err)
	// Output:
	// ada notes.txt
	// <nil>
}

// sendAndLeave sends a file as ada, and returns its staging key.
func sendAndLeave(h http.Handler, store *memstore.Store) (key string) {
	t, page := exampleT{}, &uploadtest.Direct{Client: uploadtest.Client(h), URL: "/tickets/", Header: http.Header{"X-User": {"ada"}}}
	file := uploadtest.File("file", "notes.txt", "hello")
	ticket, _ := page.Sign(t, uploadtest.Declare(file))
	page.Send(t, ticket, file.Content)
	return store.Keys()[0]
}

// Only the host knows who may have which file, so its function resolves each request. The
// answer is the file, or without LinksOptions.Proxy a redirect to the storage.
func ExampleLinks() {
	store := &memstore.Store{}
	h, err := upload.New(store, upload.Documents(nil), upload.AllowAnonymous, quiet())
	if err != nil {
		log.Fatal(err)
	}
	links, err := upload.NewLinks(store, &upload.LinksOptions{Proxy: true, Logger: quiet().Logger})
	if err != nil {
		log.Fatal(err)
	}
	statusOf(h, post(file("file", "notes.txt", "hello")))
	download := links.Handler(func(r *http.Request) (upload.Link, error) {
		user, err := signedIn(r) // and in an application: whether the row is the user's
		return upload.Link{Key: store.Keys()[0], Subject: user}, err
	})

	for _, user := range []string{"ada", ""} {
		w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/files/1", nil)
		r.Header.Set("X-User", user)
		download.ServeHTTP(w, r)
		fmt.Println(w.Code, w.Header().Get("Content-Disposition"))
	}
	// Output:
	// 200 attachment; filename="notes.txt"
	// 404
}
