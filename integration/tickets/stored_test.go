package tickets_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/storage"
)

// confirming are the options of an application that also confirms without its clients.
var confirming = upload.PresignOptions{GrantStored: func(_ context.Context, subject string) (*upload.Grant, error) {
	return &upload.Grant{Subject: subject}, nil
}}

// left signs and sends a file without confirming it, and returns its staging key and its ticket.
func (a *app) left(t *testing.T, content string) (key string, ticket *upload.Ticket) {
	t.Helper()
	ticket = a.sign(t, "a.txt", content)
	put(t, ticket.SignedRequest, content)
	for _, k := range a.keys(t) {
		if key, ok := strings.CutSuffix(k, ".ticket"); ok {
			return key, ticket
		}
	}
	t.Fatal("no ticket is stored beside the file")
	return "", nil
}

// TestStoredAtOnce confirms by events and by the client at once. One file is published, and each
// call that succeeds returns its key.
func TestStoredAtOnce(t *testing.T) {
	t.Parallel()
	for name, backend := range backends {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newApp(t, backend, confirming)
			key, ticket := a.left(t, honest)
			confirmed := make(chan string, 8)
			for i := range cap(confirmed) {
				go func() {
					var f upload.File
					var err error
					if i%2 == 0 {
						f, err = a.presigner.ConfirmStored(t.Context(), key, nil)
					} else {
						r := httptest.NewRequestWithContext(t.Context(), "POST", "/tickets/confirm", nil)
						r.Header.Set("Subject", "ann")
						f, err = a.presigner.Confirm(httptest.NewRecorder(), r, ticket.Token, nil)
					}
					if err != nil && !errors.Is(err, upload.CodeBadTicket) {
						t.Error(err)
					}
					confirmed <- f.Key
				}()
			}
			keys := map[string]bool{}
			for range cap(confirmed) {
				keys[<-confirmed] = true
			}
			delete(keys, "") // of events after the ticket was removed
			require.Len(t, keys, 1)
			require.Equal(t, a.keys(t), a.published(t))
			require.Len(t, a.published(t), 1)
			require.True(t, keys[a.published(t)[0]])
			require.Equal(t, honest, a.content(t, a.published(t)[0]))
		})
	}
}

// TestStoredAfterACrash confirms a file by an event after another process has published it and was
// killed, while the staged file and its ticket are still stored.
func TestStoredAfterACrash(t *testing.T) {
	t.Parallel()
	for name, backend := range backends {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newApp(t, backend, confirming)
			key, _ := a.left(t, honest)
			killed := errors.New("killed")
			before, err := a.presigner.ConfirmStored(t.Context(), key, func(string, upload.File) error { return killed })
			require.ErrorIs(t, err, killed)
			restarted, err := upload.NewPresigner(a.presigner.Handler(), secrets, &confirming)
			require.NoError(t, err)
			after, err := restarted.ConfirmStored(t.Context(), key, nil)
			require.NoError(t, err)
			require.Equal(t, before, after)
			require.Equal(t, []string{after.Key}, a.keys(t))
		})
	}
}

// TestStoredParts confirms a file in parts by its key in the list of open uploads, once all parts
// have arrived. Parts make no event.
func TestStoredParts(t *testing.T) {
	t.Parallel()
	const size = 5 * mib
	content := strings.Repeat("0123456789abcdef", (size+1600)/16)
	for name, backend := range backends {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := confirming
			o.SingleSize, o.PartSize = mib, size
			a := newApp(t, backend, o)
			ticket := a.sign(t, "a.txt", content)
			open, err := a.Storage.(storage.UploadLister).ListUploads(t.Context(), "", "")
			require.NoError(t, err)
			require.Len(t, open.Items, 1)
			key := open.Items[0].Key
			for n, part := range []string{content[:size], content[size:]} {
				_, err := a.presigner.ConfirmStored(t.Context(), key, nil)
				require.ErrorIs(t, err, upload.CodeNotUploaded)
				signed := &storage.SignedRequest{}
				status, code := a.as(t, "ann", "part", map[string]any{"token": ticket.Token, "partNumber": n + 1}, signed)
				require.Equal(t, http.StatusOK, status, code)
				put(t, signed, part)
			}
			f, err := a.presigner.ConfirmStored(t.Context(), key, nil)
			require.NoError(t, err)
			require.True(t, content == a.content(t, f.Key))
			require.Equal(t, []string{f.Key}, a.keys(t))
		})
	}
}
