// Package storetest is the conformance suite of storage.Storage and its optional
// abilities. A backend that passes it keeps the promises of package upload as far
// as storage keeps them: nothing is readable before Commit, nothing is replaced,
// nothing is left, and nothing is taken or given but what was signed.
package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"testing"
	"time"

	"github.com/airlock-go/upload/storage"
)

// Auditor is an optional ability of the storage under test: telling what it
// keeps that nobody can read, such as unfinished multipart uploads. With it the
// suite also checks that nothing of that kind is left.
type Auditor interface {
	Leftovers(ctx context.Context) ([]string, error)
}

// Run tests the storages that newStore returns, a fresh one for each case. They
// must implement storage.Opener, through which the suite reads, and take files
// of 12 MiB.
func Run(t *testing.T, newStore func(t *testing.T) storage.Storage) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if err := c.check(t.Context(), newStore(t)); err != nil {
				t.Errorf("rule: %s\n%v", c.rule, err)
			}
		})
	}
}

type testCase struct {
	name string
	rule string
	run  func(ctx context.Context, s store) error
}

// check runs the case, and looks for leftovers.
func (c testCase) check(ctx context.Context, tested storage.Storage) error {
	opener, ok := tested.(storage.Opener)
	if !ok {
		return errors.New("the storage must implement storage.Opener to be tested")
	}
	if err := c.run(ctx, store{tested, opener}); err != nil {
		return err
	}
	return audit(ctx, tested)
}

// audit is nil if the storage does not know of anything that is left behind.
func audit(ctx context.Context, tested storage.Storage) error {
	auditor, ok := tested.(Auditor)
	if !ok {
		return nil
	}
	left, err := auditor.Leftovers(ctx)
	if err == nil && len(left) > 0 {
		err = fmt.Errorf("left behind: %q", left)
	}
	return err
}

// store is the storage under test, with what the cases do to it.
type store struct {
	storage.Storage
	storage.Opener
}

// object is what the cases stage: a limit far above what they send, as for a
// client that does not tell the size, and time to wait for the memory that such
// a limit takes.
func object(key string) storage.Object {
	return storage.Object{Key: key, Type: "text/plain", Name: "name.txt", MaxSize: 64 << 20, MaxWait: 10 * time.Second}
}

func (s store) stage(ctx context.Context, key string, content []byte) (storage.Staged, error) {
	staged, err := s.Stage(ctx, object(key), bytes.NewReader(content))
	if err != nil {
		return nil, fmt.Errorf("Stage: %w", err)
	}
	return staged, nil
}

func (s store) publish(ctx context.Context, key string, content []byte) (storage.Staged, error) {
	staged, err := s.stage(ctx, key, content)
	if err != nil {
		return nil, err
	}
	if err := staged.Commit(ctx); err != nil {
		return nil, fmt.Errorf("Commit: %w", err)
	}
	return staged, nil
}

// holds is nil if exactly content is readable under key.
func (s store) holds(ctx context.Context, key string, content []byte) error {
	r, info, err := s.Open(ctx, key)
	if err != nil {
		return fmt.Errorf("Open: %w", err)
	}
	got, err := io.ReadAll(r)
	if err := errors.Join(err, r.Close()); err != nil {
		return fmt.Errorf("reading: %w", err)
	}
	switch {
	case !bytes.Equal(got, content):
		return fmt.Errorf("%d bytes are stored that differ from the %d that were sent", len(got), len(content))
	case info.Size != int64(len(content)), info.Type != "text/plain", info.Name != "name.txt":
		return fmt.Errorf("Open describes it as %+v", info)
	}
	return nil
}

// absent is nil if key cannot be read.
func (s store) absent(ctx context.Context, key string) error {
	r, _, err := s.Open(ctx, key)
	switch {
	case err == nil:
		return errors.Join(errors.New("the object is readable"), r.Close())
	case !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("Open of an absent key must be fs.ErrNotExist, not: %w", err)
	}
	return nil
}
