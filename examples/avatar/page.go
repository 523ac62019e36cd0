package main

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
)

//go:embed web
var web embed.FS

var pageTemplate = template.Must(template.ParseFS(web, "web/page.html"))

// page shows the pictures that its reader may see, and the form for a new one.
func (a *app) page(w http.ResponseWriter, r *http.Request) {
	user := userOf(r)
	if user == "" {
		http.Error(w, "sign in to see pictures", http.StatusUnauthorized)
		return
	}
	pictures, err := a.db.seenBy(r.Context(), user)
	var b bytes.Buffer
	if err == nil {
		err = pageTemplate.Execute(&b, map[string]any{
			"User": user, "Pictures": pictures,
			"Refused": fmt.Sprintf("%.300s", r.URL.Query().Get("reason")), // anybody can write this text, so it is escaped and shortened
		})
	}
	if err != nil {
		slog.ErrorContext(r.Context(), "the page could not be rendered", "error", err)
		http.Error(w, "the page could not be rendered", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(b.Bytes())
}

func style(w http.ResponseWriter, r *http.Request) { http.ServeFileFS(w, r, web, "web/style.css") }
