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
)

// meanwhile is a store during whose first AbortMultipart something else happens.
type meanwhile struct {
	*s3store.Store
	once    sync.Once
	happens func(key, uploadID string)
}

func (s *meanwhile) AbortMultipart(ctx context.Context, key, uploadID string) error {
	err := s.Store.AbortMultipart(ctx, key, uploadID)
	s.once.Do(func() { s.happens(key, uploadID) })
	return err
}

// TestDirectAbortMeetsPart checks that nothing stays of an upload whose part the server was
// receiving when the client gave up. versitygw opens the upload again for such a part.
func TestDirectAbortMeetsPart(t *testing.T) {
	t.Parallel()
	st := newStage(t, false, s3store.Options{})
	store := &meanwhile{Store: st.store}
	p, err := upload.NewPresigner(newHandler(t, store, upload.Options{}), [][]byte{make([]byte, 32)}, nil)
	require.NoError(t, err)
	request := func() *http.Request { return httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", nil) }
	ticket, err := p.SignParts(request(), upload.Declaration{Field: "file", Name: "a.txt", Size: int64(len(twoParts))}, part)
	require.NoError(t, err)
	signed, err := p.SignPart(request(), ticket.Token, 1)
	require.NoError(t, err)

	body, rest := io.Pipe()
	sending := httpRequest(t, signed, twoParts[:part])
	sending.Body = body
	answered := make(chan struct{})
	go func() {
		defer close(answered)
		if resp, err := oneShot.Do(sending); err == nil { // whatever it is
			_ = resp.Body.Close()
		}
		_ = body.Close()
	}()
	_, err = rest.Write(twoParts[:part-1])
	require.NoError(t, err)
	var key, id string
	store.happens = func(k, uploadID string) {
		key, id = k, uploadID
		_, _ = rest.Write(twoParts[part-1 : part])
		_ = rest.Close()
		<-answered
	}
	require.NoError(t, p.Abort(request(), ticket.Token))
	_, err = st.store.Parts(t.Context(), key, id)
	require.ErrorIs(t, err, fs.ErrNotExist)
	requireKeys(t, st.bucket)
}
