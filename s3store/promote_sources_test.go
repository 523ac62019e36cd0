package s3store_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/s3store"
	"github.com/airlock-go/upload/storage"
)

// sources stages body in pieces. It returns a promotion that zeros three bytes at each of the
// offsets, and the bytes that this publishes.
func (f *fixture) sources(body []byte, zeros ...int64) (storage.Promotion, []byte) {
	return f.sourcesOf(part, body, zeros...)
}

// sourcesOf is sources for pieces of size bytes.
func (f *fixture) sourcesOf(size int, body []byte, zeros ...int64) (storage.Promotion, []byte) {
	p := storage.Promotion{Key: "k", Type: "image/png", Name: "Straße.png", Size: int64(len(body)), Nonce: "nonce"}
	for piece := range slices.Chunk(body, size) {
		key := fmt.Sprintf("upload-staging/ä b+c/%d", len(p.Sources))
		f.fake.Put(key, piece)
		p.Sources = append(p.Sources, storage.Source{Key: key, ETag: f.fake.Get(key).ETag(), Size: int64(len(piece))})
	}
	want := bytes.Clone(body)
	for _, at := range zeros {
		p.Patches = append(p.Patches, storage.Patch{Offset: at, Length: 3})
		clear(want[at : at+3])
	}
	p.SHA256 = digest(want)
	return p, want
}

func TestPieceSize(t *testing.T) {
	f := newFixture(t, setup{})
	for size, want := range map[int64]int64{0: part, 1: part, 10_000 * part: part, 10_000*part + 1: part + 64<<10, 5 << 40: 8389 << 16} {
		require.Equal(t, want, f.PieceSize(size), size)
		require.LessOrEqual(t, size, 10_000*f.PieceSize(size))
	}
}

// TestPromoteSources checks that only the pieces with patches leave S3, except where copies are not
// pinned.
func TestPromoteSources(t *testing.T) {
	for _, row := range []struct {
		name                 string
		size                 int
		zeros                []int64
		profile              s3store.Profile
		copied, sent, listed int
	}{
		{name: "two", size: 2 * part, copied: 2, listed: 1},
		{name: "a last one of 1 byte", size: part + 1, copied: 2, listed: 1},
		{name: "many", size: 7*part + 5, copied: 8, listed: 1},
		{name: "MinIO", size: 3 * part, profile: s3store.MinIO(), copied: 3, listed: 1},
		{name: "without condition", size: 3 * part, profile: s3store.Profile{InsecureUnconditionalComplete: true}, copied: 3, listed: 1},
		{name: "copies are not pinned", size: 3*part + 5, profile: s3store.Profile{NoPinnedCopies: true}, sent: 4},
		{name: "patches of one", size: 3 * part, zeros: []int64{part, part + 10, 2*part - 3}, copied: 2, sent: 1, listed: 1},
		{name: "a patch of two", size: 3*part + 5, zeros: []int64{part - 1}, copied: 2, sent: 2, listed: 1},
		{name: "patches of all", size: 2*part + 3, zeros: []int64{part - 1, 2*part - 1}, sent: 3, listed: 1},
		{name: "patches, copies are not pinned", size: 2*part + 3, zeros: []int64{part - 1}, profile: s3store.Profile{NoPinnedCopies: true}, sent: 3},
	} {
		t.Run(row.name, func(t *testing.T) {
			opts := everything
			opts.Profile = row.profile
			f := newFixture(t, setup{Options: opts, versioned: true})
			p, want := f.sources(randomBytes(row.size), row.zeros...)
			require.NoError(t, f.Promote(t.Context(), p))
			require.Equal(t, row.copied, f.fake.Calls("UploadPartCopy"))
			require.Equal(t, row.sent, f.fake.Calls("UploadPart"))
			require.Equal(t, row.listed, f.fake.Calls("ListParts"))
			f.requireStored(t, "k", want)
			require.NoError(t, f.Promote(t.Context(), p), "published already")
			for _, src := range p.Sources {
				require.NotNil(t, f.fake.Get(src.Key), "sources stay")
				require.NoError(t, f.Delete(t.Context(), src.Key))
			}
			require.NoError(t, f.Promote(t.Context(), p), "published already, and the sources are gone")
			require.Len(t, f.fake.Versions("k"), 1)
			stored, err := f.Stat(t.Context(), "k")
			require.NoError(t, err)
			require.Equal(t, storage.Stored{
				Type: p.Type, Name: p.Name, Size: p.Size, ETag: stored.ETag, Version: stored.Version, SHA256: p.SHA256, Nonce: p.Nonce,
			}, stored)
			p.Nonce = "another"
			require.ErrorIs(t, f.Promote(t.Context(), p), storage.ErrExists)
			f.requireIdle(t)
		})
	}
}

// TestPromoteSourcesOfOtherSizes checks pieces that were made while the store had another PartSize.
func TestPromoteSourcesOfOtherSizes(t *testing.T) {
	for _, row := range []struct {
		name         string
		piece        int
		zeros        []int64
		o            s3store.Options
		copied, sent int
	}{
		{name: "larger", piece: part + chunk, copied: 3},
		{name: "larger by half a chunk", piece: part + chunk/2, copied: 3},
		{name: "smaller", piece: part - chunk, copied: 3},
		{name: "larger, patched", piece: 2 * part, zeros: []int64{2*part - 1}, copied: 1, sent: 2},
		{name: "smaller, patched", piece: part - chunk, zeros: []int64{0, part}, copied: 1, sent: 2},
		{name: "larger, all patched", piece: part + 1, zeros: []int64{part, 2*part + 1}, sent: 3},
		{name: "as large as the memory, patched", piece: 2 * part, zeros: []int64{5}, o: s3store.Options{MaxMemory: 2 * part}, copied: 2, sent: 1},
		{name: "larger than the memory", piece: 2*part + 1, o: s3store.Options{MaxMemory: 2 * part}, copied: 3},
		{name: "larger than the memory, patched", piece: 2*part + 1, zeros: []int64{5}, o: s3store.Options{MaxMemory: 2 * part}, sent: 5},
		{name: "copies are not pinned", piece: 2 * part, zeros: []int64{5}, o: s3store.Options{Profile: s3store.Profile{NoPinnedCopies: true}}, sent: 5},
	} {
		t.Run(row.name, func(t *testing.T) {
			f := newFixture(t, setup{Options: row.o, versioned: true})
			f.fake.MinPart = min(part, row.piece)
			p, want := f.sourcesOf(row.piece, randomBytes(2*row.piece+3), row.zeros...)
			require.NoError(t, f.Promote(t.Context(), p))
			require.Equal(t, row.copied, f.fake.Calls("UploadPartCopy"))
			require.Equal(t, row.sent, f.fake.Calls("UploadPart"))
			f.requireStored(t, "k", want)
			require.Len(t, f.fake.Versions("k"), 1)
			f.requireIdle(t)
		})
	}
}

// TestPromoteSourcesInPages checks sources whose parts S3 lists on several pages. A part of another
// size than its source, on a later page, fails the promotion.
func TestPromoteSourcesInPages(t *testing.T) {
	f := newFixture(t, setup{})
	f.fake.PageSize = 3
	p, want := f.sources(randomBytes(7*part + 1))
	require.NoError(t, f.Promote(t.Context(), p))
	require.Equal(t, 3, f.fake.Calls("ListParts"))
	f.requireStored(t, "k", want)
	p, _ = f.sources(want[:7*part])
	p.Key = "other"
	f.fake.Put(p.Sources[5].Key, want[:part-1])
	p.Sources[5].ETag = f.fake.Get(p.Sources[5].Key).ETag()
	require.ErrorIs(t, f.Promote(t.Context(), p), storage.ErrChanged)
	require.Nil(t, f.fake.Get("other"))
	f.requireIdle(t)
}

// TestPromoteSourcesChanged checks pieces that are not, or no longer, those that were listed.
func TestPromoteSourcesChanged(t *testing.T) {
	for name, change := range map[string]func(f *fixture, src *storage.Source){
		"gone":     func(f *fixture, src *storage.Source) { _ = f.Delete(context.Background(), src.Key) },
		"replaced": func(f *fixture, src *storage.Source) { f.fake.Put(src.Key, randomBytes(int(src.Size))) },
		"shorter":  func(f *fixture, src *storage.Source) { f.fake.Put(src.Key, f.fake.Get(src.Key).Body[:src.Size-1]) },
		"shorter than listed": func(f *fixture, src *storage.Source) {
			f.fake.Put(src.Key, f.fake.Get(src.Key).Body[:src.Size-1])
			src.ETag = f.fake.Get(src.Key).ETag()
		},
		"longer than listed": func(f *fixture, src *storage.Source) {
			f.fake.Put(src.Key, append(bytes.Clone(f.fake.Get(src.Key).Body), 'x'))
			src.ETag = f.fake.Get(src.Key).ETag()
		},
		"empty": func(f *fixture, src *storage.Source) {
			f.fake.Put(src.Key, nil)
			src.ETag = f.fake.Get(src.Key).ETag()
		},
	} {
		for i, at := range []string{"the first", "one in the middle", "the last"} {
			for about, row := range map[string]struct {
				profile s3store.Profile
				zeros   []int64
			}{
				"":                        {},
				", patched":               {zeros: []int64{10, part, 2*part + 10}},
				", copies are not pinned": {profile: s3store.Profile{NoPinnedCopies: true}},
				", on MinIO":              {profile: s3store.MinIO()},
			} {
				bubble(t, at+" is "+name+about, func(t *testing.T) {
					f := newFixture(t, setup{Options: s3store.Options{Profile: row.profile}})
					p, _ := f.sources(randomBytes(2*part+100), row.zeros...)
					change(f, &p.Sources[i])
					require.ErrorIs(t, f.Promote(t.Context(), p), storage.ErrChanged)
					require.Nil(t, f.fake.Get("k"))
					f.requireIdle(t)
				})
			}
		}
	}
}

// TestPromoteSourcesRefuses checks promotions that are not valid, and a caller who stops.
func TestPromoteSourcesRefuses(t *testing.T) {
	f := newFixture(t, setup{})
	for name, change := range map[string]func(*storage.Promotion){
		"none":                    func(p *storage.Promotion) { p.Sources = nil },
		"one is missing":          func(p *storage.Promotion) { p.Sources = p.Sources[:2] },
		"another order":           func(p *storage.Promotion) { slices.Reverse(p.Sources) },
		"no ETag":                 func(p *storage.Promotion) { p.Sources[1].ETag = "" },
		"a digest of the sources": func(p *storage.Promotion) { p.SourceSHA256 = p.SHA256 },
		"not a digest":            func(p *storage.Promotion) { p.SHA256 = "abc" },
	} {
		t.Run(name, func(t *testing.T) {
			p, _ := f.sources(randomBytes(2*part + 100))
			change(&p)
			require.Error(t, f.Promote(t.Context(), p))
			require.Zero(t, f.fake.Calls("CreateMultipartUpload"))
			f.requireIdle(t)
		})
	}
	for _, call := range []string{"UploadPartCopy", "ListParts", "UploadPart"} {
		t.Run("the caller stops in "+call, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			f.fake.Inject(call, 1, func(http.ResponseWriter, *http.Request, http.HandlerFunc) { cancel(); panic(http.ErrAbortHandler) })
			p, _ := f.sources(randomBytes(2*part+100), 5)
			require.ErrorIs(t, f.Promote(ctx, p), context.Canceled)
			require.Nil(t, f.fake.Get("k"))
			f.requireIdle(t)
		})
	}
}

// TestPromoteSourcesFaults lets each call of a promotion of several sources fail, once and always.
func TestPromoteSourcesFaults(t *testing.T) {
	t.Parallel()
	body := randomBytes(3*part + 3)
	promoteFaults(t, []string{"UploadPart", "GetObject", "ListParts"}, func(f *fixture) (storage.Promotion, []byte) {
		return f.sources(body, part-1)
	})
}

// TestPromoteSourcesBusy checks that patches wait for the memory of one piece, and that copies
// without patches do not.
func TestPromoteSourcesBusy(t *testing.T) {
	bubble(t, "busy", func(t *testing.T) {
		f := newFixture(t, setup{Options: s3store.Options{CallTimeout: time.Second, MaxMemory: part}})
		letGo := f.hold(t, "a")
		p, want := f.sources(randomBytes(3*part), part-1)
		require.ErrorIs(t, f.Promote(t.Context(), p), storage.ErrBusy)
		require.Zero(t, f.fake.Calls("CreateMultipartUpload"))
		plain, whole := f.sources(randomBytes(3 * part))
		plain.Key = "plain"
		require.NoError(t, f.Promote(t.Context(), plain))
		f.requireStored(t, "plain", whole)
		letGo()
		require.NoError(t, f.Promote(t.Context(), p))
		f.requireStored(t, "k", want)
		f.requireIdle(t)
	})
}
