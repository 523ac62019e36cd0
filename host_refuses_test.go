package upload_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/storage"
)

func contextOf(t *testing.T, timeout time.Duration) (context.Context, context.CancelFunc) {
	t.Helper()
	return context.WithTimeout(t.Context(), timeout)
}

// TestTxRefuse: a refusal by the host is answered once with its code, and nothing stays, whatever
// else was called. It is the decision unless Rollback or a Commit that succeeded came before.
func TestTxRefuse(t *testing.T) {
	const notStored = upload.CodeNotStored
	for _, tc := range []struct {
		about string
		store failingStore
		serve func(t *testing.T, tx *upload.Tx, w http.ResponseWriter, r *http.Request)
		code  upload.Code
		files []upload.Code
		kinds string
	}{
		{about: "once", serve: func(_ *testing.T, tx *upload.Tx, w http.ResponseWriter, r *http.Request) {
			tx.Refuse(w, r, errTerms)
		}, code: codeTerms, files: []upload.Code{notStored, notStored}, kinds: "cleaned_up cleaned_up refused"},
		{about: "twice", serve: func(_ *testing.T, tx *upload.Tx, w http.ResponseWriter, r *http.Request) {
			tx.Refuse(w, r, errTerms)
			tx.Refuse(w, r, errors.New("again"))
		}, code: codeTerms, files: []upload.Code{notStored, notStored}, kinds: "cleaned_up cleaned_up refused"},
		{about: "without an error", serve: func(_ *testing.T, tx *upload.Tx, w http.ResponseWriter, r *http.Request) {
			tx.Refuse(w, r, nil)
		}, code: upload.CodeInternal, files: []upload.Code{notStored, notStored}, kinds: "cleaned_up cleaned_up refused"},
		{about: "one of its files", serve: func(_ *testing.T, tx *upload.Tx, w http.ResponseWriter, r *http.Request) {
			tx.Refuse(w, r, &upload.Error{Code: codeTerms, Reason: "another one", Field: "file", Name: "b.txt"})
		}, code: codeTerms, files: []upload.Code{notStored, codeTerms}, kinds: "cleaned_up cleaned_up refused"},
		{about: "a text field", serve: func(_ *testing.T, tx *upload.Tx, w http.ResponseWriter, r *http.Request) {
			tx.Refuse(w, r, &upload.Error{Code: codeTerms, Reason: "too short", Field: "name"})
		}, code: codeTerms, files: []upload.Code{notStored, notStored, codeTerms}, kinds: "cleaned_up cleaned_up refused"},
		{about: "before Commit and Rollback", serve: func(t *testing.T, tx *upload.Tx, w http.ResponseWriter, r *http.Request) {
			tx.Refuse(w, r, errTerms)
			require.ErrorIs(t, tx.Commit(r.Context()), upload.CodeInternal)
			require.NoError(t, tx.Rollback())
			require.NoError(t, tx.Undo(r.Context()))
		}, code: codeTerms, files: []upload.Code{notStored, notStored}, kinds: "cleaned_up cleaned_up refused"},
		{about: "after Rollback", serve: func(t *testing.T, tx *upload.Tx, w http.ResponseWriter, r *http.Request) {
			require.NoError(t, tx.Rollback())
			tx.Refuse(w, r, errTerms)
		}, code: codeTerms, files: []upload.Code{notStored, notStored}, kinds: "cleaned_up cleaned_up aborted"},
		{about: "after Commit", serve: func(t *testing.T, tx *upload.Tx, w http.ResponseWriter, r *http.Request) {
			require.NoError(t, tx.Commit(r.Context()))
			tx.Refuse(w, r, errTerms)
		}, code: codeTerms, files: []upload.Code{notStored, notStored}, kinds: "accepted cleaned_up cleaned_up undone"},
		{
			about: "after a Commit that failed", store: failingStore{commit: map[int]error{2: storage.ErrExists}},
			serve: func(_ *testing.T, tx *upload.Tx, w http.ResponseWriter, r *http.Request) {
				tx.Refuse(w, r, tx.Commit(r.Context()))
			}, code: upload.CodeConflict, files: []upload.Code{notStored, upload.CodeConflict}, kinds: "cleaned_up cleaned_up refused",
		},
		{about: "a failure, of a client that has left", serve: func(_ *testing.T, tx *upload.Tx, w http.ResponseWriter, r *http.Request) {
			leave(r)
			tx.Refuse(w, r, r.Context().Err())
		}, code: upload.CodeClientGone, files: []upload.Code{notStored, notStored}, kinds: "cleaned_up cleaned_up refused"},
		{about: "a refusal, of a client that has left", serve: func(_ *testing.T, tx *upload.Tx, w http.ResponseWriter, r *http.Request) {
			leave(r)
			tx.Refuse(w, r, errTerms)
		}, code: codeTerms, files: []upload.Code{notStored, notStored}, kinds: "cleaned_up cleaned_up refused"},
	} {
		t.Run(tc.about, func(t *testing.T) {
			got := host(t, tc.store, func(h *upload.Handler, w http.ResponseWriter, r *http.Request) error {
				r = leaving(r)
				tx, err := h.Receive(w, r)
				require.NoError(t, err)
				tc.serve(t, tx, w, r)
				return nil
			})
			got.refused(t, tc.code, tc.files...)
			require.Equal(t, tc.kinds, got.kinds)
			if got.decision.Kind == upload.KindRefused {
				require.Equal(t, tc.code, got.decision.Code)
			}
		})
	}
}

type leaveKey struct{}

// leaving returns r, whose client leaves when leave is called.
func leaving(r *http.Request) *http.Request {
	ctx, cancel := context.WithCancel(r.Context())
	return r.WithContext(context.WithValue(ctx, leaveKey{}, cancel))
}

func leave(r *http.Request) { r.Context().Value(leaveKey{}).(context.CancelFunc)() }

// TestHostRefusalIsReported: the event has all files, or the one that was refused. The host's
// reason and cause are logged, and the cause is not sent.
func TestHostRefusalIsReported(t *testing.T) {
	one := &upload.Error{Code: codeTerms, Reason: "another one", Field: "file", Name: "b.txt", Err: errors.New("secret host")}
	for _, tc := range []struct {
		about string
		err   error
		names []string
		log   []string
	}{
		{"a refusal", errTerms, []string{"a.txt", "b.txt"}, []string{"level=INFO", "code=no_terms status=422", `reason="please accept the terms"`}},
		{"a refusal of one file", one, []string{"b.txt"}, []string{"level=INFO", `reason="another one"`, "secret host", "name=b.txt"}},
		{"a failure", errors.New("secret host"), []string{"a.txt", "b.txt"}, []string{"level=ERROR", "code=internal status=500", `error="secret host"`}},
	} {
		t.Run(tc.about, func(t *testing.T) {
			got := host(t, failingStore{}, func(h *upload.Handler, w http.ResponseWriter, r *http.Request) error {
				return h.Handle(w, r, func(*upload.Tx) error { return tc.err })
			})
			var names []string
			for _, f := range got.decision.Files {
				names = append(names, f.Name)
				require.NotEmpty(t, f.Key)
			}
			require.Equal(t, tc.names, names)
			require.ErrorIs(t, got.decision.Err, got.decision.Code)
			for _, words := range tc.log {
				require.Contains(t, got.log, words)
			}
			require.NotContains(t, got.answer.Body.String(), "secret")
		})
	}
}

// TestRefuseInMiddleware: the next handler's refusal is the request's one decision,
// unless the files stay.
func TestRefuseInMiddleware(t *testing.T) {
	refuse := func(w http.ResponseWriter, r *http.Request) { upload.Refuse(w, r, errTerms) }
	for _, tc := range []struct {
		about  string
		next   http.HandlerFunc
		status int
		kinds  string
	}{
		{"Refuse", refuse, 422, "cleaned_up cleaned_up refused"},
		{"twice", func(w http.ResponseWriter, r *http.Request) {
			refuse(w, r)
			upload.Refuse(w, r, errors.New("again"))
		}, 422, "cleaned_up cleaned_up refused"},
		{"before Keep", func(w http.ResponseWriter, r *http.Request) {
			refuse(w, r)
			require.Error(t, upload.Keep(r.Context()))
		}, 422, "cleaned_up cleaned_up refused"},
		{"after Keep", func(w http.ResponseWriter, r *http.Request) {
			require.NoError(t, upload.Keep(r.Context()))
			refuse(w, r)
		}, 422, "accepted"},
		{"after Discard", func(w http.ResponseWriter, r *http.Request) { upload.Discard(r.Context()); refuse(w, r) }, 422, "cleaned_up cleaned_up refused"},
		{"after 500", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(500); refuse(w, r) }, 500, "cleaned_up cleaned_up refused"},
		{"after 103", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(103); refuse(w, r) }, 422, "cleaned_up cleaned_up refused"},
		{"after bytes", func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, "ok"); refuse(w, r) }, 200, "cleaned_up cleaned_up refused"},
		{"and a panic", func(w http.ResponseWriter, r *http.Request) { refuse(w, r); panic("boom") }, 422, "cleaned_up cleaned_up refused"},
		{"in a goroutine", func(w http.ResponseWriter, r *http.Request) {
			done := make(chan struct{})
			go func() { defer close(done); refuse(w, r) }()
			_ = upload.Files(r.Context())
			<-done
		}, 422, "cleaned_up cleaned_up refused"},
		{"a status alone", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(409) }, 409, "accepted cleaned_up cleaned_up undone"},
	} {
		t.Run(tc.about, func(t *testing.T) {
			got := host(t, failingStore{}, func(h *upload.Handler, w http.ResponseWriter, r *http.Request) error {
				h.Middleware(tc.next).ServeHTTP(w, r)
				return nil
			})
			require.Equal(t, tc.kinds, got.kinds)
			require.Equal(t, tc.status, got.answer.Code)
			stays := tc.kinds == "accepted"
			require.Equal(t, stays, got.stored == 2)
			if got.decision.Kind == upload.KindRefused {
				require.Equal(t, codeTerms, got.decision.Code)
			}
			switch {
			case tc.status != 422:
				require.NotContains(t, got.answer.Body.String(), codeTerms)
			case stays:
				require.Empty(t, problemOf(t, got.answer.Result()).Files)
			default:
				got.refused(t, codeTerms, upload.CodeNotStored, upload.CodeNotStored)
			}
		})
	}
}

// TestRefuseAfterConfirm: Refuse answers in JSON, and does not say that the file is gone.
func TestRefuseAfterConfirm(t *testing.T) {
	d := newDirect(t, nil, upload.Options{Respond: upload.SeeOther("/")}, upload.PresignOptions{})
	ticket := d.sign(t, declarationOf("a.txt", "hello"))
	require.Equal(t, 200, send(t, ticket.SignedRequest, "hello"))
	w := httptest.NewRecorder()
	d.presigner.ConfirmHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		upload.Refuse(w, r, errTerms)
	})).ServeHTTP(w, confirmRequest(ticket.Token))
	p := problemOf(t, w.Result())
	require.Equal(t, codeTerms, p.Code)
	require.Empty(t, p.Files)
	require.Len(t, d.published(), 1)
}

// TestRefuseElsewhere: outside of an upload Refuse answers, too.
func TestRefuseElsewhere(t *testing.T) {
	w := httptest.NewRecorder()
	upload.Refuse(w, post(""), errTerms)
	p := problemOf(t, w.Result())
	require.Equal(t, codeTerms, p.Code)
	require.Equal(t, map[string]any{"kind": "host"}, p.Params)
}

// TestRefuseAfterTheTimeout: a refusal after the 503 of a timeout changes nothing.
func TestRefuseAfterTheTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &seen{}
		f := newFixture(t, nil, upload.Options{Hooks: s.hooks()})
		done := make(chan struct{})
		app := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			defer close(done)
			time.Sleep(time.Hour)
			upload.Refuse(w, r, errTerms)
		})
		w := serve(f.Middleware(http.TimeoutHandler(app, time.Second, "")), post(file("file", "a.txt", "hello")))
		<-done
		require.Equal(t, 503, w.Code)
		kinds, _ := s.take(t, f.log)
		require.Equal(t, "accepted cleaned_up undone", kinds)
		f.empty(t)
	})
}

// TestAcceptedDuration: the time of the next handler is not part of an accepted upload.
func TestAcceptedDuration(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &seen{}
		f := newFixture(t, nil, upload.Options{Hooks: s.hooks()})
		serve(f.Middleware(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { time.Sleep(time.Hour) })), post(file("file", "a.txt", "hello")))
		_, decision := s.take(t, f.log)
		require.Equal(t, upload.KindAccepted, decision.Kind)
		require.Less(t, decision.Duration, time.Hour)
	})
}

// TestSeeOtherNamesTheFile: the page learns which file was refused.
func TestSeeOtherNamesTheFile(t *testing.T) {
	for _, tc := range []struct {
		about       string
		err         error
		field, name string
	}{
		{"a file", &upload.Error{Code: codeTerms, Field: "file", Name: `ä & "b".txt`}, "file", `ä & "b".txt`},
		{"a field", &upload.Error{Code: codeTerms, Field: "name"}, "name", ""},
		{"the request", errTerms, "", ""},
	} {
		t.Run(tc.about, func(t *testing.T) {
			w := httptest.NewRecorder()
			upload.SeeOther("/page?tab=files")(w, post(""), nil, tc.err)
			to, err := url.Parse(w.Header().Get("Location"))
			require.NoError(t, err)
			q := to.Query()
			require.Equal(t, "files", q.Get("tab"))
			require.Equal(t, string(codeTerms), q.Get("error"))
			require.Equal(t, tc.field, q.Get("field"))
			require.Equal(t, tc.name, q.Get("name"))
			require.Len(t, q["name"], min(1, len(tc.name)))
		})
	}
}

// TestOwnAnswersHaveHeaders: a Responder of the host's need not set Allow and Retry-After, and a
// redirection has no Retry-After, which could delay it.
func TestOwnAnswersHaveHeaders(t *testing.T) {
	own := func(w http.ResponseWriter, _ *http.Request, _ []upload.File, err error) {
		var refusal *upload.Error
		require.ErrorAs(t, err, &refusal)
		w.WriteHeader(refusal.Code.Status())
	}
	f := newFixture(t, nil, upload.Options{Respond: own})
	w := httptest.NewRecorder()
	f.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/upload", nil))
	require.Equal(t, http.StatusMethodNotAllowed, w.Code)
	require.Equal(t, "POST", w.Header().Get("Allow"))

	refuse := func(*http.Request) (*upload.Grant, error) {
		return nil, &upload.Error{Code: upload.CodeRateLimited, RetryAfter: time.Minute}
	}
	for want, respond := range map[string]upload.Responder{"60": own, "": upload.SeeOther("/")} {
		h, err := upload.New(&memstore.Store{}, upload.NotEmpty(), refuse, &upload.Options{Respond: respond, Logger: slog.New(slog.DiscardHandler)})
		require.NoError(t, err)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, post(file("file", "a.txt", "hello")))
		require.Equal(t, want, w.Header().Get("Retry-After"))
	}
}
