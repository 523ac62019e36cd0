package clamav_test

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/clamav"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/storage"
)

// TestSentDirectly checks that a file that went straight to the storage is scanned before it is
// published, and removed if it is bad. A file whose declared size is too large is not even signed.
func TestSentDirectly(t *testing.T) {
	s := newScanner(t, "tcp", fake(t, judgeEICAR), &clamav.Options{MaxSize: 1000})
	store, mux := &memstore.Store{}, http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	mux.Handle("/store/", store.Handler(server.URL+"/store/"))
	h, err := upload.New(store, upload.All(upload.Types("text/plain"), s), upload.AllowAnonymous, &upload.Options{Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	p, err := upload.NewPresigner(h, [][]byte{bytes.Repeat([]byte{7}, 32)}, nil)
	require.NoError(t, err)
	mux.Handle("/tickets/", p)
	step := func(name string, body any, into any) int {
		b, err := json.Marshal(body)
		require.NoError(t, err)
		status, answer := do(t, http.MethodPost, server.URL+"/tickets/"+name, http.Header{"Content-Type": {"application/json"}}, string(b))
		require.NoError(t, json.Unmarshal([]byte(answer), into), answer)
		return status
	}
	for content, code := range map[string]upload.Code{
		"hello":                           "",
		string(clamav.EICAR()):            upload.CodeInfected,
		strings.Repeat("too large", 1000): upload.CodeNotScanned,
	} {
		var ticket struct {
			storage.SignedRequest
			Token string
			Code  upload.Code
		}
		status := step("sign", upload.Declaration{Field: "file", Name: "a.txt", Type: "text/plain", Size: int64(len(content))}, &ticket)
		if code == upload.CodeNotScanned {
			require.Equal(t, code, ticket.Code)
			require.Equal(t, 422, status)
			continue
		}
		header := http.Header{}
		for name, value := range ticket.Headers {
			header.Set(name, value)
		}
		status, _ = do(t, ticket.Method, ticket.URL, header, content)
		require.Equal(t, http.StatusOK, status)
		var confirmed struct{ Code upload.Code }
		status = step("confirm", map[string]string{"token": ticket.Token}, &confirmed)
		require.Equal(t, code, confirmed.Code)
		require.Equal(t, code == "", status < 300)
		keys := store.Keys()
		require.Equal(t, code == "", len(keys) == 1, keys)
		for _, key := range keys {
			require.NoError(t, store.Delete(t.Context(), key))
		}
	}
	require.Zero(t, s.Busy())
}

// judgeEICAR answers as a clamd with one signature does.
func judgeEICAR(c net.Conn) {
	reply := "stream: OK\x00"
	if bytes.Contains(receive(c, whole), clamav.EICAR()) {
		reply = "stream: Eicar-Signature FOUND\x00"
	}
	_, _ = io.WriteString(c, reply)
}

func do(t *testing.T, method, url string, header http.Header, body string) (status int, answer string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	require.NoError(t, err)
	r.Header = header
	resp, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp.StatusCode, string(b)
}
