package upload_test

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/storage"
	"github.com/airlock-go/upload/uploadtest"
)

// onceWriter counts the answers.
type onceWriter struct {
	*httptest.ResponseRecorder
	begun int
}

func (w *onceWriter) WriteHeader(status int) {
	if status >= http.StatusOK { // the recorder would take an interim status for the answer
		w.begun++
		w.ResponseRecorder.WriteHeader(status)
	}
}

const codeTerms = upload.Code("no_terms")

var errTerms = upload.Reject(codeTerms, "please accept the terms")

// hosted is the result of a request with two files and a decision of the host's.
type hosted struct {
	kinds    string
	decision upload.Event
	answer   *onceWriter
	log      string
	err      error // of Handle
	stored   int
}

// host serves a request with two files, as serve says, over a store that may fail.
func host(t *testing.T, failing failingStore, serve func(*upload.Handler, http.ResponseWriter, *http.Request) error) hosted {
	t.Helper()
	store, s, log := &memstore.Store{}, &seen{}, &syncBuffer{}
	failing.Storage = store
	h, err := upload.New(&failing, upload.Form{"file": {Accept: upload.Types("text/plain"), MaxFiles: 2}}, upload.AllowAnonymous, &upload.Options{
		Logger: (&fixture{log: log}).logger(), Hooks: s.hooks(),
	})
	require.NoError(t, err)
	got := hosted{answer: &onceWriter{ResponseRecorder: httptest.NewRecorder()}}
	r := post(new(form).file("file", "a.txt", "1").file("file", "b.txt", "2").text("name", "ada").String())
	ended := make(chan struct{})
	go func() { // which Goexit may end
		defer close(ended)
		defer func() { _ = recover() }()
		got.err = serve(h, got.answer, r)
	}()
	<-ended
	got.log = log.String()
	got.kinds, got.decision = s.take(t, log)
	got.stored = len(store.Keys())
	require.EqualValues(t, got.stored, store.Used())
	require.LessOrEqual(t, got.answer.begun, 1)
	require.NoError(t, h.Shutdown(t.Context()), "the upload has ended")
	return got
}

// refused requires an answer with code, and codes for its files.
func (got hosted) refused(t *testing.T, code upload.Code, codes ...upload.Code) problem {
	t.Helper()
	require.Equal(t, 1, got.answer.begun)
	require.Zero(t, got.stored)
	p := problemOf(t, got.answer.Result())
	require.Equal(t, code, p.Code)
	require.Equal(t, code.Status(), got.answer.Code)
	require.Len(t, p.Files, len(codes))
	for i, c := range codes {
		require.Equal(t, c, p.Files[i].Code)
	}
	return p
}

// TestHandle: the host's function decides about its files by what it returns, unless Commit failed,
// or Rollback or Undo removed them. The request has one decision, and at most one answer.
func TestHandle(t *testing.T) {
	ctx, secret := t.Context(), errors.New("secret host")
	taken := failingStore{commit: map[int]error{2: storage.ErrExists}}
	for _, tc := range []struct {
		about string
		store failingStore
		fn    func(*upload.Tx) error
		code  upload.Code // of the answer
		event upload.Code // if it has another one
		kinds string
	}{
		{about: "nothing", fn: func(*upload.Tx) error { return nil }, kinds: "accepted"},
		{about: "Commit", fn: func(tx *upload.Tx) error { return tx.Commit(ctx) }, kinds: "accepted"},
		{about: "a refusal", fn: func(*upload.Tx) error { return errTerms }, code: codeTerms, kinds: "cleaned_up cleaned_up refused"},
		{about: "a wrapped refusal", fn: func(*upload.Tx) error { return fmt.Errorf("secret host: %w", errTerms) }, code: codeTerms, kinds: "cleaned_up cleaned_up refused"},
		{about: "an error", fn: func(*upload.Tx) error { return secret }, code: upload.CodeInternal, kinds: "cleaned_up cleaned_up refused"},
		{about: "a nil *Error", fn: func(*upload.Tx) error {
			var none *upload.Error
			return none
		}, code: upload.CodeInternal, kinds: "cleaned_up cleaned_up refused"},
		{about: "Commit and a refusal", fn: func(tx *upload.Tx) error { return errors.Join(tx.Commit(ctx), errTerms) }, code: codeTerms, kinds: "cleaned_up cleaned_up refused"},
		{about: "Commit, Rollback and nothing", fn: func(tx *upload.Tx) error { return errors.Join(tx.Commit(ctx), tx.Rollback()) }, kinds: "accepted"},
		{about: "a Commit that fails", store: taken, fn: func(*upload.Tx) error { return nil }, code: upload.CodeConflict, kinds: "cleaned_up cleaned_up refused"},
		{about: "a Commit of its own that fails", store: taken, fn: func(tx *upload.Tx) error { return tx.Commit(ctx) }, code: upload.CodeConflict, kinds: "cleaned_up cleaned_up refused"},
		{about: "an error of its own for a Commit that fails", store: taken, fn: func(tx *upload.Tx) error {
			if tx.Commit(ctx) != nil {
				return errTerms
			}
			return nil
		}, code: codeTerms, event: upload.CodeConflict, kinds: "cleaned_up cleaned_up refused"},
		{about: "Rollback and nothing", fn: (*upload.Tx).Rollback, code: upload.CodeInternal, kinds: "cleaned_up cleaned_up aborted"},
		{about: "Rollback and a refusal", fn: func(tx *upload.Tx) error { return errors.Join(tx.Rollback(), errTerms) }, code: codeTerms, kinds: "cleaned_up cleaned_up aborted"},
		{about: "Commit, Undo and nothing", fn: func(tx *upload.Tx) error { return errors.Join(tx.Commit(ctx), tx.Undo(ctx)) }, code: upload.CodeInternal, kinds: "accepted cleaned_up cleaned_up undone"},
	} {
		t.Run(tc.about, func(t *testing.T) {
			got := host(t, tc.store, func(h *upload.Handler, w http.ResponseWriter, r *http.Request) error { return h.Handle(w, r, tc.fn) })
			require.Equal(t, tc.kinds, got.kinds)
			require.NotContains(t, got.answer.Body.String(), "secret")
			if tc.code == "" {
				require.NoError(t, got.err)
				require.Equal(t, 2, got.stored)
				require.Zero(t, got.answer.begun, "the host answers")
				return
			}
			require.ErrorIs(t, got.err, tc.code)
			require.Equal(t, 1, got.answer.begun)
			require.Zero(t, got.stored)
			require.Equal(t, tc.code, problemOf(t, got.answer.Result()).Code)
			if got.decision.Kind == upload.KindRefused {
				require.Equal(t, cmp.Or(tc.event, tc.code), got.decision.Code)
			}
		})
	}
}

// TestHandleEndsUnreturned: a function that panics or ends its goroutine has refused.
func TestHandleEndsUnreturned(t *testing.T) {
	for about, end := range map[string]func(){"panic": func() { panic("boom") }, "Goexit": runtime.Goexit} {
		for _, committed := range []bool{false, true} {
			t.Run(fmt.Sprint(about, committed), func(t *testing.T) {
				returned := false
				got := host(t, failingStore{}, func(h *upload.Handler, w http.ResponseWriter, r *http.Request) error {
					err := h.Handle(w, r, func(tx *upload.Tx) error {
						if committed {
							require.NoError(t, tx.Commit(r.Context()))
						}
						end()
						return nil
					})
					returned = true
					return err
				})
				require.False(t, returned)
				require.Equal(t, "cleaned_up cleaned_up refused", got.kinds)
				require.Equal(t, upload.CodeInternal, got.decision.Code)
				require.Zero(t, got.answer.begun)
				require.Zero(t, got.stored)
			})
		}
	}
}

// TestHandleRefusedBefore: a request that is refused never reaches the function.
func TestHandleRefusedBefore(t *testing.T) {
	f := newFixture(t, nil, upload.Options{})
	w := httptest.NewRecorder()
	err := f.Handle(w, post(file("file", "a.png", "<html>")), func(*upload.Tx) error {
		t.Error("the function was called")
		return nil
	})
	require.ErrorIs(t, err, upload.CodeTypeNotAllowed)
	require.Equal(t, upload.CodeTypeNotAllowed, problemOf(t, w.Result()).Code)
	f.empty(t)
}

// TestHandleThatHangs: Shutdown gives up on a hanging function CommitTimeout and twice
// CleanupTimeout after its context has ended. When the function returns, its files are stored.
func TestHandleThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t, nil, upload.Options{})
		release, handled := make(chan struct{}), make(chan error, 1)
		go func() {
			handled <- f.Handle(httptest.NewRecorder(), post(file("file", "a.txt", "1")), func(*upload.Tx) error {
				<-release
				return nil
			})
		}()
		synctest.Wait()
		ctx, cancel := contextOf(t, time.Minute)
		defer cancel()
		begin := time.Now()
		require.ErrorContains(t, f.Shutdown(ctx), "still running")
		require.Equal(t, (1+2+2*1)*time.Minute, time.Since(begin))
		close(release)
		require.NoError(t, <-handled)
		require.Len(t, f.store.Keys(), 1)
	})
}

// TestCommitOutlivesItsContext: Commit publishes although its context was cancelled, as when the
// client has left.
func TestCommitOutlivesItsContext(t *testing.T) {
	f := newFixture(t, nil, upload.Options{})
	tx, err := f.Receive(httptest.NewRecorder(), post(file("file", "a.txt", "1")))
	require.NoError(t, err)
	ctx, cancel := contextOf(t, time.Hour)
	cancel()
	require.NoError(t, tx.Commit(ctx))
	require.Len(t, f.store.Keys(), 1)
}

// TestHandleAnswersInTime: the server's WriteTimeout begins again for the answer, however
// long the host's function took.
func TestHandleAnswersInTime(t *testing.T) {
	for _, tc := range []struct {
		about  string
		before func(*upload.Tx) error
		err    error
		status int
	}{
		{"stored", nil, nil, 201},
		{"refused", nil, errTerms, 422},
		{"rolled back", (*upload.Tx).Rollback, nil, 500},
		{"rolled back and refused", (*upload.Tx).Rollback, errTerms, 422},
	} {
		t.Run(tc.about, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFixture(t, nil, upload.Options{})
				srv := uploadtest.Serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					err := f.Handle(w, r, func(tx *upload.Tx) error {
						time.Sleep(time.Minute)
						if tc.before != nil {
							require.NoError(t, tc.before(tx))
						}
						return tc.err
					})
					if err == nil {
						w.WriteHeader(http.StatusCreated)
					}
				}), func(s *http.Server) { s.WriteTimeout = time.Second })
				r := uploadtest.NewRequest(srv.URL, uploadtest.File("file", "a.txt", "hello"))
				require.Equal(t, tc.status, uploadtest.Send(t, srv.Client(), r).Status)
			})
		})
	}
}

// TestHandleIsWatched: the progress of an upload ends with the host's refusal.
func TestHandleIsWatched(t *testing.T) {
	progress := &upload.Progress{}
	f := newFixture(t, nil, upload.Options{Progress: progress})
	r := post(file("file", "a.txt", "hello"))
	r.Header.Set("Upload-Id", "5f0c2b1e9d3a4c67")
	require.Error(t, f.Handle(httptest.NewRecorder(), r, func(*upload.Tx) error { return errTerms }))
	status, ok := progress.Get("", "5f0c2b1e9d3a4c67")
	require.True(t, ok)
	require.Equal(t, upload.StateRefused, status.State)
	require.Equal(t, codeTerms, status.Code)
}
