package s3store_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/s3fake"
	"github.com/airlock-go/upload/s3store"
	"github.com/airlock-go/upload/storage"
	"github.com/airlock-go/upload/sweep"
)

// stageFilm stages a file that may be patched.
func (f *fixture) stageFilm(t *testing.T, body []byte, siblings ...storage.Staged) storage.Staged {
	t.Helper()
	obj := object("films/k", int64(len(body)))
	obj.MayPatch, obj.Siblings = true, siblings
	staged, err := f.Stage(t.Context(), obj, bytes.NewReader(body))
	require.NoError(t, err)
	return staged
}

// filmPatches returns patches at both ends of body, and what they make of it.
func filmPatches(body []byte) (list []storage.Patch, want []byte) {
	want = bytes.Clone(body)
	clear(want[2:5])
	copy(want[len(want)-4:], "free")
	return []storage.Patch{{Offset: 2, Length: 3}, {Offset: int64(len(body)) - 4, Length: 4, Bytes: []byte("free")}}, want
}

func patch(ctx context.Context, staged storage.Staged, list []storage.Patch) error {
	return staged.(storage.Patcher).Patch(ctx, list)
}

// TestStagePatched checks that only the parts with patches leave S3 again, except where copies are
// not pinned. Nothing stays under the staging key.
func TestStagePatched(t *testing.T) {
	unpinned := s3store.Profile{NoPinnedCopies: true}
	for _, row := range []struct {
		name         string
		size         int
		patched      bool
		profile      s3store.Profile
		sent, copied int // parts, after Stage
	}{
		{"in memory", 100, true, s3store.Profile{}, 0, 0},
		{"a whole part", part, true, s3store.Profile{}, 0, 0},
		{"parts", 6*part + 3, true, s3store.Profile{}, 3, 2},
		{"parts without patches", 6*part + 3, false, s3store.Profile{}, 0, 4},
		{"parts, copies are not pinned", 6*part + 3, true, unpinned, 7, 0},
		{"parts without patches, copies are not pinned", 6*part + 3, false, unpinned, 7, 0},
		{"parts, without condition", 6*part + 3, true, s3store.Profile{InsecureUnconditionalComplete: true}, 3, 2},
	} {
		t.Run(row.name, func(t *testing.T) {
			f := newFixture(t, setup{versioned: true, Options: s3store.Options{Profile: row.profile}})
			s3store.SetMaxCopy(f.Store, 2*part)
			want := randomBytes(row.size)
			staged := f.stageFilm(t, want)
			for _, key := range f.fake.Keys() {
				require.Regexp(t, "^films/upload-staging/", key)
			}
			sent := f.fake.Calls("UploadPart")
			if row.patched {
				var list []storage.Patch
				list, want = filmPatches(want)
				require.NoError(t, patch(t.Context(), staged, list))
				require.Empty(t, f.fake.Keys())
			}
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
	body := randomBytes(6 * part)
	list, _ := filmPatches(body)
	for name, row := range map[string]struct {
		call    string
		profile s3store.Profile
	}{
		"a part is not copied":            {"UploadPartCopy", s3store.Profile{}},
		"a part is not read":              {"GetObject", s3store.Profile{}},
		"a part is not sent":              {"UploadPart", s3store.Profile{}},
		"the public upload is not opened": {"CreateMultipartUpload", s3store.Profile{}},
		"the file is not read":            {"GetObject", s3store.Profile{NoPinnedCopies: true}},
		"the file is not sent":            {"UploadPart", s3store.Profile{NoPinnedCopies: true}},
	} {
		bubble(t, name, func(t *testing.T) {
			f := newFixture(t, setup{Options: s3store.Options{Profile: row.profile}})
			staged := f.stageFilm(t, body)
			f.fake.Inject(row.call, forEver, fail500)
			require.Error(t, patch(t.Context(), staged, list))
			require.Len(t, f.fake.Keys(), 1, "the staged object")
			f.requireIdle(t)
			f.fake.Heal()
			require.NoError(t, staged.Discard(t.Context()))
			f.requireNothing(t)
		})
	}
	bubble(t, "the staged object is not made", func(t *testing.T) {
		f := newFixture(t, setup{})
		f.fake.Inject("CompleteMultipartUpload", forEver, fail500)
		obj := object("films/k", int64(len(body)))
		obj.MayPatch = true
		staged, err := f.Stage(t.Context(), obj, bytes.NewReader(body))
		require.Error(t, err)
		require.True(t, staged == nil, "%T", staged) // not a nil pointer in an interface
		f.requireNothing(t)
	})
	bubble(t, "the public upload is not aborted", func(t *testing.T) {
		f := newFixture(t, setup{})
		staged := f.stageFilm(t, body)
		f.fake.Inject("UploadPartCopy", forEver, fail500)
		f.fake.Inject("AbortMultipartUpload", forEver, fail500)
		require.Error(t, patch(t.Context(), staged, list))
		require.Error(t, staged.Discard(t.Context()))
		f.fake.Heal()
		require.NoError(t, staged.Discard(t.Context()))
		f.requireNothing(t)
		f.requireIdle(t)
	})
	bubble(t, "the staged object is replaced", func(t *testing.T) {
		f := newFixture(t, setup{})
		staged := f.stageFilm(t, body)
		f.fake.Put(f.fake.Keys()[0], randomBytes(6*part+1))
		require.Error(t, patch(t.Context(), staged, list))
		require.Nil(t, f.fake.Get("films/k"))
		f.requireIdle(t)
	})
	bubble(t, "the key is taken", func(t *testing.T) {
		f := newFixture(t, setup{})
		staged := f.stageFilm(t, body)
		require.NoError(t, patch(t.Context(), staged, list))
		f.fake.Put("films/k", []byte("another's"))
		require.ErrorIs(t, staged.Commit(t.Context()), storage.ErrExists)
		require.NoError(t, staged.Discard(t.Context()))
		require.Equal(t, []string{"films/k"}, f.fake.Keys())
		f.requireIdle(t)
	})
}

// TestStagePatchedLost checks that a lost answer to the publication is settled, and that a staged
// object that cannot be removed does not make it fail.
func TestStagePatchedLost(t *testing.T) {
	bubble(t, "", func(t *testing.T) {
		f := newFixture(t, setup{})
		body := randomBytes(6 * part)
		list, want := filmPatches(body)
		staged := f.stageFilm(t, body)
		f.fake.Inject("DeleteObject", forEver, fail500)
		require.NoError(t, patch(t.Context(), staged, list))
		f.fake.Inject("CompleteMultipartUpload", 1, s3fake.Drop)
		require.NoError(t, staged.Commit(t.Context()))
		f.requireStored(t, "films/k", want)
		require.Len(t, f.fake.Keys(), 2)
		require.Contains(t, f.logs.String(), "a staged file may be left")
		f.fake.Heal()
		require.NoError(t, staged.Discard(t.Context()))
		f.requireNothing(t)
	})
}

// TestStagePatchedMemory checks that a film takes its memory before a later file of its request can
// hold it, and that an earlier file gives back what it holds.
func TestStagePatchedMemory(t *testing.T) {
	for name, profile := range map[string]s3store.Profile{"copied": {}, "not pinned": {NoPinnedCopies: true}} {
		bubble(t, name, func(t *testing.T) {
			f := newFixture(t, setup{Options: s3store.Options{MaxMemory: part, Profile: profile}})
			before := f.stage(t, "before", randomBytes(part))
			body := randomBytes(3 * part)
			list, want := filmPatches(body)
			film := f.stageFilm(t, body, before)
			require.NoError(t, patch(t.Context(), film, list))
			after := f.stage(t, "after", randomBytes(part))
			for _, staged := range []storage.Staged{before, film, after} {
				require.NoError(t, staged.Commit(t.Context()))
			}
			f.requireStored(t, "films/k", want)
			require.Len(t, f.fake.Keys(), 3)
			f.requireIdle(t)
		})
	}
}

// TestStagePatchedBusy checks that a film waits for memory as long as Stage does, and no longer.
func TestStagePatchedBusy(t *testing.T) {
	bubble(t, "", func(t *testing.T) {
		f := newFixture(t, setup{Options: s3store.Options{MaxMemory: part}})
		body := randomBytes(3 * part)
		list, _ := filmPatches(body)
		for _, wait := range []time.Duration{0, time.Second} {
			obj := object("films/k", int64(len(body)))
			obj.MayPatch, obj.MaxWait = true, wait
			film, err := f.Stage(t.Context(), obj, bytes.NewReader(body))
			require.NoError(t, err)
			letGo := f.hold(t, "a")
			began := time.Now()
			require.ErrorIs(t, patch(t.Context(), film, list), storage.ErrBusy)
			require.Equal(t, wait, time.Since(began))
			letGo()
			require.NoError(t, film.Discard(t.Context()))
			f.requireNothing(t)
		}
	})
}

// TestStagePatchedETag checks a service whose ETags do not show that an object was sent in parts.
func TestStagePatchedETag(t *testing.T) {
	f := newFixture(t, setup{})
	f.fake.Inject("CompleteMultipartUpload", 1, func(_ http.ResponseWriter, r *http.Request, serve http.HandlerFunc) {
		serve(httptest.NewRecorder(), r)
		f.fake.Get(f.fake.Keys()[0]).Parts = 0
		panic(http.ErrAbortHandler) // so that the store asks
	})
	body := randomBytes(3 * part)
	list, want := filmPatches(body)
	staged := f.stageFilm(t, body)
	require.NoError(t, patch(t.Context(), staged, list))
	require.NoError(t, staged.Commit(t.Context()))
	f.requireStored(t, "films/k", want)
}

// TestStagePatchedLongKey checks that the staging key of a long key is not too long for S3.
func TestStagePatchedLongKey(t *testing.T) {
	deep := "films/" + strings.Repeat("d/", 400)
	for name, key := range map[string]string{
		"one long name":      "films/" + strings.Repeat("k", storage.MaxKeyBytes-6),
		"a long folder":      strings.Repeat("f", storage.MaxKeyBytes-2) + "/k",
		"many folders":       deep + strings.Repeat("k", storage.MaxKeyBytes-len(deep)),
		"too many of them":   "films/" + strings.Repeat("d/", (storage.MaxKeyBytes-7)/2) + "kk",
		"no folder":          "k",
		"a folder that fits": strings.Repeat("f", storage.MaxKeyBytes-50) + "/k",
	} {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, storage.ValidKey(key))
			f := newFixture(t, setup{})
			obj := object(key, 3*part)
			obj.MayPatch = true
			staged, err := f.Stage(t.Context(), obj, bytes.NewReader(randomBytes(3*part)))
			require.NoError(t, err)
			require.Len(t, f.fake.Keys(), 1)
			parked := f.fake.Keys()[0]
			require.NoError(t, storage.ValidKey(parked))
			require.True(t, storage.IsStaging(parked))
			if strings.HasPrefix(key, "films/") {
				require.True(t, strings.HasPrefix(parked, "films/"), parked)
			}
			require.NoError(t, staged.Commit(t.Context()))
			require.Equal(t, []string{key}, f.fake.Keys())
		})
	}
}

// TestStagePatchedSwept checks that a sweep of the application's keys removes what a killed process
// left to patch, by its age alone, and leaves younger files.
func TestStagePatchedSwept(t *testing.T) {
	f := newFixture(t, setup{versioned: true})
	f.stageFilm(t, randomBytes(3*part))
	killed := f.fake.Keys()
	f.fake.Age(9 * day)
	film := f.stageFilm(t, randomBytes(3*part))
	asked := func(context.Context, []string) ([]string, error) { return nil, errors.New("a staged file has no row") }
	s, err := sweep.New(f, asked, &sweep.Options{Prefix: "films/", Remove: true, Rate: 1_000_000, Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	_, err = s.Run(t.Context(), "")
	require.NoError(t, err)
	require.Len(t, f.fake.Keys(), 1)
	require.NotEqual(t, killed, f.fake.Keys())
	require.NoError(t, film.Commit(t.Context()))
	require.Equal(t, []string{"films/k"}, f.fake.Keys())
}

// TestStageUnpatched checks that a file that was not announced as one to patch cannot be patched,
// once it left the memory. Nor can a discarded one.
func TestStageUnpatched(t *testing.T) {
	f := newFixture(t, setup{})
	staged := f.stage(t, "k", randomBytes(3*part))
	require.ErrorIs(t, patch(t.Context(), staged, nil), storage.ErrNotPatched)
	ctx, cancel := context.WithCancel(t.Context())
	require.NoError(t, staged.Discard(ctx))
	cancel()
	film := f.stageFilm(t, randomBytes(3*part))
	require.ErrorIs(t, film.Commit(ctx), context.Canceled)
	require.NoError(t, film.Discard(ctx))
	f.requireNothing(t)
	require.Error(t, patch(t.Context(), film, nil))
}
