package clients

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/uploadtest"
)

// sender sends a picture under each of the names, and returns the answers.
type sender func(t *testing.T, url string, names []string) []answer

// answer is what a client got.
type answer struct {
	Status int    `json:"status"`
	Body   string `json:"body"`
}

// testNames fails the test unless the names that a client of that style sends are stored as
// [storedOf] says.
func testNames(t *testing.T, client style, send sender) {
	t.Helper()
	var sent []string
	for _, row := range names {
		sent = append(sent, row.name)
	}
	s := newServer(t)
	answers := send(t, s.URL, sent)
	require.Len(t, answers, len(names))
	for i, row := range names {
		t.Run(row.name, func(t *testing.T) {
			s.requireStored(t, answers[i], storedOf(client, row.name, row.stored), s.wire[i])
		})
	}
}

// server stores pictures in memory.
type server struct {
	*httptest.Server
	store *memstore.Store
	wire  []string // the first bytes of each body
}

func newServer(t *testing.T) *server {
	t.Helper()
	s := &server{store: &memstore.Store{}}
	h, err := upload.New(s.store, upload.Types("image/png"), upload.AllowAnonymous, &upload.Options{Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		head := make([]byte, 600)
		n, _ := io.ReadFull(r.Body, head)
		s.wire = append(s.wire, string(head[:n]))
		r.Body = struct {
			io.Reader
			io.Closer
		}{io.MultiReader(bytes.NewReader(head[:n]), r.Body), r.Body}
		h.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

// requireStored fails the test unless the picture is stored under that name, or, for "", the
// request was refused.
func (s *server) requireStored(t *testing.T, a answer, name, wire string) {
	t.Helper()
	if name == "" {
		require.Equal(t, http.StatusBadRequest, a.Status, "%s\n%q", a.Body, wire)
		return
	}
	require.Equal(t, http.StatusCreated, a.Status, "%s\n%q", a.Body, wire)
	var stated struct{ Files []upload.File }
	require.NoError(t, json.Unmarshal([]byte(a.Body), &stated))
	require.Len(t, stated.Files, 1)
	require.Equal(t, name, stated.Files[0].Name, "%q", wire)
	stored, err := s.store.Stat(t.Context(), stated.Files[0].Key)
	require.NoError(t, err)
	require.Equal(t, name, stored.Name)
	require.Equal(t, picture.Size, stored.Size)
}

var picture = uploadtest.PNG(2000)
