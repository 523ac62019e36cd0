package upload_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/uploadtest"
)

// stepAnswer is the answer to a step, zero if none came.
type stepAnswer struct {
	status, proto int
	files         []upload.File
}

// overHTTP2 serves d by HTTP/2, to a client with one connection.
func overHTTP2(t *testing.T, d *direct) (post func(step string, body io.Reader) stepAnswer) {
	t.Helper()
	srv := httptest.NewUnstartedServer(d.mux)
	srv.EnableHTTP2 = true
	srv.StartTLS()
	t.Cleanup(srv.Close)
	return func(step string, body io.Reader) (a stepAnswer) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, srv.URL+"/tickets/"+step, body)
		require.NoError(t, err)
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Subject", "ann")
		resp, err := srv.Client().Do(r)
		if err != nil {
			t.Error(err)
			return a
		}
		var answer struct{ Files []upload.File }
		if err := errors.Join(json.NewDecoder(resp.Body).Decode(&answer), resp.Body.Close()); err != nil {
			t.Error(err)
		}
		if resp.StatusCode >= http.StatusBadRequest {
			answer.Files = nil // those that are not kept
		}
		return stepAnswer{resp.StatusCode, resp.ProtoMajor, answer.Files}
	}
}

// TestStreamsOfSteps: stalled streams are answered, and meanwhile other streams of the
// connection are served.
func TestStreamsOfSteps(t *testing.T) {
	d := newDirect(t, nil, upload.Options{StallTimeout: time.Second}, upload.PresignOptions{})
	post := overHTTP2(t, d)
	var stalled sync.WaitGroup
	statuses := make(chan int, 100)
	for i := range 100 {
		body, more := io.Pipe()
		defer func() { _ = more.Close() }()
		go func() { _, _ = io.WriteString(more, `{"token`) }()
		stalled.Go(func() {
			statuses <- post([]string{"", "part", "confirm", "abort"}[i%4], body).status
		})
	}
	for range 20 {
		a := post("", strings.NewReader(`{"field":"file","name":"a.txt","type":"text/plain","size":5}`))
		require.Equal(t, stepAnswer{status: http.StatusCreated, proto: 2}, a)
	}
	stalled.Wait()
	close(statuses)
	n := 0
	for status := range statuses {
		require.Equal(t, http.StatusRequestTimeout, status)
		n++
	}
	require.Equal(t, 100, n)
	require.NoError(t, d.handler.Shutdown(t.Context()))
}

// TestShutdownRacesConfirm: a confirmation publishes the whole file and says so, or
// says 503 and publishes nothing, and then another instance confirms it.
func TestShutdownRacesConfirm(t *testing.T) {
	d := newDirect(t, nil, upload.Options{}, upload.PresignOptions{MaxChecks: 4})
	post := overHTTP2(t, d)
	var tokens []string
	for range 40 {
		var ticket upload.Ticket
		require.Equal(t, http.StatusCreated, d.step(t, "", declarationOf("a.txt", "hello"), &ticket).StatusCode)
		a := uploadtest.Send(t, d.Client(), uploadtest.SignedRequest(ticket.SignedRequest, uploadtest.Bytes("hello")))
		require.Equal(t, http.StatusOK, a.Status)
		tokens = append(tokens, ticket.Token)
	}
	var confirming sync.WaitGroup
	var mu sync.Mutex
	confirmed := map[string]string{} // the keys that the answers name, by token
	for i, token := range tokens {
		confirming.Go(func() {
			if i == len(tokens)/2 {
				ctx, cancel := context.WithCancel(t.Context())
				cancel()
				_ = d.handler.Shutdown(ctx)
			}
			a := post("confirm", strings.NewReader(`{"token":"`+token+`"}`))
			key := ""
			switch {
			case a.status == http.StatusCreated && len(a.files) == 1:
				key = a.files[0].Key
			case a.status != http.StatusServiceUnavailable:
				t.Errorf("confirming is answered with %d and %d files", a.status, len(a.files))
			}
			mu.Lock()
			defer mu.Unlock()
			confirmed[token] = key
		})
	}
	confirming.Wait()
	require.Len(t, confirmed, len(tokens))
	h, err := upload.New(d.store, upload.Types("text/plain"), upload.RequireSubject(bySubject), nil)
	require.NoError(t, err)
	next, err := upload.NewPresigner(h, [][]byte{secret}, nil)
	require.NoError(t, err)
	var said []string
	for _, key := range confirmed {
		if key != "" {
			said = append(said, key)
		}
	}
	require.ElementsMatch(t, said, d.published())
	for token := range confirmed {
		f, err := next.Confirm(httptest.NewRecorder(), confirmRequest("ann"), token, nil)
		require.NoError(t, err)
		require.Equal(t, "hello", d.read(t, f.Key))
	}
	require.Len(t, d.store.Keys(), len(tokens), "and nothing is left in staging")
}
