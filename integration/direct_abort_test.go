package integration_test

import (
	"context"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/s3store"
	"github.com/airlock-go/upload/storage"
)

// meanwhile is a store in which something else happens right after the first removal.
type meanwhile struct {
	*s3store.Store
	once    sync.Once
	happens func()
	key, id string // of the upload in parts
}

func (s *meanwhile) AbortMultipart(ctx context.Context, key, uploadID string) error {
	err := s.Store.AbortMultipart(ctx, key, uploadID)
	s.key, s.id = key, uploadID
	s.once.Do(s.happens)
	return err
}

func (s *meanwhile) Delete(ctx context.Context, key string) error {
	err := s.Store.Delete(ctx, key)
	s.once.Do(s.happens)
	return err
}

// TestDirectAbortMeetsBytes checks that nothing stays of an upload that is aborted while the server
// receives its bytes. For such bytes versitygw opens an upload in parts again.
func TestDirectAbortMeetsBytes(t *testing.T) {
	t.Parallel()
	for name, inParts := range map[string]bool{"in one request": false, "in parts": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			st := newStage(t, false, s3store.Options{})
			store := &meanwhile{Store: st.store}
			p, err := upload.NewPresigner(newHandler(t, store, upload.Options{}), [][]byte{make([]byte, 32)}, nil)
			require.NoError(t, err)
			request := func() *http.Request { return httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", nil) }
			d := upload.Declaration{Field: "file", Name: "a.txt", Size: part, SHA256: hexSHA256(twoParts[:part])}
			var ticket *upload.Ticket
			var signed *storage.SignedRequest
			if inParts {
				ticket, err = p.SignParts(request(), d, part)
				require.NoError(t, err)
				signed, err = p.SignPart(request(), ticket.Token, 1)
			} else {
				ticket, err = p.Sign(request(), d)
				require.NoError(t, err)
				signed = ticket.SignedRequest
			}
			require.NoError(t, err)
			store.happens = sendsSlowly(t, signed, twoParts[:part])
			require.NoError(t, p.Abort(request(), ticket.Token))
			if inParts {
				_, err = st.store.Parts(t.Context(), store.key, store.id)
				require.ErrorIs(t, err, fs.ErrNotExist)
			}
			requireKeys(t, st.bucket)
		})
	}
}

// sendsSlowly sends a signed request except its last byte. It returns a function that sends that
// byte and waits for the answer.
func sendsSlowly(t *testing.T, signed *storage.SignedRequest, content []byte) (ends func()) {
	t.Helper()
	body, rest := io.Pipe()
	sending := httpRequest(t, signed, content)
	sending.Body = body
	answered := make(chan struct{})
	go func() {
		defer close(answered)
		if resp, err := oneShot.Do(sending); err == nil { // any answer ends the request
			_ = resp.Body.Close()
		}
		_ = body.Close()
	}()
	last := len(content) - 1
	_, err := rest.Write(content[:last])
	require.NoError(t, err)
	return func() {
		_, _ = rest.Write(content[last:])
		_ = rest.Close()
		<-answered
	}
}
