package storetest

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"

	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/storage"
)

// Faults of servers change requests so that a correct store accepts them.

// anyLength makes the bytes those that were signed, so that only lengths are broken.
func anyLength(r *http.Request) {
	if r.Method == http.MethodPut {
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(content(directSize))), directSize
	}
}

func halfABody(r *http.Request) {
	if r.Method == http.MethodPut {
		fixed := make([]byte, r.ContentLength)
		_, _ = io.ReadFull(r.Body, fixed)
		*r = *r.WithContext(context.WithoutCancel(r.Context()))
		r.Body = io.NopCloser(bytes.NewReader(fixed))
	}
}

func setOnPut(r *http.Request, name, value string) {
	if r.Method == http.MethodPut {
		r.Header.Set(name, value)
	}
}

func anyKey(r *http.Request) { r.URL.Path = strings.TrimSuffix(r.URL.Path, "0") }

func withoutMeta(r *http.Request) { r.Header.Del("X-Amz-Meta-More") }

// copying replaces a request's bytes by those of the object that a header names. If that is absent,
// the request becomes one that the store refuses.
func copying(store *memstore.Store, r *http.Request) {
	source := r.Header.Get("X-Amz-Copy-Source")
	if source == "" {
		return
	}
	r.Header.Del("X-Amz-Copy-Source")
	r.Header.Del("X-Amz-Copy-Source-Range")
	key := strings.TrimPrefix(source, "/memstore/")
	info, err := store.Stat(r.Context(), key)
	if err != nil {
		r.Method = http.MethodDelete
		return
	}
	r.Body, _ = store.OpenAt(r.Context(), key, "", 0, -1)
	r.ContentLength = info.Size
}

func anyMethod(r *http.Request) {
	if r.URL.RawQuery != "" {
		r.Method = http.MethodPut
	}
}

func ownParameters(r *http.Request) {
	own := strings.Split(r.URL.RawQuery, "&")
	r.URL.RawQuery = strings.Join(own[:min(len(own), 2)], "&")
}

// passing returns a wrapper whose handler gets requests as pass has changed them.
func passing(pass func(*http.Request)) func(http.Handler) http.Handler {
	return func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			pass(r)
			h.ServeHTTP(w, r)
		})
	}
}

// onlyOnce accepts one request for each key, and answers others with an empty 200.
func onlyOnce(h http.Handler) http.Handler {
	var seen sync.Map
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, again := seen.LoadOrStore(r.URL.Path, true); again {
			w = httptest.NewRecorder()
			r.Method = http.MethodDelete
		}
		h.ServeHTTP(w, r)
	})
}

// Faults of stores replace their methods, or change the results.

func reversed(list []storage.Part, err error) ([]storage.Part, error) {
	slices.Reverse(list)
	return list, err
}

func firstPage(list []storage.Part, err error) ([]storage.Part, error) {
	return list[:min(len(list), 1000)], err
}

func noError(list []storage.Part, _ error) ([]storage.Part, error) { return list, nil }

func withAllParts(ctx context.Context, s *memstore.Store, key, id string, _ []storage.Part) error {
	all, err := s.Parts(ctx, key, id)
	if err != nil {
		return err
	}
	return s.CompleteMultipart(ctx, key, id, all)
}

func withoutError(ctx context.Context, s *memstore.Store, key, id string, parts []storage.Part) error {
	_ = s.CompleteMultipart(ctx, key, id, parts)
	return nil
}

func sayingSo(context.Context, *memstore.Store, string, string, []storage.Part) error { return nil }

func sayingThat(context.Context, *memstore.Store, storage.Promotion) error { return nil }

func withoutFacts(stored storage.Stored, err error) (storage.Stored, error) {
	stored.Facts = ""
	return stored, err
}

func withoutNonce(stored storage.Stored, err error) (storage.Stored, error) {
	stored.Nonce = ""
	return stored, err
}

func withoutSize(stored storage.Stored, err error) (storage.Stored, error) {
	stored.Size = 0
	return stored, err
}

func forgettingAbort(context.Context, *memstore.Store, string, string) error { return nil }

func onlyOpen(ctx context.Context, s *memstore.Store, key, id string) error {
	_, err := s.Parts(ctx, key, id)
	return errors.Join(err, s.AbortMultipart(ctx, key, id))
}

func oneETag(stored storage.Stored, err error) (storage.Stored, error) {
	stored.ETag = `"1"`
	return stored, err
}

func found(stored storage.Stored, _ error) (storage.Stored, error) { return stored, nil }

func fromStart(etag string, of span) (string, span) { return etag, span{0, of.length} }

func anyETag(_ string, of span) (string, span) { return "", of }

func toTheEnd(etag string, of span) (string, span) { return etag, span{of.offset, -1} }

func toTheLength(etag string, of span) (string, span) {
	if of.length >= 0 {
		of.length = max(of.length-of.offset, 0)
	}
	return etag, of
}

func allForNothing(etag string, of span) (string, span) {
	if of.length == 0 {
		of.length = -1
	}
	return etag, of
}

func fromTheStartAtLeast(etag string, of span) (string, span) {
	return etag, span{max(of.offset, 0), of.length}
}

func overOthers(ctx context.Context, s *memstore.Store, p storage.Promotion) error {
	err := s.Promote(ctx, p)
	if errors.Is(err, storage.ErrExists) {
		_ = s.Delete(ctx, p.Key)
		err = s.Promote(ctx, p)
	}
	return err
}

func claiming(ctx context.Context, s *memstore.Store, p storage.Promotion) error {
	if err := s.Promote(ctx, p); !errors.Is(err, storage.ErrExists) {
		return err
	}
	return nil
}

func forgettingNonces(ctx context.Context, s *memstore.Store, p storage.Promotion) error {
	p.Nonce = rand.Text()
	return s.Promote(ctx, p)
}

func unpinned(ctx context.Context, s *memstore.Store, p storage.Promotion) error {
	p.Sources = slices.Clone(p.Sources)
	for i, from := range p.Sources {
		if now, err := s.Stat(ctx, from.Key); err == nil {
			p.Sources[i].ETag = now.ETag
		}
	}
	return s.Promote(ctx, p)
}

func lookingLate(ctx context.Context, s *memstore.Store, p storage.Promotion) error {
	etag := p.Sources[0].ETag
	now, err := s.Stat(ctx, p.Sources[0].Key)
	if err != nil {
		return err
	}
	p.Sources = slices.Clone(p.Sources)
	p.Sources[0].ETag = now.ETag
	if err := s.Promote(ctx, p); err != nil {
		return err
	}
	if now.ETag != etag {
		return storage.ErrChanged
	}
	return nil
}

func nothingToo(ctx context.Context, s *memstore.Store, p storage.Promotion) error {
	if err := s.Promote(ctx, p); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func withSentType(ctx context.Context, s *memstore.Store, p storage.Promotion) error {
	p.Type = directType
	return s.Promote(ctx, p)
}

func unpatched(ctx context.Context, s *memstore.Store, p storage.Promotion) error {
	p.Patches, p.SourceSHA256 = nil, ""
	return s.Promote(ctx, p)
}

func firstPatch(ctx context.Context, s *memstore.Store, p storage.Promotion) error {
	p.Patches = p.Patches[:min(len(p.Patches), 1)]
	return s.Promote(ctx, withoutIdleDigest(p))
}

// withoutIdleDigest returns p without its SourceSHA256 if it has no patches.
func withoutIdleDigest(p storage.Promotion) storage.Promotion {
	if len(p.Patches) == 0 {
		p.SourceSHA256 = ""
	}
	return p
}

func aByteLate(ctx context.Context, s *memstore.Store, p storage.Promotion) error {
	var late []storage.Patch
	for _, patch := range p.Patches {
		if patch.Offset++; patch.Offset+patch.Length <= p.Size {
			late = append(late, patch)
		}
	}
	p.Patches = late
	return s.Promote(ctx, withoutIdleDigest(p))
}

// inOnePart cuts patches at the first border of parts that they reach over.
func inOnePart(ctx context.Context, s *memstore.Store, p storage.Promotion) error {
	var list []storage.Patch
	for _, patch := range p.Patches {
		if rest := int64(partSize) - patch.Offset%int64(partSize); patch.Length > rest {
			patch.Length = rest
			patch.Bytes = patch.Bytes[:min(int64(len(patch.Bytes)), rest)]
		}
		list = append(list, patch)
	}
	p.Patches = list
	return s.Promote(ctx, p)
}

func withSourceDigest(ctx context.Context, s *memstore.Store, p storage.Promotion) error {
	p.SHA256 = p.SourceSHA256
	return s.Promote(ctx, p)
}

func validOnly(ctx context.Context, s *memstore.Store, p storage.Promotion) error {
	if p.Valid() != nil {
		p.Patches, p.SourceSHA256 = nil, ""
	}
	return s.Promote(ctx, p)
}

// patchingBoth promotes as a store that patches in place: the staged object gets the bytes of the
// new one.
func patchingBoth(ctx context.Context, s *memstore.Store, p storage.Promotion) error {
	if err := s.Promote(ctx, p); err != nil || len(p.Patches) == 0 {
		return err
	}
	back := p
	stored, err := s.Stat(ctx, p.Key)
	if err != nil {
		return err
	}
	key := p.Sources[0].Key
	back.Sources = []storage.Source{{Key: p.Key, ETag: stored.ETag, Size: p.Size}}
	back.Key, back.Patches, back.SourceSHA256 = key, nil, ""
	return errors.Join(s.Delete(ctx, key), s.Promote(ctx, back))
}

func moving(ctx context.Context, s *memstore.Store, p storage.Promotion) error {
	return errors.Join(s.Promote(ctx, p), s.Delete(ctx, p.Sources[0].Key))
}
