// Chi takes a profile form in a chi router. The upload handler is a middleware, and a profile that
// cannot be saved also removes its picture. examples/applications has users and S3.
//
//	go run -C examples ./chi
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"sync"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/storage"
)

func main() {
	router, err := newRouter(&memstore.Store{}, &profiles{})
	if err != nil {
		log.Fatal(err)
	}
	srv := &http.Server{Addr: "127.0.0.1:8081", Handler: router, ReadHeaderTimeout: 10 * time.Second}
	fmt.Println("try: curl -F name=ada -F picture=@ada.png http://127.0.0.1:8081/profile")
	log.Fatal(srv.ListenAndServe())
}

func newRouter(store storage.Storage, p *profiles) (http.Handler, error) {
	form := upload.Form{"picture": {Accept: upload.Images(nil)}}
	uploads, err := upload.New(store, form, upload.AllowAnonymous, &upload.Options{
		Keys: upload.Prefix("pictures", upload.RandomKeys()),
	})
	if err != nil {
		return nil, err
	}
	r := chi.NewRouter()
	r.Use(middleware.RequestID, middleware.Recoverer) // middleware.Timeout would cut slow uploads
	r.With(uploads.Middleware).Post("/profile", p.save)
	return r, nil
}

// profiles stands in for the application's database.
type profiles struct {
	mu     sync.Mutex
	byName map[string]profile
}

type profile struct {
	Name    string `json:"name"`
	Picture string `json:"picture"` // the key in storage
}

// save runs when the picture is stored. Before Keep, a call of Refuse, a status of 400 or more, or
// a panic removes it again.
func (p *profiles) save(w http.ResponseWriter, r *http.Request) {
	saved := profile{Name: r.FormValue("name"), Picture: upload.Files(r.Context())[0].Key}
	if !p.insert(saved) {
		upload.Refuse(w, r, upload.Reject("name_taken", "The name is empty or taken."))
		return
	}
	// Keep fails after an answer of 400 or more, such as that of a handler between Middleware and save.
	if err := upload.Keep(r.Context()); err != nil {
		p.remove(saved)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusCreated)
	_ = json.NewEncoder(w).Encode(saved)
}

// insert saves a profile and returns true, unless its name is empty or taken.
func (p *profiles) insert(saved profile) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, taken := p.byName[saved.Name]; taken || saved.Name == "" {
		return false
	}
	if p.byName == nil {
		p.byName = map[string]profile{}
	}
	p.byName[saved.Name] = saved
	return true
}

func (p *profiles) remove(saved profile) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.byName, saved.Name)
}
