package integration_test

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/integration/internal/client"
	"github.com/airlock-go/upload/integration/internal/example"
	"github.com/airlock-go/upload/integration/internal/s3test"
	"github.com/airlock-go/upload/storage"
)

// TestExampleServerDirect does what the example's page does when a file goes straight to a bucket:
// it gets permission, sends, confirms and shows.
func TestExampleServerDirect(t *testing.T) {
	t.Parallel()
	b := s3test.NewBucket(t, false)
	flags := []string{"-direct", "-s3-prefix", "in"}
	const other = "https://other.example.com"
	hasCORS := b.LetIn(t, other) // a rule of another application, which -s3-setup keeps
	if hasCORS {
		flags = append(flags, "-s3-setup")
	}
	p := startExample(t, b, flags...)
	picture := client.PNG(0)
	content, err := io.ReadAll(picture.Open())
	require.NoError(t, err)

	var ticket upload.Ticket
	exampleStep(t, p, "", upload.Declaration{Field: "file", Name: "cat.png", Size: picture.Size, SHA256: picture.SHA256()}, &ticket)
	asked := strings.ToLower(strings.Join(slices.Sorted(maps.Keys(ticket.Headers)), ","))
	for origin, allowed := range map[string]string{p.URL: p.URL, other: other, "https://evil.example.com": ""} {
		if allowed == "" && !hasCORS {
			continue // a server without CORS rules allows each origin
		}
		_, _, header := send(t, httpRequest(t, &storage.SignedRequest{Method: http.MethodOptions, URL: ticket.URL, Headers: map[string]string{
			"Origin": origin, "Access-Control-Request-Method": ticket.Method, "Access-Control-Request-Headers": asked,
		}}, nil))
		require.Equal(t, allowed, header.Get("Access-Control-Allow-Origin"))
	}
	status, answer, _ := send(t, httpRequest(t, ticket.SignedRequest, content))
	require.Equal(t, http.StatusOK, status, answer)

	var stored struct{ Files []upload.File }
	exampleStep(t, p, "confirm", map[string]string{"token": ticket.Token}, &stored)
	require.Len(t, stored.Files, 1)
	requireStored(t, b, stored.Files[0].Key, picture)
	_, shown, header := send(t, httpRequest(t, &storage.SignedRequest{Method: http.MethodGet, URL: p.URL + "/files/" + stored.Files[0].Key}, nil))
	require.Equal(t, string(content), shown)
	require.Equal(t, "image/png", header.Get("Content-Type"))
	p.Terminate(t)
}

// exampleStep sends body to a step of a direct upload: "" asks for the ticket, "confirm" confirms.
// It requires 201 and decodes the answer into the value of into.
func exampleStep(t *testing.T, p *example.Server, name string, body, into any) {
	t.Helper()
	b, err := json.Marshal(body)
	require.NoError(t, err)
	status, answer, _ := send(t, httpRequest(t, &storage.SignedRequest{
		Method: http.MethodPost, URL: p.URL + "/tickets/" + name, Headers: map[string]string{"Content-Type": "application/json"},
	}, b))
	require.Equal(t, http.StatusCreated, status, answer)
	require.NoError(t, json.Unmarshal([]byte(answer), into))
}
