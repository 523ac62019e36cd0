package s3store_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/s3fake"
	"github.com/airlock-go/upload/s3store"
	"github.com/airlock-go/upload/storage"
)

// promotion stages body under an awkward key and returns how to publish it.
func (f *fixture) promotion(body []byte) storage.Promotion {
	from := "upload-staging/ä b+c%2Fd&e?f"
	f.fake.Put(from, body)
	return storage.Promotion{
		Sources: []storage.Source{{Key: from, ETag: f.fake.Get(from).ETag(), Size: int64(len(body))}}, Key: "k", Type: "image/png", Name: "Straße.png",
		Size: int64(len(body)), SHA256: digest(body), Nonce: "nonce",
	}
}

func TestPromote(t *testing.T) {
	for _, row := range []struct {
		size    int
		sha256  bool
		profile s3store.Profile
		copies  int
	}{
		{1, true, s3store.Profile{}, 1},
		{small, false, s3store.Profile{}, 1},
		{part + 1, true, s3store.Profile{}, 1},
		{4*part + 3, false, s3store.Profile{}, 3},
		{4*part + 3, true, s3store.Profile{NoCopyDigests: true}, 3},
		{small, true, s3store.R2(), 0},
		{4*part + 3, true, s3store.Profile{NoPinnedCopies: true}, 0},
		{4*part + 3, false, s3store.Profile{NoPinnedCopies: true}, 0},
		{small, true, s3store.Profile{InsecureUnconditionalComplete: true}, 1},
	} {
		t.Run(fmt.Sprint(row), func(t *testing.T) {
			opts := everything
			opts.Profile = row.profile
			f := newFixture(t, setup{Options: opts})
			s3store.SetMaxCopy(f.Store, 2*part)
			body := randomBytes(row.size)
			p := f.promotion(body)
			if !row.sha256 {
				p.SHA256 = ""
			}
			for range 2 {
				require.NoError(t, f.Promote(t.Context(), p))
			}
			f.requireStored(t, "k", body)
			f.requireStored(t, p.Sources[0].Key, body)
			f.requireIdle(t)
			h := f.fake.Get("k").Header
			require.Equal(t, "image/png", h.Get("Content-Type"))
			require.Equal(t, "private", h.Get("Cache-Control"))
			require.Equal(t, "aws:kms", h.Get("X-Amz-Server-Side-Encryption"))
			require.Equal(t, "GLACIER", h.Get("X-Amz-Storage-Class"))
			require.Equal(t, "a+b=c%26d", h.Get("X-Amz-Tagging"))
			stored, err := f.Stat(t.Context(), "k")
			require.NoError(t, err)
			require.Equal(t, storage.Stored{
				Type: p.Type, Name: p.Name, Size: p.Size, ETag: stored.ETag, SHA256: p.SHA256, Nonce: p.Nonce,
			}, stored)
			if !row.profile.InsecureUnconditionalComplete {
				require.Equal(t, 2*row.copies, f.fake.Calls("UploadPartCopy"))
			}
		})
	}
}

// md5Pair are two files with the same MD5 (X. Wang and others, 2004), and so the same ETag.
var md5Pair = [2]string{
	"d131dd02c5e6eec4693d9a0698aff95c2fcab58712467eab4004583eb8fb7f8955ad340609f4b30283e488832571415a085125e8f7cdc99fd91dbdf280373c5b" +
		"d8823e3156348f5bae6dacd436c919c6dd53e2b487da03fd02396306d248cda0e99f33420f577ee8ce54b67080a80d1ec69821bcb6a8839396f9652b6ff72a70",
	"d131dd02c5e6eec4693d9a0698aff95c2fcab50712467eab4004583eb8fb7f8955ad340609f4b30283e4888325f1415a085125e8f7cdc99fd91dbd7280373c5b" +
		"d8823e3156348f5bae6dacd436c919c6dd53e23487da03fd02396306d248cda0e99f33420f577ee8ce54b67080280d1ec69821bcb6a8839396f965ab6ff72a70",
}

// TestPromoteWhatWasChecked checks a staged object that has changed since the check.
func TestPromoteWhatWasChecked(t *testing.T) {
	one, _ := hex.DecodeString(md5Pair[0])
	other, _ := hex.DecodeString(md5Pair[1])
	for name, change := range map[string]func(f *fixture, key string){
		"replaced":            func(f *fixture, key string) { f.fake.Put(key, []byte("evil")) },
		"replaced, same ETag": func(f *fixture, key string) { f.fake.Put(key, other) },
		"gone":                func(f *fixture, key string) { _ = f.Delete(context.Background(), key) },
	} {
		bubble(t, name, func(t *testing.T) {
			f := newFixture(t, setup{})
			p := f.promotion(one)
			change(f, p.Sources[0].Key)
			require.ErrorIs(t, f.Promote(t.Context(), p), storage.ErrChanged)
			require.Nil(t, f.fake.Get("k"))
			f.requireIdle(t)
		})
		bubble(t, name+", published before", func(t *testing.T) {
			f := newFixture(t, setup{})
			p := f.promotion(one)
			require.NoError(t, f.Promote(t.Context(), p))
			change(f, p.Sources[0].Key)
			require.NoError(t, f.Promote(t.Context(), p))
			f.requireStored(t, "k", one)
			p.Nonce = "another"
			require.ErrorIs(t, f.Promote(t.Context(), p), storage.ErrExists)
			f.requireIdle(t)
		})
	}
}

func TestPromoteRefuses(t *testing.T) {
	f := newFixture(t, setup{})
	for name, change := range map[string]func(*storage.Promotion){
		"no ETag":      func(p *storage.Promotion) { p.Sources[0].ETag = "" },
		"no bytes":     func(p *storage.Promotion) { p.Size = 0 },
		"not a digest": func(p *storage.Promotion) { p.SHA256 = "abc" },
	} {
		t.Run(name, func(t *testing.T) {
			p := f.promotion(randomBytes(small))
			change(&p)
			require.Error(t, f.Promote(t.Context(), p))
			require.Nil(t, f.fake.Get("k"))
			f.requireIdle(t)
		})
	}
	ctx, cancel := context.WithCancel(t.Context())
	f.fake.Inject("UploadPartCopy", 1, func(http.ResponseWriter, *http.Request, http.HandlerFunc) { cancel(); panic(http.ErrAbortHandler) })
	require.ErrorIs(t, f.Promote(ctx, f.promotion(randomBytes(small))), context.Canceled)
	require.Nil(t, f.fake.Get("k"))
	f.requireIdle(t)
}

// TestPromoteWithoutDigest checks a service that does not report the SHA-256 of what it copied.
func TestPromoteWithoutDigest(t *testing.T) {
	f := newFixture(t, setup{})
	f.fake.Inject("UploadPartCopy", forEver, func(w http.ResponseWriter, r *http.Request, serve http.HandlerFunc) {
		answer := httptest.NewRecorder()
		serve(answer, r)
		_, _ = w.Write([]byte(strings.ReplaceAll(answer.Body.String(), "ChecksumSHA256", "Other")))
	})
	require.ErrorContains(t, f.Promote(t.Context(), f.promotion(randomBytes(small))), "profile")
	require.Nil(t, f.fake.Get("k"))
	f.requireIdle(t)
}

func TestPromoteToTakenKey(t *testing.T) {
	for _, insecure := range []bool{false, true} {
		f := newFixture(t, setup{Options: s3store.Options{Profile: s3store.Profile{InsecureUnconditionalComplete: insecure}}})
		f.fake.Put("k", []byte("other"))
		require.ErrorIs(t, f.Promote(t.Context(), f.promotion(randomBytes(small))), storage.ErrExists)
		f.requireStored(t, "k", []byte("other"))
		f.requireIdle(t)
	}
}

var promoteCalls = []string{"CreateMultipartUpload", "UploadPartCopy", "CompleteMultipartUpload"}

// TestPromoteOneFault lets each of promoteCalls fail once.
func TestPromoteOneFault(t *testing.T) {
	t.Parallel()
	conflict := s3fake.Answer(http.StatusConflict, "ConditionalRequestConflict")
	aborted := s3fake.Answer(http.StatusNotFound, "NoSuchUpload")
	body := randomBytes(2 * part)
	for _, call := range promoteCalls {
		for name, fault := range map[string]s3fake.Fault{
			"500": fail500, "503": slow503, "reset": s3fake.Reset, "dropped": s3fake.Drop, "409": conflict, "404": aborted,
		} {
			if call == "CreateMultipartUpload" && (name == "409" || name == "404") {
				continue
			}
			for _, repeated := range []int{200, 404, 412} {
				if repeated != 200 && call != "CompleteMultipartUpload" {
					continue
				}
				bubble(t, fmt.Sprint(call, " ", name, " ", repeated), func(t *testing.T) {
					f := newFixture(t, setup{repeated: repeated, versioned: true})
					s3store.SetMaxCopy(f.Store, part)
					p := f.promotion(body)
					p.SHA256 = ""
					f.fake.Inject(call, 1, fault)
					require.NoError(t, f.Promote(t.Context(), p))
					f.requireStored(t, "k", body)
					require.Len(t, f.fake.Versions("k"), 1)
					f.requireIdle(t)
				})
			}
		}
	}
}

// TestPromoteFaultForEver lets each of promoteCalls fail always.
func TestPromoteFaultForEver(t *testing.T) {
	for _, call := range promoteCalls {
		for name, fault := range map[string]s3fake.Fault{"500": fail500, "denied": denied, "reset": s3fake.Reset, "stall": s3fake.Stall} {
			bubble(t, call+" "+name, func(t *testing.T) {
				f := newFixture(t, setup{Options: s3store.Options{CallTimeout: time.Second}})
				s3store.SetMaxCopy(f.Store, part)
				p := f.promotion(randomBytes(2 * part))
				p.SHA256 = ""
				f.fake.Inject(call, forEver, fault)
				err := f.Promote(t.Context(), p)
				require.Error(t, err)
				require.NotErrorIs(t, err, storage.ErrChanged)
				require.NotErrorIs(t, err, storage.ErrExists)
				require.NotErrorIs(t, err, storage.ErrUnknownOutcome, "S3 was there to be asked")
				require.Nil(t, f.fake.Get("k"))
				f.requireIdle(t)
			})
		}
	}
}

func TestPromoteUnknownOutcome(t *testing.T) {
	f := newFixture(t, setup{})
	body := randomBytes(small)
	p := f.promotion(body)
	f.fake.Inject("CompleteMultipartUpload", forEver, s3fake.Drop)
	f.fake.Inject("HeadObject", forEver, fail500)
	require.ErrorIs(t, f.Promote(t.Context(), p), storage.ErrUnknownOutcome)
	f.fake.Heal()
	require.NoError(t, f.Promote(t.Context(), p))
	f.requireStored(t, "k", body)
	f.requireIdle(t)
}

// TestPromoteAtOnce checks that of many attempts one publishes, and all report success. It also
// loses answers, so that one attempt takes the uploads of others for its own strays.
func TestPromoteAtOnce(t *testing.T) {
	t.Parallel()
	for _, dropped := range []int{0, 2} {
		f := newFixture(t, setup{versioned: true})
		body := randomBytes(part + 1)
		p := f.promotion(body)
		f.fake.Inject("CreateMultipartUpload", dropped, s3fake.Drop)
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
		require.True(t, bytes.Equal(body, f.fake.Get("k").Body))
		f.requireIdle(t)
	}
}
