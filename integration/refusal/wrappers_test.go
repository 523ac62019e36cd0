package refusal_test

import (
	"io"
	"log"
	"net/http"
	"testing"
	"time"

	"github.com/gin-contrib/gzip"
	"github.com/gin-gonic/gin"
	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/integration/internal/client"
	"github.com/airlock-go/upload/integration/internal/host"
)

// wrappers are what hosts put around handlers. The last three hide the server's response writer, so
// deadlines and full duplex are unavailable through them.
var wrappers = []struct {
	name string
	wrap func(http.Handler) http.Handler
}{
	{"http.ServeMux", func(h http.Handler) http.Handler {
		mux := http.NewServeMux()
		mux.Handle("POST /{$}", h)
		return mux
	}},
	{"chi with its response writer", func(h http.Handler) http.Handler {
		r := chi.NewRouter()
		r.Use(middleware.RequestLogger(&middleware.DefaultLogFormatter{Logger: log.New(io.Discard, "", 0), NoColor: true}))
		r.Method(http.MethodPost, "/", h)
		return r
	}},
	{"chi Compress", func(h http.Handler) http.Handler {
		r := chi.NewRouter()
		r.Use(middleware.Compress(5, "application/json", "application/problem+json"))
		r.Method(http.MethodPost, "/", h)
		return r
	}},
	{"gin", func(h http.Handler) http.Handler {
		return newGin(h)
	}},
	{"gin with gzip", func(h http.Handler) http.Handler {
		return newGin(h, gzip.Gzip(gzip.DefaultCompression))
	}},
	{"http.TimeoutHandler", func(h http.Handler) http.Handler {
		return http.TimeoutHandler(h, time.Minute, "timeout")
	}},
	{"an embedded status recorder", func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			h.ServeHTTP(&recorder{ResponseWriter: w}, r)
		})
	}},
}

func newGin(h http.Handler, middleware ...gin.HandlerFunc) http.Handler {
	gin.SetMode(gin.ReleaseMode)
	r := gin.New()
	r.Use(middleware...)
	r.POST("/", gin.WrapH(h))
	return r
}

// recorder records the status as many middlewares do, without Unwrap.
type recorder struct {
	http.ResponseWriter
	status int
}

func (r *recorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

func TestBehindWrappers(t *testing.T) {
	t.Parallel()
	rows := []struct {
		name    string
		file    client.Part
		chunked bool
		status  int
		code    upload.Code
	}{
		{"accepted", client.File("a.png", client.PNG(700<<10)), false, 201, ""},
		{"accepted, chunked", client.File("a.png", client.PNG(700<<10)), true, 201, ""},
		{"too large", client.File("a.png", client.PNG(24*mib)), false, 413, upload.CodeTooLarge},
		{"too large, chunked", client.File("a.png", client.PNG(24*mib)), true, 413, upload.CodeTooLarge},
		{"wrong type", client.File("a.png", client.Executable(700<<10)), false, 415, upload.CodeTypeNotAllowed},
		{"wrong type, large and chunked", client.File("a.png", client.Executable(24*mib)), true, 415, upload.CodeTypeNotAllowed},
	}
	clients := map[string]func(testing.TB, *host.Server, client.Form, bool) (*client.Answer, error){
		"Go": goClient(), "raw socket": rawClient(true),
	}
	for _, w := range wrappers {
		for _, row := range rows {
			for name, send := range clients {
				t.Run(w.name+"/"+row.name+"/"+name, func(t *testing.T) {
					h, store := newHandler(t, upload.Types("image/png"), upload.Options{MaxFileSize: mib})
					a, err := send(t, host.Start(t, w.wrap(h)), client.Form{row.file}, row.chunked)
					require.NoError(t, err)
					require.Equal(t, row.status, a.Status, "%s", a.Body)
					require.Equal(t, row.code, a.Code)
					if row.status == 201 {
						require.Equal(t, []string{a.Files[0].Key}, store.Keys())
					} else {
						require.Zero(t, store.Used())
					}
				})
			}
		}
	}
}
