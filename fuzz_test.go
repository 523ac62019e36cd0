package upload_test

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/storage"
	"github.com/airlock-go/upload/uploadtest"
)

// FuzzHandler: for every body, the answer is 201 if and only if a file is published. Each
// published file is under a valid key, and is a piece of the body unless metadata was blanked. No
// body causes a 5xx, and no refused body leaves anything.
func FuzzHandler(f *testing.F) {
	f.Add([]byte(file("file", "a.txt", "hello")))
	f.Add([]byte(file("file", "a.png", pngBytes())))
	f.Add([]byte(new(form).text("x", "y").file("file", "a.txt", "1").file("file", "b.pdf", pdfBytes).String()))
	f.Add([]byte(new(form).file("file", "", "").file("file", `a%22b.txt`, "\xef\xbb\xbfhello").String()))
	f.Add([]byte("preamble\r\n" + file("file", "a.csv", "a,b\n1,2\n") + "epilogue"))
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	f.Fuzz(func(t *testing.T, body []byte) {
		store := &memstore.Store{}
		h, err := upload.New(store, upTo(3, upload.Types("image/png", "text/plain", "text/csv", "application/pdf")), upload.AllowAnonymous,
			&upload.Options{MaxFileSize: 1 << 20, Logger: quiet})
		if err != nil {
			t.Fatal(err)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, post(string(body)))
		keys := store.Keys()
		if (w.Code == http.StatusCreated) != (len(keys) > 0) || w.Code >= 500 {
			t.Fatalf("status %d with %d objects: %s", w.Code, len(keys), w.Body)
		}
		if w.Code != http.StatusCreated {
			if store.Used() != 0 {
				t.Fatal("a refused body left files")
			}
			return
		}
		var answer struct{ Files []upload.File }
		if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || len(answer.Files) != len(keys) {
			t.Fatalf("%d objects, answer %s", len(keys), w.Body)
		}
		for _, file := range answer.Files {
			content, info := uploadtest.Stored(t, store, file.Key)
			if !file.Cleaned && !bytes.Contains(body, content) || int64(len(content)) != file.Size || info.Type != file.Type {
				t.Fatalf("stored %d bytes as %+v, answered %+v", len(content), info, file)
			}
			if storage.ValidKey(file.Key) != nil || !utf8.ValidString(file.Name) || file.Name == "" || len(file.Name) > 255 || strings.ContainsAny(file.Name, "/\\\x00\r\n") {
				t.Fatalf("key %q, name %q", file.Key, file.Name)
			}
		}
	})
}
