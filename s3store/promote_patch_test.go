package s3store_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/s3fake"
	"github.com/airlock-go/upload/s3store"
	"github.com/airlock-go/upload/storage"
)

// patchedPromotion stages body, in parts or in one request. It returns how to publish it with zeros
// in two places, and the bytes that this publishes.
func (f *fixture) patchedPromotion(body []byte, inParts bool) (storage.Promotion, []byte) {
	p := f.promotion(body)
	if inParts {
		o := f.fake.Get(p.Sources[0].Key)
		o.Parts = 2
		p.Sources[0].ETag = o.ETag()
	}
	want := bytes.Clone(body)
	p.Patches = []storage.Patch{{Offset: 2, Length: 3}, {Offset: p.Size - 1, Length: 1}}
	clear(want[2:5])
	clear(want[p.Size-1:])
	p.SourceSHA256, p.SHA256 = p.SHA256, digest(want)
	return p, want
}

// TestPromotePatched checks that only the parts with patches leave S3, except where that is not
// possible.
func TestPromotePatched(t *testing.T) {
	for _, row := range []struct {
		name         string
		size         int
		inParts      bool
		profile      s3store.Profile
		sent, copied int // parts
	}{
		{"in parts", 6*part + 3, true, s3store.Profile{}, 2, 3},
		{"in parts, of one part", 100, true, s3store.Profile{}, 1, 0},
		{"in parts, checksums when required", 6*part + 3, true, s3store.Profile{ChecksumsWhenRequired: true}, 2, 3},
		{"in parts, without condition", 6*part + 3, true, s3store.Profile{InsecureUnconditionalComplete: true}, 2, 3},
		{"in parts, copies are not pinned", 6*part + 3, true, s3store.Profile{NoPinnedCopies: true}, 7, 0},
		{"in one request", 6*part + 3, false, s3store.Profile{}, 7, 0},
		{"in one request, no digests of copies", 6*part + 3, false, s3store.Profile{NoCopyDigests: true}, 7, 0},
		{"in one request, small", 100, false, s3store.Profile{}, 0, 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			f := newFixture(t, setup{Options: s3store.Options{Profile: row.profile}, versioned: true})
			s3store.SetMaxCopy(f.Store, 2*part)
			body := randomBytes(row.size)
			p, want := f.patchedPromotion(body, row.inParts)
			require.NoError(t, f.Promote(t.Context(), p))
			require.Equal(t, row.sent, f.fake.Calls("UploadPart"))
			require.Equal(t, row.copied, f.fake.Calls("UploadPartCopy"))
			require.NoError(t, f.Promote(t.Context(), p), "published already")
			require.NoError(t, f.Delete(t.Context(), p.Sources[0].Key))
			require.NoError(t, f.Promote(t.Context(), p), "published already, and the staged object is gone")
			f.requireStored(t, "k", want)
			require.Len(t, f.fake.Versions("k"), 1)
			require.Equal(t, digest(want), f.fake.Get("k").Header.Get("X-Amz-Meta-Sha256"))
			p.Nonce = "another"
			require.ErrorIs(t, f.Promote(t.Context(), p), storage.ErrExists)
			f.requireIdle(t)
		})
	}
}

// TestPromotePatchedCalls counts the calls for a file with patches at both ends, at sizes where
// their number changes: at most two parts leave S3, and as few calls as possible copy the rest.
func TestPromotePatchedCalls(t *testing.T) {
	const most = 2 * part // that one call copies
	for _, row := range []struct {
		name         string
		size         int
		sent, copied int // parts
	}{
		{"a part", part, 1, 0},
		{"more than a part", part + 1, 2, 0},
		{"two parts", 2 * part, 2, 0},
		{"a part between them", 2*part + 1, 2, 1},
		{"the largest copy between them", 2*part + most, 2, 1},
		{"more than the largest copy", 2*part + most + 1, 2, 2},
		{"as many copies as run at a time", 2*part + 16*most, 2, 16},
		{"more copies", 2*part + 16*most + 1, 2, 17},
	} {
		t.Run(row.name, func(t *testing.T) {
			f := newFixture(t, setup{})
			s3store.SetMaxCopy(f.Store, most)
			p, want := f.patchedPromotion(randomBytes(row.size), true)
			require.NoError(t, f.Promote(t.Context(), p))
			require.Equal(t, row.sent, f.fake.Calls("UploadPart"))
			require.Equal(t, row.sent, f.fake.Calls("GetObject"), "each is read once")
			require.Equal(t, row.copied, f.fake.Calls("UploadPartCopy"))
			f.requireStored(t, "k", want)
			f.requireIdle(t)
		})
	}
}

// TestPromotePatchedReplaced checks a staged object that has changed since the check.
func TestPromotePatchedReplaced(t *testing.T) {
	one, _ := hex.DecodeString(md5Pair[0])
	other, _ := hex.DecodeString(md5Pair[1])
	for name, row := range map[string]struct {
		inParts bool
		then    []byte // nil for gone
		digest  string
	}{
		"replaced":                   {false, []byte("evil"), digest(one)},
		"replaced, same ETag":        {false, other, digest(one)},
		"gone":                       {false, nil, digest(one)},
		"in parts, replaced":         {true, []byte("evil"), digest(one)},
		"in parts, gone":             {true, nil, digest(one)},
		"in parts, without a digest": {true, []byte("evil"), ""},
	} {
		bubble(t, name, func(t *testing.T) {
			f := newFixture(t, setup{})
			p, _ := f.patchedPromotion(one, row.inParts)
			p.SourceSHA256 = row.digest
			require.NoError(t, f.Delete(t.Context(), p.Sources[0].Key))
			if row.then != nil {
				f.fake.Put(p.Sources[0].Key, row.then)
			}
			require.ErrorIs(t, f.Promote(t.Context(), p), storage.ErrChanged)
			require.Nil(t, f.fake.Get("k"))
			f.requireIdle(t)
		})
	}
}

// TestPromotePatchedMiddle lets the read of the second patched part fail, as if the staged object
// were replaced, removed, denied or cut.
func TestPromotePatchedMiddle(t *testing.T) {
	body := randomBytes(4 * part)
	for name, row := range map[string]struct {
		fault   s3fake.Fault
		changed bool
	}{
		"replaced": {s3fake.Answer(http.StatusPreconditionFailed, "PreconditionFailed"), true},
		"removed":  {s3fake.Answer(http.StatusNotFound, "NoSuchKey"), true},
		"denied":   {denied, false},
		"replaced, and the condition is ignored": {func(w http.ResponseWriter, _ *http.Request, _ http.HandlerFunc) {
			w.Header().Set("ETag", `"other"`)
			w.Header().Set("Content-Range", "bytes "+strconv.Itoa(3*part)+"-"+strconv.Itoa(4*part-1)+"/"+strconv.Itoa(4*part))
			w.Header().Set("Content-Length", strconv.Itoa(part))
			w.WriteHeader(http.StatusPartialContent)
			_, _ = w.Write(body[:part])
		}, true},
		"cut": {func(w http.ResponseWriter, r *http.Request, _ http.HandlerFunc) {
			w.Header().Set("ETag", r.Header.Get("If-Match"))
			w.Header().Set("Content-Range", "bytes "+strconv.Itoa(3*part)+"-"+strconv.Itoa(4*part-1)+"/"+strconv.Itoa(4*part))
			w.Header().Set("Content-Length", strconv.Itoa(part))
			w.WriteHeader(http.StatusPartialContent)
			_, _ = w.Write(body[3*part : 3*part+100])
			panic(http.ErrAbortHandler)
		}, false},
	} {
		bubble(t, name, func(t *testing.T) {
			f := newFixture(t, setup{})
			p, _ := f.patchedPromotion(body, true)
			f.fake.Inject("GetObject", 1, func(w http.ResponseWriter, r *http.Request, serve http.HandlerFunc) {
				f.fake.Inject("GetObject", forEver, row.fault)
				serve(w, r)
			})
			err := f.Promote(t.Context(), p)
			require.Error(t, err)
			require.Equal(t, row.changed, errors.Is(err, storage.ErrChanged), "%v", err)
			require.Nil(t, f.fake.Get("k"))
			f.requireIdle(t)
		})
	}
}

// TestPromotePatchedFaults lets each call of a promotion with patched parts fail, once and always.
func TestPromotePatchedFaults(t *testing.T) {
	t.Parallel()
	body := randomBytes(4*part + 3)
	promoteFaults(t, []string{"UploadPart", "GetObject"}, func(f *fixture) (storage.Promotion, []byte) {
		return f.patchedPromotion(body, true)
	})
}

// promoteFaults lets each of promoteCalls and of more fail in a promotion, once and always.
func promoteFaults(t *testing.T, more []string, staged func(*fixture) (p storage.Promotion, want []byte)) {
	t.Helper()
	once := map[string]s3fake.Fault{"500": fail500, "reset": s3fake.Reset, "dropped": s3fake.Drop, "404": s3fake.Answer(http.StatusNotFound, "NoSuchUpload")}
	always := map[string]s3fake.Fault{"500": fail500, "denied": denied, "stall": s3fake.Stall}
	for _, call := range append(more, promoteCalls...) {
		for name, fault := range once {
			if name == "404" && (call == "CreateMultipartUpload" || call == "GetObject") {
				continue
			}
			bubble(t, call+" "+name, func(t *testing.T) {
				f := newFixture(t, setup{versioned: true})
				p, want := staged(f)
				f.fake.Inject(call, 1, fault)
				require.NoError(t, f.Promote(t.Context(), p))
				f.requireStored(t, "k", want)
				require.Len(t, f.fake.Versions("k"), 1)
				f.requireIdle(t)
			})
		}
		for name, fault := range always {
			bubble(t, call+" always "+name, func(t *testing.T) {
				f := newFixture(t, setup{Options: s3store.Options{CallTimeout: time.Second}})
				p, _ := staged(f)
				f.fake.Inject(call, forEver, fault)
				err := f.Promote(t.Context(), p)
				require.Error(t, err)
				require.False(t, errors.Is(err, storage.ErrChanged), "%v", err)
				require.NotErrorIs(t, err, storage.ErrUnknownOutcome)
				require.Nil(t, f.fake.Get("k"))
				f.requireIdle(t)
			})
		}
	}
}

// TestPromotePatchedBusy checks that patches wait for the memory of one part, and open no upload
// before they have it.
func TestPromotePatchedBusy(t *testing.T) {
	bubble(t, "in parts", func(t *testing.T) {
		f := newFixture(t, setup{Options: s3store.Options{CallTimeout: time.Second, MaxMemory: part}})
		p, want := f.patchedPromotion(randomBytes(4*part), true)
		letGo := f.hold(t, "a")
		require.ErrorIs(t, f.Promote(t.Context(), p), storage.ErrBusy)
		require.Zero(t, f.fake.Calls("CreateMultipartUpload"))
		letGo()
		require.NoError(t, f.Promote(t.Context(), p))
		f.requireStored(t, "k", want)
		f.requireIdle(t)
	})
}

// TestPromotePatchedRefuses checks promotions with an invalid digest or invalid patches, and bytes
// that no digest identifies.
func TestPromotePatchedRefuses(t *testing.T) {
	f := newFixture(t, setup{})
	for name, change := range map[string]func(*storage.Promotion){
		"no digest of the source":    func(p *storage.Promotion) { p.SourceSHA256 = "" },
		"a wrong one of the source":  func(p *storage.Promotion) { p.SourceSHA256 = "abc" },
		"a wrong one of the content": func(p *storage.Promotion) { p.SHA256 = "abc" },
		"overlapping patches":        func(p *storage.Promotion) { p.Patches[1].Offset = 3 },
	} {
		t.Run(name, func(t *testing.T) {
			p, _ := f.patchedPromotion(randomBytes(small), false)
			change(&p)
			require.Error(t, f.Promote(t.Context(), p))
			require.Nil(t, f.fake.Get("k"))
			f.requireIdle(t)
		})
	}
}
