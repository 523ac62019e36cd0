package memstore_test

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/uploadtest"
)

// The zero value is ready for streamed uploads.
func ExampleStore() {
	store := &memstore.Store{}
	h, err := upload.New(store, upload.Images(nil), upload.AllowAnonymous, nil)
	if err != nil {
		log.Fatal(err)
	}
	picture := uploadtest.File("file", "cat.png", uploadtest.PNG(5000))
	answer, err := uploadtest.Do(uploadtest.Client(h), uploadtest.NewRequest("/upload", picture))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(answer.Status, len(store.Keys()), store.Used())
	// Output: 201 1 5000
}

// Links and direct uploads lead to a handler of the store. With S3 they lead to the bucket.
func ExampleStore_Handler() {
	mux, store := http.NewServeMux(), &memstore.Store{}
	mux.Handle("/memstore/", store.Handler("/memstore/"))
	h, err := upload.New(store, upload.Images(nil), upload.AllowAnonymous, nil)
	if err != nil {
		log.Fatal(err)
	}
	links, err := upload.NewLinks(store, nil)
	if err != nil {
		log.Fatal(err)
	}
	picture := uploadtest.File("file", "cat.png", uploadtest.PNG(5000))
	if _, err := uploadtest.Do(uploadtest.Client(h), uploadtest.NewRequest("/upload", picture)); err != nil {
		log.Fatal(err)
	}
	url, err := links.URL(context.Background(), upload.Link{Key: store.Keys()[0]})
	if err != nil {
		log.Fatal(err)
	}
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, httptest.NewRequest(http.MethodGet, url, nil))
	fmt.Println(w.Code, w.Header().Get("Content-Type"))
	// Output: 200 image/png
}
