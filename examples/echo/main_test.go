package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/uploadtest"
)

func TestApply(t *testing.T) {
	pdf := uploadtest.Bytes("%PDF-1.4\n1 0 obj\n<</Type/Catalog>>\nendobj\ntrailer\n<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n")
	tests := []struct {
		name   string
		email  string
		file   uploadtest.Content
		status int
		code   upload.Code
		stored int
	}{
		{"an application with its document", "ada@example.org", pdf, 201, "", 1},
		{"HTML named .pdf", "ada@example.org", uploadtest.Bytes("<!doctype html><script>alert(1)</script>"), 415, upload.CodeTypeNotAllowed, 0},
		{"an application without an address", "", pdf, 422, "no_email", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			store := &memstore.Store{}
			e, err := newEcho(store)
			require.NoError(t, err)
			srv := uploadtest.Serve(t, e)
			a := uploadtest.Send(t, srv.Client(), uploadtest.NewRequest(srv.URL+"/applications", uploadtest.File("document", "cv.pdf", tt.file), uploadtest.Text("email", tt.email)))
			srv.Close() // waits for the handler
			require.Equal(t, tt.status, a.Status, a)
			require.Equal(t, tt.code, a.Code, "one complete answer")
			require.Len(t, store.Keys(), tt.stored)
			if tt.stored == 0 {
				require.Zero(t, store.Used())
				return
			}
			var got struct{ Email string }
			require.NoError(t, a.Decode(&got))
			require.Equal(t, tt.email, got.Email)
		})
	}
}
