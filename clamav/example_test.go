package clamav_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/clamav"
	"github.com/airlock-go/upload/memstore"
)

// Every file is scanned while it arrives. Here clamd is not running: nothing is stored, and the
// client may try again.
func Example() {
	scanner, err := clamav.New("unix", "/run/there-is-no-clamd.ctl", nil)
	if err != nil {
		panic(err)
	}
	if err := scanner.Check(context.Background()); errors.Is(err, upload.CodeCheckFailed) {
		fmt.Println("clamd does not answer")
	}
	store := &memstore.Store{}
	accept := upload.All(upload.Types("text/plain"), scanner) // the scanner last
	h, err := upload.New(store, accept, upload.AllowAnonymous, &upload.Options{
		MaxFileSize: 25 << 20, // at most what clamd scans
		Logger:      slog.New(slog.DiscardHandler),
	})
	if err != nil {
		panic(err)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, textFile("hello"))
	fmt.Println(w.Code, w.Header().Get("Retry-After") != "", len(store.Keys()))
	// Output:
	// clamd does not answer
	// 503 true 0
}

// textFile returns a form with one file.
func textFile(content string) *http.Request {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	file, err := form.CreateFormFile("file", "hello.txt")
	if err == nil {
		_, err = file.Write([]byte(content))
	}
	if err == nil {
		err = form.Close()
	}
	if err != nil {
		panic(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/upload", &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	return r
}
