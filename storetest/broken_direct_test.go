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

// TestBrokenDirectStoresFail proves the suite: each store breaks one promise of
// what it does, and the cases that guard the promise must see it.
func TestBrokenDirectStoresFail(t *testing.T) {
	for _, tc := range []struct {
		name  string
		store brokenDirect
		fails []string
	}{
		{"offers nothing", brokenDirect{methods: &storage.DirectMethods{}}, []string{"DirectMethods"}},
		{"signs what it does not offer", brokenDirect{methods: &storage.DirectMethods{Put: true}}, []string{"DirectMethods"}},
		{"signs no digest", brokenDirect{sign: func(d *storage.DirectObject) { d.SHA256 = "" }}, []string{"refuses other PUTs", "refuses other forms"}},
		{"signs no time", brokenDirect{sign: func(d *storage.DirectObject) { d.Expires *= 1000 }}, []string{"expired requests"}},
		{"signs another type", brokenDirect{sign: func(d *storage.DirectObject) { d.Type = "image/png" }}, []string{"a whole file in one request", "parts in any order"}},
		{"lists parts as they came", brokenDirect{parts: reversed}, []string{"parts in any order"}},
		{"lists the first page of parts", brokenDirect{parts: firstPage}, []string{"all parts are listed"}},
		{"lists no parts of no upload", brokenDirect{parts: noError}, []string{"uploads that are not open", "Abort removes an upload"}},
		{"completes with all parts", brokenDirect{complete: withAllParts}, []string{"Complete takes exactly its parts"}},
		{"completes no upload", brokenDirect{complete: withoutError}, []string{"uploads that are not open"}},
		{"forgets Abort", brokenDirect{abort: forgettingAbort}, []string{"Abort removes an upload"}},
		{"knows what was aborted", brokenDirect{abort: onlyOpen}, []string{"Abort removes an upload", "uploads that are not open"}},
		{"has one ETag for all", brokenDirect{stat: oneETag}, []string{"a repeated form", "reading from an offset"}},
		{"describes what is not there", brokenDirect{stat: found}, []string{"reading what is not there", "refuses other PUTs"}},
		{"reads from the start", brokenDirect{open: fromStart}, []string{"reading from an offset", "reading a range"}},
		{"reads to the end", brokenDirect{open: toTheEnd}, []string{"reading a range"}},
		{"reads to the length", brokenDirect{open: toTheLength}, []string{"reading a range"}},
		{"reads all for nothing", brokenDirect{open: allForNothing}, []string{"reading a range"}},
		{"reads before the start", brokenDirect{open: fromTheStartAtLeast}, []string{"reading a range"}},
		{"reads any object", brokenDirect{open: anyETag}, []string{"reading another object"}},
		{"keeps staged objects", brokenDirect{keepStaged: true}, []string{"Delete of staged files"}},
		{"says that it completes", brokenDirect{complete: sayingSo}, []string{"parts in any order", "Promote of large files"}},
		{"says that it promotes", brokenDirect{promote: sayingThat}, []string{
			"Promote publishes", "Promote of large files", "Promote again", "Promote 16 times at once", "one of many promotions wins a key", "Delete of staged files",
		}},
		{"tells no nonce", brokenDirect{stat: withoutNonce}, []string{"Promote publishes"}},
		{"tells no size", brokenDirect{stat: withoutSize}, []string{"Promote publishes", "Stat of streamed files"}},
		{"promotes over others", brokenDirect{promote: overOthers}, []string{"Promote never replaces", "one of many promotions wins a key"}},
		{"takes others' promotions for its own", brokenDirect{promote: claiming}, []string{"Promote never replaces", "one of many promotions wins a key"}},
		{"forgets nonces", brokenDirect{promote: forgettingNonces}, []string{"Promote publishes", "Promote again", "Promote 16 times at once"}},
		{"promotes what is there now", brokenDirect{promote: unpinned}, []string{"Promote of another object"}},
		{"promotes, then looks", brokenDirect{promote: lookingLate}, []string{"Promote of another object"}},
		{"promotes nothing", brokenDirect{promote: nothingToo}, []string{"Promote of nothing"}},
		{"promotes the sent type", brokenDirect{promote: withSentType}, []string{"Promote publishes"}},
		{"moves", brokenDirect{promote: moving}, []string{"Promote publishes"}},
		{"leaves something behind", brokenDirect{leftovers: []string{"upload-1"}}, []string{"Promote publishes", "a PUT works once"}},
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

// TestBrokenServersFail is the same of what servers do with requests.
func TestBrokenServersFail(t *testing.T) {
	for _, tc := range []struct {
		name  string
		pass  func(*http.Request) // changes a request so that the store takes it
		fails []string
	}{
		{"takes any length", anyLength, []string{"refuses other PUTs", "refuses other parts"}},
		{"takes half a body", halfABody, []string{"a body that stops short"}},
		{"takes any type", func(r *http.Request) { setOnPut(r, "Content-Type", directType) }, []string{"refuses other PUTs"}},
		{"takes PUTs without If-None-Match", func(r *http.Request) { setOnPut(r, "If-None-Match", "*") }, []string{"refuses other PUTs"}},
		{"takes headers that nobody signed", withoutMeta, []string{"refuses other PUTs", "refuses other parts"}},
		{"takes any key", anyKey, []string{"refuses other PUTs", "refuses other parts"}},
		{"takes any method", anyMethod, []string{"refuses other PUTs", "refuses other parts"}},
		{"takes more parameters", ownParameters, []string{"refuses other PUTs", "refuses other parts"}},
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
	t.Run("copies what a header names", func(t *testing.T) {
		mustFail(t, []string{"refuses other PUTs", "refuses other parts"}, func(t *testing.T) storage.DirectStorage {
			var store *memstore.Store
			store = served(t, passing(func(r *http.Request) { copying(store, r) }))
			return store
		})
	})
	t.Run("takes a request once, whatever comes of it", func(t *testing.T) {
		mustFail(t, []string{"a refused request", "a part sent again"}, func(t *testing.T) storage.DirectStorage { return served(t, onlyOnce) })
	})
}

func mustFail(t *testing.T, cases []string, newStore func(*testing.T) storage.DirectStorage) {
	t.Helper()
	for _, name := range cases {
		i := slices.IndexFunc(directCases, func(c testCase[*direct]) bool { return c.name == name })
		require.GreaterOrEqual(t, i, 0, "there is no case %q", name)
		require.Error(t, checkDirect(t.Context(), directCases[i], newStore(t)), "the case %q passed", name)
	}
}

// brokenDirect is a store that does what its fields say in place of the right
// thing.
type brokenDirect struct {
	*memstore.Store

	methods    *storage.DirectMethods
	sign       func(*storage.DirectObject)
	parts      func([]storage.Part, error) ([]storage.Part, error)
	complete   func(ctx context.Context, s *memstore.Store, key, id string, parts []storage.Part) error
	abort      func(ctx context.Context, s *memstore.Store, key, id string) error
	stat       func(storage.Stored, error) (storage.Stored, error)
	open       func(etag string, of span) (string, span)
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

func (s brokenDirect) Promote(ctx context.Context, p storage.Promotion) error {
	if s.promote != nil {
		return s.promote(ctx, s.Store, p)
	}
	return s.Store.Promote(ctx, p)
}

func (s brokenDirect) Leftovers(context.Context) ([]string, error) { return s.leftovers, nil }
