package storetest

import (
	"bytes"
	"context"
	"io"
	"io/fs"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/partsize"
	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/storage"
)

// TestMain makes files small. A store in memory keeps large ones in the same way, a broken one
// also breaks with small files, and each byte costs time under the race detector. Tests of package
// integration use S3's sizes.
func TestMain(m *testing.M) {
	partsize.Least = rangeSize
	setSizes()
	m.Run()
}

func TestMemstorePasses(t *testing.T) {
	Run(t, func(*testing.T) storage.Storage { return &memstore.Store{} })
}

// TestBrokenStoresFail proves the suite: each store except the sound one breaks a promise, and the
// cases for that promise must fail.
func TestBrokenStoresFail(t *testing.T) {
	for _, tc := range []struct {
		name  string
		store *brokenStore
		fails []string
	}{
		{"sound", &brokenStore{}, nil},
		{"publishes on EOF", &brokenStore{publishOnEOF: true}, []string{"nothing readable before Commit", "Commit under a staging key"}},
		{"publishes half", &brokenStore{publishHalf: true}, []string{"a failing reader leaves nothing"}},
		{"drops data that comes with EOF", &brokenStore{dropLast: true}, []string{"readers of every kind"}},
		{"only claims to publish", &brokenStore{sayPublished: true}, []string{"Commit publishes all", "readers of every kind", "Commit never replaces"}},
		{"replaces keys", &brokenStore{replace: true}, []string{"Commit never replaces", "one of many wins a key", "Discard after a lost key"}},
		{"replaces staging keys", &brokenStore{replaceStaged: true}, []string{"Commit under a staging key"}},
		{"ignores Discard", &brokenStore{forgetDiscard: true}, []string{"Discard after Commit", "Discard twice"}},
		{"takes another upload's object for its own", &brokenStore{claimExisting: true}, []string{"Commit never replaces", "one of many wins a key", "Discard after a lost key"}},
		{"discards by key", &brokenStore{discardByKey: true}, []string{"Discard after a lost key", "Discard after a replacement"}},
		{"ignores Delete", &brokenStore{forgetDelete: true}, []string{"Delete"}},
		{"ignores DeleteMany", &brokenStore{many: func(*brokenStore, []string) {}}, []string{"DeleteMany"}},
		{"removes all keys with a prefix", &brokenStore{many: removeAll}, []string{"DeleteMany"}},
		{"ignores the nonce", &brokenStore{forgetNonce: true}, []string{"Commit keeps the nonce"}},
		{"ignores patches", &brokenStore{patch: func(*brokenFile, []storage.Patch) error { return nil }}, []string{"Patch before Commit"}},
		{"takes only the first patch", &brokenStore{patch: patchFirst}, []string{"Patch before Commit"}},
		{"patches up to a border", &brokenStore{patch: patchBeginning}, []string{"Patch before Commit"}},
		{"keeps the digest of what came", &brokenStore{digest: true}, []string{"Patch before Commit"}},
		{"cannot patch what was announced", &brokenStore{patch: refusePatches}, []string{"Patch before Commit", "Discard after Patch"}},
		{"publishes what it patches", &brokenStore{patch: publishPatched}, []string{"Patch before Commit"}},
		{"replaces keys by patched files", &brokenStore{replace: true}, []string{"Commit of a patched file never replaces"}},
		{"keeps leftovers", &brokenStore{leftovers: []string{"upload-1"}}, []string{"Commit publishes all", "Discard twice"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			failed := map[string]bool{}
			for _, c := range storeCases {
				fresh := *tc.store
				fresh.state = &state{objects: map[string]*brokenFile{}}
				failed[c.name] = checkStore(t.Context(), c, &fresh) != nil
			}
			for _, name := range tc.fails {
				require.True(t, failed[name], "the case %q passed", name)
			}
			if tc.fails == nil {
				for name, bad := range failed {
					require.False(t, bad, name)
				}
			}
		})
	}
}

// brokenStore is a store in memory that breaks the promises that its fields name.
type brokenStore struct {
	publishOnEOF, sayPublished, publishHalf, dropLast, replace, replaceStaged, forgetDiscard, claimExisting, discardByKey, forgetDelete, forgetNonce, digest bool

	leftovers []string
	many      func(s *brokenStore, keys []string)
	patch     func(f *brokenFile, list []storage.Patch) error
	*state
}

func applyPatches(f *brokenFile, list []storage.Patch) error {
	storage.ApplyPatches(f.data, 0, list)
	return nil
}

func patchFirst(f *brokenFile, list []storage.Patch) error {
	return applyPatches(f, list[:min(len(list), 1)])
}

// patchBeginning changes the first half of a file only, as if it were its first part.
func patchBeginning(f *brokenFile, list []storage.Patch) error {
	storage.ApplyPatches(f.data[:len(f.data)/2], 0, list)
	return nil
}

func publishPatched(f *brokenFile, list []storage.Patch) error {
	_ = applyPatches(f, list)
	return f.Commit(context.Background())
}

func refusePatches(*brokenFile, []storage.Patch) error { return storage.ErrNotPatched }

type state struct {
	mu      sync.Mutex
	objects map[string]*brokenFile
}

type brokenFile struct {
	store *brokenStore
	obj   storage.Object
	data  []byte
	sum   string
}

func (s *brokenStore) Stage(ctx context.Context, obj storage.Object, r io.Reader) (storage.Staged, error) {
	f := &brokenFile{store: s, obj: obj}
	buf := make([]byte, 64<<10)
	for {
		n, err := r.Read(buf)
		if err == nil || !s.dropLast {
			f.data = append(f.data, buf[:n]...)
		}
		if err == nil {
			err = ctx.Err()
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			if s.publishHalf {
				_ = f.Commit(ctx)
			}
			return nil, err
		}
	}
	if s.digest {
		f.sum = digest(f.data)
	}
	if s.publishOnEOF {
		return f, f.Commit(ctx)
	}
	return f, nil
}

func (s *brokenStore) Delete(_ context.Context, key string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.forgetDelete {
		delete(s.objects, key)
	}
	return nil
}

// DeleteMany implements [storage.ManyDeleter]. Unless many is set, it leaves all keys to Delete.
func (s *brokenStore) DeleteMany(_ context.Context, keys []string) (rest []string) {
	if s.many == nil {
		return keys
	}
	s.many(s, keys)
	return nil
}

func removeAll(s *brokenStore, keys []string) {
	for key := range s.objects {
		if strings.HasPrefix(key, keys[0][:len(keys[0])-1]) {
			delete(s.objects, key)
		}
	}
}

func (s *brokenStore) find(key string) (*brokenFile, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f := s.objects[key]; f != nil {
		return f, nil
	}
	return nil, fs.ErrNotExist
}

func (s *brokenStore) Stat(_ context.Context, key string) (storage.Stored, error) {
	f, err := s.find(key)
	if err != nil {
		return storage.Stored{}, err
	}
	stored := storage.Stored{Type: f.obj.Type, Name: f.obj.Name, Size: int64(len(f.data)), SHA256: f.sum}
	if !s.forgetNonce {
		stored.Nonce = f.obj.Nonce
	}
	return stored, nil
}

func (s *brokenStore) OpenAt(_ context.Context, key, _ string, offset, _ int64) (io.ReadCloser, error) {
	f, err := s.find(key)
	if err != nil {
		return nil, err
	}
	return io.NopCloser(bytes.NewReader(f.data[offset:])), nil
}

func (s *brokenStore) Leftovers(context.Context) ([]string, error) { return s.leftovers, nil }

func (f *brokenFile) Patch(_ context.Context, list []storage.Patch) error {
	if f.store.patch == nil {
		return applyPatches(f, list)
	}
	return f.store.patch(f, list)
}

func (f *brokenFile) Commit(context.Context) error {
	s := f.store
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.sayPublished {
		return nil
	}
	replaces := s.replace || s.replaceStaged && storage.IsStaging(f.obj.Key)
	if old := s.objects[f.obj.Key]; old != nil && old != f && !replaces {
		if s.claimExisting {
			return nil
		}
		return storage.ErrExists
	}
	s.objects[f.obj.Key] = f
	return nil
}

func (f *brokenFile) Discard(context.Context) error {
	s := f.store
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.forgetDiscard && (s.discardByKey || s.objects[f.obj.Key] == f) {
		delete(s.objects, f.obj.Key)
	}
	return nil
}
