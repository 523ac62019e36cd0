package uploadtest_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/limit"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/storage"
	"github.com/airlock-go/upload/uploadtest"
)

// recorder is a testing.TB for helpers that must fail.
type recorder struct {
	testing.TB
	errors []string
}

func newRecorder(t *testing.T) *recorder { return &recorder{TB: t} }

func (r *recorder) Helper() {}

func (r *recorder) Errorf(format string, args ...any) {
	r.errors = append(r.errors, fmt.Sprintf(format, args...))
}

// Fatalf ends the goroutine, as testing does; see run.
func (r *recorder) Fatalf(format string, args ...any) {
	r.Errorf(format, args...)
	runtime.Goexit()
}

// run runs a function that may call Fatalf, and returns the errors so far.
func (r *recorder) run(f func()) []string {
	var wg sync.WaitGroup
	wg.Go(f)
	wg.Wait()
	return r.errors
}

func newHandler(t *testing.T, store storage.Storage, policy upload.Validator, o upload.Options) *upload.Handler {
	t.Helper()
	o.Logger = slog.New(slog.DiscardHandler)
	h, err := upload.New(store, policy, upload.AllowAnonymous, &o)
	require.NoError(t, err)
	return h
}

func count[T any](seq iter.Seq[T]) (n int) {
	for range seq {
		n++
	}
	return n
}

// TestSamples checks that names are unique, that each sample is complete, and that there are many.
func TestSamples(t *testing.T) {
	seen := map[string]bool{}
	for _, kind := range []struct {
		about   string
		samples iter.Seq[uploadtest.Sample]
		refused bool
		atLeast int
	}{
		{"hostile", uploadtest.Hostile(), true, 1000},
		{"legitimate", uploadtest.Legitimate(), false, 100},
		{"active", uploadtest.Active(), true, 10},
	} {
		n := 0
		for s := range kind.samples {
			require.False(t, seen[s.Name], s.Name)
			seen[s.Name] = true
			require.NotEmpty(t, s.FileName, s.Name)
			require.NotEmpty(t, s.Type, s.Name)
			require.Equal(t, kind.refused, s.Code != "", s.Name)
			n++
		}
		require.GreaterOrEqual(t, n, kind.atLeast, kind.about)
		for range kind.samples { // the iteration must end with break
			break
		}
		t.Logf("%d %s files", n, kind.about)
	}
}

func TestEICAR(t *testing.T) {
	sum := sha256.Sum256(uploadtest.EICAR())
	require.Equal(t, "275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f", hex.EncodeToString(sum[:]))
}

// TestRunHostilePasses runs RunHostile against Types of all types, and against the presets.
func TestRunHostilePasses(t *testing.T) {
	types := map[string]bool{}
	for s := range uploadtest.Legitimate() {
		types[s.Type] = true
	}
	for about, policy := range map[string]upload.Validator{
		"all types": upload.Types(slices.Sorted(maps.Keys(types))...),
		"presets":   upload.Any(upload.Images(nil), upload.Documents(nil), upload.Archives(nil)),
	} {
		t.Run(about, func(t *testing.T) {
			store := &memstore.Store{}
			h := newHandler(t, store, policy, upload.Options{MaxFileSize: 64 << 20})
			uploadtest.RunHostile(t, h, store, func(s uploadtest.Sample) *http.Request {
				return uploadtest.NewRequest("/", s.File("file"))
			})
		})
	}
}

// TestRunHostileFails counts the errors that RunHostile reports for handlers that accept hostile
// files, or refuse them unchecked. For two that refuse in their own way it reports none.
func TestRunHostileFails(t *testing.T) {
	anything := upload.ValidatorFunc(func(context.Context, *upload.Incoming) error { return nil })
	down := upload.ValidatorFunc(func(context.Context, *upload.Incoming) error { return errors.New("down") })
	nobody := upload.RequireSubject(func(*http.Request) (string, error) { return "", nil })
	status := func(code int) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) })
	}
	coded := func(code int) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(code)
			_, _ = w.Write([]byte(`{"code":"mine"}`))
		})
	}
	total := count(uploadtest.Hostile())
	store := &memstore.Store{}
	locked, err := upload.New(store, upload.Types("image/png"), nobody, &upload.Options{Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	toPage := upload.SeeOther("/")
	for _, row := range []struct {
		about string
		h     http.Handler
		field string
		fails int
	}{
		{"cannot judge", newHandler(t, store, down, upload.Options{MaxFileSize: 64 << 20}), "file", total},
		{"requires a login", locked, "file", total},
		{"accepts no file in this field", newHandler(t, store, upload.Types("image/png"), upload.Options{}), "other", total},
		{"has no such route", http.NotFoundHandler(), "file", total},
		{"fails", status(500), "file", total},
		{"fails with a code of its own", coded(500), "file", total},
		{"accepts with a code of its own", coded(200), "file", total},
		{"refuses all with a code of its own", coded(422), "file", 1},
		{"limits callers, without a code", status(429), "file", 1},
		{"limits callers", newHandler(t, store, upload.Types("image/png"), upload.Options{Limiter: few(t)}), "file", 1},
		{"refuses all, without a code", status(415), "file", 1},
		{"refuses some with a code of its own", newHandler(t, store, upload.All(upload.Images(nil), noPNG), upload.Options{}), "file", 0},
		{"refuses after the first file", once(newHandler(t, store, anything, upload.Options{MaxFileSize: 64 << 20})), "file", 3},
		{"refuses long bodies", http.MaxBytesHandler(newHandler(t, store, anything, upload.Options{}), 10), "file", 1},
		{"refuses with a page", newHandler(t, store, upload.Types("image/png"), upload.Options{Respond: toPage}), "file", 0},
		{"accepts everything", newHandler(t, store, anything, upload.Options{MaxFileSize: 64 << 20, Metadata: upload.KeepAll}), "file", 2 * total}, // the last, since its files slow the other rows
	} {
		t.Run(row.about, func(t *testing.T) {
			r := newRecorder(t)
			uploadtest.RunHostile(r, row.h, store, func(s uploadtest.Sample) *http.Request {
				return uploadtest.NewRequest("/", s.File(row.field))
			})
			require.Len(t, r.errors, row.fails)
			if row.fails == 1 {
				require.Regexp(t, "raise its limits|no sound file is accepted", r.errors[0])
			}
		})
	}
}

// noPNG refuses PNG files by a rule of the host's own.
var noPNG = upload.ValidatorFunc(func(_ context.Context, in *upload.Incoming) error {
	if in.Type == "image/png" {
		return upload.Reject("no_png", "Send another picture.")
	}
	return nil
})

// once refuses each file after the first that h accepts, as a host does whose user has one.
func once(h *upload.Handler) http.Handler {
	taken := false
	return h.Middleware(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if taken {
			upload.Refuse(w, r, upload.Reject("taken", "You have a file."))
			return
		}
		taken = true
		w.WriteHeader(http.StatusNoContent)
	}))
}

// few returns a limiter with low limits.
func few(t *testing.T) upload.Limiter {
	t.Helper()
	l, err := limit.New(limit.Limits{Requests: 20}, nil)
	require.NoError(t, err)
	return l
}

// TestRunHostileWithoutStore checks that without a store each answer of 201 is still reported.
func TestRunHostileWithoutStore(t *testing.T) {
	r := newRecorder(t)
	uploadtest.RunHostile(r, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(201) }), nil,
		func(uploadtest.Sample) *http.Request { return httptest.NewRequest(http.MethodPost, "http://x/", nil) })
	require.Len(t, r.errors, count(uploadtest.Hostile()))
}
