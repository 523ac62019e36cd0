package upload_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/storage"
	"github.com/airlock-go/upload/uploadtest"
)

func TestMiddlewareOutcomes(t *testing.T) {
	status := func(n int) http.HandlerFunc { return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(n) } }
	for _, tc := range []struct {
		about string
		next  http.HandlerFunc
		kept  bool
	}{
		{"says nothing", func(http.ResponseWriter, *http.Request) {}, true},
		{"writes", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok") }, true},
		{"200", status(200), true},
		{"303", status(303), true},
		{"400", status(400), false},
		{"500", status(500), false},
		{"an interim status first", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(103); w.WriteHeader(500) }, false},
		{"a second status does not count", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(200); w.WriteHeader(500) }, true},
		{"Discard and 303", func(w http.ResponseWriter, r *http.Request) { upload.Discard(r.Context()); w.WriteHeader(303) }, false},
		{"Keep and 500", func(w http.ResponseWriter, r *http.Request) { _ = upload.Keep(r.Context()); w.WriteHeader(500) }, true},
		{"Keep and Discard", func(_ http.ResponseWriter, r *http.Request) {
			_ = upload.Keep(r.Context())
			upload.Discard(r.Context())
		}, true},
		{"Discard and Keep", func(_ http.ResponseWriter, r *http.Request) {
			upload.Discard(r.Context())
			_ = upload.Keep(r.Context())
		}, false},
		{"500 and Keep", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(500); _ = upload.Keep(r.Context()) }, false},
		{"panic", func(http.ResponseWriter, *http.Request) { panic("boom") }, false},
		{"abort", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, false},
		{"Keep and panic", func(_ http.ResponseWriter, r *http.Request) { _ = upload.Keep(r.Context()); panic("boom") }, true},
	} {
		t.Run(tc.about, func(t *testing.T) {
			var cleaned []string
			f := newFixture(t, nil, upload.Options{Hooks: upload.Hooks{
				Event: func(_ context.Context, e upload.Event) {
					require.NotEqual(t, upload.KindCleanupFailed, e.Kind)
					if e.Kind == upload.KindCleanedUp {
						cleaned = append(cleaned, e.Files[0].Key)
					}
				},
			}})
			var files []upload.File
			h := f.Middleware(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				files = upload.Files(r.Context())
				require.Len(t, f.store.Keys(), 2, "the files are there for the handler")
				tc.next(w, r)
			}))
			serve(h, post(new(form).file("file", "a.txt", "1").file("file", "b.txt", "2").String()))
			require.Len(t, files, 2)
			if tc.kept {
				require.Len(t, f.store.Keys(), 2)
				require.Empty(t, cleaned)
				return
			}
			f.empty(t)
			require.ElementsMatch(t, []string{files[0].Key, files[1].Key}, cleaned)
		})
	}
}

// serve recovers the panics of hosts and storages in these tests, as net/http does, and passes on
// all others.
func serve(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	defer func() {
		if p := recover(); p != nil && !slices.Contains([]any{"boom", "next", "storage", http.ErrAbortHandler}, p) {
			panic(p)
		}
	}()
	h.ServeHTTP(w, r)
	return w
}

func TestMiddlewareRefusalNeverReachesNext(t *testing.T) {
	f := newFixture(t, nil, upload.Options{})
	h := f.Middleware(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("next was called") }))
	w := serve(h, post(file("file", "a.png", "<html>")))
	require.Equal(t, http.StatusUnsupportedMediaType, w.Code)
	f.empty(t)
}

func TestFormValuesForNext(t *testing.T) {
	f := newFixture(t, nil, upload.Options{})
	h := f.Middleware(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		require.NoError(t, r.ParseMultipartForm(1<<20))
		require.NoError(t, r.ParseForm())
		require.Equal(t, "Cats", r.PostFormValue("title"))
		require.Equal(t, []string{"query", "1", "2"}, r.Form["n"])
		require.Equal(t, []string{"1", "2"}, r.MultipartForm.Value["n"])
		require.Empty(t, r.MultipartForm.File)
		_, _, err := r.FormFile("file")
		require.ErrorIs(t, err, http.ErrMissingFile)
		n, err := r.Body.Read(make([]byte, 1))
		require.Equal(t, 0, n)
		require.ErrorIs(t, err, io.EOF)
		w.WriteHeader(http.StatusNoContent)
	}))
	r := post(new(form).text("n", "1").file("file", "a.txt", "x").text("n", "2").text("title", "Cats").String())
	r.URL.RawQuery = "n=query"
	require.Equal(t, http.StatusNoContent, serve(h, r).Code)
}

func TestTx(t *testing.T) {
	receive := func(t *testing.T, f *fixture) *upload.Tx {
		tx, err := f.Receive(httptest.NewRecorder(), post(new(form).file("file", "a.txt", "1").file("file", "b.txt", "2").String()))
		require.NoError(t, err)
		require.Empty(t, f.store.Keys(), "nothing is readable before Commit")
		return tx
	}
	ctx := context.Background()
	for _, tc := range []struct {
		about string
		do    func(*testing.T, *upload.Tx)
		kept  int
	}{
		{"commit", func(t *testing.T, tx *upload.Tx) { require.NoError(t, tx.Commit(ctx)) }, 2},
		{"rollback", func(t *testing.T, tx *upload.Tx) { require.NoError(t, tx.Rollback()) }, 0},
		{"commit, then rollback", func(t *testing.T, tx *upload.Tx) {
			require.NoError(t, tx.Commit(ctx))
			require.NoError(t, tx.Rollback())
		}, 2},
		{"commit, then undo", func(t *testing.T, tx *upload.Tx) {
			require.NoError(t, tx.Commit(ctx))
			require.NoError(t, tx.Undo(ctx))
			require.NoError(t, tx.Undo(ctx))
		}, 0},
		{"undo under a cancelled context", func(t *testing.T, tx *upload.Tx) {
			require.NoError(t, tx.Commit(ctx))
			cancelled, cancel := context.WithCancel(ctx)
			cancel()
			require.NoError(t, tx.Undo(cancelled))
		}, 0},
		{"rollback, then commit", func(t *testing.T, tx *upload.Tx) {
			require.NoError(t, tx.Rollback())
			require.ErrorIs(t, tx.Commit(ctx), upload.CodeInternal)
		}, 0},
		{"undo before commit does nothing", func(t *testing.T, tx *upload.Tx) {
			require.NoError(t, tx.Undo(ctx))
			require.NoError(t, tx.Commit(ctx))
		}, 2},
	} {
		t.Run(tc.about, func(t *testing.T) {
			f := newFixture(t, nil, upload.Options{})
			// A Discard whose context has ended fails, as over a network.
			ended := uploadtest.Fault{Op: uploadtest.OpDiscard, Do: func(ctx context.Context) error { return ctx.Err() }}
			h, err := upload.New(uploadtest.NewFailingStore(f.store, ended).Storage(), upTo(2, upload.NotEmpty()), upload.AllowAnonymous, quiet())
			require.NoError(t, err)
			f.Handler = h
			tc.do(t, receive(t, f))
			require.Len(t, f.store.Keys(), tc.kept)
			require.Equal(t, int64(tc.kept), f.store.Used(), "each file has one byte")
			require.NoError(t, f.Shutdown(ctx), "the upload has ended")
		})
	}
}

// failingStore fails in the steps whose error is set.
type failingStore struct {
	storage.Storage
	stage   error
	commit  map[int]error // by number of the file
	discard func(try int) error
	staged  int
}

func (s *failingStore) Stage(ctx context.Context, obj storage.Object, r io.Reader) (storage.Staged, error) {
	if s.stage != nil {
		return (*failingStaged)(nil), s.stage // as stores do by mistake
	}
	inner, err := s.Storage.Stage(ctx, obj, r)
	if err != nil {
		return nil, err
	}
	s.staged++
	return &failingStaged{Staged: inner, store: s, commit: s.commit[s.staged]}, nil
}

var errPanics = errors.New("this panics")

type failingStaged struct {
	storage.Staged
	store  *failingStore
	commit error
	tries  int
}

func (s *failingStaged) Commit(ctx context.Context) error {
	if errors.Is(s.commit, errPanics) {
		panic(s.commit)
	}
	if s.commit != nil {
		return s.commit
	}
	return s.Staged.Commit(ctx)
}

func (s *failingStaged) Discard(ctx context.Context) error {
	s.tries++
	if s.store.discard != nil {
		if err := s.store.discard(s.tries); err != nil {
			return err
		}
	}
	return s.Staged.Discard(ctx)
}

func TestStorageFailures(t *testing.T) {
	secret := errors.New("secret bucket")
	for _, tc := range []struct {
		about string
		store failingStore
		code  upload.Code
	}{
		{"Stage fails", failingStore{stage: secret}, upload.CodeStorage},
		{"Stage is busy", failingStore{stage: storage.ErrBusy}, upload.CodeBusy},
		{"Stage on a full disk", failingStore{stage: errors.Join(secret, storage.ErrFull)}, upload.CodeStorageFull},
		{"the second Commit on a full disk", failingStore{commit: map[int]error{2: storage.ErrFull}}, upload.CodeStorageFull},
		{"the first Commit fails", failingStore{commit: map[int]error{1: secret}}, upload.CodeStorage},
		{"the second Commit fails", failingStore{commit: map[int]error{2: secret}}, upload.CodeStorage},
		{"the second Commit panics", failingStore{commit: map[int]error{2: errPanics}}, upload.CodeStorage},
		{"the key is taken", failingStore{commit: map[int]error{2: storage.ErrExists}}, upload.CodeConflict},
		{"the outcome is unknown", failingStore{commit: map[int]error{2: storage.ErrUnknownOutcome}}, upload.CodeStorage},
		{"Discard fails once", failingStore{commit: map[int]error{2: secret}, discard: func(try int) error {
			if try == 1 {
				return secret
			}
			return nil
		}}, upload.CodeStorage},
		{"Discard panics once", failingStore{commit: map[int]error{2: secret}, discard: func(try int) error {
			if try == 1 {
				panic(secret)
			}
			return nil
		}}, upload.CodeStorage},
	} {
		t.Run(tc.about, func(t *testing.T) {
			f := newFixture(t, nil, upload.Options{})
			tc.store.Storage = f.store
			h, err := upload.New(&tc.store, upTo(2, upload.NotEmpty()), upload.AllowAnonymous, nil)
			require.NoError(t, err)
			w := httptest.NewRecorder()
			h.ServeHTTP(w, post(new(form).file("file", "a.txt", "1").file("file", "b.txt", "2").String()))
			require.NotContains(t, w.Body.String(), "secret")
			require.Equal(t, tc.code, problemOf(t, w.Result()).Code)
			f.empty(t)
			require.NoError(t, h.Shutdown(t.Context()), "the upload has ended")
		})
	}
}

func TestCleanupThatFailsIsReported(t *testing.T) {
	f := newFixture(t, nil, upload.Options{})
	store := &failingStore{Storage: f.store, discard: func(int) error { return errors.New("no") }}
	var failed []string
	o := upload.Options{Logger: f.logger(), Hooks: upload.Hooks{Event: func(_ context.Context, e upload.Event) {
		if e.Kind == upload.KindCleanupFailed {
			failed = append(failed, e.Files[0].Key)
		}
	}}}
	h, err := upload.New(store, upload.NotEmpty(), upload.AllowAnonymous, &o)
	require.NoError(t, err)
	w := serve(h.Middleware(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) })), post(file("file", "a.txt", "1")))
	require.Equal(t, 500, w.Code)
	require.Equal(t, f.store.Keys(), failed)
	require.Contains(t, f.log.String(), "key="+failed[0])
}
