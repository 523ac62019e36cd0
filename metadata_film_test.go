package upload_test

import (
	"context"
	"encoding/binary"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/diskstore"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/storage"
	"github.com/airlock-go/upload/uploadtest"
)

func n32(n int) string { return string(binary.BigEndian.AppendUint32(nil, uint32(n))) }

func atom(kind string, content ...string) string {
	s := strings.Join(content, "")
	return n32(8+len(s)) + kind + s
}

// film returns a film of a camera: its index follows the samples, of a video track and of one that
// has the places.
func film(t *testing.T) string {
	t.Helper()
	zeros := func(n int) string { return strings.Repeat("\x00", n) }
	samples := "picture" + place
	start := atom("ftyp", "qt  ", n32(0), "qt  ")
	track := func(id int, kind, entry string, at, size int) string {
		return atom("trak", atom("tkhd", n32(0), zeros(8), n32(id), zeros(4), n32(100), zeros(16), n32(1<<16), zeros(12), n32(1<<16), zeros(12), n32(1<<30), n32(64<<16), n32(48<<16)),
			atom("mdia", atom("mdhd", zeros(12), n32(1000), n32(100), zeros(4)), atom("hdlr", n32(0), "mhlr", kind, zeros(12), "\x00"),
				atom("minf", atom("dinf", atom("dref", n32(0), n32(1), atom("url ", n32(1)))), atom("stbl",
					atom("stsd", n32(0), n32(1), entry), atom("stts", n32(0), n32(1), n32(1), n32(100)), atom("stsc", n32(0), n32(1), n32(1), n32(1), n32(1)),
					atom("stsz", n32(0), n32(size), n32(1)), atom("stco", n32(0), n32(1), n32(at))))))
	}
	at := len(start) + 8
	video := atom("jpeg", zeros(6), "\x00\x01", zeros(16), "\x00\x40\x00\x30", zeros(14), zeros(32), "\x00\x18\xff\xff")
	return start + atom("mdat", samples) + atom("moov", atom("mvhd", zeros(12), n32(1000), n32(2500), zeros(80)),
		track(1, "vide", video, at, len("picture")), track(2, "meta", atom("mebx", zeros(6), "\x00\x01"), at+len("picture"), len(place)),
		atom("udta", "\x00\x00\x00\x20\xa9xyz"+place))
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

// TestMetadataLateDirect: what a client has sent itself is published with the changes.
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
