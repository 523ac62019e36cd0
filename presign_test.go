package upload_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/storage"
	"github.com/airlock-go/upload/uploadtest"
)

var secret = bytes.Repeat([]byte{7}, 32)

// direct is an application with direct uploads: its steps under /tickets/, and a memory store that
// clients reach over HTTP. Callers name themselves in the header Subject.
type direct struct {
	*httptest.Server
	store     *memstore.Store
	presigner *upload.Presigner
	handler   *upload.Handler
	log       *syncBuffer
	mux       *http.ServeMux
}

func bySubject(r *http.Request) (string, error) { return r.Header.Get("Subject"), nil }

func newDirect(t *testing.T, policy upload.Validator, o upload.Options, po upload.PresignOptions) *direct {
	t.Helper()
	d := &direct{store: &memstore.Store{}, log: &syncBuffer{}, mux: http.NewServeMux()}
	d.Server = httptest.NewServer(d.mux)
	t.Cleanup(d.Close)
	d.mux.Handle("/store/", d.store.Handler(d.URL+"/store/"))
	if policy == nil {
		policy = upload.Types("image/png", "application/pdf", "text/plain")
	}
	o.Logger = (&fixture{log: d.log}).logger()
	var err error
	d.handler, err = upload.New(d.store, policy, upload.RequireSubject(bySubject), &o)
	require.NoError(t, err)
	d.presigner, err = upload.NewPresigner(d.handler, [][]byte{secret}, &po)
	require.NoError(t, err)
	d.mux.Handle("/tickets/", d.presigner)
	return d
}

// step runs one step as ann and decodes its answer.
func (d *direct) step(t *testing.T, name string, body any, answer any) reply {
	t.Helper()
	return d.stepAs(t, "ann", name, body, answer)
}

func (d *direct) stepAs(t *testing.T, subject, name string, body any, answer any) reply {
	t.Helper()
	b, err := json.Marshal(body)
	require.NoError(t, err)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, d.URL+"/tickets/"+name, bytes.NewReader(b))
	require.NoError(t, err)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Subject", subject)
	got := d.fetch(t, r)
	if answer != nil && got.StatusCode < 300 {
		require.NoError(t, json.Unmarshal([]byte(got.Body), answer), got.Body)
	}
	return got
}

// fetch sends r and returns the whole answer.
func (d *direct) fetch(t *testing.T, r *http.Request) reply {
	t.Helper()
	return fetch(t, d.Client(), r)
}

// reply is an answer that was read to its end.
type reply struct {
	StatusCode int
	Header     http.Header
	Body       string
}

func fetch(t *testing.T, c *http.Client, r *http.Request) reply {
	t.Helper()
	resp, err := c.Do(r) //nolint:bodyclose // ReadAnswer closes it; the client follows redirects, as browsers do
	require.NoError(t, err)
	a, err := uploadtest.ReadAnswer(resp)
	require.NoError(t, err)
	return reply{a.Status, a.Header, string(a.Body)}
}

// problem is the body of a refusal.
func (got reply) problem(t *testing.T) (p problem) {
	t.Helper()
	require.Equal(t, "application/problem+json", got.Header.Get("Content-Type"), got.Body)
	require.NoError(t, json.Unmarshal([]byte(got.Body), &p))
	require.Equal(t, got.StatusCode, p.Status)
	requireDocumented(t, p.Code, p.Params)
	return p
}

func declarationOf(name, content string) upload.Declaration {
	return upload.Declaration{Field: "file", Name: name, Size: int64(len(content))}
}

// sign returns a ticket for the declared file.
func (d *direct) sign(t *testing.T, decl upload.Declaration) upload.Ticket {
	t.Helper()
	var ticket upload.Ticket
	got := d.step(t, "", decl, &ticket)
	require.Equal(t, http.StatusCreated, got.StatusCode, got.Body)
	return ticket
}

// send sends content by the signed request and returns the status.
func send(t *testing.T, s *storage.SignedRequest, content string) int {
	t.Helper()
	return uploadtest.Send(t, nil, uploadtest.SignedRequest(s, uploadtest.Bytes(content)).WithContext(t.Context())).Status
}

type token struct {
	Token string `json:"token"`
}

// confirm requires that the confirmation succeeds, and returns the file of the answer.
func (d *direct) confirm(t *testing.T, tok string) upload.File {
	t.Helper()
	var answer struct{ Files []upload.File }
	got := d.step(t, "confirm", token{tok}, &answer)
	require.Equal(t, http.StatusCreated, got.StatusCode, got.Body)
	require.Len(t, answer.Files, 1)
	return answer.Files[0]
}

// refusesConfirm requires code, and nothing published.
func (d *direct) refusesConfirm(t *testing.T, code upload.Code, subject, tok string) {
	t.Helper()
	p := d.stepAs(t, subject, "confirm", token{tok}, nil).problem(t)
	require.Equal(t, code, p.Code, p.Detail)
	require.Empty(t, d.published())
}

func (d *direct) published() (keys []string) {
	for _, key := range d.store.Keys() {
		if !strings.Contains(key, storage.StagingSegment) {
			keys = append(keys, key)
		}
	}
	return keys
}

func (d *direct) staged() int { return len(d.store.Keys()) - len(d.published()) }

func (d *direct) read(t *testing.T, key string) string {
	t.Helper()
	content, _ := uploadtest.Stored(t, d.store, key)
	return string(content)
}

func sha256Of(content string) string {
	sum := sha256.Sum256([]byte(content))
	return hex.EncodeToString(sum[:])
}

func TestDirectUpload(t *testing.T) {
	rows := map[string]struct {
		name, content, digest string
		options               upload.PresignOptions
		wantType              string
	}{
		"put":             {"a.txt", "hello", "", upload.PresignOptions{}, "text/plain"},
		"put with digest": {"a.txt", "hello", sha256Of("hello"), upload.PresignOptions{}, "text/plain"},
		"form":            {"a.png", pngBytes(), "", upload.PresignOptions{Form: true}, "image/png"},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			d := newDirect(t, nil, upload.Options{}, row.options)
			decl := declarationOf(row.name, row.content)
			decl.SHA256 = row.digest
			ticket := d.sign(t, decl)
			require.NotContains(t, ticket.URL, row.name)
			require.Contains(t, []int{200, 201, 204}, send(t, ticket.SignedRequest, row.content))
			require.Empty(t, d.published())
			f := d.confirm(t, ticket.Token)
			require.Equal(t, row.wantType, f.Type)
			require.Equal(t, row.name, f.Name)
			require.Equal(t, row.digest, f.SHA256)
			require.Equal(t, row.content, d.read(t, f.Key))
			require.Equal(t, []string{f.Key}, d.published())
			require.Zero(t, d.staged())
			require.Equal(t, f, d.confirm(t, ticket.Token), "asked again")
		})
	}
}

// TestConfirmRefuses: Confirm refuses and removes a file that the policy refuses, or whose detected
// type does not fit its name. It also refuses to publish before the file has arrived.
func TestConfirmRefuses(t *testing.T) {
	html := "<!doctype html><script>alert(1)</script>"
	rows := map[string]struct {
		name, content string
		code          upload.Code
	}{
		"HTML named as PNG":    {"a.png", html, upload.CodeTypeMismatch},
		"a ZIP after a PNG":    {"a.png", pngBytes() + "PK\x03\x04", upload.CodeTrailing},
		"markup within text":   {"a.txt", strings.Repeat("text ", 2000) + html, upload.CodeActiveContent},
		"PDF named as text":    {"a.txt", pdfBytes, upload.CodeTypeMismatch},
		"nothing was uploaded": {"a.txt", "", upload.CodeNotUploaded},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			d := newDirect(t, nil, upload.Options{}, upload.PresignOptions{})
			decl := declarationOf(row.name, row.content)
			if row.content == "" {
				decl.Size = 5
			}
			ticket := d.sign(t, decl)
			if row.content != "" {
				require.Equal(t, 200, send(t, ticket.SignedRequest, row.content))
			}
			d.refusesConfirm(t, row.code, "ann", ticket.Token)
			require.Zero(t, d.staged())
			require.Zero(t, d.store.Used())
		})
	}
}

// TestSignRefuses checks that a wrong declaration is refused with the code of its row. A good one
// gets 201, or 401 without a subject.
func TestSignRefuses(t *testing.T) {
	ok := upload.Declaration{Field: "file", Name: "a.png", Type: "image/png", Size: 5}
	rows := map[string]struct {
		change func(*upload.Declaration)
		code   upload.Code
	}{
		"another field":                          {func(d *upload.Declaration) { d.Field = "other" }, upload.CodeUnexpectedField},
		"no name":                                {func(d *upload.Declaration) { d.Name = "" }, upload.CodeBadName},
		"a name with control characters":         {func(d *upload.Declaration) { d.Name = "a\r\nb.png" }, upload.CodeBadName},
		"another extension":                      {func(d *upload.Declaration) { d.Name = "a.exe" }, upload.CodeTypeMismatch},
		"another extension, no type":             {func(d *upload.Declaration) { d.Name = "a.exe"; d.Type = "" }, upload.CodeTypeNotAllowed},
		"no extension, a type in capitals":       {func(d *upload.Declaration) { d.Name = "a"; d.Type = "Image/PNG; q=1" }, upload.CodeTypeMismatch},
		"an unlisted type":                       {func(d *upload.Declaration) { d.Name = "a.gif"; d.Type = "image/gif" }, upload.CodeTypeNotAllowed},
		"an unlisted extension, an allowed type": {func(d *upload.Declaration) { d.Name = "a.gif"; d.Type = "image/png" }, upload.CodeTypeNotAllowed},
		"no size":                                {func(d *upload.Declaration) { d.Size = 0 }, upload.CodeEmpty},
		"a negative size":                        {func(d *upload.Declaration) { d.Size = -1 }, upload.CodeMalformed},
		"one byte too many":                      {func(d *upload.Declaration) { d.Size = 5<<20 + 1 }, upload.CodeTooLarge},
		"a digest that is not hexadecimal":       {func(d *upload.Declaration) { d.SHA256 = strings.Repeat("x", 64) }, upload.CodeMalformed},
		"a short digest":                         {func(d *upload.Declaration) { d.SHA256 = "00" }, upload.CodeMalformed},
	}
	d := newDirect(t, nil, upload.Options{}, upload.PresignOptions{})
	for name, row := range rows {
		decl := ok
		row.change(&decl)
		p := d.step(t, "", decl, nil).problem(t)
		require.Equal(t, row.code, p.Code, name)
	}
	require.Equal(t, http.StatusCreated, d.step(t, "", ok, nil).StatusCode)
	require.Equal(t, http.StatusUnauthorized, d.stepAs(t, "", "", ok, nil).StatusCode)
	require.Empty(t, d.store.Keys())
}

func TestDirectInParts(t *testing.T) {
	const part = 5 << 20
	d := newDirect(t, nil, upload.Options{MaxFileSize: 32 << 20}, upload.PresignOptions{SingleSize: 1 << 20, PartSize: part})
	content := strings.Repeat("0123456789abcdef", (2*part+1000)/16)
	ticket := d.sign(t, declarationOf("a.txt", content))
	require.Equal(t, 3, ticket.Parts)
	require.EqualValues(t, part, ticket.PartSize)
	require.Nil(t, ticket.SignedRequest)
	for _, n := range []int{2, 1, 3} {
		d.refusesConfirm(t, upload.CodeNotUploaded, "ann", ticket.Token)
		var s storage.SignedRequest
		resp := d.step(t, "part", map[string]any{"token": ticket.Token, "partNumber": n}, &s)
		require.Equal(t, http.StatusOK, resp.StatusCode)
		require.Equal(t, 200, send(t, &s, content[(n-1)*part:min(n*part, len(content))]))
	}
	for _, n := range []int{0, -1, 4} {
		p := d.step(t, "part", map[string]any{"token": ticket.Token, "partNumber": n}, nil).problem(t)
		require.Equal(t, upload.CodeMalformed, p.Code)
	}
	f := d.confirm(t, ticket.Token)
	require.Equal(t, content, d.read(t, f.Key))
	require.Zero(t, d.staged())
}

func TestAbort(t *testing.T) {
	d := newDirect(t, nil, upload.Options{}, upload.PresignOptions{})
	ticket := d.sign(t, declarationOf("a.txt", "hello"))
	require.Equal(t, 200, send(t, ticket.SignedRequest, "hello"))
	for range 2 {
		require.Equal(t, http.StatusNoContent, d.step(t, "abort", token{ticket.Token}, nil).StatusCode)
		require.Zero(t, d.store.Used())
	}
	d.refusesConfirm(t, upload.CodeBadTicket, "ann", ticket.Token)
}
