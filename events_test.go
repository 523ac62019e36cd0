package upload_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/storage"
)

// seen collects the calls of hooks.
type seen struct {
	mu     sync.Mutex
	starts int
	events []upload.Event
	alien  int // events whose context does not come from Start, or has ended
}

type seenKey struct{}

func (s *seen) hooks() upload.Hooks {
	return upload.Hooks{
		Start: func(ctx context.Context, _ string) context.Context {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.starts++
			return context.WithValue(ctx, seenKey{}, s)
		},
		Event: func(ctx context.Context, e upload.Event) {
			s.mu.Lock()
			defer s.mu.Unlock()
			if s.events = append(s.events, e); ctx.Value(seenKey{}) != s || ctx.Err() != nil {
				s.alien++
			}
		},
	}
}

// take returns the kinds of the events since the last call of take, and the decision among them.
// They must be those of one request, and the log must have the same.
func (s *seen) take(t *testing.T, log *syncBuffer) (kinds string, decision upload.Event) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	require.Equal(t, 1, s.starts)
	require.Zero(t, s.alien)
	var all, logged []string
	decisions := 0
	for _, e := range s.events {
		all = append(all, string(e.Kind))
		if e.Kind.IsDecision() {
			decisions++
			decision = e
		}
		require.NotEmpty(t, e.Door)
		require.Equal(t, e.Kind == upload.KindRefused, e.Code != "")
	}
	require.Equal(t, 1, decisions, all)
	for _, record := range eventRecord.FindAllStringSubmatch(log.String(), -1) {
		logged = append(logged, record[1])
	}
	require.Equal(t, all, logged)
	s.starts, s.events = 0, nil
	log.reset()
	return strings.Join(all, " "), decision
}

var eventRecord = regexp.MustCompile(`(?m)^time=\S+ level=\w+ msg="upload: ([a-z_]+)" `)

// TestStreamedEvents: each form has exactly one decision, and each clean-up its own
// event.
func TestStreamedEvents(t *testing.T) {
	two := new(form).file("file", "a.txt", "hello").file("file", "b.txt", "hello, too").String()
	bad := new(form).file("file", "a.txt", "hello").file("file", "b.png", "<html>").String()
	fails := errors.New("fails")
	stays := func(int) error { return fails }
	for _, tc := range []struct {
		about string
		store failingStore
		body  string
		serve func(h *upload.Handler, w http.ResponseWriter, r *http.Request)
		kinds string
		want  upload.Event
		sizes []int64
	}{
		{"accepted", failingStore{}, two, nil, "accepted", upload.Event{Kind: upload.KindAccepted}, []int64{5, 10}},
		{"refused", failingStore{}, bad, nil, "cleaned_up refused", upload.Event{Kind: upload.KindRefused, Code: upload.CodeTypeNotAllowed}, []int64{6}},
		{"cut", failingStore{}, two[:len(two)-60], nil, "cleaned_up refused", upload.Event{Kind: upload.KindRefused, Code: upload.CodeMalformed}, nil},
		{"not cleaned up", failingStore{discard: stays}, bad, nil, "cleanup_failed refused", upload.Event{Kind: upload.KindRefused, Code: upload.CodeTypeNotAllowed}, []int64{6}},
		{"not published", failingStore{commit: map[int]error{2: storage.ErrExists}}, two, nil, "cleaned_up cleaned_up refused", upload.Event{Kind: upload.KindRefused, Code: upload.CodeConflict}, []int64{10}},
		{"not staged", failingStore{stage: fails}, two, nil, "refused", upload.Event{Kind: upload.KindRefused, Code: upload.CodeStorage}, []int64{5}},
		{"rolled back", failingStore{}, two, rolledBack, "cleaned_up cleaned_up aborted", upload.Event{Kind: upload.KindAborted}, []int64{5, 10}},
		{"not rolled back", failingStore{discard: stays}, two, rolledBack, "cleanup_failed cleanup_failed aborted", upload.Event{Kind: upload.KindAborted}, []int64{5, 10}},
		{"committed and rolled back", failingStore{}, two, committed, "accepted", upload.Event{Kind: upload.KindAccepted}, []int64{5, 10}},
		{"undone", failingStore{}, two, undone, "accepted cleaned_up cleaned_up undone", upload.Event{Kind: upload.KindAccepted}, []int64{5, 10}},
		{"no form", failingStore{}, "", nil, "refused", upload.Event{Kind: upload.KindRefused, Code: upload.CodeMalformed}, nil},
		{"stopping", failingStore{}, two, stopping, "refused", upload.Event{Kind: upload.KindRefused, Code: upload.CodeShutdown}, nil},
		{"a client that leaves", failingStore{}, two, gone, "refused", upload.Event{Kind: upload.KindRefused, Code: upload.CodeMalformed}, nil},
		{"storage panics", failingStore{stage: errPanics}, two, nil, "refused", upload.Event{Kind: upload.KindRefused, Code: upload.CodeInternal}, []int64{5}},
	} {
		t.Run(tc.about, func(t *testing.T) {
			s, log, began := &seen{}, &syncBuffer{}, time.Now()
			tc.store.Storage = &memstore.Store{}
			var store storage.Storage = &tc.store
			if errors.Is(tc.store.stage, errPanics) {
				store = panickingStore{}
			}
			h, err := upload.New(store, upTo(2, upload.Types("text/plain")), upload.RequireSubject(bySubject), &upload.Options{
				CleanupTimeout: time.Millisecond, Logger: (&fixture{log: log}).logger(), Hooks: s.hooks(),
			})
			require.NoError(t, err)
			if tc.serve == nil {
				tc.serve = (*upload.Handler).ServeHTTP
			}
			r := post(tc.body)
			r.Header.Set("Subject", "ann")
			serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { tc.serve(h, w, r) }), r)
			kinds, got := s.take(t, log)
			require.Equal(t, tc.kinds, kinds)
			require.Equal(t, "streamed", got.Door)
			require.Equal(t, tc.want.Kind, got.Kind)
			require.Equal(t, tc.want.Code, got.Code)
			require.Equal(t, tc.want.Kind == upload.KindRefused, errors.Is(got.Err, got.Code))
			require.Positive(t, got.Duration)
			require.Less(t, got.Duration, time.Since(began))
			if tc.want.Kind != upload.KindRefused {
				require.EqualValues(t, len(tc.body), got.Bytes)
			}
			if tc.about != "stopping" {
				require.Equal(t, "ann", got.Subject)
			}
			for i, size := range tc.sizes {
				require.Equal(t, size, got.Files[i].Size)
				require.Equal(t, "file", got.Files[i].Field)
				require.NotEmpty(t, got.Files[i].Name)
				require.NotEmpty(t, got.Files[i].Type)
			}
		})
	}
}

func rolledBack(h *upload.Handler, w http.ResponseWriter, r *http.Request) {
	if tx, err := h.Receive(w, r); err == nil {
		_ = tx.Rollback()
		_ = tx.Rollback()
	}
}

func committed(h *upload.Handler, w http.ResponseWriter, r *http.Request) {
	if tx, err := h.Receive(w, r); err == nil {
		_ = tx.Commit(r.Context())
		_ = tx.Commit(r.Context())
		_ = tx.Rollback()
	}
}

func undone(h *upload.Handler, w http.ResponseWriter, r *http.Request) {
	h.Middleware(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("next") })).ServeHTTP(w, r)
}

func stopping(h *upload.Handler, w http.ResponseWriter, r *http.Request) {
	_ = h.Shutdown(r.Context())
	h.ServeHTTP(w, r)
}

func gone(h *upload.Handler, w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithCancel(r.Context())
	r = r.WithContext(ctx)
	r.Body = io.NopCloser(readerFunc(func([]byte) (int, error) { cancel(); return 0, ctx.Err() }))
	h.ServeHTTP(w, r)
}

// panickingStore panics when it gets a file.
type panickingStore struct{}

func (panickingStore) Stage(context.Context, storage.Object, io.Reader) (storage.Staged, error) {
	panic("storage")
}
func (panickingStore) Delete(context.Context, string) error { return nil }

// TestDirectEvents goes through the steps of direct uploads.
func TestDirectEvents(t *testing.T) {
	s := &seen{}
	d := newDirect(t, nil, upload.Options{MaxFileSize: 20 << 20, Hooks: s.hooks()}, upload.PresignOptions{})
	check := func(about, kinds string, bytes int64, want upload.File) {
		t.Helper()
		got, e := s.take(t, d.log)
		require.Equal(t, kinds, got, about)
		require.Equal(t, "direct", e.Door, about)
		require.Equal(t, bytes, e.Bytes, about)
		if want.Name == "" {
			require.Empty(t, e.Files, about)
			return
		}
		require.Equal(t, "ann", e.Subject, about)
		require.Equal(t, want.Field+want.Name+want.Type, e.Files[0].Field+e.Files[0].Name+e.Files[0].Type, about)
		require.Equal(t, want.Size, e.Files[0].Size, about)
		require.False(t, strings.Contains(e.Files[0].Key, storage.StagingSegment), about)
	}
	text := upload.File{Field: "file", Name: "a.txt", Type: "text/plain", Size: 5}
	ticket := d.sign(t, declarationOf("a.txt", "hello"))
	check("sign", "signed", 0, text)
	d.step(t, "confirm", token{ticket.Token}, nil)
	check("nothing sent", "refused", 0, text)
	require.Equal(t, 200, send(t, ticket.SignedRequest, "hello"))
	f := d.confirm(t, ticket.Token)
	check("confirm", "accepted cleaned_up", 5, f)
	d.confirm(t, ticket.Token)
	check("confirm again", "confirmed cleaned_up", 0, f)

	lie := d.sign(t, declarationOf("a.txt", "<svg>"))
	check("sign", "signed", 0, text)
	require.Equal(t, 200, send(t, lie.SignedRequest, "<svg>"))
	d.step(t, "confirm", token{lie.Token}, nil)
	check("another type", "cleaned_up refused", 5, upload.File{Field: "file", Name: "a.txt", Type: "image/svg+xml", Size: 5})

	for _, size := range []int64{-1, 0, 1 << 20, 6 << 30} {
		_, err := d.presigner.SignParts(d.request(t), upload.Declaration{Field: "file", Name: "a.txt", Size: 6 << 20}, size)
		require.ErrorIs(t, err, upload.CodeInternal)
		check("parts of a wrong size", "refused", 0, upload.File{})
	}
	large, err := d.presigner.SignParts(d.request(t), upload.Declaration{Field: "file", Name: "a.txt", Size: 6 << 20}, 5<<20)
	require.NoError(t, err)
	text.Size = 6 << 20
	check("sign parts", "signed", 0, text)
	d.step(t, "part", map[string]any{"token": large.Token, "partNumber": 2}, nil)
	check("part", "part_signed", 0, text)
	d.step(t, "part", map[string]any{"token": large.Token, "partNumber": 3}, nil)
	check("a part too many", "refused", 0, text)
	_, err = d.presigner.Parts(d.request(t), large.Token)
	require.NoError(t, err)
	check("parts", "parts_listed", 0, text)
	d.step(t, "abort", token{large.Token}, nil)
	check("abort", "cleaned_up aborted", 0, text)

	d.step(t, "", upload.Declaration{Field: "file", Name: "a.zip", Size: 5}, nil)
	check("a type not accepted", "refused", 0, upload.File{Field: "file", Name: "a.zip", Type: "application/zip", Size: 5})
	d.step(t, "abort", token{"forged"}, nil)
	check("a forged ticket", "refused", 0, upload.File{})
	d.step(t, "part", "no object", nil)
	check("other JSON", "refused", 0, upload.File{})
	d.presigner.ConfirmHandler(http.NotFoundHandler())
	d.step(t, "confirm", token{ticket.Token}, nil)
	check("confirmed elsewhere", "refused", 0, upload.File{})
}

// request returns a request of ann, for the methods of a presigner.
func (d *direct) request(t *testing.T) *http.Request {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, "/", nil)
	r.Header.Set("Subject", "ann")
	return r
}

// TestStartContext: validator, key generator and storage get a context made of the one that Start
// returns.
func TestStartContext(t *testing.T) {
	s, got := &seen{}, map[string]bool{}
	see := func(ctx context.Context, who string) { got[who] = ctx.Value(seenKey{}) == s }
	store := &contextStore{Storage: &memstore.Store{}, see: see}
	h, err := upload.New(store, upload.ValidatorFunc(func(ctx context.Context, _ *upload.Incoming) error {
		see(ctx, "validator")
		return nil
	}), upload.AllowAnonymous, &upload.Options{Hooks: s.hooks(), Keys: upload.KeyFunc(func(ctx context.Context, _ *upload.Incoming) (string, error) {
		see(ctx, "keys")
		return "k", nil
	})})
	require.NoError(t, err)
	serve(h.Middleware(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("next") })), post(file("file", "a.txt", "hello")))
	require.Equal(t, map[string]bool{"validator": true, "keys": true, "Stage": true, "Commit": true}, got)
}

type contextStore struct {
	storage.Storage
	see func(context.Context, string)
}

func (s *contextStore) Stage(ctx context.Context, obj storage.Object, r io.Reader) (storage.Staged, error) {
	s.see(ctx, "Stage")
	staged, err := s.Storage.Stage(ctx, obj, r)
	return &contextStaged{staged, s.see}, err
}

type contextStaged struct {
	storage.Staged
	see func(context.Context, string)
}

func (s *contextStaged) Commit(ctx context.Context) error {
	s.see(ctx, "Commit")
	return s.Staged.Commit(ctx)
}
