package main

import (
	"context"
	"log/slog"
	"net/http"

	"github.com/rs/cors"

	"github.com/airlock-go/upload"
)

// site is what the server serves.
type site struct {
	uploads *upload.Handler
	handler http.Handler // all of it
	log     *slog.Logger
}

func newSite(ctx context.Context, cfg *config, log *slog.Logger) (*site, error) {
	store, err := newStore(ctx, cfg, log)
	if err != nil {
		return nil, err
	}
	uploads, err := newUploads(cfg, store, log)
	if err != nil {
		return nil, err
	}
	handler, err := newMux(cfg, uploads)
	if err != nil {
		return nil, err
	}
	return &site{uploads: uploads, handler: handler, log: log}, nil
}

// newUploads makes the one handler behind both doors: they share its policy
// and its limits, and only the answers differ.
func newUploads(cfg *config, store upload.Storage, log *slog.Logger) (*upload.Handler, error) {
	keys := upload.RandomKeys()
	if cfg.prefix != "" {
		keys = upload.Prefix(cfg.prefix, keys)
	}
	// AllowAnonymous suits a demonstration. A real host returns a Grant for the
	// signed-in user here.
	return upload.New(store, cfg.policy, upload.AllowAnonymous, &upload.Options{
		MaxFileSize: cfg.maxFileSize,
		MaxFiles:    cfg.maxFiles,
		Keys:        keys,
		CrossOrigin: cfg.protection,
		Respond:     respond,
		Logger:      log,
	})
}

var backToPage = upload.SeeOther("/")

const (
	uploadPath = "/upload"
	formPath   = "/form"
)

// respond answers the plain form with a redirect to the page, so that a reload
// does not send the files again, and everything else with JSON.
func respond(w http.ResponseWriter, r *http.Request, files []upload.File, err error) {
	if r.URL.Path == formPath {
		backToPage(w, r, files, err)
		return
	}
	upload.JSON(w, r, files, err)
}

// newMux routes everything the server answers.
func newMux(cfg *config, uploads http.Handler) (http.Handler, error) {
	p, err := newPage(cfg)
	if err != nil {
		return nil, err
	}
	assets, err := static()
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("GET /{$}", p)
	mux.Handle("GET /static/{name}", assets)
	mux.Handle("POST "+formPath, uploads)
	mux.Handle(uploadPath, allowOrigin(cfg.corsOrigin, uploads))
	if cfg.debug {
		mux.HandleFunc("GET /__debug", debug)
	}
	return secure(mux), nil
}

// allowOrigin lets pages of one other origin read the answers of next. That
// they may send at all is decided by Options.CrossOrigin, which trusts the
// same origin.
func allowOrigin(origin string, next http.Handler) http.Handler {
	if origin == "" {
		return next
	}
	return cors.New(cors.Options{
		AllowOriginFunc: func(o string) bool { return o == origin }, // exact: AllowedOrigins has wildcards
		AllowedMethods:  []string{http.MethodPost},
		ExposedHeaders:  []string{"Retry-After"},
	}).Handler(next)
}

// secure sets the headers that every answer should have.
func secure(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; "+
			"img-src 'self' blob:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		// Not no-referrer: forms would be sent with "Origin: null", and the plain
		// form would look as if it came from elsewhere.
		h.Set("Referrer-Policy", "same-origin")
		next.ServeHTTP(w, r)
	})
}
