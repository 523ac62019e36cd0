package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/storage"
)

// step makes one step of a direct upload, as a page of this origin.
func step(t *testing.T, base, name string, body, into any) answer {
	t.Helper()
	b, err := json.Marshal(body)
	require.NoError(t, err)
	header := http.Header{"Content-Type": {"application/json"}, "Sec-Fetch-Site": {"same-origin"}}
	res := do(t, http.MethodPost, base+"/tickets/"+name, header, bytes.NewReader(b))
	if into != nil {
		require.Less(t, res.status, 300, res.body)
		require.NoError(t, json.Unmarshal([]byte(res.body), into))
	}
	return res
}

type token struct {
	Token string `json:"token"`
}

func declared(name string, data []byte) upload.Declaration {
	return upload.Declaration{Field: "file", Name: name, Size: int64(len(data))}
}

// sign requests a ticket.
func sign(t *testing.T, base string, d upload.Declaration) upload.Ticket {
	t.Helper()
	var ticket upload.Ticket
	step(t, base, "", d, &ticket)
	return ticket
}

// send sends data by a signed request, to this origin.
func send(t *testing.T, base string, r *storage.SignedRequest, data []byte) {
	t.Helper()
	require.True(t, strings.HasPrefix(r.URL, "/memstore/"), r.URL)
	header := http.Header{}
	for name, value := range r.Headers {
		header.Set(name, value)
	}
	res := do(t, r.Method, base+r.URL, header, bytes.NewReader(data))
	require.Equal(t, http.StatusOK, res.status, res.body)
}

// confirm requests that the file be published.
func confirm(t *testing.T, base, tok string) upload.File {
	t.Helper()
	var stored struct{ Files []upload.File }
	step(t, base, "confirm", token{tok}, &stored)
	require.Len(t, stored.Files, 1)
	return stored.Files[0]
}

func TestStraightToStorage(t *testing.T) {
	base, store := start(t)
	want := pngBytes(t)
	ticket := sign(t, base, declared("cat.png", want))
	send(t, base, ticket.SignedRequest, want)
	f := confirm(t, base, ticket.Token)
	require.Equal(t, upload.File{Field: "file", Name: "cat.png", Key: f.Key, Type: "image/png", Size: int64(len(want)), Facts: upload.Facts{Width: 3, Height: 2, Frames: 1}}, f)
	require.Equal(t, []string{f.Key}, store.Keys())
}

// TestStraightToStorageInParts sends a file in parts. It is larger than -max-file-size.
func TestStraightToStorageInParts(t *testing.T) {
	base, store := start(t)
	data := bytes.Repeat([]byte("one line of a long text\n"), 1<<20)
	ticket := sign(t, base, declared("long.txt", data))
	require.Equal(t, 3, ticket.Parts)
	for i := range ticket.Parts {
		var part storage.SignedRequest
		step(t, base, "part", map[string]any{"token": ticket.Token, "partNumber": i + 1}, &part)
		from := i * int(ticket.PartSize)
		send(t, base, &part, data[from:min(from+int(ticket.PartSize), len(data))])
	}
	f := confirm(t, base, ticket.Token)
	require.EqualValues(t, len(data), f.Size)
	require.Equal(t, []string{f.Key}, store.Keys())
}

func TestStraightToStorageRefusals(t *testing.T) {
	picture := declared("cat.png", pngBytes(t))
	foreign := http.Header{"Content-Type": {"application/json"}, "Origin": {"https://evil.example.com"}, "Sec-Fetch-Site": {"cross-site"}}
	b, err := json.Marshal(picture)
	require.NoError(t, err)
	base, store := start(t, "-max-direct-size", "5000000")
	refused := map[string]struct {
		answer
		code upload.Code
	}{
		"another site":      {do(t, http.MethodPost, base+"/tickets/", foreign, bytes.NewReader(b)), upload.CodeCrossOrigin},
		"too large":         {step(t, base, "", upload.Declaration{Field: "file", Name: "a.png", Size: 5_000_001}, nil), upload.CodeTooLarge},
		"a type not listed": {step(t, base, "", upload.Declaration{Field: "file", Name: "a.zip", Size: 1}, nil), upload.CodeTypeNotAllowed},
		"a made-up ticket":  {step(t, base, "confirm", token{"AAAA"}, nil), upload.CodeBadTicket},
		"nothing sent":      {step(t, base, "confirm", token{sign(t, base, picture).Token}, nil), upload.CodeNotUploaded},
	}
	bad := sign(t, base, declared("cat.png", htmlBytes))
	send(t, base, bad.SignedRequest, htmlBytes)
	refused["HTML named .png"] = struct {
		answer
		code upload.Code
	}{step(t, base, "confirm", token{bad.Token}, nil), upload.CodeTypeMismatch}
	for name, got := range refused {
		var problem struct {
			Code   upload.Code
			Detail string
		}
		require.NoError(t, json.Unmarshal([]byte(got.body), &problem), name)
		require.Equal(t, got.code, problem.Code, name)
		require.NotEmpty(t, problem.Detail, name)
	}
	require.Zero(t, store.Used())
}

func TestStraightToStorageAborted(t *testing.T) {
	base, store := start(t)
	ticket := sign(t, base, declared("cat.png", pngBytes(t)))
	send(t, base, ticket.SignedRequest, pngBytes(t))
	require.NotZero(t, store.Used())
	require.Equal(t, http.StatusNoContent, step(t, base, "abort", token{ticket.Token}, nil).status)
	require.Zero(t, store.Used())
}

// TestUppy tests only the wiring: package uppy has tests of its own.
func TestUppy(t *testing.T) {
	base, store := start(t)
	want := pngBytes(t)
	header := http.Header{"Content-Type": {"application/json"}}
	created := do(t, http.MethodPost, base+"/direct/s3/multipart", header.Clone(), strings.NewReader(
		fmt.Sprintf(`{"filename":"cat.png","type":"image/png","metadata":{"size":%d}}`, len(want))))
	var upload struct{ Key, UploadID string }
	require.NoError(t, json.Unmarshal([]byte(created.body), &upload), created.body)
	at := base + "/direct/s3/multipart/" + url.PathEscape(upload.UploadID)
	query := "?key=" + url.QueryEscape(upload.Key)

	var part struct{ URL string }
	signed := get(t, at+"/1"+query, nil)
	require.NoError(t, json.Unmarshal([]byte(signed.body), &part), signed.body)
	sent := do(t, http.MethodPut, base+part.URL, nil, bytes.NewReader(want))
	require.Equal(t, http.StatusOK, sent.status, sent.body)

	done := do(t, http.MethodPost, at+"/complete"+query, header.Clone(), strings.NewReader(
		fmt.Sprintf(`{"parts":[{"PartNumber":1,"ETag":%q}]}`, sent.header.Get("ETag"))))
	require.Equal(t, http.StatusOK, done.status, done.body)
	require.Len(t, store.Keys(), 1)
	require.Contains(t, done.body, "/files/"+store.Keys()[0])
}

// TestTicketsForATrustedOrigin checks that pages of -cors-origin may request tickets and read the
// answers, and that pages of other origins may not.
func TestTicketsForATrustedOrigin(t *testing.T) {
	const trusted = "https://app.example.com"
	base, _ := start(t, "-cors-origin", trusted)
	for origin, allowed := range map[string]string{trusted: trusted, "https://evil.example.com": ""} {
		header := http.Header{"Origin": {origin}, "Access-Control-Request-Method": {"POST"}, "Access-Control-Request-Headers": {"content-type"}}
		res := do(t, http.MethodOptions, base+"/tickets/confirm", header, nil)
		require.Equal(t, allowed, res.header.Get("Access-Control-Allow-Origin"))

		b, err := json.Marshal(declared("cat.png", pngBytes(t)))
		require.NoError(t, err)
		header = http.Header{"Origin": {origin}, "Sec-Fetch-Site": {"cross-site"}, "Content-Type": {"application/json"}}
		res = do(t, http.MethodPost, base+"/tickets/", header, bytes.NewReader(b))
		require.Equal(t, allowed, res.header.Get("Access-Control-Allow-Origin"))
		require.Equal(t, map[bool]int{true: http.StatusCreated, false: http.StatusForbidden}[origin == trusted], res.status)
	}
}

func TestDirectFlag(t *testing.T) {
	tests := []struct {
		args string
		has  bool
	}{
		{"", true},
		{"-direct=false", false},
		{"-s3-bucket b", false},
		{"-s3-bucket b -direct", true},
	}
	for _, tt := range tests {
		t.Run(tt.args, func(t *testing.T) {
			base, _ := start(t, strings.Fields(tt.args)...)
			require.Equal(t, tt.has, strings.Contains(get(t, base+"/", nil).body, `value="tickets"`))
			require.Equal(t, tt.has, step(t, base, "", declared("a.png", []byte("x")), nil).status == http.StatusCreated)
		})
	}
}

// TestSecrets checks that tickets outlive a restart if UPLOAD_SECRET still has their secret, and
// only then.
func TestSecrets(t *testing.T) {
	first, second := strings.Repeat("1", 64), strings.Repeat("2", 64)
	tests := []struct {
		before, after string
		status        int
	}{
		{first, first, http.StatusNoContent},
		{first, second + " " + first, http.StatusNoContent},
		{first, second, http.StatusNotFound},
		{"", "", http.StatusNotFound}, // random ones
	}
	for _, tt := range tests {
		t.Run(fmt.Sprintf("%.4q then %.70q", tt.before, tt.after), func(t *testing.T) {
			t.Setenv("UPLOAD_SECRET", tt.before)
			base, _ := start(t)
			ticket := sign(t, base, declared("cat.png", pngBytes(t)))
			t.Setenv("UPLOAD_SECRET", tt.after)
			base, _ = start(t)
			require.Equal(t, tt.status, step(t, base, "abort", token{ticket.Token}, nil).status)
		})
	}
}

func TestShortSecret(t *testing.T) {
	t.Setenv("UPLOAD_SECRET", "too short")
	var stdout, stderr bytes.Buffer
	require.Equal(t, 2, run(t.Context(), nil, &stdout, &stderr))
	require.Contains(t, stderr.String(), "at least 32")
}
