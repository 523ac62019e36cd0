package tickets_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/storage"
)

var (
	honest = strings.Repeat("honest content. ", 100)
	forged = strings.Repeat("forged content. ", 100)
)

// setBody replaces a request's body, including its length.
func setBody(r *http.Request, content string) {
	r.Body, r.ContentLength, r.GetBody = io.NopCloser(strings.NewReader(content)), int64(len(content)), nil
}

// TestForgedRequests checks that the storage refuses a signed request after each change, stores
// nothing, and that the ticket cannot be confirmed. The unchanged request then works.
func TestForgedRequests(t *testing.T) {
	t.Parallel()
	rows := map[string]func(t *testing.T, a *app, r *http.Request){
		"a shorter body": func(_ *testing.T, _ *app, r *http.Request) { setBody(r, honest[1:]) },
		"a longer body":  func(_ *testing.T, _ *app, r *http.Request) { setBody(r, honest+"x") },
		"another type":   func(_ *testing.T, _ *app, r *http.Request) { r.Header.Set("Content-Type", "text/html") },
		"no condition":   func(_ *testing.T, _ *app, r *http.Request) { r.Header.Del("If-None-Match") },
		"an acl":         func(_ *testing.T, _ *app, r *http.Request) { r.Header.Set("X-Amz-Acl", "public-read") },
		"metadata":       func(_ *testing.T, _ *app, r *http.Request) { r.Header.Set("X-Amz-Meta-Upload-Nonce", "x") },
		"a copy source": func(t *testing.T, a *app, r *http.Request) {
			other := a.sign(t, "b.txt", forged)
			put(t, other.SignedRequest, forged)
			key := a.confirm(t, other)
			r.Header.Set("X-Amz-Copy-Source", strings.Split(r.URL.Path, "/")[1]+"/"+key)
		},
		"another key": func(_ *testing.T, _ *app, r *http.Request) {
			r.URL.Path = strings.Replace(r.URL.Path, storage.StagingSegment+"/", "", 1)
		},
		"no signature": func(_ *testing.T, _ *app, r *http.Request) { r.URL.RawQuery = "" },
	}
	for name, backend := range backends {
		for attack, change := range rows {
			t.Run(name+"/"+attack, func(t *testing.T) {
				t.Parallel()
				a := newApp(t, backend, upload.PresignOptions{})
				ticket := a.sign(t, "a.txt", honest)
				r := request(t, ticket.SignedRequest, honest)
				change(t, a, r)
				before := a.keys(t)
				status, answer := do(t, r)
				require.GreaterOrEqual(t, status, 400, answer)
				require.Less(t, status, 500, answer)
				require.Equal(t, before, a.keys(t), "something was stored")
				a.refuses(t, upload.CodeNotUploaded, "ann", ticket.Token)
				put(t, ticket.SignedRequest, honest)
				require.Equal(t, honest, a.content(t, a.confirm(t, ticket)))
			})
		}
	}
}

// TestForgedForms checks that the storage refuses a POST form after each change, stores nothing,
// and that the ticket cannot be confirmed.
func TestForgedForms(t *testing.T) {
	t.Parallel()
	rows := map[string]func(s *storage.SignedRequest) (content string){
		"a longer file":  func(*storage.SignedRequest) string { return honest + "x" },
		"a shorter file": func(*storage.SignedRequest) string { return honest[1:] },
		"another type":   func(s *storage.SignedRequest) string { s.Fields["Content-Type"] = "text/html"; return honest },
		"another key":    func(s *storage.SignedRequest) string { s.Fields["key"] = "mine.txt"; return honest },
		"an acl":         func(s *storage.SignedRequest) string { s.Fields["acl"] = "public-read"; return honest },
		"no policy":      func(s *storage.SignedRequest) string { delete(s.Fields, "policy"); return honest },
	}
	for name, backend := range formBackends() {
		for attack, change := range rows {
			t.Run(name+"/"+attack, func(t *testing.T) {
				t.Parallel()
				a := newApp(t, backend, upload.PresignOptions{Form: true})
				ticket := a.sign(t, "a.txt", honest)
				content := change(ticket.SignedRequest)
				status, answer := do(t, request(t, ticket.SignedRequest, content))
				require.GreaterOrEqual(t, status, 400, answer)
				require.Less(t, status, 500, answer)
				require.Empty(t, a.keys(t))
				a.refuses(t, upload.CodeNotUploaded, "ann", ticket.Token)
			})
		}
	}
}

// TestFalseConfirmations checks that a file is published only for its owner, only by its ticket,
// and only if its content is accepted as the declared type.
func TestFalseConfirmations(t *testing.T) {
	t.Parallel()
	html := "<!doctype html><script>alert(1)</script>"
	zip := "PK\x03\x04" + strings.Repeat("x", 100)
	rows := map[string]struct {
		name, content, subject string
		token                  func(string) string
		code                   upload.Code
		staged                 int // objects that stay in staging
	}{
		"another subject":        {"a.txt", honest, "bob", nil, upload.CodeBadTicket, 1},
		"a forged ticket":        {"a.txt", honest, "ann", func(s string) string { return s[:len(s)-4] + "AAAA" }, upload.CodeBadTicket, 1},
		"HTML declared as PNG":   {"a.png", html, "ann", nil, upload.CodeTypeMismatch, 0},
		"HTML declared as text":  {"a.txt", html, "ann", nil, upload.CodeTypeMismatch, 0},
		"ZIP declared as PNG":    {"a.png", zip, "ann", nil, upload.CodeTypeMismatch, 0},
		"markup far within text": {"a.txt", strings.Repeat(honest, 50) + html, "ann", nil, upload.CodeActiveContent, 0},
	}
	for name, backend := range backends {
		for attack, row := range rows {
			t.Run(name+"/"+attack, func(t *testing.T) {
				t.Parallel()
				a := newApp(t, backend, upload.PresignOptions{})
				ticket := a.sign(t, row.name, row.content)
				put(t, ticket.SignedRequest, row.content)
				token := ticket.Token
				if row.token != nil {
					token = row.token(token)
				}
				a.refuses(t, row.code, row.subject, token)
				require.Empty(t, a.published(t))
				require.Len(t, a.keys(t), row.staged)
			})
		}
	}
}

// TestBodyHash checks that the storage enforces a declared digest.
func TestBodyHash(t *testing.T) {
	t.Parallel()
	for name, backend := range backends {
		t.Run(name, func(t *testing.T) {
			a := newApp(t, backend, upload.PresignOptions{})
			ticket := &upload.Ticket{}
			status, code := a.as(t, "ann", "", map[string]any{
				"field": "file", "name": "a.txt", "size": len(honest), "sha256": sha256Of(honest),
			}, ticket)
			require.Equal(t, 201, status, code)
			status, answer := do(t, request(t, ticket.SignedRequest, forged))
			require.Equal(t, http.StatusBadRequest, status, answer)
			require.Empty(t, a.keys(t))
			put(t, ticket.SignedRequest, honest)
			require.Equal(t, honest, a.content(t, a.confirm(t, ticket)))
		})
	}
}

// TestSecondPut repeats a PUT before the confirmation, during it, and after it.
func TestSecondPut(t *testing.T) {
	t.Parallel()
	for name, backend := range backends {
		t.Run(name, func(t *testing.T) {
			a := newApp(t, backend, upload.PresignOptions{})
			second := forged
			if a.needsDigest(t) {
				second = honest
			}
			ticket := a.sign(t, "a.txt", honest)
			put(t, ticket.SignedRequest, honest)
			refused := func() {
				status, answer := do(t, request(t, ticket.SignedRequest, second))
				require.Equal(t, http.StatusPreconditionFailed, status, answer)
			}
			refused()
			a.onRead = refused
			key := a.confirm(t, ticket)
			a.onRead = nil
			require.Equal(t, honest, a.content(t, key))
			put(t, ticket.SignedRequest, second) // the staging key is free again; the published object stays
			require.Equal(t, key, a.confirm(t, ticket))
			require.Equal(t, honest, a.content(t, key))
			require.Equal(t, []string{key}, a.keys(t))
		})
	}
}

// TestReplayedForm checks that a form can be sent again, with other bytes unless its SHA-256 is
// signed. The published bytes are always those that were checked.
func TestReplayedForm(t *testing.T) {
	t.Parallel()
	for name, backend := range formBackends() {
		t.Run(name, func(t *testing.T) {
			a := newApp(t, backend, upload.PresignOptions{Form: true})
			ticket := a.sign(t, "a.txt", honest)
			put(t, ticket.SignedRequest, honest)
			again := func() { put(t, ticket.SignedRequest, forged) }
			if a.needsDigest(t) {
				again = func() {
					status, answer := do(t, request(t, ticket.SignedRequest, forged))
					require.Equal(t, http.StatusBadRequest, status, answer)
					put(t, ticket.SignedRequest, honest)
				}
			} else {
				a.onRead = again
				a.refuses(t, upload.CodeConflict, "ann", ticket.Token)
				require.Empty(t, a.published(t))
				a.onRead = nil
				put(t, ticket.SignedRequest, honest)
			}
			key := a.confirm(t, ticket)
			again()
			require.Equal(t, key, a.confirm(t, ticket))
			require.Equal(t, honest, a.content(t, key))
			require.Equal(t, []string{key}, a.keys(t))
		})
	}
}

func TestExpired(t *testing.T) {
	t.Parallel()
	for name, backend := range backends {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newApp(t, backend, upload.PresignOptions{URLExpires: time.Second})
			ticket := a.sign(t, "a.txt", honest)
			time.Sleep(2500 * time.Millisecond)
			status, answer := do(t, request(t, ticket.SignedRequest, honest))
			require.Equal(t, http.StatusForbidden, status, answer)
			require.Empty(t, a.keys(t))
		})
	}
}

// TestParts sends parts with other lengths than the signed one, omits parts, and has another caller
// make steps. None of that succeeds, and the honest parts are published.
func TestParts(t *testing.T) {
	t.Parallel()
	const size = 5 * mib
	content := strings.Repeat("0123456789abcdef", (size+1600)/16)
	for name, backend := range backends {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newApp(t, backend, upload.PresignOptions{SingleSize: mib, PartSize: size})
			ticket := a.sign(t, "a.txt", content)
			part := func(subject string, n int) (*storage.SignedRequest, int) {
				s := &storage.SignedRequest{}
				status, _ := a.as(t, subject, "part", map[string]any{"token": ticket.Token, "partNumber": n}, s)
				return s, status
			}
			_, status := part("bob", 1)
			require.Equal(t, http.StatusNotFound, status)
			_, status = part("ann", 3)
			require.Equal(t, http.StatusBadRequest, status)
			first, status := part("ann", 1)
			require.Equal(t, http.StatusOK, status)
			second, _ := part("ann", 2)
			for _, wrong := range []string{content[:size] + "x", content[:size-1]} {
				resp, err := http.DefaultClient.Do(request(t, first, wrong))
				if err == nil { // otherwise the server closed the connection to refuse it
					require.NoError(t, resp.Body.Close())
					require.Equal(t, http.StatusForbidden, resp.StatusCode)
				}
			}
			requireUnchangeable(t, second, content[size:])
			a.refuses(t, upload.CodeNotUploaded, "ann", ticket.Token)
			put(t, second, content[size:])
			a.refuses(t, upload.CodeNotUploaded, "ann", ticket.Token)
			put(t, first, content[:size])
			a.refuses(t, upload.CodeBadTicket, "bob", ticket.Token)
			status, _ = a.as(t, "bob", "abort", map[string]any{"token": ticket.Token}, nil)
			require.Equal(t, http.StatusNotFound, status)
			require.Empty(t, a.published(t))
			key := a.confirm(t, ticket)
			require.True(t, content == a.content(t, key))
			require.Equal(t, []string{key}, a.keys(t))
			require.Equal(t, key, a.confirm(t, ticket), "the second confirmation")
		})
	}
}

// requireUnchangeable checks that a signed URL is refused after its query parameters are changed,
// one at a time.
func requireUnchangeable(t *testing.T, s *storage.SignedRequest, content string) {
	t.Helper()
	u, err := url.Parse(s.URL)
	require.NoError(t, err)
	for name, values := range u.Query() {
		for _, value := range []string{values[0] + "0", "", flipped(values[0])} {
			if value == values[0] {
				continue
			}
			changed, q := *u, u.Query()
			q.Set(name, value)
			changed.RawQuery = q.Encode()
			status, answer := do(t, request(t, &storage.SignedRequest{Method: s.Method, URL: changed.String(), Headers: s.Headers}, content))
			require.GreaterOrEqual(t, status, 400, "%s=%s: %s", name, value, answer)
			require.Less(t, status, 500, "%s=%s: %s", name, value, answer)
		}
	}
}

// flipped changes the last character, or adds one to an empty string.
func flipped(s string) string {
	switch {
	case s == "":
		return "1"
	case strings.HasSuffix(s, "1"):
		return s[:len(s)-1] + "2"
	}
	return s[:len(s)-1] + "1"
}

// TestUnchangeable checks the signature, the expiry, and all other query parameters of a URL.
func TestUnchangeable(t *testing.T) {
	t.Parallel()
	for name, backend := range backends {
		t.Run(name, func(t *testing.T) {
			a := newApp(t, backend, upload.PresignOptions{})
			requireUnchangeable(t, a.sign(t, "a.txt", honest).SignedRequest, honest)
			require.Empty(t, a.keys(t))
		})
	}
}

// TestCrashAfterPublication has a process end between publishing a file and removing the staged
// one. The next confirmation removes it.
func TestCrashAfterPublication(t *testing.T) {
	t.Parallel()
	for name, backend := range backends {
		t.Run(name, func(t *testing.T) {
			a := newApp(t, backend, upload.PresignOptions{})
			ticket := a.sign(t, "a.txt", honest)
			put(t, ticket.SignedRequest, honest)
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, a.URL, nil)
			require.NoError(t, err)
			r.Header.Set("Subject", "ann")
			require.Panics(t, func() {
				_, _ = a.presigner.Confirm(httptest.NewRecorder(), r, ticket.Token, func(upload.File) error { panic("the process dies") })
			})
			require.Len(t, a.published(t), 1)
			require.Len(t, a.keys(t), 2)
			key := a.confirm(t, ticket)
			require.Equal(t, []string{key}, a.keys(t))
			require.Equal(t, honest, a.content(t, key))
		})
	}
}
