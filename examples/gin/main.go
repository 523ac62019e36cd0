// Gin is a profile form in a gin engine. The handler receives the upload itself. It publishes the
// picture only when the text is valid.
//
//	go run -C examples ./gin
package main

import (
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

// profileForm holds the text field that the form has beside the picture.
type profileForm struct {
	Name string `form:"name" binding:"required,max=80"`
}

func (p *profiles) save(uploads *upload.Handler) gin.HandlerFunc {
	return func(c *gin.Context) {
		var saved profile
		err := uploads.Handle(c.Writer, c.Request, func(tx *upload.Tx) error {
			var form profileForm
			if c.ShouldBind(&form) != nil {
				return upload.Reject("bad_profile", "A profile needs a name of 80 characters at most.")
			}
			if err := tx.Commit(c.Request.Context()); err != nil {
				return err
			}
			saved = profile{Name: form.Name, Picture: tx.Files()[0].Key}
			return p.insert(saved) // an error removes the picture again
		})
		if err == nil { // else Handle has answered
			c.JSON(http.StatusCreated, saved)
		}
	}
}

// profiles stands in for the application's database.
type profiles struct {
	mu     sync.Mutex
	byName map[string]profile
}

type profile struct {
	Name    string `json:"name"`
	Picture string `json:"picture"` // the key in storage
}

// insert refuses a name that is taken.
func (p *profiles) insert(saved profile) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, taken := p.byName[saved.Name]; taken {
		return upload.Reject("name_taken", "The name is taken.")
	}
	if p.byName == nil {
		p.byName = map[string]profile{}
	}
	p.byName[saved.Name] = saved
	return nil
}
