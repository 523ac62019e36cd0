package main

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/memstore"
)

func TestUpload(t *testing.T) {
	const pdf = "%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\nstartxref\n9\n%%EOF\n"
	tests := []struct {
		name          string
		authorization string
		file          string
		status        int
		keys          string // what the stored keys must be like
	}{
		{"a PDF of somebody who is signed in", "Bearer 5ca1ab1e", pdf, 201, `^\[ada/[0-9a-f]{32}\.pdf\]$`},
		{"HTML named .pdf", "Bearer 5ca1ab1e", "<html><script>alert(1)</script>", 415, `^\[\]$`},
		{"a PDF of nobody", "", pdf, 401, `^\[\]$`},
		{"a PDF of somebody unknown", "Bearer 0", pdf, 401, `^\[\]$`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			store := &memstore.Store{}
			mux, err := newMux(store)
			require.NoError(t, err)

			var form bytes.Buffer
			w := multipart.NewWriter(&form)
			part, err := w.CreateFormFile("file", "report.pdf")
			require.NoError(t, err)
			_, err = part.Write([]byte(tt.file))
			require.NoError(t, err)
			require.NoError(t, w.Close())
			r := httptest.NewRequest(http.MethodPost, "/upload", &form)
			r.Header.Set("Content-Type", w.FormDataContentType())
			r.Header.Set("Authorization", tt.authorization)

			answer := httptest.NewRecorder()
			mux.ServeHTTP(answer, r)
			require.Equal(t, tt.status, answer.Code, answer.Body)
			require.Regexp(t, tt.keys, store.Keys())
		})
	}
}
