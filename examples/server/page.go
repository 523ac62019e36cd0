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
	words  []*words
	limits limits
	ours   func(key string) bool
}

// limits are shown by the page, which also checks them before it sends. That is a courtesy: the
// upload handler decides.
type limits struct {
	Accept      string // media types, in the form of the accept attribute
	Types       []string
	MaxFileSize int64
	MaxFiles    int
	Direct      bool // files may be sent to the storage directly
	MaxDirect   int64
}

// view is the page in one language.
type view struct {
	*words
	limits
	Message *message
}

// Say returns a text of the page itself.
func (v view) Say(name string) string {
	text, _ := v.fill(v.Page[name], map[string]any{
		"types": v.list(v.limits.Types, "types", v.And), "size": v.MaxFileSize, "direct": v.MaxDirect, "files": v.MaxFiles,
	})
	return text
}

func newPage(cfg *config) (*page, error) {
	tmpl, err := template.ParseFS(web, "web/index.html")
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
		Direct:      cfg.direct,
		MaxDirect:   cfg.maxDirect,
	}}, nil
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
