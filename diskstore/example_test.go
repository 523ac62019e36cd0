package diskstore_test

import (
	"fmt"
	"log"
	"os"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/diskstore"
	"github.com/airlock-go/upload/uploadtest"
)

// Files lie in a directory, and links pass their bytes through the process.
func ExampleOpen() {
	dir, err := os.MkdirTemp("", "uploads") // in an application: a directory that stays
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	store, err := diskstore.Open(dir)
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	h, err := upload.New(store, upload.Images(nil), upload.AllowAnonymous, nil)
	if err != nil {
		log.Fatal(err)
	}
	// To download: upload.NewLinks(store, &upload.LinksOptions{Proxy: true})

	picture := uploadtest.File("file", "cat.png", uploadtest.PNG(0))
	answer, err := uploadtest.Do(uploadtest.Client(h), uploadtest.NewRequest("/upload", picture))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(answer.Status)
	// Output: 201
}
