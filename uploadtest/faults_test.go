package uploadtest_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/internal/partsize"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/storage"
	"github.com/airlock-go/upload/storetest"
	"github.com/airlock-go/upload/uploadtest"
)

// served returns a memory store with a server.
func served(t *testing.T) *memstore.Store {
	t.Helper()
	store := &memstore.Store{}
	var h http.Handler
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.ServeHTTP(w, r) }))
	t.Cleanup(srv.Close)
	h = store.Handler(srv.URL + "/")
	return store
}

// TestMain makes the files of the suites small: under the race detector each byte costs time. Tests
// of package integration use S3's sizes.
func TestMain(m *testing.M) {
	partsize.Least = 100_000
	m.Run()
}

// TestStoresConform checks that a FailingStore without faults passes the suites, as its inner store
// does.
func TestStoresConform(t *testing.T) {
	failing := func(s storage.Storage) storage.Storage { return uploadtest.NewFailingStore(s).Storage() }
	storetest.Run(t, func(*testing.T) storage.Storage { return failing(&memstore.Store{}) })
	storetest.RunDirect(t, func(t *testing.T) storage.DirectStorage { return failing(served(t)).(storage.DirectStorage) })
	storetest.RunLinks(t, func(t *testing.T) storage.LinkStorage { return failing(served(t)).(storage.LinkStorage) })
	storetest.RunLister(t, func(t *testing.T) storage.Lister {
		f := uploadtest.NewFailingStore(served(t))
		return struct {
			stager
			storage.ObjectReader
			storage.Lister
			storage.UploadLister
		}{f.Storage(), f.Storage().(storage.ObjectReader), f.Lister(), f.Lister().(storage.UploadLister)}
	})
}

// calls makes each call to a store except Patch once, and returns the errors by call.
func calls(ctx context.Context, f *uploadtest.FailingStore) map[uploadtest.Op]error {
	s := f.Storage()
	direct, links := s.(storage.DirectStorage), s.(storage.LinkStorage)
	got := map[uploadtest.Op]error{}
	obj := storage.Object{Key: "a", Type: "text/plain", Name: "a.txt", MaxSize: 100}
	staged, err := s.Stage(ctx, obj, bytes.NewReader([]byte("hello")))
	got[uploadtest.OpStage] = err
	if err == nil {
		got[uploadtest.OpCommit] = staged.Commit(ctx)
		got[uploadtest.OpDiscard] = staged.Discard(ctx)
	}
	got[uploadtest.OpDelete] = s.Delete(ctx, "a")
	stat, err := direct.Stat(ctx, "there")
	got[uploadtest.OpStat] = err
	_, got[uploadtest.OpOpenAt] = direct.OpenAt(ctx, "there", "", 0, -1)
	d := storage.DirectObject{Key: "s/" + storage.StagingSegment + "/a", Type: "text/plain", Size: 5, Expires: time.Minute}
	_, got[uploadtest.OpSignPut] = direct.SignPut(ctx, d)
	_, got[uploadtest.OpSignForm] = direct.SignForm(ctx, d)
	id, err := direct.CreateMultipart(ctx, d)
	got[uploadtest.OpCreateMultipart] = err
	_, got[uploadtest.OpSignPart] = direct.SignPart(ctx, d, id, 1)
	_, got[uploadtest.OpParts] = direct.Parts(ctx, d.Key, id)
	got[uploadtest.OpCompleteMultipart] = direct.CompleteMultipart(ctx, d.Key, id, nil)
	got[uploadtest.OpAbortMultipart] = direct.AbortMultipart(ctx, d.Key, id)
	_, got[uploadtest.OpOpenStaged] = direct.OpenStaged(ctx, storage.StagedObject{Key: "there", ETag: stat.ETag, Size: stat.Size})
	got[uploadtest.OpPromote] = direct.Promote(ctx, storage.Promotion{Sources: []storage.Source{{Key: "there", ETag: stat.ETag, Size: stat.Size}}, Key: "b", Size: stat.Size, Nonce: "n"})
	_, got[uploadtest.OpListObjects] = f.Lister().ListObjects(ctx, "", "")
	_, got[uploadtest.OpListUploads] = f.Lister().(storage.UploadLister).ListUploads(ctx, "", "")
	got[uploadtest.OpRemoveListed] = f.Lister().RemoveListed(ctx, storage.ListedObject{Key: "nothing"})
	_, got[uploadtest.OpScanVerdict] = s.(storage.ScanReader).ScanVerdict(ctx, "there", "")
	_, got[uploadtest.OpSignGet] = links.SignGet(ctx, "there", storage.SignedGet{Expires: time.Minute})
	return got
}

// reachable returns a memory store with one object.
func reachable(t *testing.T) *memstore.Store {
	t.Helper()
	m := &memstore.Store{}
	m.Handler("http://example.com/")
	staged, err := m.Stage(t.Context(), storage.Object{Key: "there", Type: "text/plain", MaxSize: 5}, bytes.NewReader([]byte("hello")))
	require.NoError(t, err)
	require.NoError(t, staged.Commit(t.Context()))
	return m
}

// TestEachCallFails checks that only the call with the fault fails.
func TestEachCallFails(t *testing.T) {
	healthy := uploadtest.NewFailingStore(reachable(t))
	all := calls(t.Context(), healthy)
	require.Len(t, all, 20)
	for op, err := range all {
		require.NotErrorIs(t, err, uploadtest.ErrFault, op)
		require.Equal(t, 1, healthy.Calls(op), op)

		f := uploadtest.NewFailingStore(reachable(t), uploadtest.Fault{Op: op})
		for other, err := range calls(t.Context(), f) {
			require.Equal(t, op == other, errors.Is(err, uploadtest.ErrFault), "%s must fail, %s: %v", op, other, err)
		}
		f.Fail()
		again := calls(t.Context(), f)
		require.NotErrorIs(t, again[op], uploadtest.ErrFault, "%s works again", op)
	}
	methods, err := healthy.Storage().(storage.DirectStorage).DirectMethods()
	require.NoError(t, err)
	require.True(t, methods.Put)
}

// TestFaults checks the answer to a request under each fault, and what the store keeps.
func TestFaults(t *testing.T) {
	panics := func(context.Context) error { panic("boom") }
	let := func(context.Context) error { return nil }
	mine := errors.New("mine")
	for _, row := range []struct {
		about  string
		faults []uploadtest.Fault
		code   upload.Code // "" if accepted
		cause  error
		kept   int // of two files
		left   int // leftovers
		stages int
	}{
		{"none", nil, "", nil, 2, 0, 2},
		{"Stage, before it reads", []uploadtest.Fault{{Op: uploadtest.OpStage}}, upload.CodeStorage, uploadtest.ErrFault, 0, 0, 1},
		{"Stage of the second file", []uploadtest.Fault{{Op: uploadtest.OpStage, Nth: 2, Err: mine}}, upload.CodeStorage, mine, 0, 0, 2},
		{"Stage after 70 kB", []uploadtest.Fault{{Op: uploadtest.OpStage, Nth: 2, After: 70_000}}, upload.CodeStorage, uploadtest.ErrFault, 0, 0, 2},
		{"Stage at the end of a shorter file", []uploadtest.Fault{{Op: uploadtest.OpStage, After: 1 << 30}}, upload.CodeStorage, uploadtest.ErrFault, 0, 0, 1},
		{"Stage after 70 kB, and continues", []uploadtest.Fault{{Op: uploadtest.OpStage, After: 70_000, Do: let}}, "", nil, 2, 0, 2},
		{"Stage, its answer is lost", []uploadtest.Fault{{Op: uploadtest.OpStage, Late: true}}, upload.CodeStorage, uploadtest.ErrFault, 0, 0, 1},
		{"Stage has no memory", []uploadtest.Fault{{Op: uploadtest.OpStage, Err: storage.ErrBusy}}, upload.CodeBusy, storage.ErrBusy, 0, 0, 1},
		{"Commit panics", []uploadtest.Fault{{Op: uploadtest.OpCommit, Nth: 2, Do: panics}}, upload.CodeStorage, nil, 0, 0, 2},
		{"the second Commit", []uploadtest.Fault{{Op: uploadtest.OpCommit, Nth: 2}}, upload.CodeStorage, uploadtest.ErrFault, 0, 0, 2},
		{"Commit, the key is taken", []uploadtest.Fault{{Op: uploadtest.OpCommit, Nth: 1, Err: storage.ErrExists}}, upload.CodeConflict, storage.ErrExists, 0, 0, 2},
		{"Commit published, its outcome is unknown", []uploadtest.Fault{{Op: uploadtest.OpCommit, Nth: 2, Late: true, Err: storage.ErrUnknownOutcome}}, upload.CodeStorage, storage.ErrUnknownOutcome, 0, 0, 2},
		{"Commit did not publish, its outcome is unknown", []uploadtest.Fault{{Op: uploadtest.OpCommit, Nth: 2, Err: storage.ErrUnknownOutcome}}, upload.CodeStorage, storage.ErrUnknownOutcome, 0, 0, 2},
		{"Commit and one Discard", []uploadtest.Fault{{Op: uploadtest.OpCommit, Nth: 2}, {Op: uploadtest.OpDiscard, Nth: 1}}, upload.CodeStorage, uploadtest.ErrFault, 0, 0, 2},
		{"Commit, and every Discard", []uploadtest.Fault{{Op: uploadtest.OpCommit, Nth: 2}, {Op: uploadtest.OpDiscard}}, upload.CodeStorage, uploadtest.ErrFault, 1, 1, 2},
		{"the first fault that matches counts", []uploadtest.Fault{{Op: uploadtest.OpCommit, Err: mine}, {Op: uploadtest.OpCommit}}, upload.CodeStorage, mine, 0, 0, 2},
	} {
		t.Run(row.about, func(t *testing.T) {
			store := &memstore.Store{}
			f := uploadtest.NewFailingStore(store, row.faults...)
			var refused error
			h := newHandler(t, f.Storage(), upload.Form{"file": {Accept: upload.Types("text/plain"), MaxFiles: 2}}, upload.Options{
				CleanupTimeout: time.Second,
				Hooks: upload.Hooks{Event: func(_ context.Context, e upload.Event) {
					if e.Kind == upload.KindRefused {
						refused = e.Err
					}
				}},
			})
			file := uploadtest.File("file", "a.txt", uploadtest.Repeat("hello ", 100_000))
			a := uploadtest.Post(t, h, "/", file, file)
			require.Equal(t, row.code, a.Code, a)
			if row.cause != nil {
				require.ErrorIs(t, refused, row.cause)
			}
			require.Len(t, store.Keys(), row.kept)
			require.EqualValues(t, 100_000*(row.kept+row.left), store.Used())
			require.Len(t, f.Leftovers(), row.left)
			require.Equal(t, row.stages, f.Calls(uploadtest.OpStage))
		})
	}
}

// TestLate checks that a call is executed with Late, and not without it.
func TestLate(t *testing.T) {
	for _, late := range []bool{false, true} {
		store := &memstore.Store{}
		f := uploadtest.NewFailingStore(store,
			uploadtest.Fault{Op: uploadtest.OpCommit, Late: late, Err: storage.ErrUnknownOutcome}, uploadtest.Fault{Op: uploadtest.OpDelete, Nth: 2, Late: late})
		staged, err := f.Storage().Stage(t.Context(), storage.Object{Key: "a", MaxSize: 9}, bytes.NewReader([]byte("hello")))
		require.NoError(t, err)
		require.ErrorIs(t, staged.Commit(t.Context()), storage.ErrUnknownOutcome)
		require.Equal(t, late, len(store.Keys()) == 1)
		require.Equal(t, []string{"a"}, f.Leftovers(), "until it is discarded")
		require.NoError(t, staged.Discard(t.Context()))
		require.Empty(t, store.Keys())
		require.Empty(t, f.Leftovers())
		require.NoError(t, f.Storage().Delete(t.Context(), "b"))
		require.ErrorIs(t, f.Storage().Delete(t.Context(), "b"), uploadtest.ErrFault)
	}
}

// laxStore accepts a truncated file as a complete one, and keeps the siblings that it got.
type laxStore struct {
	storage.Storage
	siblings []storage.Staged
	given    []storage.Staged
}

func (s *laxStore) Stage(ctx context.Context, obj storage.Object, r io.Reader) (storage.Staged, error) {
	content, _ := io.ReadAll(r)
	s.siblings = obj.Siblings
	staged, err := s.Storage.Stage(ctx, obj, bytes.NewReader(content))
	s.given = append(s.given, staged)
	return staged, err
}

// TestFrontOfAnyStore checks that the inner store's result does not change a fault, and that the
// inner store gets its own files as siblings.
func TestFrontOfAnyStore(t *testing.T) {
	store := &memstore.Store{}
	lax := &laxStore{Storage: store}
	f := uploadtest.NewFailingStore(lax, uploadtest.Fault{Op: uploadtest.OpStage, Nth: 3, After: 3})
	var siblings []storage.Staged
	for _, key := range []string{"a", "b"} {
		staged, err := f.Storage().Stage(t.Context(), storage.Object{Key: key, MaxSize: 9, Siblings: siblings}, bytes.NewReader([]byte("hello")))
		require.NoError(t, err)
		require.Equal(t, lax.given[:len(siblings)], append([]storage.Staged{}, lax.siblings...))
		siblings = append(siblings, staged)
	}
	_, err := f.Storage().Stage(t.Context(), storage.Object{Key: "c", MaxSize: 9}, bytes.NewReader([]byte("hello")))
	require.ErrorIs(t, err, uploadtest.ErrFault)
	require.EqualValues(t, 10, store.Used(), "and the third is discarded")
}

// TestHang checks that Hang ends with its context, and in Stage also after some bytes.
func TestHang(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, after := range []int64{0, 3} {
			f := uploadtest.NewFailingStore(&memstore.Store{}, uploadtest.Fault{Op: uploadtest.OpStage, After: after, Do: uploadtest.Hang})
			ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
			defer cancel()
			begin := time.Now()
			_, err := f.Storage().Stage(ctx, storage.Object{Key: "a", MaxSize: 9}, bytes.NewReader([]byte("hello")))
			require.ErrorIs(t, err, context.DeadlineExceeded)
			require.Equal(t, time.Hour, time.Since(begin))
		}
	})
}

// TestLeftovers checks open multipart uploads, and files of the same key.
func TestLeftovers(t *testing.T) {
	f := uploadtest.NewFailingStore(reachable(t))
	s := f.Storage().(storage.DirectStorage)
	d := storage.DirectObject{Key: "s/" + storage.StagingSegment + "/a", Type: "text/plain", Size: 5, Expires: time.Minute}
	id, err := s.CreateMultipart(t.Context(), d)
	require.NoError(t, err)
	var staged []storage.Staged
	for range 2 {
		one, err := s.Stage(t.Context(), storage.Object{Key: "k", MaxSize: 1}, bytes.NewReader(nil))
		require.NoError(t, err)
		staged = append(staged, one)
	}
	require.Equal(t, []string{"k", "k", d.Key + ", multipart upload " + id}, f.Leftovers())
	for range 2 {
		require.NoError(t, s.AbortMultipart(t.Context(), d.Key, id))
		require.NoError(t, staged[0].Discard(t.Context()))
	}
	require.Equal(t, []string{"k"}, f.Leftovers())
	require.NoError(t, staged[1].Commit(t.Context()))
	require.Empty(t, f.Leftovers())
	_, err = s.CreateMultipart(t.Context(), d)
	require.NoError(t, err)
	require.Len(t, f.Leftovers(), 1, "a second abort changes nothing")
	uploads := f.Lister().(storage.UploadLister)
	listed, err := uploads.ListUploads(t.Context(), "", "")
	require.NoError(t, err)
	require.Len(t, listed.Items, 1)
	require.NoError(t, uploads.AbortMultipart(t.Context(), listed.Items[0].Key, listed.Items[0].UploadID))
	require.Empty(t, f.Leftovers(), "an abort by a sweeper counts")
	require.Nil(t, uploadtest.NewFailingStore(combinations(&memstore.Store{})[0].store).Lister())
	m := &memstore.Store{}
	_, lists := uploadtest.NewFailingStore(objectLister{m, m}).Lister().(storage.UploadLister)
	require.False(t, lists, "the wrapped one lists no uploads")
}

// objectLister lists no uploads.
type objectLister struct {
	stager
	objects
}

type objects interface {
	ListObjects(ctx context.Context, prefix, after string) (storage.ListPage[storage.ListedObject], error)
	RemoveListed(ctx context.Context, o storage.ListedObject) error
}

// TestSlowStore checks that a slow store takes its time, and stops when its context ends.
func TestSlowStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := uploadtest.SlowStore(reachable(t), time.Second, 1000)
		begin := time.Now()
		staged, err := s.Stage(t.Context(), storage.Object{Key: "a", MaxSize: 9000}, bytes.NewReader(make([]byte, 9000)))
		require.NoError(t, err)
		require.Equal(t, 10*time.Second, time.Since(begin))
		require.NoError(t, staged.Commit(t.Context()))
		require.Equal(t, 11*time.Second, time.Since(begin))
		_, err = s.(storage.LinkStorage).SignGet(t.Context(), "a", storage.SignedGet{Expires: time.Hour})
		require.NoError(t, err)
		require.Equal(t, 12*time.Second, time.Since(begin))

		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		_, err = s.Stage(ctx, storage.Object{Key: "b", MaxSize: 9000}, bytes.NewReader(make([]byte, 9000)))
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Equal(t, 15*time.Second, time.Since(begin))
	})
}
