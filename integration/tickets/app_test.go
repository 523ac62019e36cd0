// Package tickets attacks direct uploads as a whole: an application that signs, its signed
// requests, and its confirmation, over the S3 server. Most tests also run over the memory store.
package tickets_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/integration/internal/s3test"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/s3store"
	"github.com/airlock-go/upload/storage"
	"github.com/airlock-go/upload/uploadtest"
)

func TestMain(m *testing.M) { s3test.Main(m) }

const mib = 1 << 20

// secrets are the secrets of all presigners.
var secrets = [][]byte{bytes.Repeat([]byte{7}, 32)}

// backend is a store, and a function that lists its keys.
type backend struct {
	storage.Storage
	keys   func(t *testing.T) []string
	bucket *s3test.Bucket // nil in memory
}

// backends are functions by which each test makes a store for itself.
var backends = map[string]func(t *testing.T, mux *http.ServeMux, url string) backend{
	"memstore": func(_ *testing.T, mux *http.ServeMux, url string) backend {
		store := &memstore.Store{}
		mux.Handle("/store/", store.Handler(url+"/store/"))
		return backend{Storage: store, keys: func(*testing.T) []string { return store.Keys() }}
	},
	"S3":            func(t *testing.T, _ *http.ServeMux, _ string) backend { return s3Backend(t, false) },
	"S3, versioned": func(t *testing.T, _ *http.ServeMux, _ string) backend { return s3Backend(t, true) },
}

// formBackends returns the backends that sign POST forms.
func formBackends() map[string]func(t *testing.T, mux *http.ServeMux, url string) backend {
	if s3test.Get().Profile().NoForms {
		return map[string]func(t *testing.T, mux *http.ServeMux, url string) backend{"memstore": backends["memstore"]}
	}
	return backends
}

func s3Backend(t *testing.T, versioned bool) backend {
	t.Helper()
	return s3BackendIn(t, s3test.NewBucket(t, versioned), s3store.Options{Profile: s3test.Get().Profile()})
}

func s3BackendIn(t *testing.T, b *s3test.Bucket, opts s3store.Options) backend {
	t.Helper()
	c, closeIdle := s3test.Get().Client(s3test.Get().Endpoint)
	t.Cleanup(closeIdle)
	opts.Logger = slog.New(slog.DiscardHandler)
	store, err := s3store.New(c, b.Name, &opts)
	require.NoError(t, err)
	return backend{store, func(t *testing.T) (keys []string) {
		out, err := b.Client.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: &b.Name})
		require.NoError(t, err)
		for _, o := range out.Contents {
			keys = append(keys, aws.ToString(o.Key))
		}
		return keys
	}, b}
}

// app is an application with direct uploads. Callers name themselves.
type app struct {
	*httptest.Server
	backend
	presigner *upload.Presigner

	onRead func() // called by the policy, when a confirmation begins to check a file; may be nil
}

func newApp(t *testing.T, newBackend func(*testing.T, *http.ServeMux, string) backend, o upload.PresignOptions) *app {
	t.Helper()
	mux := http.NewServeMux()
	a := &app{Server: httptest.NewServer(mux)}
	t.Cleanup(a.Close)
	a.backend = newBackend(t, mux, a.URL)
	policy := upload.All(upload.Types("image/png", "text/plain"), upload.ValidatorFunc(func(context.Context, *upload.Incoming) error {
		if a.onRead != nil {
			a.onRead()
		}
		return nil
	}))
	who := upload.RequireSubject(func(r *http.Request) (string, error) { return r.Header.Get("Subject"), nil })
	h, err := upload.New(a.Storage, policy, who, &upload.Options{MaxFileSize: 32 * mib, Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	a.presigner, err = upload.NewPresigner(h, secrets, &o)
	require.NoError(t, err)
	mux.Handle("/tickets/", a.presigner)
	return a
}

// as sends a step as subject. The step "" asks for a ticket. It returns the status, and the code of
// a refusal. It decodes the answer of a success into answer, unless that is nil.
func (a *app) as(t *testing.T, subject, step string, body map[string]any, answer any) (int, string) {
	t.Helper()
	b, err := json.Marshal(body)
	require.NoError(t, err)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, a.URL+"/tickets/"+step, bytes.NewReader(b))
	require.NoError(t, err)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Subject", subject)
	status, got := do(t, r)
	var problem struct{ Code string }
	if status >= 300 {
		require.NoError(t, json.Unmarshal([]byte(got), &problem), got)
	} else if answer != nil {
		require.NoError(t, json.Unmarshal([]byte(got), answer), got)
	}
	return status, problem.Code
}

// needsDigest reports whether the store signs whole files only with their SHA-256, so that clients
// can send no other bytes.
func (a *app) needsDigest(t *testing.T) bool {
	t.Helper()
	methods, err := a.Storage.(storage.DirectStorage).DirectMethods()
	require.NoError(t, err)
	return methods.NeedsDigest
}

// sign returns a ticket of ann. It declares the SHA-256 only where that is needed.
func (a *app) sign(t *testing.T, name, content string) *upload.Ticket {
	t.Helper()
	ticket := &upload.Ticket{}
	declared := map[string]any{"field": "file", "name": name, "size": len(content)}
	if a.needsDigest(t) {
		declared["sha256"] = sha256Of(content)
	}
	status, code := a.as(t, "ann", "", declared, ticket)
	require.Equal(t, http.StatusCreated, status, code)
	return ticket
}

// confirm confirms a ticket of ann, requires that the file is published, and returns its key.
func (a *app) confirm(t *testing.T, ticket *upload.Ticket) string {
	t.Helper()
	var answer struct{ Files []upload.File }
	status, code := a.as(t, "ann", "confirm", map[string]any{"token": ticket.Token}, &answer)
	require.Equal(t, http.StatusCreated, status, code)
	require.Len(t, answer.Files, 1)
	return answer.Files[0].Key
}

func (a *app) refuses(t *testing.T, code upload.Code, subject, token string) {
	t.Helper()
	_, got := a.as(t, subject, "confirm", map[string]any{"token": token}, nil)
	require.Equal(t, string(code), got)
}

// published returns the keys outside of staging.
func (a *app) published(t *testing.T) (keys []string) {
	t.Helper()
	for _, key := range a.keys(t) {
		if !strings.Contains(key, storage.StagingSegment) {
			keys = append(keys, key)
		}
	}
	return keys
}

func (a *app) content(t *testing.T, key string) string {
	t.Helper()
	b, _ := uploadtest.Stored(t, a.Storage.(storage.ObjectReader), key)
	return string(b)
}

// request returns the signed request with content, as an honest client sends it.
func request(t *testing.T, s *storage.SignedRequest, content string) *http.Request {
	t.Helper()
	return uploadtest.SignedRequest(s, uploadtest.Bytes(content)).WithContext(t.Context())
}

func do(t *testing.T, r *http.Request) (int, string) {
	t.Helper()
	a := uploadtest.Send(t, nil, r)
	return a.Status, string(a.Body)
}

// put sends content by the signed request and requires success.
func put(t *testing.T, s *storage.SignedRequest, content string) {
	t.Helper()
	status, answer := do(t, request(t, s, content))
	require.Less(t, status, 300, answer)
}

func sha256Of(content string) string {
	sum := sha256.Sum256([]byte(content))
	return hex.EncodeToString(sum[:])
}
