package main

import (
	"database/sql"
	"embed"
	"errors"
	"html/template"
	"log/slog"
	"net/http"
	"sync"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/limit"
	"github.com/airlock-go/upload/storage"
)

// store is a storage with lists, which the sweep reads.
type store interface {
	storage.Storage
	storage.Lister
}

type site struct {
	files    store
	db       *sql.DB
	sessions sync.Map // the latest of each user, by name
	uploads  *upload.Handler
}

func newSite(files store, db *sql.DB, accept upload.Validator) *site {
	s := &site{files: files, db: db}
	who := func(r *http.Request) (string, error) { return s.userOf(r).Name, nil }
	s.uploads = must(upload.New(files, accept, upload.RequireSubject(who), &upload.Options{
		TextFirst: []string{"name", "email", "message"}, CheckForm: checkText, Respond: s.page,
		Keys: upload.Prefix("applications", upload.BySubject(upload.RandomKeys())),
		// A user's limits: for an hour, and at once. One application has up to 14 MiB of files.
		Limiter: must(limit.New(limit.Limits{Requests: 20, Bytes: 100 << 20, Concurrent: 2}, nil)),
	}))
	return s
}

func (s *site) routes() http.Handler {
	r := chi.NewRouter()
	r.Use(middleware.SetHeader("Content-Security-Policy", "default-src 'none'; style-src 'self'; "+
		"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"))
	r.Use(middleware.SetHeader("X-Content-Type-Options", "nosniff"))
	r.Use(middleware.SetHeader("Cache-Control", "no-store"))
	r.Use(http.NewCrossOriginProtection().Handler) // which the forms without files need
	r.Get("/", func(w http.ResponseWriter, r *http.Request) { s.page(w, r, nil, nil) })
	r.Method("GET", "/web/style.css", http.FileServerFS(web))
	r.With(middleware.RequestSize(4<<10)).Post("/sign-in", s.signIn)
	r.Post("/sign-out", s.signOut)
	r.Post("/apply", s.apply)
	links := must(upload.NewLinks(s.files, &upload.LinksOptions{Proxy: true})) // fits any store
	r.Method("GET", "/files/*", links.Handler(s.find))
	r.Post("/delete/{id}", s.remove)
	return r
}

//go:embed web
var web embed.FS

var pages = template.Must(template.ParseFS(web, "web/page.html"))

// page shows what a user may see, and after a refusal its reason and the text that was read.
func (s *site) page(w http.ResponseWriter, r *http.Request, _ []upload.File, err error) {
	u, status, refused := s.userOf(r), http.StatusOK, (*upload.Error)(nil)
	if errors.As(err, &refused) {
		status = refused.Code.Status()
	}
	var all []application // the oldest hundred that the user may see
	err = s.db.QueryRowContext(r.Context(), `SELECT json_group_array(json_object('ID', id,
		'Name', name, 'Email', email, 'Message', message, 'Files', json(files))) FROM
		(SELECT * FROM applications WHERE applicant = ? OR ? ORDER BY id LIMIT 100)`,
		u.Name, u.Admin).Scan(asJSON{&all})
	if err != nil {
		slog.ErrorContext(r.Context(), "the applications could not be read", "error", err)
		http.Error(w, "Something went wrong. Try again later.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_ = pages.Execute(w, map[string]any{"User": u, "List": all, "Err": refused, "Text": r.PostForm})
}
