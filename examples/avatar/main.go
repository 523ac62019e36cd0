// Avatar is the classic scenario whole: signed-in users have a picture, its key
// is in a database, and who may see it is asked there.
//
//	go run -C examples ./avatar
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"time"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/storage"
)

func main() {
	// Both are in memory, so that neither outlives the other. A real host has an
	// s3store and a database on a disk.
	db, err := openDatabase(":memory:")
	if err != nil {
		log.Fatal(err)
	}
	store := &memstore.Store{}
	handler, err := newApp(store, db)
	if err != nil {
		log.Fatal(err)
	}
	sweeper, err := newSweeper(store, db)
	if err != nil {
		log.Fatal(err)
	}
	go sweepDaily(context.Background(), sweeper)
	srv := &http.Server{Addr: "127.0.0.1:8083", Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	fmt.Println("open http://127.0.0.1:8083 as ada with the password lovelace, in another browser as grace with hopper")
	log.Fatal(srv.ListenAndServe())
}

// app is the application around its pictures.
type app struct {
	store storage.Storage
	db    *database
}

func newApp(store *memstore.Store, db *database) (http.Handler, error) {
	a := &app{store: store, db: db}
	form := upload.Form{"picture": {Accept: upload.Images(nil), MaxSize: 2 << 20}}
	uploads, err := upload.New(store, form, upload.RequireSubject(signedIn), &upload.Options{
		Keys:    upload.Prefix("pictures", upload.BySubject(upload.RandomKeys())), // pictures/ada/1f0c….png
		Respond: toPage,
	})
	if err != nil {
		return nil, err
	}
	links, err := upload.NewLinks(store, &upload.LinksOptions{Expires: time.Minute})
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", a.page)
	mux.HandleFunc("GET /style.css", style)
	mux.Handle("POST /picture", uploads.Middleware(http.HandlerFunc(a.save)))
	mux.Handle("GET /pictures/{user}", links.Handler(a.find))
	mux.Handle("/memstore/", store.Handler("/memstore/"))
	return secure(signIn(mux)), nil
}

// toPage answers a form: with the page or, to who is not signed in, with a 401,
// which makes the browser ask for a password.
func toPage(w http.ResponseWriter, r *http.Request, files []upload.File, err error) {
	if errors.Is(err, upload.CodeUnauthenticated) {
		upload.JSON(w, r, files, err)
		return
	}
	upload.SeeOther("/")(w, r, files, err)
}

// secure sets the headers that every answer should have.
func secure(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; img-src 'self'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		next.ServeHTTP(w, r)
	})
}
