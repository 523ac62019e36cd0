package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/uploadtest"
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

			r := uploadtest.NewRequest("/upload", uploadtest.File("file", "report.pdf", tt.file))
			r.Header.Set("Authorization", tt.authorization)
			a := uploadtest.Send(t, uploadtest.Client(mux), r)
			require.Equal(t, tt.status, a.Status, a)
			require.Regexp(t, tt.keys, store.Keys())
		})
	}
}
