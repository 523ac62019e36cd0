package s3store_test

import (
	"bytes"
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/s3fake"

	"github.com/airlock-go/upload/s3store"
	"github.com/airlock-go/upload/storage"
)

// stageFilm stages a file that may be patched, and its patches; want is what Commit publishes.
func (f *fixture) stageFilm(t *testing.T, size int, patched bool) (staged storage.Staged, want []byte) {
	t.Helper()
	obj := object("films/k", huge)
	obj.MayPatch = true
	want = bytes.Clone(randomBytes(size))
	staged, err := f.Stage(t.Context(), obj, bytes.NewReader(want))
	require.NoError(t, err)
	if patched {
		require.NoError(t, staged.(storage.Patcher).Patch(t.Context(), []storage.Patch{{Offset: 2, Length: 3}, {Offset: int64(size) - 4, Length: 4, Bytes: []byte("free")}}))
		clear(want[2:5])
		copy(want[size-4:], "free")
	}
	return staged, want
}

// TestStagePatched checks that only the parts with patches leave S3 again, and that nothing stays
// under the staging key.
func TestStagePatched(t *testing.T) {
	for _, row := range []struct {
		name         string
		size         int
		patched      bool
		sent, copied int // parts, when the file is published
	}{
		{"in memory", 100, true, 0, 0},
		{"a whole part", part, true, 0, 0},
		{"parts", 6*part + 3, true, 3, 2},
		{"parts without patches", 6*part + 3, false, 0, 4},
	} {
		t.Run(row.name, func(t *testing.T) {
			f := newFixture(t, setup{versioned: true})
			s3store.SetMaxCopy(f.Store, 2*part)
			staged, want := f.stageFilm(t, row.size, row.patched)
			require.Nil(t, f.fake.Get("films/k"))
			for _, key := range f.fake.Keys() {
				require.Regexp(t, "^films/upload-staging/", key)
			}
			sent := f.fake.Calls("UploadPart")
			require.NoError(t, staged.Commit(t.Context()))
			require.Equal(t, row.sent, f.fake.Calls("UploadPart")-sent)
			require.Equal(t, row.copied, f.fake.Calls("UploadPartCopy"))
			f.requireStored(t, "films/k", want)
			require.Equal(t, []string{"films/k"}, f.fake.Keys())
			require.Error(t, staged.Commit(t.Context()), "once")
			f.requireIdle(t)
			require.NoError(t, staged.Discard(t.Context()))
			f.requireNothing(t)
		})
	}
}

// TestStagePatchedFails checks that a failure leaves nothing, or what Discard removes.
func TestStagePatchedFails(t *testing.T) {
	for name, row := range map[string]struct {
		call  string
		stage bool // Stage fails
	}{
		"the staged object is not made":   {"CompleteMultipartUpload", true},
		"a part is not copied":            {"UploadPartCopy", false},
		"a part is not read":              {"GetObject", false},
		"the public upload is not opened": {"CreateMultipartUpload", false},
	} {
		bubble(t, name, func(t *testing.T) {
			f := newFixture(t, setup{})
			if row.stage {
				f.fake.Inject(row.call, forEver, fail500)
				obj := object("films/k", huge)
				obj.MayPatch = true
				_, err := f.Stage(t.Context(), obj, bytes.NewReader(randomBytes(3*part)))
				require.Error(t, err)
				f.requireNothing(t)
				return
			}
			staged, _ := f.stageFilm(t, 6*part, true)
			f.fake.Inject(row.call, forEver, fail500)
			require.Error(t, staged.Commit(t.Context()))
			require.Nil(t, f.fake.Get("films/k"))
			f.fake.Heal()
			require.NoError(t, staged.Discard(t.Context()))
			f.requireNothing(t)
		})
	}
}

// TestStagePatchedLost checks that a lost answer to the publication is settled, and that a staged
// object that cannot be removed does not make it fail.
func TestStagePatchedLost(t *testing.T) {
	bubble(t, "", func(t *testing.T) {
		f := newFixture(t, setup{})
		staged, want := f.stageFilm(t, 6*part, true)
		f.fake.Inject("CompleteMultipartUpload", 1, s3fake.Drop)
		f.fake.Inject("DeleteObject", forEver, fail500)
		require.NoError(t, staged.Commit(t.Context()))
		f.requireStored(t, "films/k", want)
		require.Len(t, f.fake.Keys(), 2)
		f.fake.Heal()
		require.NoError(t, staged.Discard(t.Context()))
		f.requireNothing(t)
	})
}

// TestStageUnpatched checks that a file that was not announced as one to patch cannot be, once it
// left the memory.
func TestStageUnpatched(t *testing.T) {
	f := newFixture(t, setup{})
	staged := f.stage(t, "k", randomBytes(3*part))
	require.ErrorIs(t, staged.(storage.Patcher).Patch(t.Context(), nil), storage.ErrNotPatched)
	ctx, cancel := context.WithCancel(t.Context())
	require.NoError(t, staged.Discard(ctx))
	cancel()
	film, _ := f.stageFilm(t, 3*part, true)
	require.ErrorIs(t, film.Commit(ctx), context.Canceled)
	require.NoError(t, film.Discard(ctx))
	f.requireNothing(t)
}
