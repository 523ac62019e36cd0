package upload_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
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
	for _, row := range []struct {
		name          string
		before, after int64
	}{
		{"smaller ones now", 6 * mebi, 5 * mebi},
		{"larger ones now", 5 * mebi, 6 * mebi},
		{"so large that one is all", 5 * mebi, 20 * mebi},
	} {
		for name, content := range map[string]string{"a.txt": text, "a.mov": late} {
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
