package s3store_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/s3fake"
	"github.com/airlock-go/upload/s3store"
	"github.com/airlock-go/upload/storage"
)

const (
	small = chunk + 1
	large = part + chunk + 1
)

var (
	forEver = -1
	fail500 = s3fake.Answer(http.StatusInternalServerError, "InternalError")
	early   = s3fake.AnswerEarly(http.StatusInternalServerError, "InternalError")
	silent  = s3fake.Say("", false)
	slow503 = s3fake.Answer(http.StatusServiceUnavailable, "SlowDown")
	denied  = s3fake.Answer(http.StatusForbidden, "AccessDenied")
)

// upload stages and commits a file, and discards it if that fails.
func (f *fixture) upload(t *testing.T, key string, body []byte) (commit, discard error) {
	t.Helper()
	staged, err := f.Stage(t.Context(), object(key, huge), bytes.NewReader(body))
	if err != nil {
		return err, nil
	}
	if err := staged.Commit(t.Context()); err != nil {
		return err, staged.Discard(t.Context())
	}
	return nil, nil
}

var writes = map[string]int{ // the calls of an upload, with a size that makes them
	"PutObject": small, "CreateMultipartUpload": large, "UploadPart": large, "CompleteMultipartUpload": large,
}

// warmth has, for each call, the values of setup.warm with which it is tested.
var warmth = map[string][]bool{"PutObject": {false, true}, "CreateMultipartUpload": {false}, "UploadPart": {false, true}, "CompleteMultipartUpload": {false}}

// TestOneFault lets each of writes fail once, in buckets of each kind. The file is still stored
// once, and nothing is left after it is discarded.
func TestOneFault(t *testing.T) {
	t.Parallel()
	faults := map[string]s3fake.Fault{"500": fail500, "500, early": early, "503": slow503, "reset": s3fake.Reset, "answer dropped": s3fake.Drop}
	for _, versioned := range []bool{false, true} {
		for call, size := range writes {
			for name, fault := range faults {
				for _, repeated := range []int{200, 404, 412} {
					if repeated != 200 && call != "CompleteMultipartUpload" {
						continue
					}
					for _, warm := range warmth[call] {
						bubble(t, fmt.Sprintf("%s %s versioned=%v again=%d warm=%v", call, name, versioned, repeated, warm), func(t *testing.T) {
							f := newFixture(t, setup{versioned: versioned, repeated: repeated, warm: warm})
							f.fake.Inject(call, 1, fault)
							body := randomBytes(size)
							staged := f.stage(t, "k", body)
							require.NoError(t, staged.Commit(t.Context()))
							f.requireStored(t, "k", body)
							require.Len(t, f.fake.Versions("k"), 1)
							f.requireIdle(t)
							require.NoError(t, staged.Discard(t.Context()))
							f.requireNothing(t)
						})
					}
				}
			}
		}
	}
}

// TestFaultForEver lets each of writes fail always. The upload fails, also if S3 is silent, and
// leaves nothing.
func TestFaultForEver(t *testing.T) {
	t.Parallel()
	faults := map[string]s3fake.Fault{"500": fail500, "500, early": early, "denied": denied, "reset": s3fake.Reset, "stall": s3fake.Stall}
	for call, size := range writes {
		for name, fault := range faults {
			for _, warm := range warmth[call] {
				bubble(t, fmt.Sprintf("%s %s warm=%v", call, name, warm), func(t *testing.T) {
					f := newFixture(t, setup{warm: warm, Options: s3store.Options{CallTimeout: time.Second}})
					f.fake.Inject(call, forEver, fault)
					commit, discard := f.upload(t, "k", randomBytes(size))
					require.Error(t, commit)
					require.NotErrorIs(t, commit, storage.ErrExists)
					require.NotErrorIs(t, commit, storage.ErrUnknownOutcome, "S3 was there to be asked")
					require.NoError(t, discard)
					f.requireNothing(t)
				})
			}
		}
	}
}

// TestUnknownOutcome checks a commit whose answer is lost, after which S3 does not say what it has.
// Once it does, Discard removes the file.
func TestUnknownOutcome(t *testing.T) {
	for _, row := range []struct {
		name   string
		size   int
		commit string
		then   s3fake.Fault // what happens to HeadObject and AbortMultipartUpload
	}{
		{"small, dropped, then down", small, "PutObject", fail500},
		{"large, dropped, then down", large, "CompleteMultipartUpload", fail500},
		{"small, dropped, then 403 without ListBucket", small, "PutObject", denied},
		{"large, dropped, then 403 without ListBucket", large, "CompleteMultipartUpload", denied},
		{"small, dropped, then 200 and nothing", small, "PutObject", silent},
		{"large, dropped, then 200 and nothing", large, "CompleteMultipartUpload", silent},
	} {
		for i := range 4 {
			bubble(t, row.name, func(t *testing.T) {
				f := newFixture(t, setup{versioned: i%2 > 0, warm: i/2 > 0})
				body := randomBytes(row.size)
				staged := f.stage(t, "k", body)
				f.fake.Inject(row.commit, forEver, s3fake.Drop)
				f.fake.Inject("HeadObject", forEver, row.then)
				f.fake.Inject("AbortMultipartUpload", forEver, row.then)
				err := staged.Commit(t.Context())
				require.ErrorIs(t, err, storage.ErrUnknownOutcome)
				require.Error(t, staged.Discard(t.Context()))
				f.requireStored(t, "k", body)

				f.fake.Heal()
				require.NoError(t, staged.Discard(t.Context()))
				f.requireNothing(t)
				deletes := f.fake.Calls("DeleteObject")
				require.NoError(t, staged.Discard(t.Context()))
				require.Equal(t, deletes, f.fake.Calls("DeleteObject"), "nothing more to do")
			})
		}
	}
}

// TestLateComplete checks a request that reaches S3 only after the store has given it up.
func TestLateComplete(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t, setup{Options: s3store.Options{CallTimeout: 2 * time.Second}})
		staged := f.stage(t, "k", make([]byte, large))
		release, done := make(chan struct{}), make(chan struct{})
		f.fake.Inject("CompleteMultipartUpload", 1, func(w http.ResponseWriter, r *http.Request, serve http.HandlerFunc) {
			defer close(done)
			body, _ := io.ReadAll(r.Body)
			r.Body = io.NopCloser(bytes.NewReader(body))
			<-release
			serve(w, r)
		})
		err := staged.Commit(t.Context())
		require.ErrorContains(t, err, "no answer within 2s")
		require.NotErrorIs(t, err, storage.ErrUnknownOutcome, "the upload was aborted, so nothing can follow")
		close(release)
		<-done
		f.requireNothing(t)
	})
}

// TestStillOpen checks an upload that could be completed late, since it could not be aborted.
func TestStillOpen(t *testing.T) {
	for name, fault := range map[string]s3fake.Fault{"500": fail500, "200 and nothing": silent} {
		bubble(t, name, func(t *testing.T) {
			f := newFixture(t, setup{})
			staged := f.stage(t, "k", make([]byte, large))
			f.fake.Inject("CompleteMultipartUpload", forEver, s3fake.Reset)
			f.fake.Inject("AbortMultipartUpload", forEver, fault)
			require.ErrorIs(t, staged.Commit(t.Context()), storage.ErrUnknownOutcome)
			f.fake.Heal()
			require.NoError(t, staged.Discard(t.Context()))
			f.requireNothing(t)
		})
	}
}

// TestAbortMeetsPart checks an abort that leaves the upload open, which S3 documents for a part in
// flight.
func TestAbortMeetsPart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFixture(t, setup{})
		f.fake.Inject("UploadPart", forEver, s3fake.Reset)
		f.fake.Inject("AbortMultipartUpload", 2, func(w http.ResponseWriter, _ *http.Request, _ http.HandlerFunc) {
			w.WriteHeader(http.StatusNoContent)
		})
		_, err := f.Stage(t.Context(), object("k", huge), bytes.NewReader(make([]byte, large)))
		require.ErrorContains(t, err, "the connection to the endpoint broke")
		require.Equal(t, 3, f.fake.Calls("AbortMultipartUpload"))
		f.requireNothing(t)
	})
}

// TestKeyIsTaken checks another writer's object under the key, whatever the answers say.
func TestKeyIsTaken(t *testing.T) {
	other := []byte("somebody else's")
	for _, versioned := range []bool{false, true} {
		for _, insecure := range []bool{false, true} {
			for call, fault := range map[string]s3fake.Fault{"": nil, "PutObject": slow503, "CompleteMultipartUpload": s3fake.Reset} {
				for _, size := range []int{small, large} {
					bubble(t, fmt.Sprintf("%d versioned=%v insecure=%v %s", size, versioned, insecure, call), func(t *testing.T) {
						f := newFixture(t, setup{versioned: versioned, warm: !insecure, Options: s3store.Options{
							Profile: s3store.Profile{InsecureUnconditionalPut: insecure, InsecureUnconditionalComplete: insecure},
						}})
						staged := f.stage(t, "k", randomBytes(size))
						f.fake.Put("k", other)
						if fault != nil {
							f.fake.Inject(call, 1, fault)
						}
						require.ErrorIs(t, staged.Commit(t.Context()), storage.ErrExists)
						require.NoError(t, staged.Discard(t.Context()))
						f.requireStored(t, "k", other)
						require.Len(t, f.fake.Versions("k"), 1)
						f.requireIdle(t)
					})
				}
			}
		}
	}
}

// TestConflict checks a 409, after which Commit tries a small file once more. In a warm store the
// SDK also makes the first call again.
func TestConflict(t *testing.T) {
	conflict := s3fake.Answer(http.StatusConflict, "ConditionalRequestConflict")
	for _, row := range []struct {
		call  string
		size  int
		times int
		warm  bool
		ok    bool
	}{
		{"PutObject", small, 1, false, true},
		{"PutObject", small, 2, false, false},
		{"PutObject", small, 2, true, true},
		{"PutObject", small, 3, true, false},
		{"CompleteMultipartUpload", large, 1, false, false},
	} {
		bubble(t, fmt.Sprint(row.call, row.times), func(t *testing.T) {
			f := newFixture(t, setup{warm: row.warm})
			f.fake.Inject(row.call, row.times, conflict)
			body := randomBytes(row.size)
			commit, discard := f.upload(t, "k", body)
			require.NoError(t, discard)
			if row.ok {
				require.NoError(t, commit)
				f.requireStored(t, "k", body)
				return
			}
			require.Error(t, commit)
			f.requireNothing(t)
		})
	}
}

// TestReaderFails breaks off the file at positions around the borders of chunks and parts.
func TestReaderFails(t *testing.T) {
	gone := errors.New("the client is gone")
	f := newFixture(t, setup{})
	for _, n := range []int{0, 1, chunk - 1, chunk, part - 1, part, part + 1, 2 * part, 2*part + 1, 3*part + 1} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			r := io.MultiReader(bytes.NewReader(randomBytes(n)), readFunc(func([]byte) (int, error) {
				cancel() // as net/http does
				return 0, gone
			}))
			_, err := f.Stage(ctx, object("k", huge), r)
			require.ErrorIs(t, err, gone)
			f.requireNothing(t)
		})
	}
	require.Equal(t, f.fake.Calls("CreateMultipartUpload"), f.fake.Calls("AbortMultipartUpload"))
	require.Positive(t, f.fake.Calls("AbortMultipartUpload"))
	require.Empty(t, f.logs.String())
}

type readFunc func([]byte) (int, error)

func (f readFunc) Read(p []byte) (int, error) { return f(p) }

// TestReaderPanics checks a host's middleware that panics in the body it wraps.
func TestReaderPanics(t *testing.T) {
	f := newFixture(t, setup{})
	for _, n := range []int{0, 1, part, part + 1, 3*part + 1} {
		r := io.MultiReader(bytes.NewReader(randomBytes(n)), readFunc(func([]byte) (int, error) { panic("host") }))
		require.PanicsWithValue(t, "host", func() { _, _ = f.Stage(t.Context(), object("k", huge), r) })
		f.requireNothing(t)
	}
}

func TestBadReaders(t *testing.T) {
	for name, row := range map[string]struct {
		limit int64
		r     io.Reader
		says  string
	}{
		"one byte too many, small": {10, bytes.NewReader(make([]byte, 11)), "more than MaxSize"},
		"one byte too many, large": {part + 1, bytes.NewReader(make([]byte, part+2)), "more than MaxSize"},
		"never a byte":             {10, readFunc(func([]byte) (int, error) { return 0, nil }), "multiple Read calls"},
		"cut":                      {10, iotest.ErrReader(io.ErrUnexpectedEOF), "unexpected EOF"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, setup{})
			_, err := f.Stage(t.Context(), object("k", row.limit), row.r)
			require.ErrorContains(t, err, row.says)
			f.requireNothing(t)
		})
	}
}

// TestPartFails checks that a failed part ends the upload while the file still arrives.
func TestPartFails(t *testing.T) {
	f := newFixture(t, setup{})
	f.fake.Inject("UploadPart", forEver, denied)
	endless := readFunc(func(p []byte) (int, error) { return len(p), nil })
	_, err := f.Stage(t.Context(), object("k", 100<<30), endless)
	require.ErrorContains(t, err, `access to the bucket "bucket" is denied`)
	f.requireNothing(t)
	require.Equal(t, 1, f.fake.Calls("AbortMultipartUpload"))
}

// TestAbortFails checks that an upload that stays open is reported.
func TestAbortFails(t *testing.T) {
	f := newFixture(t, setup{})
	f.fake.Inject("AbortMultipartUpload", forEver, fail500)
	r := io.MultiReader(bytes.NewReader(make([]byte, part+1)), iotest.ErrReader(io.ErrUnexpectedEOF))
	_, err := f.Stage(t.Context(), object("the key", huge), r)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	require.ErrorContains(t, err, "AbortMultipartUpload")
	require.Contains(t, f.logs.String(), `key="the key"`)
	used, _ := f.Memory()
	require.Zero(t, used)

	f.fake.Heal()
	staged := f.stage(t, "k", make([]byte, large))
	f.fake.Inject("AbortMultipartUpload", 3, fail500)
	require.Error(t, staged.Discard(t.Context()))
	require.NoError(t, staged.Discard(t.Context()))
	require.Equal(t, 1, f.fake.OpenUploads(), "only the earlier one")
}

// TestStrays checks uploads under the key that stay open after lost answers.
func TestStrays(t *testing.T) {
	bubble(t, "the second attempt succeeds", func(t *testing.T) {
		f := newFixture(t, setup{})
		neighbor := f.stage(t, "key-longer", make([]byte, large))
		f.fake.Inject("CreateMultipartUpload", 2, s3fake.Drop)
		body := randomBytes(large)
		staged := f.stage(t, "key", body)
		require.Equal(t, 2, f.fake.OpenUploads())
		require.NoError(t, staged.Commit(t.Context()))
		f.requireStored(t, "key", body)
		require.NoError(t, neighbor.Commit(t.Context()))
	})
	bubble(t, "no attempt succeeds", func(t *testing.T) {
		f := newFixture(t, setup{})
		f.fake.Inject("CreateMultipartUpload", 3, s3fake.Drop)
		_, err := f.Stage(t.Context(), object("key", huge), bytes.NewReader(make([]byte, large)))
		require.Error(t, err)
		f.requireNothing(t)
	})
	bubble(t, "the client leaves meanwhile", func(t *testing.T) {
		f := newFixture(t, setup{})
		ctx, cancel := context.WithCancel(t.Context())
		f.fake.Inject("CreateMultipartUpload", 1, func(w http.ResponseWriter, r *http.Request, serve http.HandlerFunc) {
			cancel()
			s3fake.Drop(w, r, serve)
		})
		_, err := f.Stage(ctx, object("key", huge), bytes.NewReader(make([]byte, large)))
		require.ErrorIs(t, err, context.Canceled)
		f.requireNothing(t)
	})
	bubble(t, "they cannot be listed", func(t *testing.T) {
		f := newFixture(t, setup{})
		f.fake.Inject("CreateMultipartUpload", 1, s3fake.Drop)
		f.fake.Inject("ListMultipartUploads", forEver, denied)
		f.stage(t, "key", make([]byte, large))
		require.Contains(t, f.logs.String(), "key=key")
	})
	bubble(t, "one comes back", func(t *testing.T) {
		f := newFixture(t, setup{})
		f.fake.Inject("UploadPart", forEver, s3fake.Drop)
		f.fake.Inject("AbortMultipartUpload", 1, func(w http.ResponseWriter, _ *http.Request, _ http.HandlerFunc) {
			w.WriteHeader(http.StatusNoContent)
		})
		f.fake.Inject("ListMultipartUploads", 1, func(w http.ResponseWriter, _ *http.Request, _ http.HandlerFunc) {
			_, _ = io.WriteString(w, "<ListMultipartUploadsResult/>")
		})
		_, err := f.Stage(t.Context(), object("key", huge), bytes.NewReader(make([]byte, large)))
		require.Error(t, err)
		f.requireNothing(t)
	})
	bubble(t, "no call without a reason", func(t *testing.T) {
		f := newFixture(t, setup{})
		f.fake.Inject("CreateMultipartUpload", forEver, denied)
		_, err := f.Stage(t.Context(), object("key", huge), bytes.NewReader(make([]byte, large)))
		require.Error(t, err)
		require.Zero(t, f.fake.Calls("ListMultipartUploads"))
	})
}
