// Echo is a form for applications in an echo server. The handler receives the documents itself
// and publishes them only when the form is valid.
//
//	go run -C examples ./echo
package main

import (
	"fmt"
	"log"
	"net/http"
	"time"

	"github.com/labstack/echo/v5"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/storage"
)

func main() {
	e, err := newEcho(&memstore.Store{})
	if err != nil {
		log.Fatal(err)
	}
	srv := &http.Server{Addr: "127.0.0.1:8085", Handler: e, ReadHeaderTimeout: 10 * time.Second}
	fmt.Println("try: curl -F email=ada@example.org -F document=@cv.pdf http://127.0.0.1:8085/applications")
	log.Fatal(srv.ListenAndServe())
}

func newEcho(store storage.Storage) (*echo.Echo, error) {
	form := upload.Form{"document": {Accept: upload.Documents(nil), MaxFiles: 3}}
	uploads, err := upload.New(store, form, upload.AllowAnonymous, &upload.Options{
		Keys: upload.Prefix("applications", upload.RandomKeys()),
	})
	if err != nil {
		return nil, err
	}
	e := echo.New()
	e.POST("/applications", apply(uploads))
	return e, nil
}

// application holds the text field that the form has beside the documents.
type application struct {
	Email string `form:"email"`
}

func apply(uploads *upload.Handler) echo.HandlerFunc {
	return func(c *echo.Context) error {
		var form application
		var documents []upload.File
		err := uploads.Handle(c.Response(), c.Request(), func(tx *upload.Tx) error {
			documents = tx.Files()
			if err := c.Bind(&form); err != nil || form.Email == "" {
				return &upload.Error{Code: "no_email", Reason: "An application needs an email address.", Err: err}
			}
			return nil
		})
		if err != nil {
			return err // it was answered; echo sees that, and does not answer again
		}
		return c.JSON(http.StatusCreated, map[string]any{"email": form.Email, "documents": documents})
	}
}
