package main

import (
	"fmt"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/airlock-go/upload"
)

// message is what the page shows after the plain form's redirect.
type message struct {
	Refused bool
	Text    string
	Files   []shown
}

// shown is a stored file as the page shows it.
type shown struct {
	Path    string
	Name    string // the client's
	Kind    string // the extension, in capitals
	Picture bool   // it is shown as a picture
}

// pageOf returns the URL of the page with the files that were just stored.
func pageOf(files []upload.File) string {
	keys := url.Values{}
	for _, f := range files {
		keys.Add("file", f.Key)
		keys.Add("called", f.Name)
	}
	return "/?" + keys.Encode()
}

// messageOf reads the query that pageOf and upload.SeeOther made. Anyone can write such a link. So
// its text is escaped and shortened. It is not shown if the browser says that the link is on another
// site.
func (p *page) messageOf(w *words, r *http.Request) *message {
	q := r.URL.Query()
	switch {
	case r.Header.Get("Sec-Fetch-Site") == "cross-site":
		return nil
	case q.Get("error") != "":
		reason := q.Get("reason")
		if reason == "" {
			reason = w.refusal(&upload.Error{Code: upload.Code(q.Get("error"))})
		}
		if name := q.Get("name"); name != "" {
			reason = fmt.Sprintf("%.100s: %s", name, reason)
		}
		return &message{Refused: true, Text: fmt.Sprintf("%.300s", reason)}
	}
	m := &message{Files: p.shown(q["file"], q["called"])}
	switch n, _ := strconv.ParseUint(q.Get("uploaded"), 10, 16); n {
	case 0:
		return nil
	case 1:
		m.Text = w.Page["stored_one"]
	default:
		m.Text, _ = w.fill(w.Page["stored_many"], map[string]any{"n": int(n)})
	}
	return m
}

// shown returns the files of these keys with their names, at most as many as one form can have.
func (p *page) shown(keys, names []string) (files []shown) {
	pictures := []string{"PNG", "JPG", "GIF", "WEBP", "AVIF"}
	for i, key := range keys[:min(len(keys), len(names), p.limits.MaxFiles)] {
		if p.ours(key) {
			kind := strings.ToUpper(strings.TrimPrefix(path.Ext(key), "."))
			files = append(files, shown{filePath(key), fmt.Sprintf("%.100s", names[i]), kind, slices.Contains(pictures, kind)})
		}
	}
	return files
}
