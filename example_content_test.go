package upload_test

import (
	"context"
	"fmt"
	"log"
	"log/slog"
	"net/http/httptest"
	"net/url"
	"strings"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
)

// Each field has its own rules. The text is judged before any file is read.
func ExampleForm() {
	fields := upload.Form{
		"cv":          {Accept: upload.Documents(nil)},
		"certificate": {Accept: upload.Images(nil), MaxSize: 3 << 20, MaxFiles: 3, Optional: true},
	}
	named := func(_ context.Context, text url.Values) error {
		if text.Get("name") == "" {
			return upload.Reject("no_name", "please tell us your name")
		}
		return nil
	}
	h, err := upload.New(&memstore.Store{}, fields, upload.AllowAnonymous, &upload.Options{
		TextFirst: []string{"name"}, CheckForm: named, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, name := range []string{"", "Ada"} {
		_, err := h.Receive(httptest.NewRecorder(), post(new(form).text("name", name).file("certificate", "", "").String()))
		fmt.Println(err)
	}
	// Output:
	// upload: no_name: please tell us your name
	// upload: missing_file: Please choose a file
}

// The client chooses the order of the files, so a program selects them by their field.
func ExampleTx_Files() {
	fields := upload.Form{
		"cv":       {Accept: upload.Documents(nil)},
		"portrait": {Accept: upload.Images(nil), Optional: true},
	}
	h, err := upload.New(&memstore.Store{}, fields, upload.AllowAnonymous, quiet())
	if err != nil {
		log.Fatal(err)
	}
	body := new(form).file("portrait", "ada.png", pngBytes()).file("cv", "cv.txt", "hello")
	tx, err := h.Receive(httptest.NewRecorder(), post(body.String()))
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	for _, f := range tx.Files() {
		fmt.Println(f.Field, f.Type)
	}
	// Output:
	// portrait image/png
	// cv text/plain
}

// Pictures are judged by their content, which their names must fit. The size that the header of a
// picture declares is judged before any program decodes the picture.
func ExampleImages() {
	pictures := upload.Images(&upload.ImageOptions{MaxWidth: 2000, MaxHeight: 2000})
	h, err := upload.New(&memstore.Store{}, pictures, upload.AllowAnonymous, quiet())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(statusOf(h, post(file("file", "cat.png", pngBytes()))))
	fmt.Println(statusOf(h, post(file("file", "cat.png", "<html>"))))
	fmt.Println(statusOf(h, post(file("file", "cat.png", pngBytes()+"<script>"))))
	// Output:
	// 201
	// 415
	// 422
}

// A check of the host's own runs after the type is known, here for one type only.
func ExampleValidator() {
	noSecrets := upload.ValidatorFunc(func(_ context.Context, in *upload.Incoming) error {
		if strings.HasPrefix(string(in.Head), "-----BEGIN") {
			return upload.Reject("secret", "this looks like a private key")
		}
		return nil
	})
	policy := upload.All(
		upload.Types("text/plain", "image/png"),
		upload.ForType(map[string]upload.Validator{
			"text/plain": upload.All(noSecrets, upload.MaxSize(64<<10)),
			"image/png":  upload.MaxSize(2 << 20),
		}),
	)
	h, err := upload.New(&memstore.Store{}, policy, upload.AllowAnonymous, quiet())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(statusOf(h, post(file("file", "notes.txt", "-----BEGIN PRIVATE KEY-----"))))
	// Output: 422
}
