package s3store_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/internal/corpus"
	"github.com/airlock-go/upload/storage"
	"github.com/airlock-go/upload/uploadtest"
)

// filmDoors send a film by a form or a direct upload, and return what is published.
var filmDoors = map[string]func(t *testing.T, f *fixture, p *upload.Presigner, film string) upload.File{
	"form": func(t *testing.T, _ *fixture, p *upload.Presigner, film string) upload.File {
		t.Helper()
		a := uploadtest.Post(t, p.Handler(), "/", uploadtest.File("file", "a.mov", film))
		require.Empty(t, a.Code, a)
		return a.Files[0].File
	},
	"one request": func(t *testing.T, f *fixture, p *upload.Presigner, film string) upload.File {
		t.Helper()
		ticket, err := p.Sign(step(), declared(film))
		require.NoError(t, err)
		require.Equal(t, http.StatusOK, f.send(t, ticket.SignedRequest, []byte(film)))
		return confirmed(t, p, ticket.Token)
	},
	"parts": func(t *testing.T, f *fixture, p *upload.Presigner, film string) upload.File {
		t.Helper()
		ticket, err := p.SignParts(step(), declared(film), storage.MinPartSize)
		require.NoError(t, err)
		for i := range ticket.Parts {
			r, err := p.SignPart(step(), ticket.Token, i+1)
			require.NoError(t, err)
			from := i * storage.MinPartSize
			require.Equal(t, http.StatusOK, f.send(t, r, []byte(film[from:min(from+storage.MinPartSize, len(film))])))
		}
		return confirmed(t, p, ticket.Token)
	},
}

func step() *http.Request { return httptest.NewRequest(http.MethodPost, "/", nil) }

func declared(film string) upload.Declaration {
	return upload.Declaration{Field: "file", Name: "a.mov", Size: int64(len(film))}
}

// confirmed confirms twice, and returns the file.
func confirmed(t *testing.T, p *upload.Presigner, token string) upload.File {
	t.Helper()
	f, err := p.Confirm(httptest.NewRecorder(), step(), token, nil)
	require.NoError(t, err)
	again, err := p.Confirm(httptest.NewRecorder(), step(), token, nil)
	require.NoError(t, err)
	require.Equal(t, f, again)
	return f
}

// TestMetadataLate checks a film that has its location before the index that says what the bytes
// are. By each of filmDoors the published film has the location blanked, and no staged one is left.
func TestMetadataLate(t *testing.T) {
	const place = "51.5074 N, 0.1278 W"
	for name, picture := range map[string]string{"in memory": "picture", "in parts": strings.Repeat("picture.", 656<<10)} {
		film := string(corpus.CameraFilm(picture, place))
		for door, sends := range filmDoors {
			t.Run(name+", "+door, func(t *testing.T) {
				f := newFixture(t, setup{})
				h, err := upload.New(f.Store, upload.Types("video/quicktime"), upload.AllowAnonymous, &upload.Options{MaxFileSize: 8 << 20, SHA256: true, Logger: slog.New(slog.DiscardHandler)})
				require.NoError(t, err)
				p, err := upload.NewPresigner(h, [][]byte{make([]byte, 32)}, nil)
				require.NoError(t, err)
				file := sends(t, f, p, film)
				require.Equal(t, upload.Facts{Width: 64, Height: 48, Frames: 1, Duration: 2.5, Cleaned: true}, file.Facts)
				require.Equal(t, []string{file.Key}, f.fake.Keys(), "nothing is staged")
				stored := string(f.fake.Get(file.Key).Body)
				require.Len(t, stored, len(film))
				require.False(t, strings.Contains(stored, place), "it is blanked")
				require.True(t, strings.Contains(stored, picture+strings.Repeat("\x00", len(place))), "the picture stays")
				copies := len(picture) > part && door != "one request" // ranges of an object sent in one request cannot be pinned
				require.Equal(t, copies, f.fake.Calls("UploadPartCopy") > 0)
				f.requireIdle(t)
			})
		}
	}
}
