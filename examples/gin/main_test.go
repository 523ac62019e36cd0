package main

import (
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/uploadtest"
)

func TestMain(m *testing.M) {
	gin.SetMode(gin.TestMode)
	m.Run()
}

func TestProfile(t *testing.T) {
	tests := []struct {
		name   string
		as     string
		file   uploadtest.Content
		status int
		code   upload.Code
		stored int // pictures; the profile "taken" has none
	}{
		{"a profile with its picture", "ada", uploadtest.PNG(0), 201, "", 1},
		{"HTML named .png", "ada", uploadtest.Bytes("<!doctype html><script>alert(1)</script>"), 415, upload.CodeTypeNotAllowed, 0},
		{"a profile that cannot be saved", "taken", uploadtest.PNG(0), 422, "name_taken", 0},
		{"a profile without a name", "", uploadtest.PNG(0), 422, "bad_profile", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			store, p := &memstore.Store{}, &profiles{}
			require.NoError(t, p.insert(profile{Name: "taken"}))
			engine, err := newEngine(store, p)
			require.NoError(t, err)
			srv := uploadtest.Serve(t, engine)
			a := uploadtest.Send(t, srv.Client(), uploadtest.NewRequest(srv.URL+"/profile", uploadtest.File("picture", "ada.png", tt.file), uploadtest.Text("name", tt.as)))
			srv.Close() // waits for the handler
			require.Equal(t, tt.status, a.Status, a)
			require.Equal(t, tt.code, a.Code)
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
