package integration_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/integration/internal/client"
	"github.com/airlock-go/upload/integration/internal/host"
	"github.com/airlock-go/upload/internal/rounds"
	"github.com/airlock-go/upload/s3store"
)

var (
	small = client.File("small.png", client.PNG(100<<10))  // one PutObject
	large = client.File("large.png", client.PNG(2*part+1)) // three parts
	twice = client.File("twice.png", client.PNG(part+1))   // two parts
)

// TestOneBadFile checks that nothing of a request with a bad file is kept, however far the others
// had come.
func TestOneBadFile(t *testing.T) {
	t.Parallel()
	elsewhere := small
	elsewhere.Field = "other"
	bad := []struct {
		name   string
		rest   client.Form // what follows the good file
		status int
		code   upload.Code
	}{
		{"a program", client.Form{client.File("b.png", client.Executable(8*mib))}, 415, upload.CodeTypeNotAllowed},
		{"a wrong extension", client.Form{client.File("b.txt", client.PNG(0))}, 415, upload.CodeTypeMismatch},
		{"too large", client.Form{client.File("b.png", client.PNG(8*mib+1))}, 413, upload.CodeTooLarge},
		{"one too many", client.Form{small, small}, 413, upload.CodeTooMany},
		{"in a wrong field", client.Form{elsewhere}, 400, upload.CodeUnexpectedField},
		{"markup at the end of a text", client.Form{client.File("b.txt", script)}, 422, upload.CodeActiveContent},
	}
	for _, first := range []client.Part{small, twice} {
		for _, row := range bad {
			t.Run(first.Name+"/"+row.name, func(t *testing.T) {
				st := newStage(t, false, s3store.Options{})
				s := host.Start(t, newHandler(t, st.store, upload.Options{MaxFileSize: 8 * mib}, upTo(2)))
				a := post(t, s, append(client.Form{first}, row.rest...), false)
				require.Equal(t, row.status, a.Status, "%s", a.Body)
				require.Equal(t, row.code, a.Code)
				st.bucket.RequireNothing(t)
			})
		}
	}
}

// script is text of which only the last bytes are dangerous, in its second part.
var script = client.Bytes([]byte(strings.Repeat("plain text\n", mib/2) + "<script>alert(1)</script>"))

// TestCutInTheSecondFile sends a body that ends in the middle of the second file: with a
// Content-Length that agrees, with one that does not, and chunked.
func TestCutInTheSecondFile(t *testing.T) {
	t.Parallel()
	for _, first := range []client.Part{small, twice} {
		for _, second := range []client.Part{small, large} {
			f := client.Form{first, second}
			cut := client.Form{first}.Size() + second.Content.Size/2
			for name, length := range map[string]int64{"matching": cut, "lying": f.Size(), "chunked": -1} {
				t.Run(first.Name+"/"+second.Name+"/"+name, func(t *testing.T) {
					st := newStage(t, false, s3store.Options{})
					s := host.Start(t, newHandler(t, st.store, upload.Options{}, upTo(2)))
					c, err := client.Dial(s.Addr, "/", f, length)
					require.NoError(t, err)
					defer c.Close()
					require.NoError(t, c.Send(cut))
					if length != cut {
						require.NoError(t, c.HalfClose())
					}
					a, err := c.Answer(patience)
					require.NoError(t, err)
					require.Equal(t, 400, a.Status)
					st.bucket.RequireNothing(t)
				})
			}
		}
	}
}

// TestHostDecides checks that the host's handler decides, by what it does with the request, whether
// the files are kept.
func TestHostDecides(t *testing.T) {
	t.Parallel()
	rows := []struct {
		name string
		next http.HandlerFunc
		kept bool
	}{
		{"answers 200", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(200) }, true},
		{"writes nothing", func(http.ResponseWriter, *http.Request) {}, true},
		{"answers 303", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(303) }, true},
		{"answers 500", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }, false},
		{"answers 404", http.NotFound, false},
		{"panics", func(http.ResponseWriter, *http.Request) { panic("host") }, false},
		{"aborts", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, false},
		{"panics after its answer", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(200)
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		}, false},
		{"discards and answers 303", func(w http.ResponseWriter, r *http.Request) {
			upload.Discard(r.Context())
			w.WriteHeader(303)
		}, false},
		{"keeps and answers 500", func(w http.ResponseWriter, r *http.Request) {
			_ = upload.Keep(r.Context())
			w.WriteHeader(500)
		}, true},
		{"keeps and panics", func(_ http.ResponseWriter, r *http.Request) {
			_ = upload.Keep(r.Context())
			panic("host")
		}, true},
	}
	takesTurn := rounds.Turns(2) // each row in one of the buckets, since the number of rows is odd
	for name, versioned := range map[string]bool{"plain bucket": false, "versioned bucket": true} {
		for _, row := range rows {
			if !takesTurn() {
				continue
			}
			t.Run(name+"/"+row.name, func(t *testing.T) {
				st := newStage(t, versioned, s3store.Options{})
				keys := make(chan string, 2)
				h := newHandler(t, st.store, upload.Options{}, upTo(2))
				s := host.Start(t, recovered(h.Middleware(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					for _, f := range upload.Files(r.Context()) {
						keys <- f.Key
					}
					row.next(w, r)
				}))))
				a, err := client.Post(t.Context(), s.Client(), s.URL, client.Form{small, twice}, false) // some panics cost the answer
				require.Len(t, keys, 2, "the host received no files: %+v, %v", a, err)
				k1, k2 := <-keys, <-keys
				if !row.kept {
					st.bucket.RequireNothing(t)
					return
				}
				for key, c := range map[string]client.Content{k1: small.Content, k2: twice.Content} {
					digest, _ := st.bucket.SHA256(t, key)
					require.Equal(t, c.SHA256(), digest)
				}
				require.Len(t, st.bucket.Versions(t.Context(), t), 2)
			})
		}
	}
}

// recovered keeps panics out of the server's error log, as hosts do.
func recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if p := recover(); p != nil {
				panic(http.ErrAbortHandler)
			}
		}()
		next.ServeHTTP(w, r)
	})
}
