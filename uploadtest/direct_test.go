package uploadtest_test

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/storage"
	"github.com/airlock-go/upload/uploadtest"
)

// newApp returns an application with direct uploads at /tickets/ over a memory store. Callers
// identify themselves.
func newApp(t *testing.T, store storage.Storage, serve http.Handler, o upload.PresignOptions) *http.ServeMux {
	t.Helper()
	who := upload.RequireSubject(func(r *http.Request) (string, error) { return r.Header.Get("Subject"), nil })
	h, err := upload.New(store, upload.Any(upload.Images(nil), upload.Types("text/plain")), who,
		&upload.Options{MaxFileSize: 64 << 20, Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	p, err := upload.NewPresigner(h, [][]byte{bytes.Repeat([]byte{7}, 32)}, &o)
	require.NoError(t, err)
	mux := http.NewServeMux()
	mux.Handle("/tickets/", p)
	mux.Handle("/store/", serve)
	return mux
}

func ann() http.Header { return http.Header{"Subject": {"ann"}} }

// TestDirect makes direct uploads in every way, without connections and with them.
func TestDirect(t *testing.T) {
	const part = 5 << 20
	long := uploadtest.Repeat("a line of text\n", 2*part+1000)
	for _, row := range []struct {
		about   string
		options upload.PresignOptions
		file    uploadtest.Part
		code    upload.Code // "" if accepted
		status  int
	}{
		{"PUT", upload.PresignOptions{}, uploadtest.File("file", "a.png", uploadtest.PNG(0)), "", 201},
		{"form", upload.PresignOptions{Form: true}, uploadtest.File("file", "a.png", uploadtest.PNG(0)), "", 201},
		{"parts", upload.PresignOptions{SingleSize: 1 << 20, PartSize: part}, uploadtest.File("file", "a.txt", long), "", 201},
		{"refused when it is signed", upload.PresignOptions{}, uploadtest.File("file", "a.exe", "MZ"), upload.CodeTypeNotAllowed, 415},
		{"refused when it is confirmed", upload.PresignOptions{}, uploadtest.File("file", "a.png", "<html>"), upload.CodeTypeMismatch, 415},
		{"refused when it is confirmed, parts", upload.PresignOptions{SingleSize: 1 << 20, PartSize: part}, uploadtest.File("file", "a.png", long), upload.CodeTypeMismatch, 415},
	} {
		t.Run(row.about, func(t *testing.T) {
			for _, at := range []struct {
				store string
				pipes bool
			}{{"http://example.com/store/", false}, {"http://example.com/store/", true}, {"/store/", false}, {"/store/", true}} {
				store := &memstore.Store{}
				mux := newApp(t, store, store.Handler(at.store), row.options)
				d := uploadtest.Direct{Client: uploadtest.Client(mux), URL: "/tickets/", Header: ann()}
				if at.pipes {
					s := uploadtest.Serve(t, mux)
					d.Client, d.URL = s.Client(), s.URL+"/tickets"
				}
				a := d.Upload(t, row.file)
				require.Equal(t, row.status, a.Status, a)
				require.Equal(t, row.code, a.Code)
				if row.code != "" {
					require.Zero(t, store.Used())
					continue
				}
				require.Equal(t, []string{a.Files[0].Key}, store.Keys())
				require.Equal(t, row.file.Content.Size, a.Files[0].Size)
				r, err := store.OpenAt(t.Context(), a.Files[0].Key, "", 0, -1)
				require.NoError(t, err)
				stored := uploadtest.Content{Size: a.Files[0].Size, Open: func() io.Reader { return r }}
				require.Equal(t, row.file.Content.SHA256(), stored.SHA256())
			}
		})
	}
}

// TestDirectSteps calls each step alone, and in other orders.
func TestDirectSteps(t *testing.T) {
	store := &memstore.Store{}
	mux := newApp(t, store, store.Handler("http://example.com/store/"), upload.PresignOptions{SingleSize: 1 << 20, PartSize: 5 << 20})
	d := uploadtest.Direct{Client: uploadtest.Client(mux), URL: "/tickets/", Header: ann()}

	require.Equal(t, upload.CodeUnauthenticated, uploadtest.PostDirect(t, mux, "/tickets/", uploadtest.File("file", "a.txt", "x")).Code)

	small := uploadtest.File("file", "a.txt", "hello")
	ticket, a := d.Sign(t, uploadtest.Declare(small))
	require.NotNil(t, ticket, a)
	require.Equal(t, 403, d.Send(t, ticket, uploadtest.Bytes("longer than declared")).Status)
	require.Equal(t, upload.CodeNotUploaded, d.Confirm(t, ticket.Token).Code)
	require.Equal(t, 200, d.Send(t, ticket, small.Content).Status)
	require.Equal(t, 204, d.Abort(t, ticket.Token).Status)
	require.Equal(t, upload.CodeBadTicket, d.Confirm(t, ticket.Token).Code)
	require.Zero(t, store.Used())

	large := uploadtest.File("file", "a.txt", uploadtest.Repeat("0123456789", 12<<20))
	ticket, a = d.Sign(t, uploadtest.Declare(large))
	require.NotNil(t, ticket, a)
	for _, n := range []int{3, 1, 1, 2} {
		require.Equal(t, 200, d.SendPart(t, ticket, large.Content, n).Status)
	}
	require.Equal(t, upload.CodeMalformed, d.SendPart(t, ticket, large.Content, 4).Code)
	a = d.Confirm(t, ticket.Token)
	require.Equal(t, 201, a.Status, a)
	require.EqualValues(t, 12<<20, a.Files[0].Size)

	r := newRecorder(t)
	require.Len(t, r.run(func() { d.Step(r, "confirm", func() {}) }), 1, "not JSON")
}

// TestExamplesOfTheClock runs the functions of the example of the clock.
func TestExamplesOfTheClock(t *testing.T) {
	t.Run("a stalled client is refused", stalledClientIsRefused)
	t.Run("a ticket expires", ticketExpires)
}
