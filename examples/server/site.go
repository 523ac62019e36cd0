package main

import (
	"context"
	"log/slog"
	"net/http"
	"strings"

	"github.com/rs/cors"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/limit"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/storage"
	"github.com/airlock-go/upload/uppy"
	"github.com/airlock-go/upload/web"
)

// site is the handler of the server, with its setup.
type site struct {
	uploads *upload.Handler
	handler http.Handler                                      // all of it
	setup   func(ctx context.Context, origins []string) error // nil if there is none
	log     *slog.Logger
}

func newSite(ctx context.Context, cfg *config, store backend, log *slog.Logger) (*site, error) {
	progress := &upload.Progress{}
	uploads, err := newUploads(cfg, store, progress, log)
	if err != nil {
		return nil, err
	}
	mux, err := newMux(cfg, uploads, store, progress, log)
	if err != nil {
		return nil, err
	}
	elsewhere, err := origin(ctx, store)
	if err != nil {
		return nil, err
	}
	return &site{uploads: uploads, handler: secure(elsewhere, mux), log: log}, nil
}

// newUploads returns the one handler of all ways to upload. They share its policy and its limiter;
// the largest sizes and the answers differ.
func newUploads(cfg *config, store storage.Storage, progress *upload.Progress, log *slog.Logger) (*upload.Handler, error) {
	limiter, err := limit.New(limit.Limits{Files: cfg.perHour}, nil)
	if err != nil {
		return nil, err
	}
	text, err := textOf()
	if err != nil {
		return nil, err
	}
	// AllowAnonymous suits a demonstration. A real host returns a Grant for the signed-in user
	// here.
	form := upload.Form{"file": {Accept: cfg.policy, MaxFiles: cfg.maxFiles}}
	return upload.New(store, form, upload.AllowAnonymous, &upload.Options{
		MaxFileSize: cfg.maxFileSize,
		Keys:        upload.Prefix(cfg.prefix, upload.RandomKeys()),
		CrossOrigin: cfg.protection,
		Limiter:     limiter,
		Respond:     respond,
		Text:        text,
		Logger:      log,
		Progress:    progress,
	})
}

const (
	uploadPath = "/upload"
	formPath   = "/form"
	memoryPath = "/memstore/"
)

// respond answers the plain form with a redirect to the page, so that a reload does not send the
// files again. Everything else gets JSON.
func respond(w http.ResponseWriter, r *http.Request, files []upload.File, err error) {
	if r.URL.Path == formPath {
		upload.SeeOther(pageOf(files))(w, r, files, err)
		return
	}
	upload.JSON(w, r, files, err)
}

func newMux(cfg *config, uploads *upload.Handler, store backend, progress *upload.Progress, log *slog.Logger) (*http.ServeMux, error) {
	p, err := newPage(cfg)
	if err != nil {
		return nil, err
	}
	assets, err := static()
	if err != nil {
		return nil, err
	}
	text, err := textOf()
	if err != nil {
		return nil, err
	}
	links, err := upload.NewLinks(store, &upload.LinksOptions{Proxy: cfg.dir != "", Logger: log, Text: text})
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("GET /{$}", p)
	mux.Handle("GET /static/{name}", assets)
	mux.Handle("GET /readyz", newReady(store, log))
	mux.Handle("GET "+modulePath, web.Handler())
	mux.Handle("POST "+formPath, uploads)
	mux.Handle(uploadPath, allowOrigin(cfg.corsOrigin, uploads))
	mux.Handle("GET "+progressPath+"{id}", unhurried(newProgress(progress)))
	mux.Handle("GET "+filesPath+"{key...}", newFiles(cfg, links))
	if m, ok := store.(*memstore.Store); ok {
		mux.Handle(memoryPath, unhurried(m.Handler(memoryPath)))
	}
	if cfg.debug {
		mux.HandleFunc("GET /__debug", debug)
	}
	if cfg.resumable {
		if err := resumableRoutes(mux, cfg, uploads); err != nil {
			return nil, err
		}
	}
	if !cfg.direct {
		return mux, nil
	}
	return mux, directRoutes(mux, cfg, uploads)
}

// directRoutes adds the routes of direct uploads.
func directRoutes(mux *http.ServeMux, cfg *config, uploads *upload.Handler) error {
	presigner, err := newPresigner(cfg, uploads)
	if err != nil {
		return err
	}
	companion, err := uppy.New(presigner, &uppy.Options{
		Location: func(f upload.File) string { return filePath(f.Key) },
	})
	if err != nil {
		return err
	}
	mux.Handle(ticketsPath, unhurried(allowOrigin(cfg.corsOrigin, presigner)))
	mux.Handle(uppyPath, unhurried(allowOrigin(cfg.corsOrigin, companion)))
	return nil
}

// allowOrigin allows pages of one other origin to read the answers of next. Options.CrossOrigin,
// which trusts that origin too, decides whether they may send.
func allowOrigin(origin string, next http.Handler) http.Handler {
	if origin == "" {
		return next
	}
	return cors.New(cors.Options{
		AllowOriginFunc: func(o string) bool { return o == origin }, // exact: AllowedOrigins has wildcards
		AllowedMethods:  []string{http.MethodGet, http.MethodPost, http.MethodDelete},
		AllowedHeaders:  []string{"Content-Type", "Upload-Id"},
		ExposedHeaders:  []string{"Retry-After"},
	}).Handler(next)
}

// secure sets the headers that every answer should have. The page sends files to this server and to
// storage, and shows pictures from both.
func secure(origin string, next http.Handler) http.Handler {
	sources := strings.TrimSpace("'self' " + origin)
	policy := "default-src 'none'; script-src 'self'; style-src 'self'; img-src " + sources + " blob:; connect-src " + sources +
		"; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		// Not no-referrer: browsers would send the plain form with "Origin: null", which looks
		// cross-origin where they send no Sec-Fetch-Site.
		h.Set("Referrer-Policy", "same-origin")
		next.ServeHTTP(w, r)
	})
}
