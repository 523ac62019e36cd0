package storetest

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/storage"
)

// served returns a store whose signed requests pass through the handler that around makes from the
// store's own.
func served(t *testing.T, around func(http.Handler) http.Handler) *memstore.Store {
	t.Helper()
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	store := &memstore.Store{}
	mux.Handle("/memstore/", around(store.Handler(server.URL+"/memstore/")))
	return store
}

func asIs(h http.Handler) http.Handler { return h }

func TestMemstorePassesDirect(t *testing.T) {
	RunDirect(t, func(t *testing.T) storage.DirectStorage { return served(t, asIs) })
}

func TestMemstorePassesLinks(t *testing.T) {
	RunLinks(t, func(t *testing.T) storage.LinkStorage { return served(t, asIs) })
}
