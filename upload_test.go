package upload_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
)

func TestStores(t *testing.T) {
	f := newFixture(t, nil, upload.Options{SHA256: true})
	body := new(form).text("title", "Cats").file("file", "dir/Cat 1.PNG", pngBytes()).file("file", "notes.txt", "hello").String()
	files := f.accepts(t, post(body))
	require.Len(t, files, 2)

	require.Regexp(t, `^[0-9a-f]{32}\.png$`, files[0].Key)
	require.Regexp(t, `^[0-9a-f]{32}\.txt$`, files[1].Key)
	require.Equal(t, upload.File{
		Field: "file", Name: "notes.txt", Key: files[1].Key, Type: "text/plain", Size: 5,
		SHA256: "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
	}, files[1])
	content, info := f.stored(t, files[0].Key)
	require.Equal(t, pngBytes(), content)
	require.Equal(t, "image/png", info.Type)
	require.Equal(t, "Cat 1.PNG", info.Name)
}

// TestAccepts: legitimate forms of many kinds are accepted.
func TestAccepts(t *testing.T) {
	with := func(change func(*http.Request)) *http.Request {
		r := post(file("file", "a.txt", "hello"))
		change(r)
		return r
	}
	for _, tc := range []struct {
		about string
		r     *http.Request
		name  string
	}{
		{"plain", post(file("file", "a.txt", "hello")), "a.txt"},
		{"field after the file", post(new(form).file("file", "a.txt", "hello").text("x", "y").String()), "a.txt"},
		{"an empty field beside a file", post(new(form).file("other", "", "").file("file", "a.txt", "hello").String()), "a.txt"},
		{"no Content-Length", with(func(r *http.Request) { r.ContentLength = -1 }), "a.txt"},
		{"a claimed type that lies", post(new(form).part("Content-Disposition: form-data; name=file; filename=a.txt\r\nContent-Type: text/html, image/png", "hello").String()), "a.txt"},
		{"no claimed type", post(new(form).part("Content-Disposition: form-data; name=file; filename=a.txt", "hello").String()), "a.txt"},
		{"a path of a directory upload", post(file("file", "dir/sub/a.txt", "hello")), "a.txt"},
		{"a path of old browsers", post(file("file", `C:\fakepath\a.txt`, "hello")), "a.txt"},
		{"an escaped quote", post(file("file", "a%22b.txt", "hello")), `a"b.txt`},
		{"many dots", post(file("file", "Screenshot 10.11.12.txt", "hello")), "Screenshot 10.11.12.txt"},
		{"upper case", post(file("file", "A.TXT", "hello")), "A.TXT"},
		{"Latin, Arabic, Hebrew and Chinese letters", post(file("file", "résumé ملف קובץ 猫.txt", "hello")), "résumé ملف קובץ 猫.txt"},
		{"traversal is only a name", post(file("file", "../../etc/passwd.txt", "hello")), "passwd.txt"},
		{"same origin", with(func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "same-origin") }), "a.txt"},
		{"own Origin", with(func(r *http.Request) { r.Header.Set("Origin", "http://"+r.Host) }), "a.txt"},
		{"Expect", with(func(r *http.Request) { r.Header.Set("Expect", "100-continue") }), "a.txt"},
	} {
		t.Run(tc.about, func(t *testing.T) {
			f := newFixture(t, nil, upload.Options{})
			files := f.accepts(t, tc.r)
			require.Len(t, files, 1)
			require.Equal(t, tc.name, files[0].Name)
			require.Regexp(t, `^[0-9a-f]{32}\.txt$`, files[0].Key)
			content, _ := f.stored(t, files[0].Key)
			require.Equal(t, "hello", content)
		})
	}
}

func TestRefuses(t *testing.T) {
	good := file("file", "a.txt", "hello")
	with := func(body string, change func(*http.Request)) *http.Request {
		r := post(body)
		change(r)
		return r
	}
	header := func(key, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(key, value) }
	}
	method := func(m string) func(*http.Request) { return func(r *http.Request) { r.Method = m } }
	for _, tc := range []struct {
		about string
		code  upload.Code
		r     *http.Request
	}{
		{"GET", upload.CodeMethod, with(good, method(http.MethodGet))},
		{"PUT", upload.CodeMethod, with(good, method(http.MethodPut))},
		{"an override header", upload.CodeMethod, with(good, func(r *http.Request) { r.Method = "GET"; r.Header.Set("X-HTTP-Method-Override", "POST") })},
		{"cross-site", upload.CodeCrossOrigin, with(good, header("Sec-Fetch-Site", "cross-site"))},
		{"same site is another origin", upload.CodeCrossOrigin, with(good, header("Sec-Fetch-Site", "same-site"))},
		{"foreign Origin", upload.CodeCrossOrigin, with(good, header("Origin", "https://evil.example"))},
		{"JSON", upload.CodeNotMultipart, with(`{"file":{"filename":"x"}}`, header("Content-Type", "application/json"))},
		{"no type", upload.CodeNotMultipart, with(good, func(r *http.Request) { r.Header.Del("Content-Type") })},
		{"mixed", upload.CodeNotMultipart, with(good, header("Content-Type", "multipart/mixed; boundary="+boundary))},
		{"compressed", upload.CodeNotMultipart, with(good, header("Content-Encoding", "gzip"))},
		{"no boundary", upload.CodeMalformed, with(good, header("Content-Type", "multipart/form-data"))},
		{"Content-Length over the limit", upload.CodeTooLarge, with(good, func(r *http.Request) { r.ContentLength = 1 << 30 })},
		{"no body", upload.CodeMalformed, with("", func(r *http.Request) { r.Body, r.ContentLength = http.NoBody, 0 })},
		{"no file", upload.CodeMissingFile, post(new(form).text("file", "x").String())},
		{"nothing chosen", upload.CodeMissingFile, post(file("file", "", ""))},
		{"content without a name", upload.CodeBadName, post(file("file", "", "hello"))},
		{"the name ..", upload.CodeBadName, post(file("file", "..", "hello"))},
		{"a name of separators", upload.CodeBadName, post(file("file", "a/", "hello"))},
		{"another field", upload.CodeUnexpectedField, post(file("avatar", "a.txt", "hello"))},
		{"a field in other case", upload.CodeUnexpectedField, post(file("File", "a.txt", "hello"))},
		{"an array field", upload.CodeUnexpectedField, post(file("file[]", "a.txt", "hello"))},
		{"one file too many", upload.CodeTooMany, post(new(form).file("file", "a.txt", "1").file("file", "b.txt", "2").file("file", "c.txt", "3").String())},
		{"too many fields", upload.CodeTooMany, post(manyFields(101) + good)},
		{"a large field", upload.CodeTooLarge, post(new(form).text("x", strings.Repeat("y", 65<<10)).file("file", "a.txt", "hello").String())},
		{"a file over the limit", upload.CodeTooLarge, post(file("file", "a.txt", strings.Repeat("y", 1<<20+1)))},
		{"a type not on the list", upload.CodeTypeNotAllowed, post(file("file", "a.gif", "GIF89a\x01\x00\x01\x00\x00\x00\x00;"))},
		{"HTML named .png", upload.CodeTypeNotAllowed, post(file("file", "a.png", "<html><script>alert(1)</script>"))},
		{"HTML named .txt", upload.CodeTypeNotAllowed, post(file("file", "a.txt", "<html><script>alert(1)</script>"))},
		{"a program", upload.CodeTypeNotAllowed, post(file("file", "a.txt", "MZ\x90\x00\x03\x00\x00\x00"))},
		{"a PNG named .pdf", upload.CodeTypeMismatch, post(file("file", "a.pdf", pngBytes()))},
		{"a PDF named .png", upload.CodeTypeMismatch, post(file("file", "a.png", pdfBytes))},
		{"no extension", upload.CodeTypeMismatch, post(file("file", "blob", pngBytes()))},
		{"a trailing dot", upload.CodeTypeMismatch, post(file("file", "a.png.", pngBytes()))},
		{"a stream name", upload.CodeTypeMismatch, post(file("file", "a.png::$DATA", pngBytes()))},
		{"a last extension that lies", upload.CodeTypeMismatch, post(file("file", "a.png.php", pngBytes()))},
		{"an empty file", upload.CodeEmpty, post(file("file", "a.txt", ""))},
		{"text with a late NUL", upload.CodeDamaged, post(file("file", "a.txt", strings.Repeat("hello\n", 2000)+"\x00"))},
		{"text with late markup", upload.CodeActiveContent, post(file("file", "a.txt", strings.Repeat("hello\n", 2000)+"<script>alert(1)</script>"))},
		{"a bad second file", upload.CodeTypeNotAllowed, post(new(form).file("file", "a.txt", "1").file("file", "b.png", "<html>").String())},
		{"a cut second file", upload.CodeMalformed, post(strings.TrimSuffix(new(form).file("file", "a.txt", "1").file("file", "b.txt", "2").String(), "--\r\n"))},
		{"a second file in another field", upload.CodeUnexpectedField, post(new(form).file("file", "a.txt", "1").file("x", "b.txt", "2").String())},
	} {
		t.Run(tc.about, func(t *testing.T) {
			f := newFixture(t, nil, upload.Options{MaxFileSize: 1 << 20})
			f.refuses(t, tc.code, tc.r)
		})
	}
}

func manyFields(n int) string {
	f := &form{}
	for range n {
		f.text("x", "y")
	}
	return f.b.String()
}

func TestSizeLimitIsExact(t *testing.T) {
	for size, ok := range map[int]bool{99_999: true, 100_000: true, 100_001: false, 400_000: false} {
		for _, length := range []bool{true, false} {
			f := newFixture(t, nil, upload.Options{MaxFileSize: 100_000})
			r := post(file("file", "a.txt", strings.Repeat("y", size)))
			if !length {
				r.ContentLength = -1
			}
			if ok {
				require.Equal(t, int64(size), f.accepts(t, r)[0].Size)
			} else {
				f.refuses(t, upload.CodeTooLarge, r)
			}
		}
	}
}

// TestProblem: the answer names every file, also one whose name has markup.
func TestProblem(t *testing.T) {
	f := newFixture(t, nil, upload.Options{})
	body := new(form).file("file", "good.txt", "1").file("file", `<img src=x>%22.png`, "<html>").String()
	p := f.refuses(t, upload.CodeTypeNotAllowed, post(body))
	require.Equal(t, "about:blank", p.Type)
	require.Equal(t, "Unsupported Media Type", p.Title)
	require.Len(t, p.Files, 2)
	require.Equal(t, upload.CodeNotStored, p.Files[0].Code)
	require.Equal(t, "good.txt", p.Files[0].Name)
	require.Equal(t, upload.CodeTypeNotAllowed, p.Files[1].Code)
	require.Equal(t, `<img src=x>".png`, p.Files[1].Name)
	require.Equal(t, "file", p.Files[1].Field)
	require.Contains(t, f.log.String(), `code=type_not_allowed`)
}

func TestMethodAnswerNamesTheMethod(t *testing.T) {
	f := newFixture(t, nil, upload.Options{})
	w := f.do(httptest.NewRequest(http.MethodGet, "/upload", nil))
	require.Equal(t, http.StatusMethodNotAllowed, w.Code)
	require.Equal(t, "POST", w.Header().Get("Allow"))
}

func TestNullOriginIsNotTrusted(t *testing.T) {
	protection := http.NewCrossOriginProtection()
	for _, origin := range []string{"null", "file://"} {
		require.Error(t, protection.AddTrustedOrigin(origin))
		f := newFixture(t, nil, upload.Options{CrossOrigin: protection})
		r := post(file("file", "a.txt", "hello"))
		r.Header.Set("Origin", origin)
		f.refuses(t, upload.CodeCrossOrigin, r)
	}
}

func TestTrustedOrigin(t *testing.T) {
	protection := http.NewCrossOriginProtection()
	require.NoError(t, protection.AddTrustedOrigin("https://app.example"))
	f := newFixture(t, nil, upload.Options{CrossOrigin: protection})
	r := post(file("file", "a.txt", "hello"))
	r.Header.Set("Origin", "https://app.example")
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	f.accepts(t, r)
}

func TestAuthorizer(t *testing.T) {
	read := false
	body := readerFunc(func([]byte) (int, error) { read = true; return 0, errors.New("read") })
	for _, tc := range []struct {
		about     string
		authorize upload.Authorizer
		code      upload.Code
	}{
		{"error", func(*http.Request) (*upload.Grant, error) { return nil, errors.New("secret") }, upload.CodeForbidden},
		{"no grant", func(*http.Request) (*upload.Grant, error) { return nil, nil }, upload.CodeForbidden},
		{"not signed in", upload.RequireSubject(func(*http.Request) (string, error) { return "", nil }), upload.CodeUnauthenticated},
		{"unknown", upload.RequireSubject(func(*http.Request) (string, error) { return "ada", errors.New("secret") }), upload.CodeUnauthenticated},
		{"an outage", upload.RequireSubject(func(*http.Request) (string, error) {
			return "", fmt.Errorf("sessions: %w", &upload.Error{Code: upload.CodeBusy})
		}), upload.CodeBusy},
		{"an outage without a sentence", upload.RequireSubject(func(*http.Request) (string, error) {
			return "", &upload.Error{Code: upload.CodeInternal, Err: errors.New("secret")}
		}), upload.CodeInternal},
		{"rejected", func(*http.Request) (*upload.Grant, error) {
			return nil, upload.Reject(upload.CodeUnauthenticated, "who are you?")
		}, upload.CodeUnauthenticated},
		{"panic", func(*http.Request) (*upload.Grant, error) { panic("secret") }, upload.CodeInternal},
		{"exit", func(*http.Request) (*upload.Grant, error) { runtime.Goexit(); return nil, nil }, upload.CodeInternal},
		{"bad prefix", func(*http.Request) (*upload.Grant, error) { return &upload.Grant{KeyPrefix: "user-1"}, nil }, upload.CodeInternal},
		{"negative limit", func(*http.Request) (*upload.Grant, error) { return &upload.Grant{MaxFileSize: -1}, nil }, upload.CodeInternal},
	} {
		t.Run(tc.about, func(t *testing.T) {
			h, err := upload.New(&memstore.Store{}, upload.NotEmpty(), tc.authorize, nil)
			require.NoError(t, err)
			r := httptest.NewRequest(http.MethodPost, "/", body)
			r.Header.Set("Content-Type", "multipart/form-data; boundary="+boundary)
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			p := problemOf(t, w.Result())
			require.Equal(t, tc.code, p.Code)
			require.NotContains(t, w.Body.String(), "secret")
			require.False(t, read, "the body was read")
		})
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func TestGrant(t *testing.T) {
	store := &memstore.Store{}
	authorize := func(r *http.Request) (*upload.Grant, error) {
		g := &upload.Grant{Subject: r.Header.Get("User")}
		if g.Subject == "paying" {
			g.MaxFileSize, g.KeyPrefix, g.Policy = 1000, "tenant/", upTo(3, upload.Types("application/pdf"))
		}
		return g, nil
	}
	h, err := upload.New(store, upload.Types("text/plain"), authorize, &upload.Options{
		MaxFileSize: 10, Keys: upload.BySubject(upload.RandomKeys()),
	})
	require.NoError(t, err)
	send := func(user, body string) (int, string) {
		w, r := httptest.NewRecorder(), post(body)
		r.Header.Set("User", user)
		h.ServeHTTP(w, r)
		return w.Code, w.Body.String()
	}
	status, answer := send("free", file("file", "a.txt", "hello"))
	require.Equal(t, 201, status, answer)
	status, _ = send("free", file("file", "a.txt", "hello hello"))
	require.Equal(t, 413, status)
	status, answer = send("paying", new(form).file("file", "a.pdf", pdfBytes).file("file", "b.pdf", pdfBytes).String())
	require.Equal(t, 201, status, answer)
	status, _ = send("paying", file("file", "a.txt", "hello"))
	require.Equal(t, 415, status)

	keys := store.Keys()
	require.Len(t, keys, 3)
	require.Regexp(t, `^free/[0-9a-f]{32}\.txt$`, keys[0])
	require.Regexp(t, `^tenant/paying/[0-9a-f]{32}\.pdf$`, keys[1])
}

func TestKeyGenerator(t *testing.T) {
	for _, tc := range []struct {
		about string
		keys  upload.KeyGenerator
		code  upload.Code
	}{
		{"the client's name", upload.KeyFunc(func(_ context.Context, in *upload.Incoming) (string, error) { return "../" + in.Name, nil }), upload.CodeInternal},
		{"empty", upload.KeyFunc(func(context.Context, *upload.Incoming) (string, error) { return "", nil }), upload.CodeInternal},
		{"error", upload.KeyFunc(func(context.Context, *upload.Incoming) (string, error) { return "x", errors.New("secret") }), upload.CodeInternal},
		{"panic", upload.KeyFunc(func(context.Context, *upload.Incoming) (string, error) { panic("secret") }), upload.CodeInternal},
		{"anonymous by subject", upload.BySubject(upload.RandomKeys()), upload.CodeInternal},
	} {
		t.Run(tc.about, func(t *testing.T) {
			f := newFixture(t, nil, upload.Options{Keys: tc.keys})
			p := f.refuses(t, tc.code, post(file("file", "a.txt", "hello")))
			require.NotContains(t, p.Detail, "secret")
		})
	}
}

func TestTakenKeyIsAConflict(t *testing.T) {
	keys := upload.KeyFunc(func(context.Context, *upload.Incoming) (string, error) { return "same", nil })
	f := newFixture(t, nil, upload.Options{Keys: keys})
	f.accepts(t, post(file("file", "a.txt", "first")))
	w := f.do(post(file("file", "b.txt", "second")))
	require.Equal(t, http.StatusConflict, w.Code, w.Body)
	content, _ := f.stored(t, "same")
	require.Equal(t, "first", content)
	require.Equal(t, int64(5), f.store.Used())
}

func TestSeeOther(t *testing.T) {
	f := newFixture(t, nil, upload.Options{Respond: upload.SeeOther("/page?tab=files")})
	w := f.do(post(file("file", "a.txt", "hello")))
	require.Equal(t, http.StatusSeeOther, w.Code)
	require.Equal(t, "/page?tab=files&uploaded=1", w.Header().Get("Location"))
	w = f.do(post(file("file", "a.png", "<html>")))
	require.Equal(t, http.StatusSeeOther, w.Code)
	require.Equal(t, "/page?error=type_not_allowed&field=file&name=a.png&reason=HTML+files+are+not+accepted.+Send+PNG%2C+PDF+or+plain+text+%28.txt%29.&tab=files", w.Header().Get("Location"))
}

// TestResponderGetsErrors: a Responder gets a bare *Error, also if the body of the upload
// was not read to its end.
func TestResponderGetsErrors(t *testing.T) {
	var got error
	f := newFixture(t, upload.Types("text/plain"), upload.Options{Respond: func(w http.ResponseWriter, _ *http.Request, _ []upload.File, err error) {
		got = err
		w.WriteHeader(http.StatusTeapot)
	}})
	f.do(post(file("file", "a.png", pngBytes()) + strings.Repeat("x", 1000)))
	require.IsType(t, &upload.Error{}, got)
}
