// Quickstart is the program of the README: users who are signed in send
// pictures and PDFs into a private bucket.
package main

import (
	"context"
	"log"
	"net/http"
	"time"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/s3open"
	"github.com/airlock-go/upload/storage"
)

func main() {
	store, err := s3open.Open(context.Background(), "s3://my-uploads", nil)
	if err != nil {
		log.Fatal(err)
	}
	mux, err := newMux(store)
	if err != nil {
		log.Fatal(err)
	}
	srv := &http.Server{Addr: "127.0.0.1:8086", Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	log.Fatal(srv.ListenAndServe())
}

// newMux says where files go, what is accepted, and who may send it.
func newMux(store storage.Storage) (*http.ServeMux, error) {
	accept := upload.Any(upload.Images(nil), upload.Documents(nil))
	uploads, err := upload.New(store, accept, upload.RequireSubject(signedIn), &upload.Options{
		MaxFileSize: 10 << 20,
		Keys:        upload.BySubject(upload.RandomKeys()), // ada/1f0c….png
	})
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("POST /upload", uploads)
	return mux, nil
}

// sessions stands for yours.
var sessions = map[string]string{"Bearer 5ca1ab1e": "ada"}

// signedIn says who sends a request. Nobody, or an error, is answered with 401.
func signedIn(r *http.Request) (string, error) {
	return sessions[r.Header.Get("Authorization")], nil
}
