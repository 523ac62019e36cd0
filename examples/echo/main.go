// Echo is a form for applications behind an echo server: the handler receives
// the documents itself and publishes them only when the form is good.
//
//	go run -C examples ./echo
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/storage"
)

func main() {
	e, err := newEcho(&memstore.Store{})
	if err != nil {
		log.Fatal(err)
	}
	srv := &http.Server{Addr: "127.0.0.1:8083", Handler: e, ReadHeaderTimeout: 10 * time.Second}
	fmt.Println("try: curl -F email=ada@example.org -F document=@cv.pdf http://127.0.0.1:8083/applications")
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
	e.HideBanner = true
	e.HTTPErrorHandler = answer(uploads, e.DefaultHTTPErrorHandler)
	e.POST("/applications", apply(uploads))
	return e, nil
}

// answer gives errors of uploads to the handler, which knows how to answer a
// client that is still sending, and all others to next.
func answer(uploads *upload.Handler, next echo.HTTPErrorHandler) echo.HTTPErrorHandler {
	return func(err error, c echo.Context) {
		var refusal *upload.Error
		if errors.As(err, &refusal) && !c.Response().Committed {
			uploads.RespondError(c.Response(), c.Request(), err)
			return
		}
		next(err, c)
	}
}

// application is the text beside the documents.
type application struct {
	Email string `form:"email"`
}

func apply(uploads *upload.Handler) echo.HandlerFunc {
	return func(c echo.Context) error {
		tx, err := uploads.Receive(c.Response(), c.Request())
		if err != nil {
			return err
		}
		defer func() { _ = tx.Rollback() }() // does nothing after Commit; what fails is logged

		var form application
		if err := c.Bind(&form); err != nil {
			return err
		}
		if form.Email == "" {
			return echo.NewHTTPError(http.StatusUnprocessableEntity, "an application needs an email address")
		}
		if err := tx.Commit(context.WithoutCancel(c.Request().Context())); err != nil {
			return err
		}
		return c.JSON(http.StatusCreated, echo.Map{"email": form.Email, "documents": tx.Files()})
	}
}
