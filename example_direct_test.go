package upload_test

import (
	"crypto/rand"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
)

// A client sends a file straight to the storage, here one in memory that listens
// on the same server, and the application hands it out by a link.
func ExampleNewPresigner() {
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	defer server.Close()

	store := &memstore.Store{}
	mux.Handle("/store/", store.Handler(server.URL+"/store/"))
	h, err := upload.New(store, upload.Documents(nil), upload.AllowAnonymous, &upload.Options{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		log.Fatal(err)
	}
	secret := make([]byte, 32) // in an application: from its configuration, the same for all instances
	rand.Read(secret)
	p, err := upload.NewPresigner(h, [][]byte{secret}, nil)
	if err != nil {
		log.Fatal(err)
	}
	links, err := upload.NewLinks(store, nil)
	if err != nil {
		log.Fatal(err)
	}
	mux.Handle("/tickets/", p) // what clients call; here it is called by hand

	r := httptest.NewRequest(http.MethodPost, "/tickets/", nil)
	ticket, err := p.Sign(r, upload.Declaration{Field: "file", Name: "notes.txt", Size: 5})
	if err != nil {
		log.Fatal(err)
	}
	put, err := http.NewRequest(ticket.Method, ticket.URL, strings.NewReader("hello"))
	if err != nil {
		log.Fatal(err)
	}
	for name, value := range ticket.Headers {
		put.Header.Set(name, value)
	}
	resp, err := http.DefaultClient.Do(put)
	if err != nil {
		log.Fatal(err)
	}
	_ = resp.Body.Close()

	file, err := p.Confirm(httptest.NewRecorder(), r, ticket.Token, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(file.Name, file.Type, file.Size)

	url, err := links.URL(r.Context(), upload.Link{Key: file.Key})
	if err != nil {
		log.Fatal(err)
	}
	resp, err = http.Get(url)
	if err != nil {
		log.Fatal(err)
	}
	_ = resp.Body.Close()
	fmt.Println(resp.Status, resp.Header.Get("Content-Disposition"))
	// Output:
	// notes.txt text/plain 5
	// 200 OK attachment; filename="notes.txt"
}
