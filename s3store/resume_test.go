package s3store_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/internal/s3fake"
	"github.com/airlock-go/upload/s3store"
	"github.com/airlock-go/upload/uploadtest"
)

// TestResume checks that resumable uploads, sent whole or in pieces, are published by copies within
// S3, and leave only their markers.
func TestResume(t *testing.T) {
	body := uploadtest.PNG(3*part + 1000).Bytes()
	for name, chunk := range map[string]int{"whole": len(body), "pieces": part, "cut": part/2 + 7} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, setup{})
			h, err := upload.New(f.Store, upload.Images(nil), upload.AllowAnonymous, &upload.Options{MaxFileSize: 1 << 30, Logger: slog.New(slog.DiscardHandler)})
			require.NoError(t, err)
			z, err := upload.NewResumer(h, [][]byte{make([]byte, 32)}, nil)
			require.NoError(t, err)
			send := func(method, url string, headers map[string]string, body []byte) *httptest.ResponseRecorder {
				r := httptest.NewRequestWithContext(t.Context(), method, "/"+url, bytes.NewReader(body))
				r.Header.Set("Tus-Resumable", "1.0.0")
				for name, value := range headers {
					r.Header.Set(name, value)
				}
				w := httptest.NewRecorder()
				z.ServeHTTP(w, r)
				return w
			}
			url := send("POST", "", map[string]string{"Upload-Length": strconv.Itoa(len(body)), "Upload-Metadata": "filename YS5wbmc="}, nil).Header().Get("Location")
			for at := 0; at < len(body); at += chunk {
				answer := send("PATCH", url, map[string]string{"Upload-Offset": strconv.Itoa(at), "Content-Type": "application/offset+octet-stream"}, body[at:min(at+chunk, len(body))])
				require.Equal(t, http.StatusNoContent, answer.Code, answer.Body)
			}
			page, err := f.ListObjects(t.Context(), "", "")
			require.NoError(t, err)
			var names []string
			for _, o := range page.Items {
				if o.Size != int64(len(body)) {
					names = append(names, path.Base(o.Key))
					continue
				}
				stored, _ := uploadtest.Stored(t, f.Store, o.Key)
				require.True(t, bytes.Equal(body, stored))
			}
			require.Len(t, page.Items, 3)
			require.ElementsMatch(t, []string{"0-done", "0-end"}, names)
			require.Positive(t, f.fake.Calls("UploadPartCopy"))
			f.requireIdle(t)
		})
	}
}

// TestKeepsPieces checks which buckets a Resumer takes, and how large its files may be: a piece
// must fit into the memory.
func TestKeepsPieces(t *testing.T) {
	url, _ := listen(t, s3fake.New("bucket"), false)
	for name, row := range map[string]struct {
		bucket  string
		o       s3store.Options
		largest int64
		says    string // "" for no error
	}{
		"a directory bucket":    {"bucket--use1-az4--x-s3", s3store.Options{}, 1, "directory bucket"},
		"no conditions":         {"bucket", s3store.Options{Profile: s3store.Profile{InsecureUnconditionalPut: true}}, 1, "InsecureUnconditionalPut"},
		"640 GB in 64 MiB":      {"bucket", s3store.Options{}, 640e9, ""},
		"a tebibyte in 64 MiB":  {"bucket", s3store.Options{}, 1 << 40, "MaxMemory"},
		"a tebibyte in 128 MiB": {"bucket", s3store.Options{MaxMemory: 128 << 20}, 1 << 40, ""},
		"more than S3 stores":   {"bucket", s3store.Options{MaxMemory: 1 << 40}, 60 << 40, "S3"},
	} {
		store, err := s3store.New(client(url), row.bucket, &row.o)
		require.NoError(t, err)
		err = store.KeepsPieces(row.largest)
		if row.says == "" {
			require.NoError(t, err, name)
		} else {
			require.ErrorContains(t, err, row.says, name)
		}
	}
}
