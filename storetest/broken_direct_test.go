package storetest

import (
	"context"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/storage"
)

// TestBrokenDirectStoresFail proves the suite: each store breaks one promise, and the cases for
// that promise must fail.
func TestBrokenDirectStoresFail(t *testing.T) {
	for _, tc := range []struct {
		name  string
		store brokenDirect
		fails []string
	}{
		{"offers nothing", brokenDirect{methods: &storage.DirectMethods{}}, []string{"DirectMethods"}},
		{"signs what it does not offer", brokenDirect{methods: &storage.DirectMethods{Put: true}}, []string{"DirectMethods"}},
		{"signs no digest", brokenDirect{sign: func(d *storage.DirectObject) { d.SHA256 = "" }}, []string{"refuses other PUTs", "refuses other forms"}},
		{"signs a thousand times the time", brokenDirect{sign: func(d *storage.DirectObject) { d.Expires *= 1000 }}, []string{"expired requests"}},
		{"signs another type", brokenDirect{sign: func(d *storage.DirectObject) { d.Type = "image/png" }}, []string{"a whole file in one request", "parts in any order"}},
		{"lists parts as they came", brokenDirect{parts: reversed}, []string{"parts in any order"}},
		{"lists a part that nobody sent", brokenDirect{parts: oneFurther}, []string{"parts in any order"}},
		{"lists only the first page of parts", brokenDirect{parts: firstPage}, []string{"all parts are listed"}},
		{"lists an upload that is not open without an error", brokenDirect{parts: noError}, []string{"uploads that are not open", "Abort removes an upload"}},
		{"completes with all parts", brokenDirect{complete: withAllParts}, []string{"Complete takes exactly its parts"}},
		{"completes an upload that is not open", brokenDirect{complete: withoutError}, []string{"uploads that are not open"}},
		{"ignores Abort", brokenDirect{abort: forgettingAbort}, []string{"Abort removes an upload"}},
		{"fails a second Abort", brokenDirect{abort: onlyOpen}, []string{"Abort removes an upload", "uploads that are not open"}},
		{"has one ETag for all objects", brokenDirect{stat: oneETag}, []string{"a repeated form", "reading from an offset"}},
		{"describes absent objects", brokenDirect{stat: found}, []string{"reading an absent object", "refuses other PUTs"}},
		{"reads from the start", brokenDirect{open: fromStart}, []string{"reading from an offset", "reading a range"}},
		{"reads to the end", brokenDirect{open: toTheEnd}, []string{"reading a range"}},
		{"reads to the length", brokenDirect{open: toTheLength}, []string{"reading a range"}},
		{"reads all for a length of 0", brokenDirect{open: allForNothing}, []string{"reading a range"}},
		{"reads before the start", brokenDirect{open: fromTheStartAtLeast}, []string{"reading a range"}},
		{"reads any object", brokenDirect{open: anyETag}, []string{"reading another object"}},
		{"keeps staged objects", brokenDirect{keepStaged: true}, []string{"Delete of staged files"}},
		{"only claims to complete", brokenDirect{complete: sayingSo}, []string{"parts in any order", "Promote of large files"}},
		{"only claims to promote", brokenDirect{promote: sayingThat}, []string{
			"Promote publishes", "Promote of large files", "Promote again", "Promote 16 times at once", "one of many promotions wins a key", "Delete of staged files",
		}},
		{"returns no nonce", brokenDirect{stat: withoutNonce}, []string{"Promote publishes"}},
		{"keeps no facts", brokenDirect{stat: withoutFacts}, []string{"Promote publishes"}},
		{"returns no size", brokenDirect{stat: withoutSize}, []string{"Promote publishes", "Stat of streamed files"}},
		{"promotes over others", brokenDirect{promote: overOthers}, []string{"Promote never replaces", "one of many promotions wins a key"}},
		{"claims the promotions of others", brokenDirect{promote: claiming}, []string{"Promote never replaces", "one of many promotions wins a key"}},
		{"keeps no nonces", brokenDirect{promote: forgettingNonces}, []string{"Promote publishes", "Promote again", "Promote 16 times at once"}},
		{"promotes whatever the key holds", brokenDirect{promote: unpinned}, []string{"Promote of another object"}},
		{"promotes, then compares", brokenDirect{promote: lookingLate}, []string{"Promote of another object"}},
		{"claims to promote what does not exist", brokenDirect{promote: nothingToo}, []string{"Promote of nothing"}},
		{"promotes the sent type", brokenDirect{promote: withSentType}, []string{"Promote publishes"}},
		{"ignores patches", brokenDirect{promote: unpatched}, []string{"Promote with patches", "Promote of large files with patches", "Promote with patches again"}},
		{"takes only the first patch", brokenDirect{promote: firstPatch}, []string{"Promote with patches", "Promote of large files with patches"}},
		{"patches a byte late", brokenDirect{promote: aByteLate}, []string{"Promote with patches", "Promote of large files with patches"}},
		{"cuts a patch at the end of a part", brokenDirect{promote: inOnePart}, []string{"Promote of large files with patches"}},
		{"stores the digest of the source", brokenDirect{promote: withSourceDigest}, []string{"Promote with patches"}},
		{"drops patches that are not valid", brokenDirect{promote: validOnly}, []string{"Promote with invalid patches"}},
		{"patches the staged object", brokenDirect{promote: patchingBoth}, []string{"Promote with patches"}},
		{"patches whatever the key holds", brokenDirect{promote: unpinned}, []string{"Promote with patches of another object"}},
		{"moves the staged object", brokenDirect{promote: moving}, []string{"Promote publishes"}},
		{"leaves an upload open", brokenDirect{leftovers: []string{"upload-1"}}, []string{"Promote publishes", "a PUT works once"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			mustFail(t, tc.fails, func(t *testing.T) storage.DirectStorage {
				broken := tc.store
				broken.Store = served(t, asIs)
				return broken
			})
		})
	}
}

// TestBrokenServersFail proves the suite with servers: each has one fault, and the cases in fails
// must fail.
func TestBrokenServersFail(t *testing.T) {
	for _, tc := range []struct {
		name  string
		pass  func(*http.Request) // changes requests so that the store accepts them
		fails []string
	}{
		{"accepts any length", anyLength, []string{"refuses other PUTs", "refuses other parts"}},
		{"accepts half a body", halfABody, []string{"a body that stops short"}},
		{"accepts any type", func(r *http.Request) { setOnPut(r, "Content-Type", directType) }, []string{"refuses other PUTs"}},
		{"accepts PUTs without If-None-Match", func(r *http.Request) { setOnPut(r, "If-None-Match", "*") }, []string{"refuses other PUTs"}},
		{"accepts unsigned headers", withoutMeta, []string{"refuses other PUTs", "refuses other parts"}},
		{"accepts any key", anyKey, []string{"refuses other PUTs", "refuses other parts"}},
		{"accepts any method", anyMethod, []string{"refuses other PUTs", "refuses other parts"}},
		{"accepts more parameters", ownParameters, []string{"refuses other PUTs", "refuses other parts"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			mustFail(t, tc.fails, func(t *testing.T) storage.DirectStorage {
				return served(t, passing(tc.pass))
			})
		})
	}
	t.Run("replaces", func(t *testing.T) {
		mustFail(t, []string{"a PUT works once"}, func(t *testing.T) storage.DirectStorage {
			var store *memstore.Store
			store = served(t, passing(func(r *http.Request) {
				_ = store.Delete(r.Context(), strings.TrimPrefix(r.URL.Path, "/memstore/"))
			}))
			return store
		})
	})
	t.Run("copies the object that a header names", func(t *testing.T) {
		mustFail(t, []string{"refuses other PUTs", "refuses other parts"}, func(t *testing.T) storage.DirectStorage {
			var store *memstore.Store
			store = served(t, passing(func(r *http.Request) { copying(store, r) }))
			return store
		})
	})
	t.Run("accepts a request once, even if it fails", func(t *testing.T) {
		mustFail(t, []string{"a refused request", "a part sent again"}, func(t *testing.T) storage.DirectStorage { return served(t, onlyOnce) })
	})
}

func mustFail(t *testing.T, cases []string, newStore func(*testing.T) storage.DirectStorage) {
	t.Helper()
	for _, name := range cases {
		i := slices.IndexFunc(directCases, func(c testCase[*direct]) bool { return c.name == name })
		require.GreaterOrEqual(t, i, 0, "no case has the name %q", name)
		require.Error(t, checkDirect(t.Context(), directCases[i], newStore(t)), "the case %q passed", name)
	}
}

func oneFurther(list []storage.Part, err error) ([]storage.Part, error) {
	list = slices.Clone(list)
	if len(list) > 0 {
		list[len(list)-1].Number++
	}
	return list, err
}

// brokenDirect is a store whose fields replace its behaviour.
type brokenDirect struct {
	*memstore.Store

	methods    *storage.DirectMethods
	sign       func(*storage.DirectObject)
	parts      func([]storage.Part, error) ([]storage.Part, error)
	complete   func(ctx context.Context, s *memstore.Store, key, id string, parts []storage.Part) error
	abort      func(ctx context.Context, s *memstore.Store, key, id string) error
	stat       func(storage.Stored, error) (storage.Stored, error)
	open       func(etag string, of span) (string, span)
	piece      func(size int64) int64
	promote    func(ctx context.Context, s *memstore.Store, p storage.Promotion) error
	keepStaged bool
	leftovers  []string
}

func (s brokenDirect) DirectMethods() (storage.DirectMethods, error) {
	if s.methods != nil {
		return *s.methods, nil
	}
	return s.Store.DirectMethods()
}

func (s brokenDirect) SignPut(ctx context.Context, d storage.DirectObject) (*storage.SignedRequest, error) {
	if s.sign != nil {
		s.sign(&d)
	}
	return s.Store.SignPut(ctx, d)
}

func (s brokenDirect) SignForm(ctx context.Context, d storage.DirectObject) (*storage.SignedRequest, error) {
	if s.sign != nil {
		s.sign(&d)
	}
	return s.Store.SignForm(ctx, d)
}

func (s brokenDirect) CreateMultipart(ctx context.Context, d storage.DirectObject) (string, error) {
	if s.sign != nil {
		s.sign(&d)
	}
	return s.Store.CreateMultipart(ctx, d)
}

func (s brokenDirect) Parts(ctx context.Context, key, id string) ([]storage.Part, error) {
	list, err := s.Store.Parts(ctx, key, id)
	if s.parts != nil {
		return s.parts(list, err)
	}
	return list, err
}

func (s brokenDirect) CompleteMultipart(ctx context.Context, key, id string, parts []storage.Part) error {
	if s.complete != nil {
		return s.complete(ctx, s.Store, key, id, parts)
	}
	return s.Store.CompleteMultipart(ctx, key, id, parts)
}

func (s brokenDirect) AbortMultipart(ctx context.Context, key, id string) error {
	if s.abort != nil {
		return s.abort(ctx, s.Store, key, id)
	}
	return s.Store.AbortMultipart(ctx, key, id)
}

func (s brokenDirect) Stat(ctx context.Context, key string) (storage.Stored, error) {
	stored, err := s.Store.Stat(ctx, key)
	if s.stat != nil {
		return s.stat(stored, err)
	}
	return stored, err
}

func (s brokenDirect) OpenAt(ctx context.Context, key, etag string, offset, length int64) (io.ReadCloser, error) {
	of := span{offset, length}
	if s.open != nil {
		etag, of = s.open(etag, of)
	}
	return s.Store.OpenAt(ctx, key, etag, of.offset, of.length)
}

func (s brokenDirect) Delete(ctx context.Context, key string) error {
	if s.keepStaged && strings.Contains(key, storage.StagingSegment) {
		return nil
	}
	return s.Store.Delete(ctx, key)
}

func (s brokenDirect) PieceSize(size int64) int64 {
	if s.piece != nil {
		return s.piece(size)
	}
	return s.Store.PieceSize(size)
}

func (s brokenDirect) Promote(ctx context.Context, p storage.Promotion) error {
	if s.promote != nil {
		return s.promote(ctx, s.Store, p)
	}
	return s.Store.Promote(ctx, p)
}

func (s brokenDirect) Leftovers(context.Context) ([]string, error) { return s.leftovers, nil }
