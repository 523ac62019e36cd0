package uppy_test

import (
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/uppy"
)

// The page has companionEndpoint: "/uppy". Here Uppy asks for an upload in parts, once as
// the package documentation says and once without the size of the file.
func ExampleNew() {
	mux, store := http.NewServeMux(), &memstore.Store{}
	mux.Handle("/store/", store.Handler("/store/"))
	h, err := upload.New(store, upload.Images(nil), upload.AllowAnonymous, nil)
	if err != nil {
		log.Fatal(err)
	}
	p, err := upload.NewPresigner(h, [][]byte{make([]byte, 32)}, nil) // the secret of all instances
	if err != nil {
		log.Fatal(err)
	}
	handler, err := uppy.New(p, nil)
	if err != nil {
		log.Fatal(err)
	}
	mux.Handle("/uppy/", handler)

	for _, metadata := range []string{`{"size":5000}`, `{}`} {
		w, body := httptest.NewRecorder(), `{"filename":"cat.png","type":"image/png","metadata":`+metadata+`}`
		mux.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/uppy/s3/multipart", strings.NewReader(body)))
		fmt.Println(w.Code)
	}
	// Output:
	// 200
	// 400
}
