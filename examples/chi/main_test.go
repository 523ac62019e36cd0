package main

import (
	"bytes"
	"encoding/json"
	"image"
	"image/png"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/memstore"
)

func picture(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, png.Encode(&b, image.NewGray(image.Rect(0, 0, 3, 2))))
	return b.Bytes()
}

// post sends the form with its text after the file, as browsers may.
func post(t *testing.T, url, name string, file []byte) (status int, body []byte) {
	t.Helper()
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	part, err := w.CreateFormFile("picture", "ada.png")
	require.NoError(t, err)
	_, err = part.Write(file)
	require.NoError(t, err)
	require.NoError(t, w.WriteField("name", name))
	require.NoError(t, w.Close())
	res, err := http.Post(url+"/profile", w.FormDataContentType(), &form)
	require.NoError(t, err)
	body, err = io.ReadAll(res.Body)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	return res.StatusCode, body
}

func TestProfile(t *testing.T) {
	tests := []struct {
		name   string
		as     string
		file   []byte
		status int
		stored int // pictures, besides the one of "taken"
	}{
		{"a profile with its picture", "ada", picture(t), 201, 1},
		{"HTML named .png", "ada", []byte("<!doctype html><script>alert(1)</script>"), 415, 0},
		{"a profile that cannot be saved", "taken", picture(t), 409, 0},
		{"a profile without a name", "", picture(t), 409, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			store, p := &memstore.Store{}, &profiles{}
			p.insert(profile{Name: "taken"})
			router, err := newRouter(store, p)
			require.NoError(t, err)
			srv := httptest.NewServer(router)
			status, body := post(t, srv.URL, tt.as, tt.file)
			srv.Close() // waits for the handler, which removes after it has answered
			require.Equal(t, tt.status, status)
			require.Len(t, store.Keys(), tt.stored)
			if tt.stored > 0 {
				var got profile
				require.NoError(t, json.Unmarshal(body, &got))
				require.Equal(t, profile{Name: tt.as, Picture: store.Keys()[0]}, got)
			} else {
				require.Zero(t, store.Used())
			}
		})
	}
}
