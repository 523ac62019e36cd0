package main

import (
	"bytes"
	"database/sql"
	"go/format"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/storage"
	"github.com/airlock-go/upload/uploadtest"
)

// runMain makes the test binary the program itself.
const runMain = "UPLOAD_EXAMPLE_RUN_MAIN"

func TestMain(m *testing.M) {
	if os.Getenv(runMain) != "" {
		main()
		os.Exit(0)
	}
	cv = uploadtest.File("cv", "Lebenslauf ü.pdf", uploadtest.PDF())
	slog.SetDefault(slog.New(slog.NewTextHandler(io.Discard, nil)))
	os.Exit(m.Run())
}

// fixture is the program with a scanner, its storage and its database.
type fixture struct {
	http.Handler
	store *memstore.Store
	db    *sql.DB
	fail  *uploadtest.FailingStore // in front of store
	site  *site
}

func start(t *testing.T) *fixture {
	t.Helper()
	f := &fixture{store: &memstore.Store{}, db: openDatabase(":memory:")}
	t.Cleanup(func() { _ = f.db.Close() })
	f.fail = uploadtest.NewFailingStore(f.store)
	through := f.fail.Storage()
	files := struct {
		storage.Storage
		storage.ObjectReader
		storage.Lister
	}{through, through.(storage.ObjectReader), f.fail.Lister()}
	f.site = newSite(files, f.db, upload.All(policy, uploadtest.Scanner{}))
	f.Handler = f.site.routes()
	return f
}

// agree fails the test unless there are so many rows, each with its files, and no other files.
func (f *fixture) agree(t *testing.T, rows int) {
	t.Helper()
	var n int
	var keys []string
	require.NoError(t, f.db.QueryRow(`SELECT count(*) FROM applications`).Scan(&n))
	require.NoError(t, f.db.QueryRow(`SELECT json_group_array(value ->> 'key') FROM applications, json_each(files)`).Scan(asJSON{&keys}))
	slices.Sort(keys)
	require.Equal(t, rows, n)
	if len(keys)+len(f.store.Keys()) > 0 {
		require.Equal(t, f.store.Keys(), keys)
	}
	require.Empty(t, f.fail.Leftovers())
}

// browser is a client of the program, with cookies.
type browser struct {
	client *http.Client
	test   *testing.T
}

const home = "https://jobs.example"

// browse returns the browser of a user who has signed in; with the name "" nobody has.
func (f *fixture) browse(t *testing.T, name string) *browser {
	t.Helper()
	b := &browser{uploadtest.Client(f), t}
	b.client.Jar, _ = cookiejar.New(nil)
	if name != "" {
		a := b.post("/sign-in", url.Values{"user": {name}, "password": {accounts[name].password}})
		require.Equal(t, http.StatusSeeOther, a.Status, a)
	}
	return b
}

func (b *browser) send(r *http.Request) *uploadtest.Answer {
	b.test.Helper()
	return uploadtest.Send(b.test, b.client, r)
}

func (b *browser) get(path string) *uploadtest.Answer {
	b.test.Helper()
	r, err := http.NewRequestWithContext(b.test.Context(), http.MethodGet, home+path, nil)
	require.NoError(b.test, err)
	return b.send(r)
}

func (b *browser) post(path string, form url.Values) *uploadtest.Answer {
	b.test.Helper()
	r, err := http.NewRequestWithContext(b.test.Context(), http.MethodPost, home+path, strings.NewReader(form.Encode()))
	require.NoError(b.test, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.send(r)
}

func (b *browser) apply(parts ...uploadtest.Part) *uploadtest.Answer {
	b.test.Helper()
	return b.send(uploadtest.NewRequest(home+"/apply", parts...))
}

var (
	text = uploadtest.Form{
		uploadtest.Text("name", "Ada <Lovelace>"), uploadtest.Text("email", "ada@example.com"),
		uploadtest.Text("message", "I have written the first program."),
	}
	cv  uploadtest.Part // set by TestMain, so that programs that tests start do not make it
	png = uploadtest.File("certificate", "school.png", uploadtest.PNG(0))
)

// form returns the text and these files.
func form(files ...uploadtest.Part) uploadtest.Form { return append(slices.Clone(text), files...) }

// TestApplication: an application, from the form to its deletion.
func TestApplication(t *testing.T) {
	f := start(t)
	ada, grace, joan, nobody := f.browse(t, "ada"), f.browse(t, "grace"), f.browse(t, "joan"), f.browse(t, "")
	page := ada.get("/")
	require.Contains(t, string(page.Body), `action="/apply"`)
	require.Contains(t, page.Header.Get("Content-Security-Policy"), "default-src 'none'")
	require.Equal(t, "nosniff", page.Header.Get("X-Content-Type-Options"))
	require.Equal(t, "no-store", page.Header.Get("Cache-Control"))
	require.Equal(t, http.StatusOK, nobody.get("/web/style.css").Status)
	pdf := uploadtest.File("certificate", "diploma.pdf", uploadtest.PDF())
	a := ada.apply(form(cv, png, pdf)...)
	require.Equal(t, http.StatusSeeOther, a.Status, a)
	require.Equal(t, "/", a.Header.Get("Location"))
	f.agree(t, 1)
	keys := f.store.Keys()
	require.Len(t, keys, 3)

	for _, who := range []*browser{ada, joan} {
		page := string(who.get("/").Body)
		require.Contains(t, page, "Ada &lt;Lovelace&gt;")
		require.Contains(t, page, "I have written the first program.")
		require.NotContains(t, page, `action="/apply"`)
		for _, key := range keys {
			require.Regexp(t, `^applications/ada/[0-9a-f]{32}\.(pdf|png)$`, key)
			require.Contains(t, page, `href="/files/`+key+`"`)
			want, info := uploadtest.Stored(t, f.store, key)
			a := who.get("/files/" + key)
			require.Equal(t, http.StatusOK, a.Status, a)
			require.Equal(t, want, a.Body)
			require.Equal(t, info.Type, a.Header.Get("Content-Type"))
			require.Contains(t, a.Header.Get("Content-Disposition"), "attachment")
			require.Contains(t, a.Header.Get("Content-Security-Policy"), "sandbox")
		}
	}
	for _, who := range []*browser{grace, nobody} {
		require.NotContains(t, string(who.get("/").Body), "Lovelace")
		require.Equal(t, http.StatusNotFound, who.get("/files/"+keys[0]).Status)
		require.Equal(t, who.get("/files/applications/ada/none.pdf"), who.get("/files/"+keys[0]))
	}
	for _, who := range []*browser{ada, grace, nobody} {
		require.Equal(t, http.StatusNotFound, who.post("/delete/1", nil).Status)
	}
	f.agree(t, 1)

	require.Contains(t, string(joan.get("/").Body), `action="/delete/1"`)
	require.Equal(t, http.StatusSeeOther, joan.post("/delete/1", nil).Status)
	f.agree(t, 0)
	require.Empty(t, f.store.Keys())
	require.Equal(t, http.StatusNotFound, joan.get("/files/"+keys[0]).Status)

	require.Equal(t, http.StatusSeeOther, grace.apply(form(cv)...).Status)
	require.Equal(t, http.StatusNotFound, joan.post("/delete/1", nil).Status, "no application gets an old id")
	f.agree(t, 1)
}

// TestTypes: files of the types that the page names are accepted.
func TestTypes(t *testing.T) {
	const docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	for field, types := range map[string][]string{
		"cv":          {"application/pdf", docx, "application/vnd.oasis.opendocument.text"},
		"certificate": {"application/pdf", "image/png", "image/jpeg"},
	} {
		for _, mediaType := range types {
			t.Run(field+" "+mediaType, func(t *testing.T) {
				f := start(t)
				parts := form(cv)
				if field == "cv" {
					parts = form()
				}
				a := f.browse(t, "ada").apply(append(parts, uploadtest.SampleOf(mediaType).File(field))...)
				require.Equal(t, http.StatusSeeOther, a.Status, a)
				f.agree(t, 1)
			})
		}
	}
}

// TestHostile: hostile files are refused in both fields.
func TestHostile(t *testing.T) {
	store := &memstore.Store{}
	h, err := upload.New(store, policy, upload.AllowAnonymous, nil)
	require.NoError(t, err)
	for field, other := range map[string]uploadtest.Form{"cv": nil, "certificate": {cv}} {
		uploadtest.RunHostile(t, h, store, func(s uploadtest.Sample) *http.Request {
			return uploadtest.NewRequest("/", append(slices.Clone(other), s.File(field))...)
		})
	}
}

// TestLines: the program is short, and stays so.
func TestLines(t *testing.T) {
	const mostLines, mostColumns = 350, 100
	paths, err := filepath.Glob("*.go")
	require.NoError(t, err)
	lines := 0
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		source, err := os.ReadFile(path)
		require.NoError(t, err)
		source = bytes.ReplaceAll(source, []byte("\r\n"), []byte("\n")) // as git may check it out
		formatted, err := format.Source(source)
		require.NoError(t, err)
		require.Equal(t, string(formatted), string(source), path)
		for line := range strings.Lines(string(source)) {
			lines++
			line = strings.ReplaceAll(strings.TrimSuffix(line, "\n"), "\t", "    ")
			require.LessOrEqual(t, utf8.RuneCountInString(line), mostColumns, line)
		}
	}
	require.Positive(t, lines)
	require.LessOrEqual(t, lines, mostLines)
}
