package upload_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
)

// signedIn takes the place of the host's own session handling.
func signedIn(r *http.Request) (string, error) {
	if user := r.Header.Get("X-User"); user != "" {
		return user, nil
	}
	return "", errors.New("no session")
}

func Example() {
	h, err := upload.New(&memstore.Store{}, upload.Types("image/png", "text/plain"), upload.RequireSubject(signedIn), nil)
	if err != nil {
		log.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("POST /upload", h)

	r := post(file("file", "page.png", "<html>"))
	r.Header.Set("X-User", "alice")
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, r)
	var problem struct{ Code, Detail string }
	_ = json.Unmarshal(w.Body.Bytes(), &problem)
	fmt.Println(w.Code, problem.Code)
	fmt.Println(problem.Detail)
	// Output:
	// 415 type_not_allowed
	// HTML files are not accepted. Send PNG or plain text (.txt).
}

// The smallest handler keeps pictures in memory, from anyone.
func ExampleNew() {
	h, err := upload.New(&memstore.Store{}, upload.Images(nil), upload.AllowAnonymous, nil)
	if err != nil {
		log.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("POST /upload", h)

	fmt.Println(statusOf(mux, post(file("file", "cat.png", pngBytes()))))
	// Output: 201
}

// Uploads under way end before the server does, and new ones are refused.
func ExampleHandler_Shutdown() {
	h, err := upload.New(&memstore.Store{}, upload.Images(nil), upload.AllowAnonymous, quiet())
	if err != nil {
		log.Fatal(err)
	}
	srv := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	// … until a signal says stop:
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	err = errors.Join(h.Shutdown(ctx), srv.Shutdown(ctx))

	fmt.Println(err, statusOf(h, post(file("file", "cat.png", pngBytes()))))
	// Output: <nil> 503
}
