// Package examples_test checks that the README and the examples agree.
package examples_test

import (
	"context"
	"errors"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/s3open"
	"github.com/airlock-go/upload/s3store"
	"github.com/airlock-go/upload/uploadtest"
)

var goBlock = regexp.MustCompile("(?s)```go\n(.*?)```")

// blocks returns the blocks of Go code in the README.
func blocks(t *testing.T) (code []string) {
	t.Helper()
	readme, err := os.ReadFile("../README.md")
	require.NoError(t, err)
	text := strings.ReplaceAll(string(readme), "\r\n", "\n") // Git may check it out with CRLF
	for _, m := range goBlock.FindAllStringSubmatch(text, -1) {
		code = append(code, m[1])
	}
	require.Len(t, code, 3)
	return code
}

// TestReadme checks that the README's program is the one in quickstart, except for the comment
// before the package clause.
func TestReadme(t *testing.T) {
	program, err := os.ReadFile("quickstart/main.go")
	require.NoError(t, err)
	_, code, _ := strings.Cut(strings.ReplaceAll(string(program), "\r\n", "\n"), "\npackage main\n")
	require.Equal(t, "package main\n"+code, blocks(t)[0])
}

// TestReadmeS3 runs the README's lines for S3 on a server that answers Ping.
func TestReadmeS3(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		require.Equal(t, "HEAD /my-uploads", r.Method+" "+r.URL.Path)
	}))
	defer server.Close()
	for name, value := range map[string]string{
		"AWS_REGION": "us-east-1", "AWS_CONFIG_FILE": os.DevNull, "AWS_ENDPOINT_URL_S3": server.URL,
		"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret",
	} {
		t.Setenv(name, value)
	}
	signedIn := func(*http.Request) (string, error) { return "ada", nil }

	// Import context and, in place of memstore, github.com/airlock-go/upload/s3open and …/s3store.
	// signedIn is your func(*http.Request) (string, error), which returns the caller's id.
	ctx := context.Background()
	// The private bucket must exist. Region and credentials are those of the AWS CLI.
	// profile is the kind of server, not an AWS CLI profile; AWS and versitygw need none. An endpoint
	// on another machine needs https, or "&insecure=true".
	store, err := s3open.Open(ctx, "s3://my-uploads", &s3store.Options{
		// 64 MiB, the default, takes twelve files of 5 MiB or more at once, six of one caller. Others
		// wait up to 30 s, then get 503; on HTTP/2 they get it at once. 500 << 20 takes a hundred.
		MaxMemory: 64 << 20,
	})
	if err != nil {
		log.Fatal(err)
	}
	if err := store.Ping(ctx); err != nil { // Open sends no request
		log.Fatal(err)
	}
	// An error of signedIn, or the id "", is answered with 401. For an outage return an *upload.Error:
	// &upload.Error{Code: upload.CodeInternal, Err: err} is answered with 500.
	// A key prefix lets you limit sweeps and IAM policies to these files.
	opts := &upload.Options{Keys: upload.Prefix("pictures", upload.RandomKeys())}
	uploads, err := upload.New(store, upload.Images(nil), upload.RequireSubject(signedIn), opts)
	require.NoError(t, err)
	require.NotNil(t, uploads)
	_, err = s3open.Open(ctx, "s3://my-uploads?endpoint=http://localhost:9000&profile=minio", nil)
	require.NoError(t, err)

	requireLines(t, blocks(t)[1])
}

// TestReadmeHandler runs the README's handler.
func TestReadmeHandler(t *testing.T) {
	store := &memstore.Store{}
	opts := &upload.Options{}
	signedIn := func(*http.Request) (string, error) { return "ada", nil }
	// Import context and strings. Without S3, store is &memstore.Store{}, pass nil for opts, and
	// signedIn is your func(*http.Request) (string, error), which returns the caller's id. An error, or
	// the id "", is answered with 401.
	// Your own check sees the name and the first 4 KiB; an upload.Observer sees every byte.
	photos := upload.ValidatorFunc(func(_ context.Context, in *upload.Incoming) error {
		if strings.HasPrefix(strings.ToLower(in.Name), "screenshot") {
			return upload.Reject("no_screenshots", "Send a photo, not a screenshot.")
		}
		return nil
	})
	// One picture of at most 8 MiB in the field "picture", no other file, text fields of up to 64 KiB.
	// For PDF files, too, write upload.Any(upload.Images(nil), upload.Types("application/pdf")) in
	// place of upload.Images(nil). Documents(nil) would also accept Office and text.
	form := upload.Form{"picture": {Accept: upload.All(upload.Images(nil), photos), MaxSize: 8 << 20}}
	// All this replaces upload.New and POST /upload above. With S3, store, signedIn and opts stay.
	uploads, err := upload.New(store, form, upload.RequireSubject(signedIn), opts)
	require.NoError(t, err)
	save := func(_ *http.Request, nick, key string) error {
		require.Equal(t, []string{key}, store.Keys())
		if nick == "" {
			return errors.New("it needs a nickname")
		}
		return nil
	}
	saveProfile := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// The form has one file. If yours has several, select by Field: the client chooses the order.
		key, nick := upload.Files(r.Context())[0].Key, r.PostFormValue("nickname")
		if err := save(r, nick, key); err != nil { // your INSERT; signedIn(r) returns the user
			// Refuse answers 500, or 422 with your sentence if err is upload.Reject("name_taken", "…").
			upload.Refuse(w, r, err)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
	mux := http.NewServeMux()
	mux.Handle("POST /profile", uploads.Middleware(saveProfile))
	picture := uploadtest.File("picture", "a.png", uploadtest.PNG(0))
	screenshot := uploadtest.File("picture", "Screenshot.png", uploadtest.PNG(0))
	require.Equal(t, upload.Code("no_screenshots"), uploadtest.Post(t, mux, "/profile", screenshot).Code)
	require.Equal(t, 500, uploadtest.Post(t, mux, "/profile", picture).Status)
	require.Empty(t, store.Keys())
	require.Equal(t, 204, uploadtest.Post(t, mux, "/profile", picture, uploadtest.Text("nickname", "Ada")).Status)
	require.Len(t, store.Keys(), 1)
	requireLines(t, blocks(t)[2])
}

// requireLines requires that this file has each line of the README's code, in any order.
func requireLines(t *testing.T, code string) {
	t.Helper()
	source, err := os.ReadFile("readme_test.go")
	require.NoError(t, err)
	for line := range strings.Lines(code) {
		line = strings.TrimPrefix(strings.TrimSpace(line), "// MinIO: ")
		require.Contains(t, string(source), strings.TrimPrefix(line, "http.")) // the mux of the test is its own
	}
}

var listens = regexp.MustCompile(`"(?:127\.0\.0\.1|localhost):(\d+)"`)

// TestPorts checks that the examples can run at the same time.
func TestPorts(t *testing.T) {
	mains, err := filepath.Glob("*/*.go")
	require.NoError(t, err)
	of := map[string]string{}
	for _, path := range mains {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		source, err := os.ReadFile(path)
		require.NoError(t, err)
		for _, m := range listens.FindAllStringSubmatch(string(source), -1) {
			name := filepath.Dir(path)
			require.Contains(t, []string{"", name}, of[m[1]], "%s also listens on port %s", name, m[1])
			of[m[1]] = name
		}
	}
	require.Len(t, of, 10, "%v", of)
}
