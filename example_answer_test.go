package upload_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
)

// The host writes its own JSON. The code of a refusal gives the status.
func ExampleResponder() {
	respond := func(w http.ResponseWriter, _ *http.Request, files []upload.File, err error) {
		var refusal *upload.Error
		w.Header().Set("Content-Type", "application/json")
		if errors.As(err, &refusal) {
			w.WriteHeader(refusal.Code.Status())
			_ = json.NewEncoder(w).Encode(map[string]any{"error": refusal.Code, "file": refusal.Name})
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"name": files[0].Name, "size": files[0].Size}) // the policy requires one
	}
	h, err := upload.New(&memstore.Store{}, upload.Types("text/plain"), upload.AllowAnonymous, &upload.Options{
		Respond: respond, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, content := range []string{"hello", "<html>"} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, post(file("file", "a.txt", content))) // a form with one file
		fmt.Print(w.Code, " ", w.Body)
	}
	// Output:
	// 200 {"name":"a.txt","size":5}
	// 415 {"error":"type_not_allowed","file":"a.txt"}
}

// The answer to a plain HTML form redirects the browser to a page of the host.
func ExampleSeeOther() {
	h, err := upload.New(&memstore.Store{}, upload.Types("text/plain"), upload.AllowAnonymous,
		&upload.Options{Respond: upload.SeeOther("/"), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		log.Fatal(err)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, post(file("file", "a.txt", "hello"))) // a form with one file
	fmt.Println(w.Code, w.Header().Get("Location"))
	// Output: 303 /?uploaded=1
}
