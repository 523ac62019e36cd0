package upload_test

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
)

// TestRefusedByAnyCopy: however a host passes a refusal on, a client that sends everything
// before it reads gets the whole answer.
func TestRefusedByAnyCopy(t *testing.T) {
	for about, passed := range map[string]func(*upload.Error) error{
		"as it is":             func(e *upload.Error) error { return e },
		"joined with another":  func(e *upload.Error) error { return errors.Join(errors.New("host"), e) },
		"with other words":     func(e *upload.Error) error { c := *e; c.Reason = "no"; return &c },
		"by errors.As, a copy": func(e *upload.Error) error { c := *e; return &c },
	} {
		t.Run(about, func(t *testing.T) {
			h, err := upload.New(&memstore.Store{}, upload.Images(nil), upload.AllowAnonymous, &upload.Options{MaxFileSize: 64 << 20})
			require.NoError(t, err)
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				_, err := h.Receive(w, r)
				var e *upload.Error
				if errors.As(err, &e) {
					h.RespondError(w, r, passed(e))
				}
			}))
			defer s.Close()
			c, err := net.Dial("tcp", s.Listener.Addr().String())
			require.NoError(t, err)
			defer func() { require.NoError(t, c.Close()) }()
			body := file("file", "a.txt", strings.Repeat("hello ", 20<<20/6))
			_, err = fmt.Fprintf(c, "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=%s\r\nContent-Length: %d\r\n\r\n%s", boundary, len(body), body)
			require.NoError(t, err)
			a, err := http.ReadResponse(bufio.NewReader(c), nil)
			require.NoError(t, err)
			defer func() { require.NoError(t, a.Body.Close()) }()
			require.Equal(t, upload.CodeTypeNotAllowed, problemOf(t, a).Code)
		})
	}
}
