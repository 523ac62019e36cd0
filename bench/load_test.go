package main

import (
	"bytes"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/internal/corpus"
	"github.com/airlock-go/upload/memstore"
)

// TestTypicalFiles checks that this library accepts the typical files of the cases by type.
func TestTypicalFiles(t *testing.T) {
	h, err := upload.New(&memstore.Store{}, policy(), upload.AllowAnonymous, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range corpus.TypicalFiles() {
		newForm, err := forms(c.About, 100_000)
		if err != nil {
			t.Fatal(err)
		}
		body, length := newForm()
		r := httptest.NewRequest(http.MethodPost, "/", body)
		r.ContentLength = length
		r.Header.Set("Content-Type", formType)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != http.StatusCreated {
			t.Errorf("%s: %d %s", c.About, w.Code, w.Body)
		}
	}
}

// TestPNG checks that the load generator sends a picture of exactly the given size, which this
// library accepts.
func TestPNG(t *testing.T) {
	h, err := upload.New(&memstore.Store{}, policy(), upload.AllowAnonymous, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range []int64{100, 100_000, chunkData, chunkData + 12, chunkData + 100, 3*chunkData + 5, mib, 4*mib + 1} {
		body, length := form("a.png", "image/png", picture(size), size)
		b, err := io.ReadAll(body)
		if err != nil || int64(len(b)) != length {
			t.Fatalf("%d: a form of %d bytes, not %d; %v", size, len(b), length, err)
		}
		if _, err := png.DecodeConfig(bytes.NewReader(b[bytes.Index(b, []byte("\x89PNG")):])); err != nil {
			t.Errorf("%d: %v", size, err)
		}
		r := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(b))
		r.Header.Set("Content-Type", formType)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != http.StatusCreated {
			t.Errorf("%d: %d %s", size, w.Code, w.Body)
		}
	}
}
