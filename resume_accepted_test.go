package upload_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/storage"
)

// beforeFile calls then before it publishes a file, by Promote or by Stage.
type beforeFile struct {
	*memstore.Store
	then func() error
}

func (s *beforeFile) Promote(ctx context.Context, p storage.Promotion) error {
	if err := s.then(); err != nil {
		return err
	}
	return s.Store.Promote(ctx, p)
}

func (s *beforeFile) Stage(ctx context.Context, o storage.Object, r io.Reader) (storage.Staged, error) {
	if !storage.IsStaging(o.Key) {
		if err := s.then(); err != nil {
			return nil, err
		}
	}
	return s.Store.Stage(ctx, o, r)
}

// plainStore hides that a storage can publish pieces.
type plainStore struct {
	storage.Storage
	storage.ObjectReader
}

// twoPolicies is two instances over one storage, of which the second one may refuse what the first
// one has accepted.
type twoPolicies struct {
	store     *beforeFile
	one, two  *resumable
	down, bad atomic.Bool  // the check of the second one fails, or refuses the file
	done      atomic.Int64 // calls of Done that succeeded
	fails     atomic.Bool  // Done fails, on both
}

func newTwoPolicies(t *testing.T, direct bool, keys upload.KeyGenerator) *twoPolicies {
	t.Helper()
	p := &twoPolicies{store: &beforeFile{Store: &memstore.Store{}, then: func() error { return nil }}}
	var store storage.Storage = p.store
	if !direct {
		store = plainStore{p.store, p.store}
	}
	later := upload.ValidatorFunc(func(context.Context, *upload.Incoming) error {
		switch {
		case p.down.Load():
			return errors.New("the scanner is away")
		case p.bad.Load():
			return upload.Reject(upload.CodeInfected, "a new signature")
		}
		return nil
	})
	done := func(context.Context, string, map[string]string, upload.File) error {
		if p.fails.Load() {
			return errAny
		}
		p.done.Add(1)
		return nil
	}
	ro := upload.ResumeOptions{Done: done}
	p.one = newResumable(t, store, nil, upload.Options{Keys: keys}, ro)
	p.two = newResumable(t, store, later, upload.Options{Keys: keys}, ro)
	p.one.memory, p.two.memory = p.store.Store, p.store.Store
	return p
}

// eachPublication runs a test with each way to publish pieces.
func eachPublication(t *testing.T, test func(t *testing.T, direct bool)) {
	for name, direct := range map[string]bool{"in the storage": true, "through the server": false} {
		t.Run(name, func(t *testing.T) { test(t, direct) })
	}
}

// requireGone requires that an upload is over for all requests, and that only its decision is left.
func (p *twoPolicies) requireGone(t *testing.T, url string, published ...string) {
	t.Helper()
	require.ElementsMatch(t, published, p.one.publishedKeys(t))
	require.Equal(t, []string{"0-end"}, p.one.stagedKeys(t))
	for _, z := range []*resumable{p.one, p.two} {
		for _, method := range []string{"HEAD", "GET"} {
			require.Equal(t, http.StatusGone, z.do(t, tusRequest{method: method, url: url}).StatusCode, method)
		}
		require.Equal(t, http.StatusGone, z.patch(t, url, 4, "o").StatusCode)
		require.Equal(t, http.StatusNoContent, z.do(t, tusRequest{method: "DELETE", url: url}).StatusCode)
	}
	require.Zero(t, p.done.Load())
}

// TestResumeAcceptedThenRefused has an instance accept a file, and fail to publish it. When another
// one checks the file again, and refuses it, the upload is over, and only its decision is left.
func TestResumeAcceptedThenRefused(t *testing.T) {
	eachPublication(t, func(t *testing.T, direct bool) {
		p := newTwoPolicies(t, direct, nil)
		url := p.one.create(t, "a.txt", 5)
		p.store.then = func() error { return errAny }
		require.Equal(t, http.StatusBadGateway, p.one.patch(t, url, 0, "hello").StatusCode)
		p.store.then = func() error { return nil }
		require.Equal(t, http.StatusLocked, p.one.do(t, tusRequest{method: "DELETE", url: url}).StatusCode)

		p.down.Store(true)
		require.Equal(t, http.StatusServiceUnavailable, p.two.patch(t, url, 4, "o").StatusCode, "a check that fails refuses nothing")
		require.Equal(t, 4, p.two.offset(t, url))
		p.down.Store(false)
		p.bad.Store(true)
		got := p.two.patch(t, url, 4, "o")
		require.Equal(t, http.StatusUnprocessableEntity, got.StatusCode, got.Body)
		require.Equal(t, upload.CodeInfected, got.problem(t).Code)
		p.requireGone(t, url)
	})
}

// TestResumeAcceptedMeanwhile has an instance refuse a file that another one has accepted. If the
// file is not published yet, it is refused for both. If it is, and only Done has failed, it stays.
func TestResumeAcceptedMeanwhile(t *testing.T) {
	eachPublication(t, func(t *testing.T, direct bool) {
		p := newTwoPolicies(t, direct, nil)
		url := p.one.create(t, "a.txt", 5)
		p.bad.Store(true)
		p.store.then = func() error {
			require.Equal(t, http.StatusUnprocessableEntity, p.two.patch(t, url, 4, "o").StatusCode)
			return nil
		}
		got := p.one.patch(t, url, 0, "hello")
		require.GreaterOrEqual(t, got.StatusCode, 400, got.Body)
		p.requireGone(t, url)

		url = p.one.create(t, "b.txt", 5)
		p.store.then = func() error { return nil }
		p.fails.Store(true)
		require.Equal(t, http.StatusInternalServerError, p.one.patch(t, url, 0, "hello").StatusCode)
		p.fails.Store(false)
		f := publishedBy(t, p.two.patch(t, url, 4, "o"))
		require.EqualValues(t, 1, p.done.Load())
		p.two.requireStored(t, f, "hello")
	})
}

// TestResumeKeyLost has another file take the key of an upload, before the upload is accepted or
// after. The upload is over, and the other file stays.
func TestResumeKeyLost(t *testing.T) {
	keys := upload.KeyFunc(func(context.Context, *upload.Incoming) (string, error) { return "one.txt", nil })
	eachPublication(t, func(t *testing.T, direct bool) {
		for name, accepted := range map[string]bool{"before": false, "after": true} {
			t.Run(name, func(t *testing.T) {
				p := newTwoPolicies(t, direct, keys)
				url := p.one.create(t, "a.txt", 5)
				takes := func() error {
					_, err := p.one.handler.Store(t.Context(), &upload.Grant{Subject: "bob"}, upload.File{Field: "file", Name: "a.txt"}, strings.NewReader("other"))
					require.NoError(t, err)
					return nil
				}
				if accepted {
					p.store.then = func() error { p.store.then = func() error { return nil }; return takes() }
				} else {
					require.NoError(t, takes())
				}
				got := p.one.patch(t, url, 0, "hello")
				require.Equal(t, http.StatusGone, got.StatusCode, got.Body)
				require.Equal(t, upload.CodeConflict, got.problem(t).Code)
				p.requireGone(t, url, "one.txt")
			})
		}
	})
}
