package main

import (
	"context"
	"crypto/rand"
	"database/sql"
	"embed"
	"encoding/json"
	"net/http"

	_ "modernc.org/sqlite"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/storage"
)

//go:embed web
var web embed.FS

// site is the application: visitors send pictures, and see the names of their own.
type site struct {
	db        *sql.DB
	presigner *upload.Presigner
	password  string // of events, "" for none
}

func newSite(store storage.Storage, db *sql.DB, secret []byte, password string) (*site, error) {
	h, err := upload.New(store, upload.Images(nil), upload.RequireSubject(visitor), &upload.Options{MaxFileSize: 32 << 20})
	if err != nil {
		return nil, err
	}
	p, err := upload.NewPresigner(h, [][]byte{secret}, &upload.PresignOptions{GrantStored: mayStill})
	return &site{db: db, presigner: p, password: password}, err
}

// mayStill returns the grant of a visitor for a confirmation by an event. An application looks up
// its user here, and refuses one who has been removed.
func mayStill(_ context.Context, subject string) (*upload.Grant, error) {
	return &upload.Grant{Subject: subject}, nil
}

func openDatabase(name string) *sql.DB {
	db := must(sql.Open("sqlite", name))
	db.SetMaxOpenConns(1) // each connection to :memory: would be a database of its own
	must(db.Exec(`CREATE TABLE IF NOT EXISTS files (
		key TEXT PRIMARY KEY, owner TEXT NOT NULL, name TEXT NOT NULL) STRICT`))
	return db
}

// add adds the row of a confirmed file. It may run again when the client, or another event,
// confirms the same file, so a key has one row.
func (s *site) add(ctx context.Context, owner string, f upload.File) error {
	_, err := s.db.ExecContext(ctx, `INSERT INTO files (key, owner, name) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`, f.Key, owner, f.Name)
	return err
}

func (s *site) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", page)
	mux.HandleFunc("GET /page.js", func(w http.ResponseWriter, r *http.Request) { http.ServeFileFS(w, r, web, "web/page.js") })
	mux.HandleFunc("GET /files", s.files)
	mux.Handle("POST /tickets/", s.presigner)
	mux.Handle("POST /tickets/confirm", s.presigner.ConfirmHandler(http.HandlerFunc(s.confirmed)))
	mux.HandleFunc("POST /events", s.events)
	return mux
}

// confirmed answers the client that confirms its own file.
func (s *site) confirmed(w http.ResponseWriter, r *http.Request) {
	owner, _ := visitor(r) // the authorizer has refused requests without a visitor
	file := upload.Files(r.Context())[0]
	if err := s.add(r.Context(), owner, file); err != nil {
		http.Error(w, "The row cannot be added.", http.StatusInternalServerError)
		return
	}
	upload.JSON(w, r, []upload.File{file}, nil)
}

// files answers with the names of the visitor's files.
func (s *site) files(w http.ResponseWriter, r *http.Request) {
	owner, _ := visitor(r)
	names := "[]"
	err := s.db.QueryRowContext(r.Context(), `SELECT json_group_array(name ORDER BY name) FROM files WHERE owner = ?`, owner).Scan(&names)
	if err != nil {
		http.Error(w, "The rows cannot be read.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(json.RawMessage(names))
}

// visitor returns the id in the cookie, or an error if there is none.
func visitor(r *http.Request) (string, error) {
	cookie, err := r.Cookie("visitor")
	if err != nil {
		return "", err
	}
	return cookie.Value, nil
}

// page answers with the page, and gives every new visitor an id that nobody can guess.
func page(w http.ResponseWriter, r *http.Request) {
	if _, err := visitor(r); err != nil {
		http.SetCookie(w, &http.Cookie{
			Name: "visitor", Value: rand.Text(), Path: "/",
			Secure: true, HttpOnly: true, SameSite: http.SameSiteStrictMode,
		})
	}
	http.ServeFileFS(w, r, web, "web/page.html")
}
