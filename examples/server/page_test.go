package main

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPageSaysTheLimits(t *testing.T) {
	base, _ := start(t, "-types", "image/png,text/plain", "-max-file-size", "2048", "-max-files", "7")
	res := get(t, base+"/", nil)
	require.Equal(t, "text/html; charset=utf-8", res.header.Get("Content-Type"))
	for _, want := range []string{
		"PNG and plain text, up to 2 KiB each", `accept="image/png,text/plain"`, `data-max-size="2048"`, "Up to 7 files",
		`action="/form" method="post" enctype="multipart/form-data"`, `name="file" required`,
	} {
		require.Contains(t, res.body, want)
	}
}

// A query is anybody's words.
func TestPageMessages(t *testing.T) {
	base, _ := start(t)
	crossSite := http.Header{"Sec-Fetch-Site": {"cross-site"}}
	sameOrigin := http.Header{"Sec-Fetch-Site": {"same-origin"}}
	const markup = `<img src=x onerror=alert(1)>`
	tests := []struct {
		name     string
		query    url.Values
		header   http.Header
		says     string
		withhold string
	}{
		{"no query", nil, nil, "", `class="message`},
		{"one file", url.Values{"uploaded": {"1"}}, sameOrigin, "One file is stored.", ""},
		{"none", url.Values{"uploaded": {"0"}}, nil, "", `class="message`},
		{"a number that is none", url.Values{"uploaded": {markup}}, nil, "", `class="message`},
		{"a reason", url.Values{"error": {"too_large"}, "reason": {"the file is larger"}}, sameOrigin, "the file is larger", ""},
		{"a code alone", url.Values{"error": {"too_large"}}, nil, "too_large", ""},
		{"a reason and the name of the file", url.Values{"error": {"x"}, "reason": {"not accepted"}, "name": {"b.png"}}, sameOrigin, "b.png: not accepted", ""},
		{"markup in the name is escaped", url.Values{"error": {"x"}, "name": {markup}}, nil, "&lt;img src=x onerror=alert(1)&gt;: x", markup},
		{"a long name is cut", url.Values{"error": {"x"}, "name": {strings.Repeat("é", 101)}}, nil, strings.Repeat("é", 100) + ": x", strings.Repeat("é", 101)},
		{"markup is escaped", url.Values{"error": {"x"}, "reason": {markup}}, nil, "&lt;img src=x onerror=alert(1)&gt;", markup},
		{"a long reason is cut", url.Values{"error": {"x"}, "reason": {strings.Repeat("é", 301)}}, nil, strings.Repeat("é", 300), strings.Repeat("é", 301)},
		{"keys of other shapes", url.Values{"uploaded": {"1"}, "file": {"../static/app.js", "secret.pdf", "javascript:alert(1)"}}, sameOrigin, "One file is stored.", `class="shown"`},
		{"a link on another site", url.Values{"error": {"x"}, "reason": {"call us at"}}, crossSite, "", `class="message`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			res := get(t, base+"/?"+tt.query.Encode(), tt.header)
			require.Equal(t, http.StatusOK, res.status)
			require.Contains(t, res.body, tt.says)
			if tt.withhold != "" {
				require.NotContains(t, res.body, tt.withhold)
			}
		})
	}
}

func TestPageShowsWhatAFormCanBring(t *testing.T) {
	base, _ := start(t, "-max-files", "2")
	keys := url.Values{"uploaded": {"3"}, "file": slices.Repeat([]string{strings.Repeat("a", 32) + ".png"}, 3)}
	require.Equal(t, 2, strings.Count(get(t, base+"/?"+keys.Encode(), nil).body, "?download"))
}

func TestEveryAnswerHasSecurityHeaders(t *testing.T) {
	base, _ := start(t)
	tests := []struct {
		path        string
		status      int
		contentType string
	}{
		{"/", 200, "text/html; charset=utf-8"},
		{"/static/app.js", 200, "text/javascript; charset=utf-8"},
		{"/static/style.css", 200, "text/css; charset=utf-8"},
		{"/static/icon.svg", 200, "image/svg+xml"},
		{"/files/nothing", 404, "application/problem+json"},
		{"/memstore/nothing", 403, "application/xml"},
		{"/tickets/", 405, "application/problem+json"},
		{"/upload", 405, "application/problem+json"},
		{"/static/", 404, "text/plain; charset=utf-8"},
		{"/static/nothing.js", 404, "text/plain; charset=utf-8"},
	}
	for _, tt := range tests {
		t.Run(tt.path, func(t *testing.T) {
			res := get(t, base+tt.path, nil)
			require.Equal(t, tt.status, res.status)
			require.Equal(t, tt.contentType, res.header.Get("Content-Type"))
			policy := res.header.Get("Content-Security-Policy")
			require.Contains(t, policy, "default-src 'none'")
			require.NotContains(t, policy, "unsafe")
			require.Equal(t, "nosniff", res.header.Get("X-Content-Type-Options"))
			require.Equal(t, "same-origin", res.header.Get("Referrer-Policy"))
		})
	}
}

// The policy forbids inline script and style, so the page must have none.
func TestPageHasNothingInline(t *testing.T) {
	base, _ := start(t)
	res := get(t, base+"/", nil)
	for _, inline := range []string{"<style", " style=", "<script>", " onclick=", "http://", "https://", "//cdn"} {
		require.NotContains(t, res.body, inline)
	}
}

func TestWords(t *testing.T) {
	for n, want := range map[int64]string{1: "1 bytes", 1023: "1023 bytes", 1024: "1 KiB", 1536: "1.5 KiB", 5 << 20: "5 MiB", 3 << 40: "3 TiB"} {
		require.Equal(t, want, byteSize(n))
	}
	for types, want := range map[string]string{
		"image/png":                            "PNG",
		"image/svg+xml,text/csv":               "SVG and CSV",
		"application/json,image/gif,video/mp4": "application/json, GIF and MP4",
	} {
		require.Equal(t, want, typeNames(strings.Split(types, ",")))
	}
}
