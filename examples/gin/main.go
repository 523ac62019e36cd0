// Gin is a profile form behind a gin engine: the handler receives the upload
// itself and publishes it only when the profile is good.
//
//	go run -C examples ./gin
package main

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/storage"
)

func main() {
	gin.SetMode(gin.ReleaseMode)
	engine, err := newEngine(&memstore.Store{}, &profiles{})
	if err != nil {
		log.Fatal(err)
	}
	srv := &http.Server{Addr: "127.0.0.1:8082", Handler: engine, ReadHeaderTimeout: 10 * time.Second}
	fmt.Println("try: curl -F name=ada -F picture=@ada.png http://127.0.0.1:8082/profile")
	log.Fatal(srv.ListenAndServe())
}

func newEngine(store storage.Storage, p *profiles) (*gin.Engine, error) {
	form := upload.Form{"picture": {Accept: upload.Images(nil)}}
	uploads, err := upload.New(store, form, upload.AllowAnonymous, &upload.Options{
		Keys: upload.Prefix("pictures", upload.RandomKeys()),
	})
	if err != nil {
		return nil, err
	}
	engine := gin.New()
	engine.Use(gin.Recovery())
	engine.POST("/profile", p.save(uploads))
	return engine, nil
}

// profileForm is the text beside the picture.
type profileForm struct {
	Name string `form:"name" binding:"required,max=80"`
}

func (p *profiles) save(uploads *upload.Handler) gin.HandlerFunc {
	return func(c *gin.Context) {
		tx, err := uploads.Receive(c.Writer, c.Request)
		if err != nil {
			uploads.RespondError(c.Writer, c.Request, err)
			return
		}
		defer func() { _ = tx.Rollback() }() // does nothing after Commit; what fails is logged

		var form profileForm
		if err := c.ShouldBind(&form); err != nil {
			c.JSON(http.StatusUnprocessableEntity, gin.H{"error": "a profile needs a name of 80 characters at most"})
			return
		}
		ctx := context.WithoutCancel(c.Request.Context()) // a client that leaves now changes nothing
		if err := tx.Commit(ctx); err != nil {
			uploads.RespondError(c.Writer, c.Request, err)
			return
		}
		saved := profile{Name: form.Name, Picture: tx.Files()[0].Key}
		if !p.insert(saved) {
			_ = tx.Undo(ctx) // what fails is logged
			c.JSON(http.StatusConflict, gin.H{"error": "the name is taken"})
			return
		}
		c.JSON(http.StatusCreated, saved)
	}
}

// profiles stands for the application's database.
type profiles struct {
	mu     sync.Mutex
	byName map[string]profile
}

type profile struct {
	Name    string `json:"name"`
	Picture string `json:"picture"` // the key in storage
}

// insert reports whether the name was free.
func (p *profiles) insert(saved profile) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, taken := p.byName[saved.Name]; taken {
		return false
	}
	if p.byName == nil {
		p.byName = map[string]profile{}
	}
	p.byName[saved.Name] = saved
	return true
}
