package s3open_test

import (
	"bytes"
	"encoding/pem"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/s3fake"
	"github.com/airlock-go/upload/s3open"
	"github.com/airlock-go/upload/s3store"
	"github.com/airlock-go/upload/storage"
)

func TestOpen(t *testing.T) {
	fake := s3fake.New("pictures")
	fake.Secret = "secret"
	server := httptest.NewServer(fake)
	defer server.Close()
	configured(t, map[string]string{"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret"})

	var log bytes.Buffer
	store, err := s3open.Open(t.Context(), "s3://pictures?endpoint="+server.URL, &s3store.Options{Logger: slog.New(slog.NewTextHandler(&log, nil))})
	require.NoError(t, err)
	staged, err := store.Stage(t.Context(), storage.Object{Key: "k", MaxSize: 5}, strings.NewReader("hello"))
	require.NoError(t, err)
	require.NoError(t, staged.Commit(t.Context()))
	require.Equal(t, []string{"k"}, fake.Keys())
	r, err := store.OpenAt(t.Context(), "k", "", 0, -1)
	require.NoError(t, err)
	text, err := io.ReadAll(r)
	require.NoError(t, err)
	require.NoError(t, r.Close())
	require.Equal(t, "hello", string(text))
	require.Empty(t, log.String())
}

// TestConnectionsAreKept checks that calls that run at the same time, more than the SDK keeps
// connections for, reuse most connections. They speak HTTP/1.1 with a server that also speaks
// HTTP/2.
func TestConnectionsAreKept(t *testing.T) {
	const calls = 60 // the SDK alone keeps 10
	fake := s3fake.New("pictures")
	fake.Put("k", []byte("hello"))
	var arrived sync.WaitGroup
	var opened, older atomic.Int64
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ProtoMajor == 1 {
			older.Add(1)
		}
		arrived.Done()
		arrived.Wait() // so that all have a connection at the same time
		fake.ServeHTTP(w, r)
	}))
	idle := make(chan struct{}, 2*calls)
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		switch state {
		case http.StateNew:
			opened.Add(1)
		case http.StateIdle:
			idle <- struct{}{}
		}
	}
	server.EnableHTTP2 = true
	server.StartTLS()
	defer server.Close()
	bundle := filepath.Join(t.TempDir(), "ca.pem")
	require.NoError(t, os.WriteFile(bundle, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o600))
	configured(t, map[string]string{"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_CA_BUNDLE": bundle})
	store, err := s3open.Open(t.Context(), "s3://pictures?endpoint="+server.URL, nil)
	require.NoError(t, err)

	for range 2 {
		arrived.Add(calls)
		var running sync.WaitGroup
		for range calls {
			running.Go(func() {
				_, err := store.Stat(t.Context(), "k")
				if err != nil {
					t.Error(err)
				}
			})
		}
		running.Wait()
		require.False(t, t.Failed(), "a call failed")
		for range calls {
			<-idle
		}
	}
	require.EqualValues(t, 2*calls, older.Load())
	// The client puts a connection back a moment after the server calls it idle.
	require.Less(t, opened.Load(), int64(calls+calls/2))
}

// TestNoRedirects checks that a signed request follows no redirect to another host, whether the
// store or its client sends it.
func TestNoRedirects(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a redirect is followed") }))
	defer elsewhere.Close()
	for _, status := range []int{http.StatusFound, http.StatusTemporaryRedirect, http.StatusPermanentRedirect} {
		server := httptest.NewServer(http.RedirectHandler(elsewhere.URL+"/b/k", status))
		defer server.Close()
		configured(t, map[string]string{"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret"})
		store, err := s3open.Open(t.Context(), "s3://b?endpoint="+server.URL, nil)
		require.NoError(t, err)
		_, err = store.Stat(t.Context(), "k")
		require.Error(t, err)
		_, err = store.Client().HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: aws.String("b"), Key: aws.String("k")})
		require.Error(t, err)
	}
}
