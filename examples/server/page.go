package main

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"strconv"
	"strings"
)

//go:embed web
var web embed.FS

// page answers GET /.
type page struct {
	tmpl   *template.Template
	limits limits
}

// limits is what the page says and checks before it sends. That is a courtesy:
// the upload handler decides.
type limits struct {
	Accept      string // media types, as the accept attribute wants them
	Types       string // the same, for people
	MaxFileSize int64
	MaxSize     string // the same, for people
	MaxFiles    int
}

func newPage(cfg *config) (*page, error) {
	tmpl, err := template.ParseFS(web, "web/index.html")
	if err != nil {
		return nil, err
	}
	return &page{tmpl: tmpl, limits: limits{
		Accept:      strings.Join(cfg.types, ","),
		Types:       typeNames(cfg.types),
		MaxFileSize: cfg.maxFileSize,
		MaxSize:     byteSize(cfg.maxFileSize),
		MaxFiles:    cfg.maxFiles,
	}}, nil
}

func (p *page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var b bytes.Buffer
	err := p.tmpl.Execute(&b, struct {
		limits
		Message *message
	}{p.limits, messageOf(r)})
	if err != nil {
		http.Error(w, "the page could not be made", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(b.Bytes())
}

// message is what the redirect after the plain form says.
type message struct {
	Refused bool
	Text    string
}

// messageOf reads the query that upload.SeeOther made. Anyone can write such a
// link: its words are escaped like any text, cut, and not shown at all when the
// link stands on another site.
func messageOf(r *http.Request) *message {
	q := r.URL.Query()
	switch {
	case r.Header.Get("Sec-Fetch-Site") == "cross-site":
		return nil
	case q.Get("error") != "":
		reason := q.Get("reason")
		if reason == "" {
			reason = q.Get("error")
		}
		return &message{Refused: true, Text: fmt.Sprintf("%.300s", reason)}
	}
	switch n, _ := strconv.ParseUint(q.Get("uploaded"), 10, 16); n {
	case 0:
		return nil
	case 1:
		return &message{Text: "One file is stored."}
	default:
		return &message{Text: fmt.Sprintf("%d files are stored.", n)}
	}
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
