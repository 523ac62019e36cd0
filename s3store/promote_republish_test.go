package s3store_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/s3fake"
	"github.com/airlock-go/upload/s3store"
	"github.com/airlock-go/upload/storage"
)

var (
	unpinned = s3store.Options{Profile: s3store.Profile{NoPinnedCopies: true}}
	rgw      = s3fake.Lacks{CopyPin: s3fake.Ignores, CopyDigest: s3fake.Ignores, CompleteCondition: s3fake.Ignores}
)

// TestPromoteUnpinned checks Promote on services whose copies ignore the ETag. If the profile says
// so, bytes that a client sends between the check and the publication are not published. If it does
// not, only the digests that NoCopyDigests gives up protect against that.
func TestPromoteUnpinned(t *testing.T) {
	one, _ := hex.DecodeString(md5Pair[0])
	other, _ := hex.DecodeString(md5Pair[1])
	for _, row := range []struct {
		name    string
		profile s3store.Profile
		then    []byte
		err     error
		hole    bool
	}{
		{"other bytes", s3store.Profile{NoPinnedCopies: true}, bytes.ToUpper(one), storage.ErrChanged, false},
		{"other bytes of the same MD5", s3store.Profile{NoPinnedCopies: true}, other, storage.ErrChanged, false},
		{"the profile says both", s3store.Profile{NoPinnedCopies: true, NoCopyDigests: true}, other, storage.ErrChanged, false},
		{"without conditions, too", s3store.Profile{NoPinnedCopies: true, InsecureUnconditionalPut: true, InsecureUnconditionalComplete: true}, other, storage.ErrChanged, false},
		{"the profile does not say it, and digests are asked for", s3store.Profile{}, other, nil, false},
		{"the profile does not say it, and gives digests up", s3store.Profile{NoCopyDigests: true}, other, nil, true},
	} {
		t.Run(row.name, func(t *testing.T) {
			f := newFixture(t, setup{Options: s3store.Options{Profile: row.profile}})
			f.fake.Lacks = rgw
			p := f.promotion(one)
			f.fake.Put(p.Sources[0].Key, row.then)
			err := f.Promote(t.Context(), p)
			if row.hole {
				require.NoError(t, err, "this is what Check warns of")
				return
			}
			require.Error(t, err)
			if row.err != nil {
				require.ErrorIs(t, err, row.err)
			} else {
				require.ErrorContains(t, err, "NoPinnedCopies")
			}
			require.Nil(t, f.fake.Get("k"))
			f.requireIdle(t)
		})
	}
}

// TestRepublish checks that NoPinnedCopies publishes files of one part and of several without a
// copy, whether or not the service could copy.
func TestRepublish(t *testing.T) {
	for _, lacks := range []s3fake.Lacks{{}, rgw, {Copies: s3fake.Refuses}} {
		for _, size := range []int{1, part, part + 1, 4*part + 3} {
			f := newFixture(t, setup{Options: unpinned, versioned: true})
			f.fake.Lacks = lacks
			body := randomBytes(size)
			p := f.promotion(body)
			for range 2 {
				require.NoError(t, f.Promote(t.Context(), p))
			}
			require.NoError(t, f.Delete(t.Context(), p.Sources[0].Key))
			require.NoError(t, f.Promote(t.Context(), p), "published already")
			require.True(t, bytes.Equal(body, f.fake.Get("k").Body))
			require.Len(t, f.fake.Versions("k"), 1)
			require.Equal(t, digest(body), f.fake.Get("k").Header.Get("X-Amz-Meta-Sha256"))
			require.Zero(t, f.fake.Calls("UploadPartCopy"))
			p.Nonce = "another"
			require.ErrorIs(t, f.Promote(t.Context(), p), storage.ErrExists)
			f.requireIdle(t)
		}
	}
}

// TestRepublishGone checks that a staged object is not published if it is gone, changed, or
// delivered in part or with extra bytes.
func TestRepublishGone(t *testing.T) {
	delivering := func(change func(body []byte) []byte) s3fake.Fault {
		return func(w http.ResponseWriter, r *http.Request, _ http.HandlerFunc) {
			body := change(randomBytes(2 * part))
			w.Header().Set("ETag", r.Header.Get("If-Match"))
			w.Header().Set("Content-Length", strconv.Itoa(len(body)))
			_, _ = w.Write(body)
		}
	}
	for _, row := range []struct {
		name    string
		sha256  bool
		change  func(f *fixture, key string)
		changed bool
	}{
		{"gone", true, func(f *fixture, key string) { _ = f.Delete(context.Background(), key) }, true},
		{"replaced", true, func(f *fixture, key string) { f.fake.Put(key, []byte("evil")) }, true},
		{"replaced, no digest", false, func(f *fixture, key string) { f.fake.Put(key, []byte("evil")) }, true},
		{"other bytes", true, func(f *fixture, _ string) {
			f.fake.Inject("GetObject", forEver, delivering(func(b []byte) []byte { return randomBytes(len(b) + 1)[1:] }))
		}, true},
		{"shorter", false, func(f *fixture, _ string) {
			f.fake.Inject("GetObject", forEver, delivering(func(b []byte) []byte { return b[1:] }))
		}, false},
		{"longer", false, func(f *fixture, _ string) {
			f.fake.Inject("GetObject", forEver, delivering(func(b []byte) []byte { return append(bytes.Clone(b), 'x') }))
		}, false},
		{"cut off", true, func(f *fixture, _ string) {
			f.fake.Inject("GetObject", forEver, func(w http.ResponseWriter, r *http.Request, _ http.HandlerFunc) {
				w.Header().Set("ETag", r.Header.Get("If-Match"))
				w.Header().Set("Content-Length", strconv.Itoa(2*part))
				_, _ = w.Write(randomBytes(2 * part)[:part])
				panic(http.ErrAbortHandler)
			})
		}, false},
	} {
		bubble(t, row.name, func(t *testing.T) {
			f := newFixture(t, setup{Options: unpinned})
			p := f.promotion(randomBytes(2 * part))
			if !row.sha256 {
				p.SHA256 = ""
			}
			row.change(f, p.Sources[0].Key)
			err := f.Promote(t.Context(), p)
			require.Error(t, err)
			if row.changed {
				require.ErrorIs(t, err, storage.ErrChanged)
			}
			require.Nil(t, f.fake.Get("k"))
			f.requireIdle(t)
		})
	}
}

// TestRepublishFaults lets each call that reads or writes the file fail, once and always.
func TestRepublishFaults(t *testing.T) {
	t.Parallel()
	faults := map[string]s3fake.Fault{
		"500": fail500, "503": slow503, "reset": s3fake.Reset, "dropped": s3fake.Drop,
		"409": s3fake.Answer(http.StatusConflict, "ConditionalRequestConflict"), "404": s3fake.Answer(http.StatusNotFound, "NoSuchUpload"),
	}
	for call, size := range map[string]int{"GetObject": part, "PutObject": part, "CreateMultipartUpload": 2 * part, "UploadPart": 2 * part, "CompleteMultipartUpload": 2 * part} {
		for name, fault := range faults {
			for _, times := range []int{1, forEver} {
				bubble(t, fmt.Sprint(call, " ", name, " ", times), func(t *testing.T) {
					o := unpinned
					o.CallTimeout = 10 * time.Second
					f := newFixture(t, setup{Options: o, versioned: true})
					p := f.promotion(randomBytes(size))
					f.fake.Inject(call, times, fault)
					err := f.Promote(t.Context(), p)
					require.NotErrorIs(t, err, storage.ErrUnknownOutcome, "S3 was there to be asked")
					require.NotErrorIs(t, err, storage.ErrExists)
					if err == nil {
						f.requireStored(t, "k", randomBytes(size))
						require.Len(t, f.fake.Versions("k"), 1)
					} else {
						require.Nil(t, f.fake.Get("k"))
					}
					if times == 1 && name != "409" && name != "404" {
						require.NoError(t, err, "the SDK tries again")
					}
					f.requireIdle(t)
				})
			}
		}
	}
}

func TestRepublishUnknownOutcome(t *testing.T) {
	f := newFixture(t, setup{Options: unpinned})
	p := f.promotion(randomBytes(small))
	f.fake.Inject("PutObject", forEver, func(w http.ResponseWriter, r *http.Request, serve http.HandlerFunc) {
		f.fake.Inject("HeadObject", forEver, fail500)
		s3fake.Drop(w, r, serve)
	})
	require.ErrorIs(t, f.Promote(t.Context(), p), storage.ErrUnknownOutcome)
	f.fake.Heal()
	require.NoError(t, f.Promote(t.Context(), p))
	f.requireStored(t, "k", randomBytes(small))
	f.requireIdle(t)
}

// TestRepublishAtOnce checks that, of many concurrent attempts, exactly one publishes, and that all
// report success.
func TestRepublishAtOnce(t *testing.T) {
	t.Parallel()
	for _, size := range []int{small, part + 1} {
		f := newFixture(t, setup{Options: unpinned, versioned: true})
		p := f.promotion(randomBytes(size))
		var calls sync.WaitGroup
		errs := make([]error, 16)
		for i := range errs {
			calls.Go(func() { errs[i] = f.Promote(t.Context(), p) })
		}
		calls.Wait()
		for _, err := range errs {
			require.NoError(t, err)
		}
		require.Len(t, f.fake.Versions("k"), 1)
		f.requireIdle(t)
	}
}

// TestRepublishMeanwhile checks that an attempt succeeds if another one publishes the file, and the
// staged one is removed, before this one reads it.
func TestRepublishMeanwhile(t *testing.T) {
	f := newFixture(t, setup{Options: unpinned, versioned: true})
	body := randomBytes(2 * part)
	p := f.promotion(body)
	f.fake.Inject("GetObject", 1, func(w http.ResponseWriter, r *http.Request, serve http.HandlerFunc) {
		if err := f.Promote(t.Context(), p); err != nil {
			t.Error(err)
		}
		if err := f.Delete(t.Context(), p.Sources[0].Key); err != nil {
			t.Error(err)
		}
		serve(w, r)
	})
	require.NoError(t, f.Promote(t.Context(), p))
	f.requireStored(t, "k", body)
	require.Len(t, f.fake.Versions("k"), 1)
	f.requireIdle(t)
}

// TestRepublishEnds checks that republishing fails when its context ends, or when no
// memory is free.
func TestRepublishEnds(t *testing.T) {
	bubble(t, "context", func(t *testing.T) {
		f := newFixture(t, setup{Options: unpinned})
		ctx, cancel := context.WithCancel(t.Context())
		f.fake.Inject("GetObject", forEver, func(w http.ResponseWriter, r *http.Request, serve http.HandlerFunc) { cancel(); serve(w, r) })
		require.ErrorIs(t, f.Promote(ctx, f.promotion(randomBytes(2*part))), context.Canceled)
		require.Nil(t, f.fake.Get("k"))
		f.requireIdle(t)
	})
	bubble(t, "memory", func(t *testing.T) {
		o := unpinned
		o.MaxMemory, o.CallTimeout = part, time.Second
		f := newFixture(t, setup{Options: o})
		held := f.stage(t, "held", randomBytes(part))
		require.ErrorIs(t, f.Promote(t.Context(), f.promotion(randomBytes(part))), storage.ErrBusy)
		require.NoError(t, held.Discard(t.Context()))
		require.NoError(t, f.Promote(t.Context(), f.promotion(randomBytes(part))))
		f.requireIdle(t)
	})
}
