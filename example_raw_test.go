package upload_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
)

// A client sends the file itself, as curl -T notes.txt http://localhost:8080/files/ does.
func ExampleHandler_Raw() {
	h, err := upload.New(&memstore.Store{}, upload.Types("text/plain"), upload.RequireSubject(signedIn), nil)
	if err != nil {
		log.Fatal(err)
	}
	raw, err := h.Raw("file", func(r *http.Request) string { return r.PathValue("name") })
	if err != nil {
		log.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("POST /upload", h)
	mux.Handle("PUT /files/{name}", raw)

	r := httptest.NewRequest(http.MethodPut, "/files/notes.txt", strings.NewReader("hello"))
	r.Header.Set("X-User", "alice")
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, r)
	fmt.Println(w.Code)
	// Output: 201
}

// An import stores what another service sends, by the rules for users.
func ExampleHandler_Store() {
	h, err := upload.New(&memstore.Store{}, upload.Types("text/plain"), upload.RequireSubject(signedIn), nil)
	if err != nil {
		log.Fatal(err)
	}
	attachment := strings.NewReader("hello") // such as a part of a mail
	saved, err := h.Store(context.Background(), &upload.Grant{Subject: "import"}, upload.File{Field: "file", Name: "notes.txt"}, attachment)
	var refused *upload.Error
	if errors.As(err, &refused) {
		fmt.Println(refused.Code) // and go on with the next one
		return
	}
	fmt.Println(saved.Type, saved.Size)
	// Output: text/plain 5
}

// A program judges a file on a disk.
func ExampleCheck() {
	path := "go.mod"
	f, err := os.Open(path)
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	_, err = upload.Check(context.Background(), upload.Images(nil), upload.File{Name: path}, 5<<20, f)
	fmt.Println(errors.Is(err, upload.CodeTypeNotAllowed))
	// Output: true
}
