package upload_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/internal/rounds"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/storage"
	"github.com/airlock-go/upload/uploadtest"
)

// inPiecesOf is a storage with a setting for the size of pieces.
type inPiecesOf struct {
	*memstore.Store
	size int64
}

func (s inPiecesOf) PieceSize(int64) int64 { return s.size }

// TestResumeOtherPieces checks that an instance publishes what another one began with pieces of
// another size, also if cleaning changes bytes of several of them.
func TestResumeOtherPieces(t *testing.T) {
	const mebi = 1 << 20
	text := strings.Repeat("0123456789abcde\n", 13*mebi/16)
	late := film(t) + "\x00\xd0\x00\x00free" + text[8:]
	for i, row := range []struct {
		name          string
		before, after int64
	}{
		{"smaller ones now", 6 * mebi, 5 * mebi},
		{"larger ones now", 5 * mebi, 6 * mebi},
		{"one piece for all now", 5 * mebi, 20 * mebi},
	} {
		for name, content := range map[string]string{"a.txt": text, "a.mov": late} {
			if name == "a.txt" && i > rounds.Of(0, i) {
				continue // the film takes the same steps, and more
			}
			t.Run(row.name+" "+name, func(t *testing.T) {
				store, types := &memstore.Store{}, upload.Types("text/plain", "video/quicktime")
				o := upload.Options{MaxFileSize: 20 * mebi}
				before := newResumable(t, inPiecesOf{store, row.before}, types, o, upload.ResumeOptions{})
				after := newResumable(t, inPiecesOf{store, row.after}, types, o, upload.ResumeOptions{})
				url := before.create(t, name, len(content))
				require.Equal(t, http.StatusNoContent, before.patch(t, url, 0, content[:7*mebi]).StatusCode)
				f := publishedBy(t, after.patch(t, url, 7*mebi, content[7*mebi:]))
				stored, info := uploadtest.Stored(t, store, f.Key)
				require.Len(t, stored, len(content))
				require.Equal(t, f.Type, info.Type)
				if name == "a.txt" {
					require.Equal(t, content, string(stored))
				} else {
					requirePlaceless(t, string(stored[:len(film(t))]))
				}
				for _, key := range store.Keys() {
					require.True(t, key == f.Key || storage.IsStaging(key), key)
				}
			})
		}
	}
}

// TestNewResumer checks that mistakes of the host are found at once.
func TestNewResumer(t *testing.T) {
	h := newFixture(t, nil, upload.Options{}).Handler
	for name, row := range map[string]struct {
		h       *upload.Handler
		secrets [][]byte
		o       upload.ResumeOptions
	}{
		"no handler":               {nil, [][]byte{secret}, upload.ResumeOptions{}},
		"no secret":                {h, nil, upload.ResumeOptions{}},
		"a short secret":           {h, [][]byte{secret[:31]}, upload.ResumeOptions{}},
		"a negative size":          {h, [][]byte{secret}, upload.ResumeOptions{MaxFileSize: -1}},
		"a size that is too large": {h, [][]byte{secret}, upload.ResumeOptions{MaxFileSize: largestFile + 1}},
		"8 days":                   {h, [][]byte{secret}, upload.ResumeOptions{Expires: 8 * 24 * time.Hour}},
		"a prefix without /":       {h, [][]byte{secret}, upload.ResumeOptions{StagingPrefix: "a"}},
		"any origin":               {h, [][]byte{secret}, upload.ResumeOptions{Origins: []string{"*"}}},
		"an origin and a path":     {h, [][]byte{secret}, upload.ResumeOptions{Origins: []string{"https://app.example.com/"}}},
		"any header":               {h, [][]byte{secret}, upload.ResumeOptions{Headers: []string{"*"}}},
		"an empty header":          {h, [][]byte{secret}, upload.ResumeOptions{Headers: []string{""}}},
		"two headers in one":       {h, [][]byte{secret}, upload.ResumeOptions{Headers: []string{"X-A, X-B"}}},
		"a line break in a header": {h, [][]byte{secret}, upload.ResumeOptions{Headers: []string{"X-A\r\nX-B"}}},
	} {
		_, err := upload.NewResumer(row.h, row.secrets, &row.o)
		require.Error(t, err, name)
	}
}

// TestNewResumerStorage checks that a storage that cannot keep the pieces of the largest file is
// found at once.
func TestNewResumerStorage(t *testing.T) {
	types := upload.Types("text/plain")
	for name, row := range map[string]struct {
		store  upload.Storage
		policy upload.Validator
		says   string // "" for no error
	}{
		"one that keeps no pieces":      {pieceless{&memstore.Store{}}, types, errAny.Error()},
		"one for small files alone":     {smallPieces{&memstore.Store{}}, types, ""},
		"the same, with a larger field": {smallPieces{&memstore.Store{}}, upload.Form{"film": {Accept: types, MaxSize: 1 << 30}}, "1073741824 is too large"},
		"one that reads nothing":        {struct{ storage.Storage }{&memstore.Store{}}, types, "ObjectReader"},
		"pieces without bytes":          {inPiecesOf{&memstore.Store{}, 0}, types, "in pieces of 0"},
		"pieces that S3 does not take":  {inPiecesOf{&memstore.Store{}, 6 << 30}, types, "in pieces of 6442450944"},
		"more pieces than S3 takes":     {inPiecesOf{&memstore.Store{}, 1 << 10}, types, "in pieces of 1024"},
		"pieces that S3 takes":          {inPiecesOf{&memstore.Store{}, 5 << 20}, types, ""},
	} {
		h, err := upload.New(row.store, row.policy, upload.AllowAnonymous, &upload.Options{MaxFileSize: 64 << 20})
		require.NoError(t, err, name)
		_, err = upload.NewResumer(h, [][]byte{secret}, nil)
		if row.says == "" {
			require.NoError(t, err, name)
		} else {
			require.ErrorContains(t, err, row.says, name)
		}
	}
}

// smallPieces is a storage with memory for the pieces of files of up to 64 MiB.
type smallPieces struct{ *memstore.Store }

func (smallPieces) KeepsPieces(largest int64) error {
	if largest > 64<<20 {
		return fmt.Errorf("%d is too large", largest)
	}
	return nil
}

// pieceless is a storage that cannot keep pieces.
type pieceless struct{ *memstore.Store }

func (pieceless) KeepsPieces(int64) error { return errAny }
