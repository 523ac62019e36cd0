package browser

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/integration/internal/s3test"
	"github.com/airlock-go/upload/internal/rounds"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/storage"
)

// place is where a site keeps its files, and what tests see of it.
type place interface {
	storage.DirectStorage

	// keys returns the keys of all objects, including staged ones.
	keys(t *testing.T) []string

	// unfinished returns the bytes of open multipart uploads in memory, or the number of such uploads
	// on S3.
	unfinished(t *testing.T) int
}

// openPlace makes a place that allows requests by pages of one origin. The caller must serve the
// handler at address.
type openPlace func(t *testing.T, origin, address string) (place, http.Handler)

// places are all places that a site must work with.
var places = map[string]openPlace{"memory": openMemory, "S3": openBucket}

// exactPlaces returns the places that discard a part of which only a piece has arrived. versitygw
// is not one of them: it fills the rest with zeros.
func exactPlaces() map[string]openPlace {
	exact := map[string]openPlace{"memory": openMemory}
	if s3test.Get().Software != s3test.VersityGW {
		exact["S3"] = openBucket
	}
	return exact
}

// memory is a place in this process.
type memory struct{ *memstore.Store }

func openMemory(_ *testing.T, origin, address string) (place, http.Handler) {
	store := &memstore.Store{CORSOrigin: origin}
	return memory{store}, store.Handler(address + "/")
}

func (m memory) keys(*testing.T) []string { return m.Keys() }

func (m memory) unfinished(t *testing.T) int {
	t.Helper()
	n := m.Used()
	for _, key := range m.Keys() {
		o, err := m.Stat(t.Context(), key)
		require.NoError(t, err)
		n -= o.Size
	}
	return int(n)
}

// holds reports whether an object has exactly that content. It reads little at a time, since the
// content can be large.
func holds(t *testing.T, p place, key, content string) bool {
	t.Helper()
	o, err := p.Stat(t.Context(), key)
	require.NoError(t, err)
	r, err := p.OpenAt(t.Context(), key, o.ETag, 0, -1)
	require.NoError(t, err)
	defer func() { require.NoError(t, r.Close()) }()
	piece := make([]byte, 64<<10)
	for {
		n, err := r.Read(piece)
		if rest, begins := strings.CutPrefix(content, string(piece[:n])); begins {
			content = rest
		} else {
			return false
		}
		if errors.Is(err, io.EOF) {
			return content == ""
		}
		require.NoError(t, err)
	}
}

// everywhere runs a test of both versions of Uppy over memory, and of one of them, or both in long
// runs, over S3.
func everywhere(t *testing.T, places map[string]openPlace, name string, test func(t *testing.T, version string, open openPlace)) {
	turn := rounds.Turns(len(versions))
	for where, open := range places {
		for version := range versions {
			if where == "memory" || turn() {
				t.Run(strings.TrimSpace(version+" "+where+" "+name), func(t *testing.T) { test(t, version, open) })
			}
		}
	}
}
