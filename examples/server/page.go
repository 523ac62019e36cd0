package main

import (
	"bytes"
	"embed"
	"html/template"
	"io/fs"
	"net/http"
	"strings"
)

//go:embed web
var web embed.FS

// page answers GET /.
type page struct {
	tmpl   *template.Template
	limits limits
	ours   func(key string) bool
}

// limits is what the page says and checks before it sends. That is a courtesy:
// the upload handler decides.
type limits struct {
	Accept      string // media types, as the accept attribute wants them
	Types       string // the same, for people
	MaxFileSize int64
	MaxSize     string // the same, for people
	MaxFiles    int
	Direct      bool // files may be sent to the storage directly
	MaxDirect   int64
	DirectSize  string // MaxDirect, for people
}

func newPage(cfg *config) (*page, error) {
	tmpl, err := template.ParseFS(web, "web/index.html")
	if err != nil {
		return nil, err
	}
	return &page{tmpl: tmpl, ours: cfg.ours, limits: limits{
		Accept:      strings.Join(cfg.types, ","),
		Types:       typeNames(cfg.types),
		MaxFileSize: cfg.maxFileSize,
		MaxSize:     byteSize(cfg.maxFileSize),
		MaxFiles:    cfg.maxFiles,
		Direct:      cfg.direct,
		MaxDirect:   cfg.maxDirect,
		DirectSize:  byteSize(cfg.maxDirect),
	}}, nil
}

func (p *page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var b bytes.Buffer
	err := p.tmpl.Execute(&b, struct {
		limits
		Message *message
	}{p.limits, p.messageOf(r)})
	if err != nil {
		http.Error(w, "the page could not be made", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(b.Bytes())
}

// static answers with the page's script, style and icon.
func static() (http.Handler, error) {
	files, err := fs.Sub(web, "web/static")
	if err != nil {
		return nil, err
	}
	serve := http.StripPrefix("/static/", http.FileServerFS(files))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-cache")
		serve.ServeHTTP(w, r)
	}), nil
}
