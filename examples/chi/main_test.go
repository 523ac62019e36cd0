package main

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/uploadtest"
)

func TestProfile(t *testing.T) {
	tests := []struct {
		name   string
		as     string
		file   uploadtest.Content
		status int
		stored int // pictures; the profile "taken" has none
	}{
		{"a profile with its picture", "ada", uploadtest.PNG(0), 201, 1},
		{"HTML named .png", "ada", uploadtest.Bytes("<!doctype html><script>alert(1)</script>"), 415, 0},
		{"a profile that cannot be saved", "taken", uploadtest.PNG(0), 422, 0},
		{"a profile without a name", "", uploadtest.PNG(0), 422, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			store, p := &memstore.Store{}, &profiles{}
			p.insert(profile{Name: "taken"})
			router, err := newRouter(store, p)
			require.NoError(t, err)
			srv := uploadtest.Serve(t, router)
			a := uploadtest.Send(t, srv.Client(), uploadtest.NewRequest(srv.URL+"/profile", uploadtest.File("picture", "ada.png", tt.file), uploadtest.Text("name", tt.as)))
			srv.Close() // waits for the handler, which removes files after its answer
			require.Equal(t, tt.status, a.Status, a)
			require.Len(t, store.Keys(), tt.stored)
			if tt.stored > 0 {
				var got profile
				require.NoError(t, a.Decode(&got))
				require.Equal(t, profile{Name: tt.as, Picture: store.Keys()[0]}, got)
			} else {
				require.Zero(t, store.Used())
			}
		})
	}
}

// TestHostileFiles checks that no hostile file gets through.
func TestHostileFiles(t *testing.T) {
	store := &memstore.Store{}
	mux, err := newRouter(store, &profiles{})
	require.NoError(t, err)

	a := uploadtest.Post(t, mux, "/profile", uploadtest.File("picture", "ada.png", uploadtest.PNG(0)), uploadtest.Text("name", "ada"))
	require.Equal(t, 201, a.Status, a)

	uploadtest.RunHostile(t, mux, store, func(s uploadtest.Sample) *http.Request {
		return uploadtest.NewRequest("/profile", s.File("picture"), uploadtest.Text("name", s.Name))
	})
}
