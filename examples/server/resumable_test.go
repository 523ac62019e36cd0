package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/uploadtest"
)

// resume sends a file in two pieces, as a page of this origin, and returns the last answer.
func resume(t *testing.T, base, name string, data []byte) answer {
	t.Helper()
	send := func(method, url string, header http.Header, body []byte) answer {
		header.Set("Tus-Resumable", "1.0.0")
		header.Set("Sec-Fetch-Site", "same-origin")
		return do(t, method, url, header, bytes.NewReader(body))
	}
	created := send(http.MethodPost, base+"/resumable/", http.Header{
		"Upload-Length":   {strconv.Itoa(len(data))},
		"Upload-Metadata": {"filename " + base64.StdEncoding.EncodeToString([]byte(name))},
	}, nil)
	if created.status != http.StatusCreated {
		return created
	}
	url := base + "/resumable/" + created.header.Get("Location")
	half := len(data) / 2
	bytesAt := func(at int) http.Header {
		return http.Header{"Content-Type": {"application/offset+octet-stream"}, "Upload-Offset": {strconv.Itoa(at)}}
	}
	first := send(http.MethodPatch, url, bytesAt(0), data[:half])
	require.Equal(t, http.StatusNoContent, first.status, first.body)
	last := send(http.MethodPatch, url, bytesAt(half), data[half:])
	if last.status == http.StatusNoContent {
		return send(http.MethodGet, url, http.Header{}, nil)
	}
	return last
}

// TestResumable checks resumable uploads in memory and in a directory, under the policy of the
// server.
func TestResumable(t *testing.T) {
	for name, args := range map[string][]string{"memory": nil, "a directory": {"-dir", t.TempDir()}} {
		t.Run(name, func(t *testing.T) {
			cfg, err := parseFlags(args, io.Discard)
			require.NoError(t, err)
			store, _, err := newStore(t.Context(), cfg, slog.New(slog.DiscardHandler))
			require.NoError(t, err)
			s, err := newSite(t.Context(), cfg, store, slog.New(slog.DiscardHandler))
			require.NoError(t, err)
			srv := httptest.NewServer(s.handler)
			defer srv.Close()

			res := resume(t, srv.URL, "cat.png", pngBytes(t))
			require.Equal(t, http.StatusOK, res.status, res.body)
			var stored struct{ Files []upload.File }
			require.NoError(t, json.Unmarshal([]byte(res.body), &stored))
			data, _ := uploadtest.Stored(t, store, stored.Files[0].Key)
			require.Equal(t, pngBytes(t), data)

			res = resume(t, srv.URL, "cat.png", htmlBytes)
			require.Equal(t, http.StatusUnsupportedMediaType, res.status, res.body)
		})
	}
}

// TestResumableFlag checks that the path is served by default, and not with -resumable=false.
func TestResumableFlag(t *testing.T) {
	for args, served := range map[string]bool{"": true, "-resumable=false": false} {
		url, _ := start(t, strings.Fields(args)...)
		res := do(t, http.MethodOptions, url+"/resumable/", nil, nil)
		require.Equal(t, served, res.header.Get("Tus-Version") == "1.0.0", args)
	}
}
