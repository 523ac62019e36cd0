package upload_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/storage"
)

var ada = &upload.Grant{Subject: "ada"}

func named(name string) upload.File { return upload.File{Field: "file", Name: name} }

func TestStore(t *testing.T) {
	var events []upload.Event
	var seen *upload.Incoming
	f := newFixture(t, upload.ValidatorFunc(func(_ context.Context, in *upload.Incoming) error { seen = in; return nil }), upload.Options{
		SHA256: true, Keys: upload.BySubject(upload.RandomKeys()),
		Hooks: upload.Hooks{Event: func(_ context.Context, e upload.Event) { events = append(events, e) }},
	})
	got, err := f.Store(t.Context(), ada, named("dir/a.png"), strings.NewReader(pngBytes()))
	require.NoError(t, err)
	require.Equal(t, "a.png", got.Name)
	require.Equal(t, "image/png", got.Type)
	require.EqualValues(t, len(pngBytes()), got.Size)
	require.Len(t, got.SHA256, 64)
	require.Regexp(t, "^ada/", got.Key)
	content, stored := f.stored(t, got.Key)
	require.Equal(t, pngBytes(), content)
	require.Equal(t, "a.png", stored.Name)
	require.EqualExportedValues(t, &upload.Incoming{
		Field: "file", Name: "a.png", Type: "image/png", Head: []byte(pngBytes()), Size: int64(len(pngBytes())), Subject: "ada",
	}, seen)
	require.Len(t, events, 1)
	require.Equal(t, upload.KindAccepted, events[0].Kind)
	require.Equal(t, "store", events[0].Door)
	require.Equal(t, "ada", events[0].Subject)
	require.Equal(t, got.Size, events[0].Bytes)
	require.Equal(t, []upload.File{got}, events[0].Files)
}

// TestStoreRefuses: a refusal by Store leaves nothing, and is one decision.
func TestStoreRefuses(t *testing.T) {
	gone := errors.New("the mail server is gone")
	long := strings.Repeat("hello ", 200_000)
	for _, tc := range []struct {
		about string
		grant *upload.Grant
		file  upload.File
		r     io.Reader
		code  upload.Code
		cause error
	}{
		{about: "no grant", file: named("a.txt"), r: strings.NewReader("hello"), code: upload.CodeInternal},
		{about: "no reader", grant: ada, file: named("a.txt"), code: upload.CodeInternal},
		{about: "an invalid grant", grant: &upload.Grant{MaxFileSize: -1}, file: named("a.txt"), r: strings.NewReader("hello"), code: upload.CodeInternal},
		{about: "no field", grant: ada, file: upload.File{Name: "a.txt"}, r: strings.NewReader("hello"), code: upload.CodeUnexpectedField},
		{about: "another field", grant: ada, file: upload.File{Field: "cv", Name: "a.txt"}, r: strings.NewReader("hello"), code: upload.CodeUnexpectedField},
		{about: "no name", grant: ada, file: named(""), r: strings.NewReader("hello"), code: upload.CodeBadName},
		{about: "a bad name", grant: ada, file: named("a\n.txt"), r: strings.NewReader("hello"), code: upload.CodeBadName},
		{about: "another type", grant: ada, file: named("a.png"), r: strings.NewReader("<html>"), code: upload.CodeTypeNotAllowed},
		{about: "a name of another type", grant: ada, file: named("a.txt"), r: strings.NewReader(pngBytes()), code: upload.CodeTypeMismatch},
		{about: "an empty file", grant: ada, file: named("a.txt"), r: strings.NewReader(""), code: upload.CodeEmpty},
		{about: "a missing end", grant: ada, file: named("a.png"), r: strings.NewReader(pngBytes()[:60]), code: upload.CodeTruncated},
		{about: "a byte more than the grant", grant: &upload.Grant{MaxFileSize: 100_000}, file: named("a.txt"), r: strings.NewReader(long[:100_001]), code: upload.CodeTooLarge},
		{about: "the grant's policy", grant: &upload.Grant{Policy: upload.Types("image/png")}, file: named("a.txt"), r: strings.NewReader("hello"), code: upload.CodeTypeNotAllowed},
		{about: "a reader that fails at once", grant: ada, file: named("a.txt"), r: iotest.ErrReader(gone), code: upload.CodeInternal, cause: gone},
		{about: "a reader that fails later", grant: ada, file: named("a.txt"), r: io.MultiReader(strings.NewReader(long), iotest.ErrReader(gone)), code: upload.CodeInternal, cause: gone},
		{about: "a reader that ends too early", grant: ada, file: named("a.txt"), r: io.MultiReader(strings.NewReader(long), iotest.ErrReader(io.ErrUnexpectedEOF)), code: upload.CodeInternal, cause: io.ErrUnexpectedEOF},
		{about: "a reader whose failure has an io.EOF in it", grant: ada, file: named("a.txt"), r: io.MultiReader(strings.NewReader("hello"), iotest.ErrReader(fmt.Errorf("%w: %w", gone, io.EOF))), code: upload.CodeInternal, cause: gone},
		{about: "a reader that refuses", grant: ada, file: named("a.txt"), r: iotest.ErrReader(upload.Reject("not_found_there", "gone")), code: "not_found_there"},
		{about: "a reader that panics", grant: ada, file: named("a.txt"), r: readerFunc(func([]byte) (int, error) { panic(gone) }), code: upload.CodeInternal},
		{about: "a reader that lies", grant: ada, file: named("a.txt"), r: readerFunc(func(p []byte) (int, error) { return len(p) + 1, nil }), code: upload.CodeInternal},
		{about: "a reader that reads nothing", grant: ada, file: named("a.txt"), r: readerFunc(func([]byte) (int, error) { return 0, nil }), code: upload.CodeInternal, cause: io.ErrNoProgress},
	} {
		t.Run(tc.about, func(t *testing.T) {
			var events []upload.Event
			f := newFixture(t, nil, upload.Options{Hooks: upload.Hooks{Event: func(_ context.Context, e upload.Event) {
				if e.Kind.IsDecision() {
					events = append(events, e)
				}
			}}})
			got, err := f.Store(t.Context(), tc.grant, tc.file, tc.r)
			require.ErrorIs(t, err, tc.code)
			require.Zero(t, got)
			if tc.cause != nil {
				require.ErrorIs(t, err, tc.cause)
			}
			f.empty(t)
			require.Len(t, events, 1)
			require.Equal(t, tc.code, events[0].Code)
			require.Equal(t, "store", events[0].Door)
		})
	}
}

// TestStoreReadsAsReadersMay: readers may return io.EOF with the last bytes, single bytes,
// and empty reads in between.
func TestStoreReadsAsReadersMay(t *testing.T) {
	for _, wrap := range []func(io.Reader) io.Reader{
		iotest.OneByteReader, iotest.HalfReader, iotest.DataErrReader,
		func(r io.Reader) io.Reader {
			empty := false
			return readerFunc(func(p []byte) (int, error) {
				if empty = !empty; empty {
					return 0, nil
				}
				return r.Read(p)
			})
		},
	} {
		f := newFixture(t, nil, upload.Options{})
		text := strings.Repeat("hello ", 10_000)
		got, err := f.Store(t.Context(), ada, named("a.txt"), wrap(strings.NewReader(text)))
		require.NoError(t, err)
		content, _ := f.stored(t, got.Key)
		require.Equal(t, text, content)
	}
}

// TestStoreEndsWithItsContext: a context that ends before the end of the file ends Store.
func TestStoreEndsWithItsContext(t *testing.T) {
	f := newFixture(t, nil, upload.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	_, err := f.Store(ctx, ada, named("a.txt"), readerFunc(func(p []byte) (int, error) {
		cancel()
		return copy(p, "hello"), nil
	}))
	require.ErrorIs(t, err, upload.CodeClientGone)
	require.ErrorIs(t, err, context.Canceled)
	f.empty(t)
}

// TestStoreCommitsWhatWasRead: after the file was read whole, the end of ctx loses nothing.
func TestStoreCommitsWhatWasRead(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s := &endingStore{cancel: cancel}
	h, err := upload.New(s, upload.NotEmpty(), upload.AllowAnonymous, &upload.Options{Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	_, err = h.Store(ctx, ada, named("a.txt"), strings.NewReader("hello"))
	require.NoError(t, err)
	require.ErrorIs(t, ctx.Err(), context.Canceled)
	require.NoError(t, s.committed)
}

// endingStore ends the context of the caller after it has read a file. Its field committed is the
// error of the context that Commit got.
type endingStore struct {
	cancel    context.CancelFunc
	committed error
}

func (s *endingStore) Stage(_ context.Context, _ storage.Object, r io.Reader) (storage.Staged, error) {
	_, err := io.Copy(io.Discard, r)
	s.cancel()
	return s, err
}

func (s *endingStore) Commit(ctx context.Context) error { s.committed = ctx.Err(); return ctx.Err() }

func (s *endingStore) Discard(context.Context) error { return nil }

func (s *endingStore) Delete(context.Context, string) error { return nil }

// TestStoreAndShutdown: Shutdown waits for Store, and then cuts it.
func TestStoreAndShutdown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t, nil, upload.Options{})
		stored := make(chan error)
		go func() {
			_, err := f.Store(t.Context(), ada, named("a.txt"), readerFunc(func(p []byte) (int, error) {
				time.Sleep(time.Second)
				return copy(p, "hello "), nil
			}))
			stored <- err
		}()
		time.Sleep(5 * time.Second)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		stopped := make(chan error, 1)
		go func() { stopped <- f.Shutdown(ctx) }()
		begin := time.Now()
		require.ErrorIs(t, <-stored, upload.CodeShutdown)
		require.GreaterOrEqual(t, time.Since(begin), time.Minute)
		require.ErrorIs(t, <-stopped, context.DeadlineExceeded)
		_, err := f.Store(t.Context(), ada, named("a.txt"), strings.NewReader("hello"))
		require.ErrorIs(t, err, upload.CodeShutdown)
		f.empty(t)
	})
}

// TestStoreTakesASlot: files of the program wait for a slot like those of clients, and free
// it.
func TestStoreTakesASlot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t, nil, upload.Options{MaxConcurrent: 1, MaxWait: time.Minute})
		release := make(chan struct{})
		first := make(chan error, 1)
		go func() {
			_, err := f.Store(t.Context(), ada, named("a.txt"), io.MultiReader(strings.NewReader("hello"), readerFunc(func([]byte) (int, error) {
				<-release
				return 0, io.EOF
			})))
			first <- err
		}()
		synctest.Wait()
		begin := time.Now()
		_, err := f.Store(t.Context(), ada, named("a.txt"), strings.NewReader("hello"))
		require.ErrorIs(t, err, upload.CodeBusy)
		require.Equal(t, time.Minute, time.Since(begin))
		close(release)
		require.NoError(t, <-first)
		for range 3 {
			_, err = f.Store(t.Context(), ada, named("a.txt"), strings.NewReader("hello"))
			require.NoError(t, err)
		}
	})
}

// TestStoreAsksNoLimiter: the limiter counts only files that clients send.
func TestStoreAsksNoLimiter(t *testing.T) {
	l := &claims{}
	f := newFixture(t, nil, upload.Options{Limiter: l})
	_, err := f.Store(t.Context(), ada, named("a.txt"), strings.NewReader("hello"))
	require.NoError(t, err)
	_, err = f.Store(t.Context(), ada, named("a.png"), strings.NewReader("<html>"))
	require.Error(t, err)
	require.Empty(t, l.claimed)
	require.Empty(t, l.used)
}

// TestStoreInAHandler: a host that stores a file from its own request answers a refusal
// like any other.
func TestStoreInAHandler(t *testing.T) {
	f := newFixture(t, nil, upload.Options{})
	srv := serveHTTP(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, err := f.Store(r.Context(), ada, named("a.png"), r.Body)
		f.RespondError(w, r, err)
	}), func(s *http.Server) { s.WriteTimeout = time.Minute })
	resp, err := http.Post(srv.URL, "image/png", strings.NewReader("<html>"))
	require.NoError(t, err)
	defer func() { _ = resp.Body.Close() }()
	require.Equal(t, upload.CodeTypeNotAllowed, problemOf(t, resp).Code)
}
