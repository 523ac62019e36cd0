package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/storage"
)

// storeOne stores a file through the server and returns it.
func storeOne(t *testing.T, base, name string, data []byte) upload.File {
	t.Helper()
	var stored struct{ Files []upload.File }
	res := post(t, base+"/upload", nil, file{"file", name, data})
	require.NoError(t, json.Unmarshal([]byte(res.body), &stored))
	require.Len(t, stored.Files, 1, res.body)
	return stored.Files[0]
}

func TestFiles(t *testing.T) {
	base, _ := start(t, "-s3-bucket", "unused", "-s3-prefix", "in/today")
	tests := []struct {
		name, query string
		data        []byte
		disposition string
	}{
		{"cat.png", "", pngBytes(t), "inline"},
		{"cat.png", "?download", pngBytes(t), "attachment"},
		{"notes.txt", "", []byte("hello"), "attachment"},
	}
	for _, tt := range tests {
		t.Run(tt.name+tt.query, func(t *testing.T) {
			f := storeOne(t, base, tt.name, tt.data)
			res := get(t, base+"/files/"+f.Key+tt.query, nil)
			require.Equal(t, http.StatusSeeOther, res.status, res.body)
			link := res.header.Get("Location")
			require.True(t, strings.HasPrefix(link, "/memstore/"), link)

			res = get(t, base+link, nil)
			require.Equal(t, string(tt.data), res.body)
			require.Equal(t, f.Type, res.header.Get("Content-Type"))
			kind, _, _ := strings.Cut(res.header.Get("Content-Disposition"), ";")
			require.Equal(t, tt.disposition, kind)
			require.Contains(t, res.header.Get("Content-Disposition"), tt.name)
		})
	}
}

// TestFilesOfOthers checks that a visitor cannot distinguish other objects from absent ones.
func TestFilesOfOthers(t *testing.T) {
	base, store := start(t)
	tests := map[string]string{
		"no such file":                 strings.Repeat("0", 32) + ".png",
		"a staged file":                "",
		"an object of another program": "payroll.txt",
		"an object in a folder":        "in/today/" + strings.Repeat("0", 32) + ".txt",
		"out of the files path":        "%2e%2e/static/app.js",
	}
	f := storeOne(t, base, "notes.txt", []byte("hello"))
	for _, name := range []string{"an object of another program", "an object in a folder"} {
		staged, err := store.Stage(t.Context(), storage.Object{Key: tests[name], Type: "text/plain", MaxSize: 1}, strings.NewReader("x"))
		require.NoError(t, err)
		require.NoError(t, staged.Commit(t.Context()))
	}
	ticket := sign(t, base, declared("notes.txt", []byte("hello")))
	send(t, base, ticket.SignedRequest, []byte("hello"))
	for _, key := range store.Keys() {
		if strings.Contains(key, storage.StagingSegment) {
			tests["a staged file"] = key
		}
	}
	require.NotEmpty(t, tests["a staged file"])
	var bodies []string
	for name, key := range tests {
		res := get(t, base+"/files/"+key, nil)
		require.Equal(t, http.StatusNotFound, res.status, name)
		bodies = append(bodies, res.body)
	}
	for _, body := range bodies {
		require.Equal(t, bodies[0], body)
	}
	require.Equal(t, http.StatusSeeOther, get(t, base+"/files/"+f.Key, nil).status)
	require.Equal(t, http.StatusForbidden, get(t, base+"/memstore/"+f.Key, nil).status, "without a signature")
}
