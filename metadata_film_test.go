package upload_test

import (
	"context"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/diskstore"
	"github.com/airlock-go/upload/internal/corpus"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/storage"
	"github.com/airlock-go/upload/uploadtest"
)

// film returns a film of a camera, whose places come before the box that lists them.
func film(t *testing.T) string {
	t.Helper()
	return string(corpus.CameraFilm("picture", place))
}

// unable is a storage that cannot change a staged file.
type unable struct{ storage.Storage }

func (s unable) Stage(ctx context.Context, obj storage.Object, r io.Reader) (storage.Staged, error) {
	staged, err := s.Storage.Stage(ctx, obj, r)
	if err != nil {
		return nil, err
	}
	return struct{ storage.Staged }{staged}, nil
}

// fixed is a storage whose files cannot be changed any more.
type fixed struct{ storage.Storage }

func (s fixed) Stage(ctx context.Context, obj storage.Object, r io.Reader) (storage.Staged, error) {
	staged, err := s.Storage.Stage(ctx, obj, r)
	if err != nil {
		return nil, err
	}
	return unpatched{staged}, nil
}

type unpatched struct{ storage.Staged }

func (unpatched) Patch(context.Context, []storage.Patch) error { return storage.ErrNotPatched }

// TestMetadataLate: the places of a film lie before the index that says what they are. They are
// blanked in the storage, or the film is refused.
func TestMetadataLate(t *testing.T) {
	disk, err := diskstore.Open(t.TempDir())
	require.NoError(t, err)
	memory := &memstore.Store{}
	for _, tc := range []struct {
		about  string
		store  storage.Storage
		reader storage.ObjectReader
		code   upload.Code
	}{
		{"memory", memory, memory, ""},
		{"disk", disk, disk, ""},
		{"a storage that cannot change it", unable{&memstore.Store{}}, nil, upload.CodeMetadata},
		{"a storage that cannot change it any more", fixed{&memstore.Store{}}, nil, upload.CodeMetadata},
		{"a storage that fails", uploadtest.NewFailingStore(&memstore.Store{}, uploadtest.Fault{Op: uploadtest.OpPatch}).Storage(), nil, upload.CodeStorage},
	} {
		t.Run(tc.about, func(t *testing.T) {
			h, err := upload.New(tc.store, upload.Types("video/quicktime"), upload.AllowAnonymous, &upload.Options{SHA256: true})
			require.NoError(t, err)
			a := uploadtest.Post(t, h, "/", uploadtest.File("file", "a.mov", film(t)))
			require.Equal(t, tc.code, a.Code, a)
			if tc.code != "" {
				return
			}
			require.Equal(t, upload.Facts{Width: 64, Height: 48, Frames: 1, Duration: 2.5, Cleaned: true}, a.Files[0].Facts)
			require.Empty(t, a.Files[0].SHA256, "that of the stored bytes is not known")
			stored, _ := uploadtest.Stored(t, tc.reader, a.Files[0].Key)
			requirePlaceless(t, string(stored))
		})
	}
}

func requirePlaceless(t *testing.T, stored string) {
	t.Helper()
	require.Len(t, stored, len(film(t)))
	require.NotContains(t, stored, place)
	require.Contains(t, stored, "picture"+strings.Repeat("\x00", len(place)))
}

// TestMetadataLateDirect: a film that a client has sent directly is published with its places
// blanked.
func TestMetadataLateDirect(t *testing.T) {
	for _, single := range []int64{0, 1} {
		d := newDirect(t, upload.Types("video/quicktime"), upload.Options{SHA256: true}, upload.PresignOptions{SingleSize: single})
		ticket := d.sign(t, declarationOf("a.mov", film(t)))
		d.sendAll(t, ticket, film(t))
		f := d.confirm(t, ticket.Token)
		requirePlaceless(t, d.read(t, f.Key))
		require.Empty(t, f.SHA256)
		require.Equal(t, f, d.confirm(t, ticket.Token))
		require.Zero(t, d.staged())
	}
}
