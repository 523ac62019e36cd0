package web_test

import (
	"compress/gzip"
	"crypto/sha512"
	"encoding/base64"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/web"
)

func TestHandler(t *testing.T) {
	mux := http.NewServeMux()
	mux.Handle("/assets/js/", web.Handler())
	const kept, revalidated = "public, max-age=31536000, immutable", "no-cache"
	for _, row := range []struct {
		about, method, path, accept string
		status                      int
		cache, encoding             string
	}{
		{"by its hash", "GET", web.Path("upload.js"), "gzip, br", 200, kept, "gzip"},
		{"what it imports", "GET", strings.Replace(web.Path("upload.js"), "upload.js", "http.js", 1), "br, gzip;q=0.5", 200, kept, "gzip"},
		{"without gzip", "GET", web.Path("de.js"), "gzip;q=0", 200, kept, ""},
		{"by its name", "GET", "upload.js", "", 200, revalidated, ""},
		{"of another release", "GET", "0123456789abcdef/upload.js", "", 200, revalidated, ""},
		{"only the head", "HEAD", web.Path("upload.js"), "", 200, kept, ""},
		{"no such file", "GET", "web.go", "", 404, "", ""},
		{"the folder", "GET", "", "", 404, "", ""},
		{"another method", "POST", "upload.js", "", 405, "", ""},
	} {
		t.Run(row.about, func(t *testing.T) {
			r := httptest.NewRequestWithContext(t.Context(), row.method, "/assets/js/"+row.path, nil)
			r.Header.Set("Accept-Encoding", row.accept)
			w := httptest.NewRecorder()
			mux.ServeHTTP(w, r)
			require.Equal(t, row.status, w.Code)
			require.Equal(t, row.cache, w.Header().Get("Cache-Control"))
			require.Equal(t, row.encoding, w.Header().Get("Content-Encoding"))
			if row.status != 200 {
				return
			}
			require.Equal(t, "text/javascript; charset=utf-8", w.Header().Get("Content-Type"))
			require.Equal(t, "nosniff", w.Header().Get("X-Content-Type-Options"))
			again := r.Clone(t.Context())
			again.Header.Set("If-None-Match", w.Header().Get("Etag"))
			second := httptest.NewRecorder()
			mux.ServeHTTP(second, again)
			require.Equal(t, http.StatusNotModified, second.Code)
			if row.method == "HEAD" {
				require.Empty(t, w.Body.Bytes())
				return
			}
			var body io.Reader = w.Body
			if row.encoding == "gzip" {
				var err error
				body, err = gzip.NewReader(w.Body)
				require.NoError(t, err)
			}
			got, err := io.ReadAll(body)
			require.NoError(t, err)
			want, err := os.ReadFile(filepath.Base(row.path))
			require.NoError(t, err)
			require.Equal(t, string(want), string(got))
		})
	}
}

func TestIntegrity(t *testing.T) {
	content, err := fs.ReadFile(web.Files(), "upload.js")
	require.NoError(t, err)
	sum := sha512.Sum384(content)
	require.Equal(t, "sha384-"+base64.StdEncoding.EncodeToString(sum[:]), web.Integrity("upload.js"))
	require.Panics(t, func() { web.Integrity("web.go") })
	require.Panics(t, func() { web.Path("../web.go") })
}

// TestSize bounds what a page needs before it can send a form: upload.js and what it imports at once.
// The texts, which it loads meanwhile, do not count.
func TestSize(t *testing.T) {
	seen := map[string]bool{}
	require.Less(t, sizeOf(t, "upload.js", seen), 6<<10)
	require.Len(t, seen, 4, "upload.js, form.js, http.js and watch.js")
}

var imported = regexp.MustCompile(`(?m)^(?:import|export) .* from "\./([\w-]+\.js)";$`)

// sizeOf returns the bytes of a file and its imports, each gzipped, without those in seen. It adds
// their names to seen.
func sizeOf(t *testing.T, name string, seen map[string]bool) int {
	t.Helper()
	if seen[name] {
		return 0
	}
	seen[name] = true
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/"+name, nil)
	r.Header.Set("Accept-Encoding", "gzip")
	w := httptest.NewRecorder()
	web.Handler().ServeHTTP(w, r)
	size := w.Body.Len()
	content, err := os.ReadFile(name)
	require.NoError(t, err)
	for _, m := range imported.FindAllStringSubmatch(string(content), -1) {
		size += sizeOf(t, m[1], seen)
	}
	return size
}

// TestModule runs the tests in test, by node.
func TestModule(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		if os.Getenv("UPLOAD_TEST_REQUIRED") == "1" {
			t.Fatal("needs node: apt-get install nodejs")
		}
		t.Skip("needs node: apt-get install nodejs")
	}
	tests, err := filepath.Glob("test/*.test.js")
	require.NoError(t, err)
	require.NotEmpty(t, tests)
	out, err := exec.CommandContext(t.Context(), node, append([]string{"--test"}, tests...)...).CombinedOutput()
	require.NoError(t, err, "%s", out)
}
