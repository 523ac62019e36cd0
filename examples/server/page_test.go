package main

import (
	"maps"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/web"
)

func TestPageSaysTheLimits(t *testing.T) {
	base, _ := start(t, "-types", "image/png,text/plain", "-max-file-size", "2048", "-max-files", "7")
	res := get(t, base+"/", nil)
	require.Equal(t, "text/html; charset=utf-8", res.header.Get("Content-Type"))
	for _, want := range []string{
		"PNG and plain text (.txt), up to 2 KB each", `accept="image/png,text/plain"`, `large="2048"`, `max-size="104857600"`, "Up to 7 files",
		`action="/form" method="post" enctype="multipart/form-data"`, `name="file" required`,
	} {
		require.Contains(t, res.body, want)
	}
}

// TestPageMessages checks the text from queries, which anybody can write.
func TestPageMessages(t *testing.T) {
	base, _ := start(t)
	crossSite := http.Header{"Sec-Fetch-Site": {"cross-site"}}
	sameOrigin := http.Header{"Sec-Fetch-Site": {"same-origin"}}
	const markup = `<img src=x onerror=alert(1)>`
	tests := []struct {
		name   string
		query  url.Values
		header http.Header
		says   string
		lacks  string
	}{
		{"no query", nil, nil, "", `class="message`},
		{"one file", url.Values{"uploaded": {"1"}}, sameOrigin, "One file is stored.", ""},
		{"none", url.Values{"uploaded": {"0"}}, nil, "", `class="message`},
		{"not a number", url.Values{"uploaded": {markup}}, nil, "", `class="message`},
		{"a reason", url.Values{"error": {"too_large"}, "reason": {"the file is larger"}}, sameOrigin, "the file is larger", ""},
		{"a code alone", url.Values{"error": {"too_large"}}, nil, "The upload is too large.", ""},
		{"a reason and the name of the file", url.Values{"error": {"x"}, "reason": {"not accepted"}, "name": {"b.png"}}, sameOrigin, "b.png: not accepted", ""},
		{"markup in the name is escaped", url.Values{"error": {"x"}, "name": {markup}}, nil, "&lt;img src=x onerror=alert(1)&gt;: ", markup},
		{"a long name is cut", url.Values{"error": {"x"}, "name": {strings.Repeat("é", 101)}}, nil, strings.Repeat("é", 100) + ": ", strings.Repeat("é", 101)},
		{"markup is escaped", url.Values{"error": {"x"}, "reason": {markup}}, nil, "&lt;img src=x onerror=alert(1)&gt;", markup},
		{"a long reason is cut", url.Values{"error": {"x"}, "reason": {strings.Repeat("é", 301)}}, nil, strings.Repeat("é", 300), strings.Repeat("é", 301)},
		{"keys of other shapes", url.Values{"uploaded": {"1"}, "called": {"a", "b", "c"}, "file": {"../static/app.js", "secret.pdf", "javascript:alert(1)"}}, sameOrigin, "One file is stored.", `class="shown"`},
		{"markup in the name of a stored file", url.Values{"uploaded": {"1"}, "called": {markup}, "file": {strings.Repeat("a", 32) + ".png"}}, sameOrigin, "Download: &lt;img src=x onerror=alert(1)&gt;", markup},
		{"a stored file without a name", url.Values{"uploaded": {"1"}, "file": {strings.Repeat("a", 32) + ".png"}}, sameOrigin, "One file is stored.", `class="shown"`},
		{"a link on another site", url.Values{"error": {"x"}, "reason": {"call us at"}}, crossSite, "", `class="message`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			res := get(t, base+"/?"+tt.query.Encode(), tt.header)
			require.Equal(t, http.StatusOK, res.status)
			require.Contains(t, res.body, tt.says)
			if tt.lacks != "" {
				require.NotContains(t, res.body, tt.lacks)
			}
		})
	}
}

func TestPageShowsAtMostMaxFiles(t *testing.T) {
	base, _ := start(t, "-max-files", "2")
	keys := url.Values{"uploaded": {"3"}, "file": slices.Repeat([]string{strings.Repeat("a", 32) + ".png"}, 3), "called": {"a.png", "b.png", "c.png"}}
	require.Equal(t, 2, strings.Count(get(t, base+"/?"+keys.Encode(), nil).body, "?download"))
}

func TestAnswersHaveSecurityHeaders(t *testing.T) {
	base, _ := start(t)
	tests := []struct {
		path        string
		status      int
		contentType string
	}{
		{"/", 200, "text/html; charset=utf-8"},
		{"/static/app.js", 200, "text/javascript; charset=utf-8"},
		{modulePath + web.Path("upload-files.js"), 200, "text/javascript; charset=utf-8"},
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

// TestPageHasNothingInline checks that the page has no inline script or style, which its policy
// forbids, and nothing from elsewhere.
func TestPageHasNothingInline(t *testing.T) {
	base, _ := start(t)
	res := get(t, base+"/", nil)
	for _, inline := range []string{"<style", " style=", "http://", "https://", "//cdn"} {
		require.NotContains(t, res.body, inline)
	}
	require.NotRegexp(t, `<script(?: (?:type|nonce|defer|async)[^ >]*)*>`, res.body)
	require.NotRegexp(t, `<[^>]* on\w+=`, res.body)
}

// TestWords checks that the English sentence of each code is that of the library. It also checks
// that the page has the same texts in both languages, with the same placeholders, and that both have
// names of the same types.
func TestWords(t *testing.T) {
	all, err := readWords()
	require.NoError(t, err)
	english, german := all[0], all[1]
	list, err := os.ReadFile("../../docs/errors.md")
	require.NoError(t, err)
	codes := regexp.MustCompile("(?m)^\\| `([a-z_0-9]+)` \\| \\d{3} \\|").FindAllStringSubmatch(string(list), -1)
	require.Greater(t, len(codes), 40)
	for _, m := range codes {
		require.NotEmpty(t, english.Refusals[m[1]], m[1])
		sentence := (&upload.Error{Code: upload.Code(m[1])}).Text()
		require.Equal(t, sentence, english.refusal(&upload.Error{Code: upload.Code(m[1]), Params: map[string]any{"retry_after": 2}}), "the English words must be those of the library")
	}
	placeholders := regexp.MustCompile(`\{[^}]*\}`)
	for key, s := range english.Page {
		require.ElementsMatch(t, placeholders.FindAllString(s, -1), placeholders.FindAllString(german.Page[key], -1), key)
	}
	for about, keys := range map[string][2][]string{
		"page": {keysOf(english.Page), keysOf(german.Page)}, "types": {keysOf(english.Types), keysOf(german.Types)},
	} {
		require.ElementsMatch(t, keys[0], keys[1], about)
	}
}

func keysOf[V any](m map[string]V) []string { return slices.Collect(maps.Keys(m)) }

// TestLanguages checks that refusals and the page are in the language of the client.
func TestLanguages(t *testing.T) {
	base, _ := start(t, "-max-files", "2")
	for accept, want := range map[string]string{
		"":                        "HTML files are not accepted. Send PNG, JPEG, GIF, PDF or plain text (.txt).",
		"fr, en;q=0.5":            "HTML files are not accepted. Send PNG, JPEG, GIF, PDF or plain text (.txt).",
		"de-CH,de;q=0.9,en;q=0.8": "HTML-Dateien werden nicht angenommen. Senden Sie PNG, JPEG, GIF, PDF oder Text (.txt).",
		"en;q=0.5, de;q=0.9":      "HTML-Dateien werden nicht angenommen. Senden Sie PNG, JPEG, GIF, PDF oder Text (.txt).",
		"de;q=x, \xff;;q=1, -":    "HTML files are not accepted. Send PNG, JPEG, GIF, PDF or plain text (.txt).",
	} {
		header := http.Header{"Accept-Language": {accept}}
		res := post(t, base+"/upload", header, file{"file", "a.png", htmlBytes})
		require.Equal(t, http.StatusUnsupportedMediaType, res.status)
		require.Contains(t, res.body, want, accept)
		res = post(t, base+"/form", header, file{"file", "a.png", htmlBytes})
		to, err := url.Parse(res.header.Get("Location"))
		require.NoError(t, err)
		require.Equal(t, want, to.Query().Get("reason"), accept)
		require.Contains(t, get(t, base+res.header.Get("Location"), header).body, want)
	}
	german := http.Header{"Accept-Language": {"de"}}
	page := get(t, base+"/", german)
	for _, want := range []string{`<html lang="de">`, "PNG, JPEG, GIF, PDF und Text (.txt), jeweils bis 5 MB.", "Jeweils bis 100 MB, geprüft", "Bis zu 2 Dateien"} {
		require.Contains(t, page.body, want)
	}
	require.Contains(t, do(t, http.MethodPost, base+"/tickets/", german, nil).body, "Die Dateien konnten nicht gelesen werden.")
	require.Contains(t, get(t, base+"/files/nothing", german).body, "Diese Datei gibt es nicht.")
}
