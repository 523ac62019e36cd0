package upload_test

import (
	"bufio"
	"context"
	"io"
	"log/slog"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/internal/corpus"
	"github.com/airlock-go/upload/internal/stalled"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/storage"
)

// callSize is the most of a file that an inspector gets in one call.
const callSize = 256 << 10

// watch makes an inspector work under a context whose Err acts. A look is a call of Err.
type watch struct {
	upload.Validator
	at  int    // the look of a call that acts; the first look is taken when the call begins
	end func() // the act, done once

	looks int // of the current call
	ended bool
	after int // looks that came later
}

// watchedStore notes when a call of the inspector begins, which is each time that a storage reads.
type watchedStore struct {
	storage.Storage
	watch *watch
}

func (s watchedStore) Stage(ctx context.Context, obj storage.Object, r io.Reader) (storage.Staged, error) {
	return s.Storage.Stage(ctx, obj, bufio.NewReaderSize(watchedReader{r, s.watch}, callSize))
}

type watchedReader struct {
	io.Reader
	watch *watch
}

func (r watchedReader) Read(p []byte) (int, error) {
	r.watch.looks = 0
	return r.Reader.Read(p)
}

func (w *watch) Validate(ctx context.Context, in *upload.Incoming) (upload.Observer, error) {
	return w.Validator.Validate(watchedContext{ctx, w}, in)
}

type watchedContext struct {
	context.Context
	watch *watch
}

func (c watchedContext) Err() error {
	c.watch.look()
	return c.Context.Err()
}

func (w *watch) look() {
	switch w.looks++; {
	case w.ended:
		w.after++
	case w.looks == w.at:
		w.ended = true
		w.end()
	}
}

// ending is an event that ends the work of an inspector, and the code with which the upload is
// refused.
type ending struct {
	about  string
	end    func(leave func())
	code   upload.Code
	causes int // looks that ask for the cause
}

var endings = []ending{
	{about: "the client leaves", end: func(leave func()) { leave() }, code: upload.CodeClientGone, causes: 1},
	{about: "CheckTimeout passes", end: func(func()) { time.Sleep(time.Minute + 1) }, code: upload.CodeCheckFailed},
}

// TestLookingEnds: an inspector of any type stops within its call when the request has ended, or
// the call has lasted CheckTimeout. It returns by itself, the upload is refused, and nothing of it
// is staged.
func TestLookingEnds(t *testing.T) {
	files, contents := corpus.CostlyFiles(), map[string]string{}
	for _, c := range files {
		contents[c.About] = string(c.Make(callSize))
	}
	for _, e := range endings {
		t.Run(e.about, func(t *testing.T) {
			ended := map[string]bool{}
			for _, c := range files {
				ended[c.Type] = endedBy(t, e, c, contents[c.About]) || ended[c.Type]
			}
			for mediaType, any := range ended {
				assert.True(t, any, "no file of type %s takes long enough to be ended", mediaType)
			}
		})
	}
}

// endedBy uploads a file and reports whether e ended the inspector's work. Some files are refused
// before.
func endedBy(t *testing.T, e ending, c corpus.Kind, content string) (ended bool) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		ctx, leave := context.WithCancel(t.Context())
		defer leave()
		w := &watch{Validator: stalled.Policy(c.Type), at: 2, end: func() { e.end(leave) }}
		store, hung := &memstore.Store{}, 0
		h, err := upload.New(watchedStore{store, w}, w, upload.AllowAnonymous, &upload.Options{
			CheckTimeout: time.Minute, Logger: slog.New(slog.DiscardHandler), Hooks: counting(upload.KindHung, &hung),
		})
		require.NoError(t, err)
		answer := httptest.NewRecorder()
		h.ServeHTTP(answer, post(file("file", c.Name, content)).WithContext(ctx))
		if ended = w.ended; ended {
			assert.Equal(t, e.code, problemOf(t, answer.Result()).Code, c.About)
			assert.Equal(t, e.causes, w.after, "%s: the inspector goes on", c.About)
		}
		assert.Zero(t, hung, c.About)
		assert.Empty(t, store.Keys(), c.About)
		assert.Zero(t, store.Used(), c.About)
	})
	return ended
}
