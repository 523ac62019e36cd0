package chain_test

import (
	"context"
	"errors"
	"io"
	"sync"

	"github.com/airlock-go/upload/memstore"
	"github.com/airlock-go/upload/storage"
)

var errStore = errors.New("the store does not work")

// faulty is a store in memory with faults.
type faulty struct {
	memstore.Store

	mu        sync.Mutex
	calls     map[string]int
	discarded []string // keys

	commit func(ctx context.Context, key string, do func() error) error
	list   func(page *storage.ListPage[storage.ListedObject]) error
	open   func(key string) error
	stage  func(obj storage.Object)
}

func (f *faulty) count(name string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.calls == nil {
		f.calls = map[string]int{}
	}
	f.calls[name]++
}

func (f *faulty) Stage(ctx context.Context, obj storage.Object, r io.Reader) (storage.Staged, error) {
	f.count("Stage")
	if f.stage != nil {
		f.stage(obj)
	}
	staged, err := f.Store.Stage(ctx, obj, r)
	if err != nil {
		return nil, err
	}
	return &faultyStaged{staged, f, obj.Key}, nil
}

func (f *faulty) ListObjects(ctx context.Context, prefix, after string) (storage.ListPage[storage.ListedObject], error) {
	f.count("List")
	page, err := f.Store.ListObjects(ctx, prefix, after)
	if err == nil && f.list != nil {
		err = f.list(&page)
	}
	return page, err
}

func (f *faulty) OpenAt(ctx context.Context, key, etag string, offset, length int64) (io.ReadCloser, error) {
	f.count("OpenAt")
	if f.open != nil {
		if err := f.open(key); err != nil {
			return nil, err
		}
	}
	return f.Store.OpenAt(ctx, key, etag, offset, length)
}

func (f *faulty) Stat(ctx context.Context, key string) (storage.Stored, error) {
	f.count("Stat")
	return f.Store.Stat(ctx, key)
}

type faultyStaged struct {
	storage.Staged
	store *faulty
	key   string
}

func (f *faultyStaged) Commit(ctx context.Context) error {
	if f.store.commit == nil {
		return f.Staged.Commit(ctx)
	}
	return f.store.commit(ctx, f.key, func() error { return f.Staged.Commit(ctx) })
}

func (f *faultyStaged) Discard(ctx context.Context) error {
	f.store.mu.Lock()
	f.store.discarded = append(f.store.discarded, f.key)
	f.store.mu.Unlock()
	return f.Staged.Discard(ctx)
}
