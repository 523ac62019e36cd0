package uploadtest_test

import (
	"context"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/storage"
	"github.com/airlock-go/upload/uploadtest"
)

// exampleT takes the place of the *testing.T of your test.
type exampleT struct{ testing.TB }

func (exampleT) Helper() {}

func (exampleT) Context() context.Context { return context.Background() }

func (exampleT) Errorf(format string, args ...any) { fmt.Printf(format+"\n", args...) }

func (exampleT) Fatalf(format string, args ...any) { log.Fatalf(format, args...) }

func newExample(store storage.Storage, policy upload.Validator) *upload.Handler {
	form := upload.Form{"file": {Accept: policy, MaxFiles: 2}}
	h, err := upload.New(store, form, upload.AllowAnonymous, &upload.Options{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		log.Fatal(err)
	}
	return h
}

func ExamplePost() {
	var t exampleT
	h := newExample(&memstore.Store{}, upload.Images(nil))

	a := uploadtest.Post(t, h, "/upload", uploadtest.File("file", "cat.png", uploadtest.PNG(5000)), uploadtest.Text("title", "Cats"))
	fmt.Println(a.Status, a.Files[0].Type, a.Files[0].Size)

	a = uploadtest.Post(t, h, "/upload", uploadtest.File("file", "cat.png", "<html>"))
	fmt.Println(a.Status, string(a.Code))
	// Output:
	// 201 image/png 5000
	// 415 type_not_allowed
}

// A separate request allows header fields, and an unknown length.
func ExampleNewRequest() {
	var t exampleT
	who := upload.RequireSubject(func(r *http.Request) (string, error) { return r.Header.Get("X-User"), nil })
	h, err := upload.New(&memstore.Store{}, upload.Types("text/plain"), who, &upload.Options{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		log.Fatal(err)
	}
	for _, user := range []string{"ada", ""} {
		r := uploadtest.NewRequest("/upload", uploadtest.File("file", "a.txt", "hello"))
		r.ContentLength = -1
		r.Header.Set("X-User", user)
		a := uploadtest.Send(t, uploadtest.Client(h), r)
		fmt.Printf("%d %q\n", a.Status, string(a.Code))
	}
	// Output:
	// 201 ""
	// 401 "unauthenticated"
}

// A complete direct upload. The host's own routes would also be in mux.
func ExamplePostDirect() {
	var t exampleT
	store, mux := &memstore.Store{}, http.NewServeMux()
	mux.Handle("/store/", store.Handler("http://example.com/store/"))
	p, err := upload.NewPresigner(newExample(store, upload.Images(nil)), [][]byte{make([]byte, 32)}, nil)
	if err != nil {
		log.Fatal(err)
	}
	mux.Handle("/tickets/", p)

	a := uploadtest.PostDirect(t, mux, "/tickets/", uploadtest.File("file", "cat.png", uploadtest.PNG(0)))
	fmt.Println(a.Status, a.Files[0].Name)
	a = uploadtest.PostDirect(t, mux, "/tickets/", uploadtest.File("file", "cat.png", "<html>"))
	fmt.Println(a.Status, string(a.Code))
	fmt.Println(len(store.Keys()), "file")
	// Output:
	// 201 cat.png
	// 415 type_mismatch
	// 1 file
}

// The policy of a host trusts names. The output is the first file that RunHostile reports.
func ExampleRunHostile() {
	t := &firstError{}
	store := &memstore.Store{}
	h := newExample(store, upload.ValidatorFunc(func(_ context.Context, in *upload.Incoming) error {
		if path.Ext(in.Name) != ".png" {
			return upload.Reject(upload.CodeTypeNotAllowed, "only .png files are accepted")
		}
		return nil
	}))
	uploadtest.RunHostile(t, h, store, func(s uploadtest.Sample) *http.Request {
		return uploadtest.NewRequest("/upload", s.File("file"))
	})
	fmt.Println(t.first)
	// Output: images/JPEG named .png: "photo.png" of type image/jpeg was not refused as hostile; the answer was 201
}

type firstError struct {
	exampleT
	first string
}

func (t *firstError) Errorf(format string, args ...any) {
	if t.first == "" {
		t.first, _, _ = strings.Cut(fmt.Sprintf(format, args...), " {")
	}
}

func ExampleLegitimate() {
	var t exampleT
	h := newExample(&memstore.Store{}, upload.Images(nil))
	for s := range uploadtest.Legitimate() {
		if !slices.Contains([]string{"image/png", "image/jpeg", "image/gif", "image/webp"}, s.Type) {
			continue
		}
		if a := uploadtest.Post(t, h, "/upload", s.File("file")); a.Status != http.StatusCreated {
			t.Errorf("%s: %s", s.Name, a)
		}
	}
	// Output:
}

// The storage published the second file, and its answer was lost.
func ExampleFailingStore() {
	var t exampleT
	store := &memstore.Store{}
	failing := uploadtest.NewFailingStore(store, uploadtest.Fault{
		Op: uploadtest.OpCommit, Nth: 2, Late: true, Err: storage.ErrUnknownOutcome,
	})
	h := newExample(failing.Storage(), upload.Types("text/plain"))
	a := uploadtest.Post(t, h, "/upload", uploadtest.File("file", "a.txt", "1"), uploadtest.File("file", "b.txt", "2"))
	fmt.Println(a.Status, string(a.Code))
	fmt.Println(len(store.Keys()), "files,", len(failing.Leftovers()), "left over,", failing.Calls(uploadtest.OpDiscard), "discarded")
	// Output:
	// 502 storage
	// 0 files, 0 left over, 2 discarded
}

// A client that leaves after half of its file.
func ExampleDial() {
	var t exampleT
	store, refused := &memstore.Store{}, make(chan upload.Code, 1)
	h, err := upload.New(store, upload.Types("text/plain"), upload.AllowAnonymous, &upload.Options{
		Logger: slog.New(slog.DiscardHandler),
		Hooks:  upload.Hooks{Event: func(_ context.Context, e upload.Event) { refused <- e.Code }},
	})
	if err != nil {
		log.Fatal(err)
	}
	srv := httptest.NewServer(h)
	defer srv.Close()

	c, err := uploadtest.Dial(uploadtest.NewRequest(srv.URL, uploadtest.File("file", "a.txt", uploadtest.Repeat("hello ", 1<<20))))
	if err != nil {
		log.Fatal(err)
	}
	if err := c.Send(512 << 10); err != nil {
		t.Errorf("%v", err)
	}
	c.Reset()
	fmt.Println("refused:", <-refused != "")
	fmt.Println(len(store.Keys()), "files")
	// Output:
	// refused: true
	// 0 files
}
