//go:build unix

package main

import (
	"encoding/json"
	"encoding/xml"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
)

// Only the wiring: the store has tests of its own.
func TestS3GetsTheFileByPath(t *testing.T) {
	type put struct {
		method, path, contentType string
		body                      []byte
	}
	puts := make(chan put, 1)
	s3 := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		puts <- put{r.Method, r.URL.Path, r.Header.Get("Content-Type"), body}
		w.Header().Set("ETag", `"1"`)
	}))
	defer s3.Close()
	t.Setenv("AWS_ACCESS_KEY_ID", "key")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")

	p := startProcess(t, "-s3-bucket", "pictures", "-s3-endpoint", s3.URL, "-s3-prefix", "in")
	want := pngBytes(t)
	res := post(t, p.url+"/upload", nil, file{"file", "cat.png", want})
	require.Equal(t, http.StatusCreated, res.status)
	got := <-puts
	require.Equal(t, http.MethodPut, got.method)
	require.Regexp(t, `^/pictures/in/[0-9a-f]{32}\.png$`, got.path)
	require.Equal(t, "image/png", got.contentType)
	require.Equal(t, want, got.body)
	p.terminate(t)
	p.wait(t)
}

// corsRules is the document of a bucket's CORS rules.
type corsRules struct {
	CORSRule []struct {
		ID            string
		AllowedOrigin []string
		AllowedMethod []string
		AllowedHeader []string
		ExposeHeader  []string
	}
}

// Only the wiring, too: the page may send to the storage, the storage lets it,
// and the rules of others stay.
func TestS3Setup(t *testing.T) {
	const others = `<CORSConfiguration><CORSRule><ID>app</ID><AllowedOrigin>https://app.example.com</AllowedOrigin><AllowedMethod>GET</AllowedMethod></CORSRule>` +
		`<CORSRule><ID>upload-example</ID><AllowedOrigin>http://old.example.com</AllowedOrigin><AllowedMethod>PUT</AllowedMethod></CORSRule></CORSConfiguration>`
	rules := make(chan corsRules, 1)
	s3 := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case !r.URL.Query().Has("cors"):
			panic(http.ErrAbortHandler)
		case r.Method == http.MethodGet:
			_, _ = io.WriteString(w, others)
		default:
			var put corsRules
			if xml.NewDecoder(r.Body).Decode(&put) == nil {
				rules <- put
			}
		}
	}))
	defer s3.Close()
	t.Setenv("AWS_ACCESS_KEY_ID", "key")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")

	p := startProcess(t, "-s3-bucket", "pictures", "-s3-endpoint", s3.URL, "-s3-prefix", "in", "-direct", "-s3-setup", "-cors-origin", "https://up.example.com")
	got := (<-rules).CORSRule
	require.Len(t, got, 2)
	require.Equal(t, []string{"https://app.example.com"}, got[0].AllowedOrigin)
	_, port, _ := strings.Cut(strings.TrimPrefix(p.url, "http://"), ":")
	require.Equal(t, []string{"http://127.0.0.1:" + port, "http://localhost:" + port, "https://up.example.com"}, got[1].AllowedOrigin)
	require.Equal(t, []string{"PUT", "POST"}, got[1].AllowedMethod)
	require.Equal(t, []string{"*"}, got[1].AllowedHeader)
	require.Equal(t, []string{"ETag"}, got[1].ExposeHeader)

	policy := get(t, p.url+"/", nil).header.Get("Content-Security-Policy")
	require.Contains(t, policy, "connect-src 'self' "+s3.URL+";")
	require.Contains(t, policy, "img-src 'self' "+s3.URL+" blob:;")
	var ticket upload.Ticket
	require.NoError(t, json.Unmarshal([]byte(step(t, p.url, "", declared("cat.png", pngBytes(t)), nil).body), &ticket))
	require.True(t, strings.HasPrefix(ticket.URL, s3.URL+"/pictures/in/upload-staging/"), ticket.URL)
	p.terminate(t)
	p.wait(t)
}

func TestS3SetupFails(t *testing.T) {
	s3 := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }))
	defer s3.Close()
	t.Setenv("AWS_ACCESS_KEY_ID", "key")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	var stdout, stderr strings.Builder
	args := []string{"-addr", "127.0.0.1:0", "-s3-bucket", "pictures", "-s3-endpoint", s3.URL, "-direct", "-s3-setup"}
	require.Equal(t, 1, run(t.Context(), args, &stdout, &stderr))
	require.Contains(t, stderr.String(), "-s3-setup")
	require.Empty(t, stdout.String())
}
