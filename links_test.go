package upload_test

import (
	"errors"
	"mime"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/storage"
)

// linked is an application that serves the files of its store under /files/. The header Subject can
// name a caller whom it refuses, such as mallory, or a failure.
type linked struct {
	*httptest.Server
	store *memstore.Store
	links *upload.Links
	log   *syncBuffer
}

func newLinked(t *testing.T, o upload.LinksOptions) *linked {
	t.Helper()
	l := &linked{store: &memstore.Store{}, log: &syncBuffer{}}
	mux := http.NewServeMux()
	l.Server = httptest.NewServer(mux)
	t.Cleanup(l.Close)
	mux.Handle("/store/", l.store.Handler(l.URL+"/store/"))
	o.Logger = (&fixture{log: l.log}).logger()
	var err error
	l.links, err = upload.NewLinks(l.store, &o)
	require.NoError(t, err)
	mux.Handle("/files/", l.links.Handler(func(r *http.Request) (upload.Link, error) {
		switch r.Header.Get("Subject") {
		case "":
			return upload.Link{}, upload.Reject(upload.CodeUnauthenticated, "sign in")
		case "mallory":
			return upload.Link{}, errors.New("not hers")
		case "eve":
			return upload.Link{}, upload.Reject(upload.CodeForbidden, "you may not read it")
		case "database":
			return upload.Link{}, upload.Reject(upload.CodeInternal, "something went wrong")
		case "panic":
			panic("resolve")
		case "exit":
			runtime.Goexit()
		}
		return upload.Link{Key: strings.TrimPrefix(r.URL.Path, "/files/"), Download: r.URL.Query().Has("download"), Subject: "ann"}, nil
	}))
	return l
}

// put publishes an object.
func (l *linked) put(t *testing.T, key, mediaType, name, content string) {
	t.Helper()
	s, err := l.store.Stage(t.Context(), storage.Object{Key: key, Type: mediaType, Name: name, MaxSize: 1 << 20}, strings.NewReader(content))
	require.NoError(t, err)
	require.NoError(t, s.Commit(t.Context()))
}

// get fetches a URL as ann, following redirects. Header has names and values in turn, which may
// replace the Subject.
func (l *linked) get(t *testing.T, method, url string, header ...string) (reply, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	require.NoError(t, err)
	r.Header.Set("Subject", "ann")
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	got := fetch(t, l.Client(), r)
	return got, got.Body
}

// TestLinkHeaders: type and disposition are the same by redirect and by proxy. No shared cache
// keeps proxied files.
func TestLinkHeaders(t *testing.T) {
	long := strings.Repeat("ж", 150) + ".pdf"
	rows := map[string]struct{ mediaType, name, query, disposition, wantName string }{
		"an image":           {"image/png", "a.png", "", "inline", "a.png"},
		"an image to keep":   {"image/png", "a.png", "?download", "attachment", "a.png"},
		"a PDF":              {"application/pdf", "a.pdf", "", "attachment", "a.pdf"},
		"an SVG":             {"image/svg+xml", "a.svg", "", "attachment", "a.svg"},
		"HTML":               {"text/html", "a.html", "", "attachment", "a.html"},
		"no type":            {"", "a", "", "attachment", "a"},
		"quotes":             {"text/plain", `a"b;x=.txt`, "", "attachment", `a"b;x=.txt`},
		"line breaks":        {"text/plain", "a\r\nSet-Cookie: x.txt", "", "attachment", "aSet-Cookie: x.txt"},
		"bidi":               {"text/plain", "a\u202etxt.exe", "", "attachment", "atxt.exe"},
		"304 bytes of UTF-8": {"application/pdf", long, "", "attachment", strings.Repeat("ж", 118) + ".pdf"},
	}
	for _, proxied := range []bool{false, true} {
		l := newLinked(t, upload.LinksOptions{Proxy: proxied})
		for name, row := range rows {
			key := strings.ReplaceAll(name, " ", "_")
			l.put(t, key, row.mediaType, row.name, "content")
			for _, method := range []string{http.MethodGet, http.MethodHead} {
				resp, body := l.get(t, method, l.URL+"/files/"+key+row.query)
				require.Equal(t, http.StatusOK, resp.StatusCode, name)
				want := row.mediaType
				if want == "" {
					want = "application/octet-stream"
				}
				require.Equal(t, want, resp.Header.Get("Content-Type"), name)
				kind, params, err := mime.ParseMediaType(resp.Header.Get("Content-Disposition"))
				require.NoError(t, err, name)
				require.Equal(t, row.disposition, kind, name)
				require.Equal(t, row.wantName, params["filename"], name)
				require.Equal(t, "nosniff", resp.Header.Get("X-Content-Type-Options"))
				require.Equal(t, method == http.MethodGet, body == "content", name)
				if proxied || method == http.MethodHead { // a HEAD is never redirected
					require.Equal(t, "private, no-cache", resp.Header.Get("Cache-Control"), name)
				}
			}
		}
	}
}

// TestLinkURLs: a URL is for one object and cannot be changed.
func TestLinkURLs(t *testing.T) {
	l := newLinked(t, upload.LinksOptions{})
	l.put(t, "a.png", "image/png", "a.png", "content")
	l.put(t, "b.png", "image/png", "b.png", "other")
	u, err := l.links.URL(t.Context(), upload.Link{Key: "a.png", Name: "holiday.png"})
	require.NoError(t, err)
	resp, body := l.get(t, http.MethodGet, u)
	require.Equal(t, "content", body)
	require.Equal(t, `inline; filename="holiday.png"`, resp.Header.Get("Content-Disposition"))
	resp, body = l.get(t, http.MethodGet, u, "Range", "bytes=2-4")
	require.Equal(t, http.StatusPartialContent, resp.StatusCode)
	require.Equal(t, "nte", body)

	parsed, err := url.Parse(u)
	require.NoError(t, err)
	for name := range parsed.Query() {
		q := parsed.Query()
		q.Set(name, q.Get(name)+"0")
		changed := *parsed
		changed.RawQuery = q.Encode()
		resp, _ := l.get(t, http.MethodGet, changed.String())
		require.Equal(t, http.StatusForbidden, resp.StatusCode, name)
	}
	resp, _ = l.get(t, http.MethodGet, strings.Replace(u, "a.png", "b.png", 1))
	require.Equal(t, http.StatusForbidden, resp.StatusCode)
}

// TestUnlinked: a forbidden file looks like one that does not exist.
func TestUnlinked(t *testing.T) {
	staging := storage.StagingSegment + "/abc"
	for _, proxied := range []bool{false, true} {
		l := newLinked(t, upload.LinksOptions{Proxy: proxied})
		l.put(t, "a.png", "image/png", "a.png", "content")
		l.put(t, staging, "image/png", "a.png", "content")
		l.put(t, "tenant/"+staging, "image/png", "a.png", "content")
		rows := map[string]struct {
			path, subject string
			status        int
		}{
			"absent":            {"b.png", "ann", 404},
			"forbidden":         {"a.png", "mallory", 404},
			"refused by a code": {"a.png", "eve", 404},
			"forbidden, absent": {"b.png", "mallory", 404},
			"staging":           {staging, "ann", 404},
			"staging of tenant": {"tenant/" + staging, "ann", 404},
			"empty":             {"", "ann", 404},
			"backslash":         {"..%5ca.png", "ann", 404},
			"anonymous":         {"a.png", "", 401},
			"no database":       {"a.png", "database", 500},
			"a panic":           {"a.png", "panic", 500},
			"an exit":           {"a.png", "exit", 500},
		}
		var first string
		for name, row := range rows {
			resp, body := l.get(t, http.MethodGet, l.URL+"/files/"+row.path, "Subject", row.subject)
			require.Equal(t, row.status, resp.StatusCode, name)
			require.Equal(t, "application/problem+json", resp.Header.Get("Content-Type"), name)
			if row.status == 404 {
				if first == "" {
					first = body
				}
				require.Equal(t, first, body, name)
			}
		}
		resp, _ := l.get(t, http.MethodPost, l.URL+"/files/a.png")
		require.Equal(t, http.StatusMethodNotAllowed, resp.StatusCode)
		require.Equal(t, "GET, HEAD", resp.Header.Get("Allow"))
	}
}

// TestRedirect: a redirect is not cached and sends no referrer. The query of a request is not
// logged.
func TestRedirect(t *testing.T) {
	l := newLinked(t, upload.LinksOptions{})
	l.put(t, "a.png", "image/png", "a.png", "content")
	l.Client().CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, _ := l.get(t, http.MethodGet, l.URL+"/files/a.png?secret=1")
	require.Equal(t, http.StatusSeeOther, resp.StatusCode)
	require.Equal(t, "no-store", resp.Header.Get("Cache-Control"))
	require.Equal(t, "no-referrer", resp.Header.Get("Referrer-Policy"))
	l.get(t, http.MethodGet, l.URL+"/files/a.png?secret=1", "Subject", "mallory")
	require.Contains(t, l.log.String(), "not hers")
	require.NotContains(t, l.log.String(), "secret")
}

func TestNewLinks(t *testing.T) {
	store := &memstore.Store{}
	rows := map[string]struct {
		store storage.Storage
		opts  *upload.LinksOptions
		ok    bool
	}{
		"defaults":     {store, nil, true},
		"a PDF inline": {store, &upload.LinksOptions{Inline: []string{"application/pdf"}}, true},
		"SVG inline":   {store, &upload.LinksOptions{Inline: []string{"image/svg+xml"}}, false},
		"HTML inline":  {store, &upload.LinksOptions{Inline: []string{"text/html"}}, false},
		"other case":   {store, &upload.LinksOptions{Inline: []string{"TEXT/HTML"}}, false},
		"a parameter":  {store, &upload.LinksOptions{Inline: []string{"text/html; charset=utf-8"}}, false},
		"feeds":        {store, &upload.LinksOptions{Inline: []string{"application/rss+xml"}}, false},
		"scripts":      {store, &upload.LinksOptions{Inline: []string{"application/javascript"}}, false},
		"mixed":        {store, &upload.LinksOptions{Inline: []string{"multipart/x-mixed-replace"}}, false},
		"for a day":    {store, &upload.LinksOptions{Expires: 24 * 3600e9}, false},
		"negative":     {store, &upload.LinksOptions{Expires: -1}, false},
		"no links":     {struct{ storage.Storage }{store}, nil, false},
	}
	for name, row := range rows {
		_, err := upload.NewLinks(row.store, row.opts)
		require.Equal(t, row.ok, err == nil, "%s: %v", name, err)
	}
}

// readable is a storage that can be read, but signs nothing.
type readable struct {
	storage.Storage
	storage.ObjectReader
}

// TestProxyNeedsNothingButReading: over a storage that signs no links, Handler serves
// files, and URL fails.
func TestProxyNeedsNothingButReading(t *testing.T) {
	l := newLinked(t, upload.LinksOptions{})
	l.put(t, "a.png", "image/png", "a.png", "content")
	store := readable{l.store, l.store}
	_, err := upload.NewLinks(store, nil)
	require.ErrorContains(t, err, "LinksOptions.Proxy needs none")
	_, err = upload.NewLinks(struct{ storage.Storage }{l.store}, &upload.LinksOptions{Proxy: true})
	require.ErrorContains(t, err, "storage.ObjectReader")

	links, err := upload.NewLinks(store, &upload.LinksOptions{Proxy: true})
	require.NoError(t, err)
	w := httptest.NewRecorder()
	links.Handler(func(*http.Request) (upload.Link, error) { return upload.Link{Key: "a.png"}, nil }).
		ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	require.Equal(t, http.StatusOK, w.Code)
	require.Equal(t, "content", w.Body.String())
	require.Equal(t, "image/png", w.Header().Get("Content-Type"))
	_, err = links.URL(t.Context(), upload.Link{Key: "a.png"})
	require.ErrorIs(t, err, upload.CodeInternal)
	require.ErrorContains(t, err, "Links.Handler")
}
