package upload_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
)

// These hooks raise an alarm for an operator, and keep an audit trail of what was stored or
// refused.
func ExampleHooks() {
	hooks := upload.Hooks{Event: func(_ context.Context, e upload.Event) {
		switch e.Kind {
		case upload.KindCleanupFailed:
			fmt.Println("ALARM: a file is left under", e.Files[0].Key)
		case upload.KindAccepted:
			fmt.Println(e.Subject, "stored", e.Files[0].Name, e.Files[0].Size)
		case upload.KindRefused:
			fmt.Println(e.Subject, "was refused", string(e.Code))
		}
	}}
	ann := upload.RequireSubject(func(*http.Request) (string, error) { return "ann", nil })
	h, err := upload.New(&memstore.Store{}, upload.Types("text/plain"), ann, &upload.Options{
		Hooks: hooks, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		panic(err)
	}
	h.ServeHTTP(httptest.NewRecorder(), post(file("file", "notes.txt", "hello")))
	h.ServeHTTP(httptest.NewRecorder(), post(file("file", "page.html", "<html>")))
	// Output:
	// ann stored notes.txt 5
	// ann was refused type_not_allowed
}

// A page shows how far its upload is. In examples/server it gets server-sent events.
func ExampleProgress() {
	progress := &upload.Progress{}
	h, err := upload.New(&memstore.Store{}, upload.Types("text/plain"), upload.AllowAnonymous, &upload.Options{
		Progress: progress, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		panic(err)
	}
	r := post(file("file", "notes.txt", "hello"))
	r.Header.Set("Upload-Id", "5f0c2b1e9d3a4c67")
	go h.ServeHTTP(httptest.NewRecorder(), r)

	var last upload.ProgressStatus
	for last = range progress.Watch(context.Background(), "", "5f0c2b1e9d3a4c67", time.Second/4) {
		// show it
	}
	fmt.Println(last.State, last.Files)
	// Output: done 1
}
