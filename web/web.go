// Package web serves the browser module of this library, whose files are in this folder. README.md
// describes the module.
//
//	mux.Handle("GET /upload-module/", web.Handler()) // in chi: r.Handle("/upload-module/*", …)
//
// and in the page, with web.Path("upload.js") and web.Integrity("upload.js"):
//
//	<script type="module" src="/upload-module/…/upload.js" integrity="sha384-…"></script>
//
// A page with a Content-Security-Policy needs the server in script-src and connect-src, and the
// storage of direct uploads in connect-src. The element's previews need blob: in img-src. Neither
// unsafe-inline nor unsafe-eval is needed.
package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"crypto/sha512"
	"embed"
	"encoding/base64"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"
)

//go:embed *.js
var files embed.FS

// Files returns the files of the module, for programs that serve or bundle them by themselves. In
// en.js and de.js the texts are JSON, between "export default" at the start of a line and the
// semicolon at the end of the file.
func Files() fs.FS { return files }

// Path returns the path of a file of the module below the handler, such as "1f0c…/upload.js". It
// begins with the hash of all files. The imports of the file have the same hash. Path panics if the
// module has no such file.
func Path(name string) string { return module().hash + "/" + module().file(name).name }

// Integrity returns the value for the integrity attribute of a file of the module. It panics if the
// module has no such file.
func Integrity(name string) string { return module().file(name).integrity }

// Handler returns a handler that answers GET and HEAD with the files of the module, by the last
// element of the path, under any prefix. Files at the paths of Path may be kept for a year; at
// other paths they must be revalidated. It is safe for concurrent use.
func Handler() http.Handler { return http.HandlerFunc(serve) }

func serve(w http.ResponseWriter, r *http.Request) {
	m := module()
	folder, name := path.Split(r.URL.Path)
	f, ok := m.files[name]
	switch {
	case !ok:
		http.NotFound(w, r)
		return
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "only GET and HEAD", http.StatusMethodNotAllowed)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/javascript; charset=utf-8")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Vary", "Accept-Encoding")
	h.Set("Cache-Control", "no-cache")
	if path.Base(folder) == m.hash {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	content, tag := f.content, `"`+m.hash+`"`
	if takesGzip(r) {
		content, tag = f.gzipped, `"`+m.hash+`-gzip"`
		h.Set("Content-Encoding", "gzip")
	}
	h.Set("Etag", tag)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
}

// takesGzip reports whether the client lists gzip without q=0.
func takesGzip(r *http.Request) bool {
	for value := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, q, _ := strings.Cut(value, ";")
		if strings.TrimSpace(name) == "gzip" {
			return !strings.HasPrefix(strings.ReplaceAll(q, " ", ""), "q=0") || strings.ContainsAny(q, "123456789")
		}
	}
	return false
}

type file struct {
	name             string
	content, gzipped []byte
	integrity        string
}

// whole is the module, with the hash of all its files.
type whole struct {
	files map[string]file
	hash  string
}

func (m whole) file(name string) file {
	f, ok := m.files[name]
	if !ok {
		panic("web: the module has no file " + name)
	}
	return f
}

// module reads the embedded files once.
var module = sync.OnceValue(func() whole {
	m := whole{files: map[string]file{}}
	all := sha256.New()
	entries, _ := files.ReadDir(".") // embedded: cannot fail
	for _, entry := range entries {
		content, _ := files.ReadFile(entry.Name())
		sum := sha512.Sum384(content)
		all.Write(sum[:])
		m.files[entry.Name()] = file{entry.Name(), content, gzipped(content), "sha384-" + base64.StdEncoding.EncodeToString(sum[:])}
	}
	m.hash = hex.EncodeToString(all.Sum(nil)[:8])
	return m
})

func gzipped(content []byte) []byte {
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // a level that exists
	_, _ = w.Write(content)                               // memory: cannot fail
	_ = w.Close()
	return b.Bytes()
}
