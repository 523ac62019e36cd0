package s3store_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/s3fake"
	"github.com/airlock-go/upload/s3store"
	"github.com/airlock-go/upload/storage"
)

const stagingKey = "upload-staging/a"

// putStaged stores body under the staging key.
func (f *fixture) putStaged(body []byte) storage.StagedObject {
	f.fake.Put(stagingKey, body)
	return storage.StagedObject{Key: stagingKey, ETag: f.fake.Get(stagingKey).ETag(), Size: int64(len(body))}
}

// atRange makes the requests for a range that begins at offset misbehave.
func (f *fixture) atRange(offset int, do s3fake.Fault) {
	f.fake.Inject("GetObject", forEver, func(w http.ResponseWriter, r *http.Request, serve http.HandlerFunc) {
		if strings.HasPrefix(r.Header.Get("Range"), fmt.Sprintf("bytes=%d-", offset)) {
			do(w, r, serve)
			return
		}
		serve(w, r)
	})
}

// answering answers a range that claims to have this ETag and this length, from offset on, and
// sends these bytes. If they are fewer, it then breaks the connection.
func answering(offset int, etag string, length int, sent []byte) s3fake.Fault {
	return func(w http.ResponseWriter, _ *http.Request, _ http.HandlerFunc) {
		w.Header().Set("ETag", etag)
		w.Header().Set("Content-Length", strconv.Itoa(length))
		w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", offset, offset+length-1, offset+length))
		w.WriteHeader(http.StatusPartialContent)
		_, _ = w.Write(sent)
		if len(sent) < length {
			panic(http.ErrAbortHandler)
		}
	}
}

// stopping sends half of a range, and then nothing until the client gives up.
func stopping(w http.ResponseWriter, r *http.Request, serve http.HandlerFunc) {
	serve(&halfWriter{ResponseWriter: w}, r)
	_ = http.NewResponseController(w).Flush()
	<-r.Context().Done()
	panic(http.ErrAbortHandler)
}

type halfWriter struct{ http.ResponseWriter }

func (w *halfWriter) Write(p []byte) (int, error) { return w.ResponseWriter.Write(p[:len(p)/2]) }

func TestOpenStaged(t *testing.T) {
	for _, row := range []struct{ size, requests int }{
		{1, 1}, {chunk + 1, 1}, {part, 1}, {part + 1, 2}, {2 * part, 2}, {2*part + 1, 3}, {5*part + chunk + 7, 6},
	} {
		for _, tls := range []bool{false, true} {
			t.Run(fmt.Sprint(row.size, " tls=", tls), func(t *testing.T) {
				f := newFixture(t, setup{tls: tls})
				s3store.SetPart(f.Store, part, 64<<20)
				body := randomBytes(row.size)
				r, err := f.OpenStaged(t.Context(), f.putStaged(body))
				require.NoError(t, err)
				got, err := io.ReadAll(r)
				require.NoError(t, err)
				require.True(t, bytes.Equal(body, got))
				n, err := r.Read(make([]byte, 1))
				require.Zero(t, n)
				require.Equal(t, io.EOF, err)
				require.NoError(t, r.Close())
				require.NoError(t, r.Close(), "again")
				require.Equal(t, row.requests, f.fake.Calls("GetObject"))
				f.requireIdle(t)
			})
		}
	}
}

// TestTwoRangesAtATime checks when ranges are requested, and what they reserve.
func TestTwoRangesAtATime(t *testing.T) {
	bubble(t, "both at once", func(t *testing.T) {
		f := newFixture(t, setup{})
		answer := make(chan struct{})
		f.fake.Inject("GetObject", forEver, func(w http.ResponseWriter, r *http.Request, serve http.HandlerFunc) { <-answer; serve(w, r) })
		o := f.putStaged(randomBytes(4 * part))
		opened := make(chan io.ReadCloser)
		go func() {
			r, err := f.OpenStaged(t.Context(), o)
			if err != nil {
				t.Error(err)
			}
			opened <- r
		}()
		synctest.Wait()
		require.Equal(t, 2, f.fake.Calls("GetObject"))
		close(answer)
		require.NoError(t, (<-opened).Close())
		f.requireIdle(t)
	})
	bubble(t, "the next when one was read", func(t *testing.T) {
		f := newFixture(t, setup{})
		body := randomBytes(4*part + 1)
		r, err := f.OpenStaged(t.Context(), f.putStaged(body))
		require.NoError(t, err)
		for i := range 4 {
			synctest.Wait()
			require.Equal(t, min(i+2, 5), f.fake.Calls("GetObject"))
			used, _ := f.Memory()
			require.Equal(t, []int64{2 * part, 2 * part, 2 * part, part + 1}[i], used)
			got := make([]byte, part)
			_, err := io.ReadFull(r, got)
			require.NoError(t, err)
			require.True(t, bytes.Equal(body[i*part:][:part], got))
			_, err = r.Read(nil) // which goes on to the next range
			require.NoError(t, err)
		}
		require.NoError(t, r.Close())
		f.requireIdle(t)
	})
	bubble(t, "in half the time", func(t *testing.T) {
		f := newFixture(t, setup{})
		f.fake.Inject("GetObject", forEver, func(w http.ResponseWriter, r *http.Request, serve http.HandlerFunc) {
			time.Sleep(time.Second)
			serve(w, r)
		})
		begun := time.Now()
		r, err := f.OpenStaged(t.Context(), f.putStaged(randomBytes(8*part)))
		require.NoError(t, err)
		_, err = io.Copy(io.Discard, r)
		require.NoError(t, err)
		require.NoError(t, r.Close())
		require.Equal(t, 4*time.Second, time.Since(begun))
	})
	bubble(t, "in their order, however late", func(t *testing.T) {
		f := newFixture(t, setup{})
		f.atRange(0, func(w http.ResponseWriter, r *http.Request, serve http.HandlerFunc) {
			time.Sleep(time.Minute / 2)
			serve(w, r)
		})
		body := randomBytes(3 * part)
		r, err := f.OpenStaged(t.Context(), f.putStaged(body))
		require.NoError(t, err)
		got, err := io.ReadAll(r)
		require.NoError(t, err)
		require.True(t, bytes.Equal(body, got))
		require.NoError(t, r.Close())
	})
}

// TestOpenStagedFaults checks that a range that is not as it must be is an error, after the bytes
// before it. Then no request is running, and no memory is held.
func TestOpenStagedFaults(t *testing.T) {
	body := randomBytes(4 * part)
	size := int64(len(body))
	replace := func(f *fixture, _ string) { f.fake.Put(stagingKey, randomBytes(4*part + 1)[1:]) }
	for name, row := range map[string]struct {
		fault  func(f *fixture, etag string) // before anything is read
		later  func(f *fixture, etag string) // when two ranges have arrived
		size   int64                         // that the caller expects
		before int                           // bytes that are read
		err    error                         // nil for any
	}{
		"replaced between two ranges": {later: replace, before: 2 * part, err: storage.ErrChanged},
		"removed between two ranges": {later: func(f *fixture, _ string) {
			_ = f.Delete(context.Background(), stagingKey)
		}, before: 2 * part, err: fs.ErrNotExist},
		"replaced before": {fault: replace, err: storage.ErrChanged},
		"removed before":  {fault: func(f *fixture, _ string) { _ = f.Delete(context.Background(), stagingKey) }, err: fs.ErrNotExist},
		"another ETag": {fault: func(f *fixture, _ string) {
			f.atRange(part, answering(part, `"other"`, part, body[part:2*part]))
		}, before: part, err: storage.ErrChanged},
		"cut": {fault: func(f *fixture, etag string) {
			f.atRange(part, answering(part, etag, part, body[part:part+chunk]))
		}, before: part + chunk, err: io.ErrUnexpectedEOF},
		"short": {fault: func(f *fixture, etag string) {
			f.atRange(part, answering(part, etag, chunk, body[part:part+chunk]))
		}, before: part, err: io.ErrUnexpectedEOF},
		"all in place of a range": {fault: func(f *fixture, etag string) {
			f.atRange(part, func(w http.ResponseWriter, _ *http.Request, _ http.HandlerFunc) {
				w.Header().Set("ETag", etag)
				_, _ = w.Write(body)
			})
		}, before: part},
		"no range":        {fault: func(f *fixture, _ string) { f.atRange(part, s3fake.Answer(416, "InvalidRange")) }, before: part, err: io.ErrUnexpectedEOF},
		"500":             {fault: func(f *fixture, _ string) { f.atRange(2*part, fail500) }, before: 2 * part},
		"500 at once":     {fault: func(f *fixture, _ string) { f.atRange(0, fail500) }},
		"a longer object": {size: size - 1, before: 3 * part, err: io.ErrUnexpectedEOF},
		"a shorter one":   {size: size + 1, before: 4 * part, err: io.ErrUnexpectedEOF},
	} {
		bubble(t, name, func(t *testing.T) {
			f := newFixture(t, setup{})
			o := f.putStaged(body)
			if o.Size = size; row.size > 0 {
				o.Size = row.size
			}
			if row.fault != nil {
				row.fault(f, o.ETag)
			}
			r, err := f.OpenStaged(t.Context(), o)
			var got []byte
			if err == nil {
				synctest.Wait() // two ranges have arrived
				if row.later != nil {
					row.later(f, o.ETag)
				}
				got, err = io.ReadAll(r)
				require.NoError(t, r.Close())
			}
			require.Error(t, err)
			if row.err != nil {
				require.ErrorIs(t, err, row.err)
			}
			require.True(t, bytes.Equal(body[:row.before], got), "%d bytes", len(got))
			f.requireIdle(t)
		})
	}
	f := newFixture(t, setup{})
	o := f.putStaged(body)
	o.ETag = ""
	_, err := f.OpenStaged(t.Context(), o)
	require.ErrorContains(t, err, "no ETag")
}

// TestOpenStagedEnds checks that nothing runs and no memory is held after Close, wherever reading
// stopped. The bubbles fail if a goroutine stays.
func TestOpenStagedEnds(t *testing.T) {
	stop := errors.New("the storage sends nothing")
	for name, stalled := range map[string]int{"no range stalls": -1, "the first stalls": 0, "the second stalls": part, "the last stalls": 3 * part} {
		for _, silent := range []bool{false, true} {
			for _, read := range []int{0, 1, chunk, part / 2, part, part + 1, 3*part + 1} {
				bubble(t, fmt.Sprintf("%s, silent=%v, after %d bytes", name, silent, read), func(t *testing.T) {
					f := newFixture(t, setup{})
					if stalled >= 0 {
						fault := s3fake.Fault(stopping)
						if silent {
							fault = s3fake.Stall
						}
						f.atRange(stalled, fault)
					}
					body := randomBytes(4 * part)
					ctx, cancel := context.WithCancelCause(t.Context())
					defer time.AfterFunc(time.Second, func() { cancel(stop) }).Stop()
					r, err := f.OpenStaged(ctx, f.putStaged(body))
					if err == nil {
						got := make([]byte, read)
						var n int
						n, err = io.ReadFull(r, got)
						require.True(t, bytes.Equal(body[:n], got[:n]))
						require.NoError(t, r.Close())
						_, after := r.Read(make([]byte, 1))
						require.Error(t, after)
						require.NotEqual(t, io.EOF, after)
					}
					if err != nil {
						require.ErrorIs(t, err, stop)
						require.NotEqual(t, -1, stalled)
					}
					f.requireIdle(t)
				})
			}
		}
	}
	bubble(t, "with bytes that have arrived", func(t *testing.T) {
		f := newFixture(t, setup{})
		ctx, cancel := context.WithCancelCause(t.Context())
		r, err := f.OpenStaged(ctx, f.putStaged(randomBytes(4*part)))
		require.NoError(t, err)
		synctest.Wait()
		cancel(stop)
		_, err = r.Read(make([]byte, 1))
		require.ErrorIs(t, err, stop)
		require.NoError(t, r.Close())
		f.requireIdle(t)
	})
}

// TestOpenStagedMemory checks that reading ahead takes only memory that nobody waits for.
func TestOpenStagedMemory(t *testing.T) {
	body := randomBytes(4 * part)
	readAll := func(t *testing.T, r io.ReadCloser) {
		t.Helper()
		got, err := io.ReadAll(r)
		require.NoError(t, err)
		require.True(t, bytes.Equal(body, got))
		require.NoError(t, r.Close())
	}
	for name, row := range map[string]struct {
		memory   int64
		held     int // buffers of others
		requests int
	}{
		"enough":        {3 * part, 0, 4},
		"just enough":   {3 * part, 1, 4},
		"for one range": {3 * part, 2, 2},
		"none":          {3 * part, 3, 1},
		"one in all":    {part, 0, 2},
	} {
		bubble(t, name, func(t *testing.T) {
			f := newFixture(t, setup{Options: s3store.Options{MaxMemory: row.memory}})
			for i := range row.held {
				defer f.hold(t, "other"+strconv.Itoa(i))()
			}
			r, err := f.OpenStaged(t.Context(), f.putStaged(body))
			require.NoError(t, err)
			readAll(t, r)
			require.Equal(t, row.requests, f.fake.Calls("GetObject"))
			_, peak := f.Memory()
			require.LessOrEqual(t, peak, row.memory)
		})
	}
	bubble(t, "for an upload that waits", func(t *testing.T) {
		f := newFixture(t, setup{Options: s3store.Options{MaxMemory: 2 * part}})
		r, err := f.OpenStaged(t.Context(), f.putStaged(body))
		require.NoError(t, err)
		staged := make(chan storage.Staged, 1)
		go func() {
			obj := object("k", part)
			obj.MaxWait = patient
			s, err := f.Stage(t.Context(), obj, bytes.NewReader(body[:part]))
			if err != nil {
				t.Error(err)
			}
			staged <- s
		}()
		synctest.Wait()
		require.Empty(t, staged)
		first := make([]byte, part+1)
		_, err = io.ReadFull(r, first)
		require.NoError(t, err)
		require.NoError(t, (<-staged).Discard(t.Context()), "with one range less")
		readAll(t, struct {
			io.Reader
			io.Closer
		}{io.MultiReader(bytes.NewReader(first), r), r})
		f.requireIdle(t)
	})
	bubble(t, "one subject has its share", func(t *testing.T) {
		f := newFixture(t, setup{Options: s3store.Options{MaxMemory: 4 * part}})
		o := f.putStaged(body)
		used := func(subject string) int64 {
			o.Subject = subject
			r, err := f.OpenStaged(t.Context(), o)
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, r.Close()) })
			used, _ := f.Memory()
			return used
		}
		require.Equal(t, int64(2*part), used("a"))
		require.Equal(t, int64(2*part), used("a"), "as OpenAt does")
		require.Equal(t, int64(4*part), used("b"))
	})
}
