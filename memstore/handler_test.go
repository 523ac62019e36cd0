package memstore_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"maps"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/storage"
)

// sendForm sends a whole file in a form. If change is not nil, it gets the body without the last
// delimiter, and returns the body to send.
func (f fixture) sendForm(t *testing.T, content string, change func(body string) string) *httptest.ResponseRecorder {
	t.Helper()
	q, err := f.SignForm(t.Context(), object(len(content)))
	require.NoError(t, err)
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	require.NoError(t, form.SetBoundary("b"))
	for _, name := range slices.Sorted(maps.Keys(q.Fields)) {
		require.NoError(t, form.WriteField(name, q.Fields[name]))
	}
	file, err := form.CreateFormFile("file", "name.txt")
	require.NoError(t, err)
	_, err = file.Write([]byte(content))
	require.NoError(t, err)
	if change == nil {
		require.NoError(t, form.Close())
		change = func(body string) string { return body }
	}
	r := httptest.NewRequest(q.Method, q.URL, strings.NewReader(change(b.String())))
	r.Header.Set("Content-Type", form.FormDataContentType())
	w := httptest.NewRecorder()
	f.ServeHTTP(w, r)
	return w
}

// TestForms checks the answers to an honest form and to malformed ones.
func TestForms(t *testing.T) {
	const end = "\r\n--b--\r\n"
	field := func(name, value string) string {
		return fmt.Sprintf("--b\r\nContent-Disposition: form-data; name=%q\r\n\r\n%s\r\n", name, value)
	}
	for _, row := range []struct {
		name   string
		status int
		change func(string) string
	}{
		{"honest", 201, func(s string) string { return s + end }},
		{"without an end", 400, func(s string) string { return s }},
		{"a longer file", 400, func(s string) string { return s + "x" + end }},
		{"a shorter file", 400, func(s string) string { return s[:len(s)-1] + end }},
		{"a field after the file", 400, func(s string) string { return s + "\r\n" + field("more", "1") + "--b--\r\n" }},
		{"a second file", 400, func(s string) string { return s + "\r\n" + field("file", "1") + "--b--\r\n" }},
		{"a field before", 403, func(s string) string { return field("more", "1") + s + end }},
		{"a field without a name", 403, func(s string) string { return field("", "1") + s + end }},
		{"a field twice", 400, func(s string) string { return field("success_action_status", "201") + s + end }},
		{"no file", 400, func(string) string { return field("more", "1") + "--b--\r\n" }},
		{"the file first", 403, func(s string) string { return field("file", "hello") + s + end }},
		{"endless fields", 400, func(s string) string { return field("more", strings.Repeat("x", 100_000)) + s + end }},
		{"an endless header", 400, func(s string) string {
			return "--b\r\nX: " + strings.Repeat("x", 100_000) + "\r\n\r\n\r\n" + s + end
		}},
		{"no form", 400, func(string) string { return "" }},
	} {
		t.Run(row.name, func(t *testing.T) {
			f := newFixture(0)
			w := f.sendForm(t, "hello", row.change)
			require.Equal(t, row.status, w.Code, w.Body)
			if row.status != 201 {
				require.Empty(t, f.Keys())
				require.Zero(t, f.Used())
				return
			}
			stored, err := f.Stat(t.Context(), key)
			require.NoError(t, err)
			require.Equal(t, base+key, w.Header().Get("Location"))
			require.Equal(t, stored.ETag, w.Header().Get("ETag"))
			require.Contains(t, w.Body.String(), "<PostResponse><Location>"+base+key+"</Location><Key>"+key+"</Key>")
		})
	}
}

// TestFormElsewhere checks that a form is accepted only at the handler's own address, without a
// query.
func TestFormElsewhere(t *testing.T) {
	f := newFixture(0)
	for _, path := range []string{"x", "?policy=1", key} {
		r := httptest.NewRequest(http.MethodPost, base+path, strings.NewReader("--b--\r\n"))
		r.Header.Set("Content-Type", "multipart/form-data; boundary=b")
		w := httptest.NewRecorder()
		f.ServeHTTP(w, r)
		require.Equal(t, 403, w.Code, path)
	}
}

// TestLinks checks the answers to links.
func TestLinks(t *testing.T) {
	f := newFixture(0)
	require.Equal(t, 200, f.put(t, "hello").Code)
	url, err := f.SignGet(t.Context(), key, storage.SignedGet{Type: "text/html", Disposition: "attachment", Expires: time.Hour})
	require.NoError(t, err)
	for _, row := range []struct {
		method, header, value string
		status                int
		body                  string
	}{
		{"GET", "", "", 200, "hello"},
		{"HEAD", "", "", 200, ""},
		{"GET", "Range", "bytes=1-2", 206, "el"},
		{"GET", "Range", "bytes=9-", 416, "invalid range: failed to overlap\n"},
		{"GET", "If-None-Match", "*", 304, ""},
	} {
		r := httptest.NewRequest(row.method, url, nil)
		if row.header != "" {
			r.Header.Set(row.header, row.value)
		}
		w := httptest.NewRecorder()
		f.ServeHTTP(w, r)
		require.Equal(t, row.status, w.Code, row)
		require.Equal(t, row.body, w.Body.String(), row)
		require.Equal(t, "nosniff", w.Header().Get("X-Content-Type-Options"))
		if row.status < 300 {
			require.Equal(t, "text/html", w.Header().Get("Content-Type"))
			require.Equal(t, "attachment", w.Header().Get("Content-Disposition"))
		}
	}
}

func TestCORS(t *testing.T) {
	const app = "https://app.example"
	for _, row := range []struct {
		name, configured, origin, method string
		status                           int
		allowed                          bool
	}{
		{"off by default", "", app, "OPTIONS", 403, false},
		{"off by default, of the upload", "", app, "PUT", 200, false},
		{"preflight", app, app, "OPTIONS", 204, true},
		{"the upload itself", app, app, "PUT", 200, true},
		{"a refusal", app, app, "DELETE", 403, true},
		{"another origin", app, "https://evil.example", "OPTIONS", 403, false},
		{"a longer origin", app, app + ".evil.example", "OPTIONS", 403, false},
		{"null", app, "null", "OPTIONS", 403, false},
		{"no page", app, "", "PUT", 200, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := &memstore.Store{CORSOrigin: row.configured}
			f := fixture{s, s.Handler(base)}
			q, err := f.SignPut(t.Context(), object(5))
			require.NoError(t, err)
			q.Method = row.method
			if row.origin != "" {
				q.Headers["Origin"] = row.origin
			}
			w := f.send(q, strings.NewReader("hello"))
			require.Equal(t, row.status, w.Code)
			require.Equal(t, row.configured != "", w.Header().Get("Vary") == "Origin")
			if !row.allowed {
				require.Empty(t, w.Header().Get("Access-Control-Allow-Origin"))
				return
			}
			require.Equal(t, app, w.Header().Get("Access-Control-Allow-Origin"))
			require.Contains(t, w.Header().Get("Access-Control-Expose-Headers"), "ETag")
			require.Empty(t, w.Header().Get("Access-Control-Allow-Credentials"))
			if row.method == "OPTIONS" {
				for name := range q.Headers {
					require.Contains(t, w.Header().Get("Access-Control-Allow-Headers")+"Origin", name)
				}
			}
		})
	}
}

// TestExpiry checks that a signature is accepted until just before its end, and refused at its end.
func TestExpiry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(0)
		q, err := f.SignPut(t.Context(), object(5))
		require.NoError(t, err)
		time.Sleep(time.Hour)
		require.Equal(t, 403, f.send(q, strings.NewReader("hello")).Code)

		q, err = f.SignPut(t.Context(), object(5))
		require.NoError(t, err)
		time.Sleep(time.Hour - 1)
		require.Equal(t, 200, f.send(q, strings.NewReader("hello")).Code)
	})
}

// TestEachHandlerHasASecret checks that a later handler has another secret. The earlier one keeps
// its own.
func TestEachHandlerHasASecret(t *testing.T) {
	s := &memstore.Store{}
	first := fixture{s, s.Handler(base)}
	old, err := s.SignPut(t.Context(), object(5))
	require.NoError(t, err)
	second := fixture{s, s.Handler(base)}
	require.Equal(t, 403, second.send(old, strings.NewReader("hello")).Code)
	require.Equal(t, 200, first.send(old, strings.NewReader("hello")).Code)
}

// FuzzQuery checks that only the signed query is accepted.
func FuzzQuery(f *testing.F) {
	fix := newFixture(0)
	d := object(5)
	q, err := fix.SignPut(f.Context(), d)
	require.NoError(f, err)
	signed := strings.SplitN(q.URL, "?", 2)[1]
	policy, signature, _ := strings.Cut(strings.TrimPrefix(signed, "policy="), "&signature=")
	terms, err := base64.RawURLEncoding.DecodeString(policy)
	require.NoError(f, err)
	longer := base64.RawURLEncoding.EncodeToString([]byte(strings.Replace(string(terms), `"size":5`, `"size":6`, 1)))
	for _, query := range []string{
		signed, "", "policy=", "policy=&signature=", "policy=" + policy, "signature=" + signature,
		"signature=" + signature + "&policy=" + policy, signed + "&", signed + "&x=1", "&" + signed, signed + "=", signed + "\n",
		"policy=" + policy + "&policy=" + longer + "&signature=" + signature,
		"policy=" + longer + "&signature=" + signature, "policy=" + policy + "&signature=" + strings.ToUpper(signature),
		"policy=" + policy + "%00&signature=" + signature, "policy=" + policy + "==&signature=" + signature,
		"policy=e30&signature=", "POLICY=" + policy + "&signature=" + signature, strings.ReplaceAll(signed, "&", ";"),
	} {
		f.Add(query)
	}
	f.Fuzz(func(t *testing.T, query string) {
		r := httptest.NewRequest(q.Method, base+key, strings.NewReader("hello"))
		r.URL.RawQuery = query
		for name, value := range q.Headers {
			r.Header.Set(name, value)
		}
		w := httptest.NewRecorder()
		fix.ServeHTTP(w, r)
		if want := map[bool]int{true: 200, false: 403}[query == signed]; w.Code != want {
			t.Fatalf("%q got %d, not %d", query, w.Code, want)
		}
		if err := fix.Delete(t.Context(), key); err != nil {
			t.Fatal(err)
		}
	})
}
