// Quickstart is the first program of the README: anybody may send pictures, which stay in memory.
//
//	go run -C examples ./quickstart
package main

import (
	"log"
	"net/http"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
)

func main() {
	uploads, err := upload.New(&memstore.Store{}, upload.Images(nil), upload.AllowAnonymous, nil)
	if err != nil {
		log.Fatal(err)
	}
	http.Handle("POST /upload", uploads)
	log.Fatal(http.ListenAndServe("localhost:8086", nil)) // in production, set ReadHeaderTimeout
}
