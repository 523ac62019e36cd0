// Avatar is a complete application for profile pictures: signed-in users have a picture, and a
// database holds its key and decides who may see it.
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
)

func main() {
	// Rows and files are in memory, so that they end together. A real host has an s3store and a
	// database on disk. Then change the store's type, and drop the route /memstore/. Add the
	// bucket's origin to img-src in the function secure: browsers apply img-src to the target of a
	// link's redirect, too.
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

// app is the application with its pictures.
type app struct {
	store    *memstore.Store
	db       *database
	uploads  *upload.Handler
	decoding chan struct{} // a slot for each picture that is decoded
}

func newApp(store *memstore.Store, db *database) (http.Handler, error) {
	// Pixels are decoded, so there may be fewer than Images accepts by default. Data of
	// a phone's owner in a picture, such as the place, is blanked by default.
	still := upload.Images(&upload.ImageOptions{MaxPixels: 16 << 20, MaxFrames: 1})
	form := upload.Form{"picture": {Accept: still, MaxSize: 8 << 20}}
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
	a := &app{store: store, db: db, uploads: uploads, decoding: make(chan struct{}, 2)}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", a.page)
	mux.HandleFunc("GET /style.css", style)
	mux.Handle("POST /picture", uploads.Middleware(http.HandlerFunc(a.save)))
	mux.Handle("POST /picture/remove", http.NewCrossOriginProtection().Handler(http.HandlerFunc(a.remove)))
	mux.Handle("GET /pictures/{user}", links.Handler(a.find))
	mux.Handle("/memstore/", store.Handler("/memstore/"))
	return secure(signIn(mux)), nil
}

// toPage answers a form with a redirect to the page. A user who is not signed in gets a 401, for
// which the browser asks for a password.
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
