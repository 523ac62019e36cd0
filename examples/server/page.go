package main

import (
	"bytes"
	"embed"
	"html/template"
	"io/fs"
	"net/http"
	"strings"

	"github.com/airlock-go/upload/web"
)

//go:embed web
var files embed.FS

// modulePath is the path of the browser module.
const modulePath = "/upload-module/"

// page answers GET /.
type page struct {
	tmpl   *template.Template
	words  []*words
	limits limits
	ours   func(key string) bool
}

// limits are for the page, which shows them. That is a courtesy: the upload handler decides.
type limits struct {
	Accept      string // media types, in the form of the accept attribute
	Types       []string
	MaxFileSize int64
	MaxFiles    int
	MaxSize     int64 // of one file, by whichever door
	Direct      bool  // files may be sent to the storage directly
	Resumable   bool  // an upload that was cut off may be resumed
	MaxLarge    int64 // of one file that is sent in one of these ways
}

// Module returns the URL of the element's script, and Integrity its hash.
func (limits) Module() string    { return modulePath + web.Path("upload-files.js") }
func (limits) Integrity() string { return web.Integrity("upload-files.js") }

// view is the page in one language.
type view struct {
	*words
	limits
	Message *message
}

// Say returns a text of the page itself.
func (v view) Say(name string) string {
	large := v.Page["direct_large"]
	if v.Resumable {
		large = v.Page["resumable_large"]
	}
	text, _ := v.fill(v.Page[name], map[string]any{
		"types": v.list(v.limits.Types, "types", v.And), "files": v.MaxFiles, "large": large,
		"size": v.MaxFileSize, "max": v.MaxLarge,
	})
	return text
}

func newPage(cfg *config) (*page, error) {
	tmpl, err := template.ParseFS(files, "web/index.html")
	if err != nil {
		return nil, err
	}
	all, err := readWords()
	if err != nil {
		return nil, err
	}
	return &page{tmpl: tmpl, words: all, ours: cfg.ours, limits: limits{
		Accept:      strings.Join(cfg.types, ","),
		Types:       cfg.types,
		MaxFileSize: cfg.maxFileSize,
		MaxFiles:    cfg.maxFiles,
		MaxSize:     cfg.maxSize(),
		Direct:      cfg.direct,
		Resumable:   cfg.resumable,
		MaxLarge:    cfg.maxDirect,
	}}, nil
}

// maxSize is the most bytes of one file, by whichever door.
func (cfg *config) maxSize() int64 {
	if cfg.direct || cfg.resumable {
		return max(cfg.maxFileSize, cfg.maxDirect)
	}
	return cfg.maxFileSize
}

func (p *page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var b bytes.Buffer
	words := wordsFor(p.words, r)
	if err := p.tmpl.Execute(&b, view{words, p.limits, p.messageOf(words, r)}); err != nil {
		http.Error(w, "the page could not be rendered", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Vary", "Accept-Language")
	_, _ = w.Write(b.Bytes())
}

// static returns a handler of the page's own script, style and icon.
func static() (http.Handler, error) {
	public, err := fs.Sub(files, "web/static")
	if err != nil {
		return nil, err
	}
	serve := http.StripPrefix("/static/", http.FileServerFS(public))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-cache")
		serve.ServeHTTP(w, r)
	}), nil
}
