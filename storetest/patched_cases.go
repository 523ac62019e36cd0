package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/airlock-go/upload/storage"
)

// patchedCases are for stores whose staged files are storage.Patchers. Others pass.
var patchedCases = []testCase[store]{
	{"Patch before Commit", "the object has the patched bytes, which nobody could read before", patchesStaged},
	{"no Patch before Commit", "a file that may be patched, and is not, is published as it came", patchesNothing},
	{"Discard after Patch", "nothing is left, before Commit and after it", discardsPatched},
	{"Commit of a patched file never replaces", "a key that is taken is storage.ErrExists, and its object stays", patchedNeverReplaces},
}

// stagePatched stages content, with every tenth byte patched, and returns what Commit publishes. It
// returns nil if the store cannot do that.
func (s store) stagePatched(ctx context.Context, key string, content []byte) (storage.Staged, []byte, error) {
	obj := object(key)
	obj.MayPatch = true
	staged, err := s.Stage(ctx, obj, bytes.NewReader(content))
	if err != nil {
		return nil, nil, fmt.Errorf("Stage: %w", err)
	}
	p, ok := staged.(storage.Patcher)
	if !ok {
		return nil, nil, staged.Discard(ctx)
	}
	size := int64(len(content))
	list := []storage.Patch{says(0, "#"), zeros(2, size/2), says(3+size/2, "patched"), zeros(size-2, 2)}
	if err := storage.ValidPatches(list, size); err != nil {
		return nil, nil, err
	}
	if err := p.Patch(ctx, list); err != nil {
		return nil, nil, fmt.Errorf("Patch: %w", err)
	}
	return staged, patched(content, list), nil
}

func patchesStaged(ctx context.Context, s store) error {
	for _, size := range []int{30, large} {
		key := fmt.Sprintf("patched-%d", size)
		staged, want, err := s.stagePatched(ctx, key, content(size))
		if staged == nil || err != nil {
			return err
		}
		if err := s.absent(ctx, key); err != nil {
			return err
		}
		if err := staged.Commit(ctx); err != nil {
			return fmt.Errorf("Commit: %w", err)
		}
		if err := s.holds(ctx, key, want); err != nil {
			return err
		}
	}
	return nil
}

func patchesNothing(ctx context.Context, s store) error {
	for _, size := range []int{30, large} {
		obj := object(fmt.Sprintf("unpatched-%d", size))
		obj.MayPatch = true
		staged, err := s.Stage(ctx, obj, bytes.NewReader(content(size)))
		if err != nil {
			return fmt.Errorf("Stage: %w", err)
		}
		if err := staged.Commit(ctx); err != nil {
			return fmt.Errorf("Commit: %w", err)
		}
		if err := s.holds(ctx, obj.Key, content(size)); err != nil {
			return err
		}
	}
	return nil
}

func discardsPatched(ctx context.Context, s store) error {
	for _, size := range []int{30, large} {
		for _, commits := range []bool{false, true} {
			key := fmt.Sprintf("patched-%d-%t", size, commits)
			staged, _, err := s.stagePatched(ctx, key, content(size))
			if staged == nil || err != nil {
				return err
			}
			if commits {
				if err := staged.Commit(ctx); err != nil {
					return fmt.Errorf("Commit: %w", err)
				}
			}
			if err := errors.Join(staged.Discard(ctx), s.absent(ctx, key)); err != nil {
				return err
			}
		}
	}
	return nil
}

func patchedNeverReplaces(ctx context.Context, s store) error {
	for _, size := range []int{30, large} {
		key := fmt.Sprintf("taken-%d", size)
		if _, err := s.publish(ctx, key, content(20)); err != nil {
			return err
		}
		staged, _, err := s.stagePatched(ctx, key, content(size))
		if staged == nil || err != nil {
			return err
		}
		if err := staged.Commit(ctx); !errors.Is(err, storage.ErrExists) {
			return fmt.Errorf("Commit to a taken key returned %v", err) //nolint:errorlint // it may be nil
		}
		if err := errors.Join(staged.Discard(ctx), s.holds(ctx, key, content(20))); err != nil {
			return err
		}
	}
	return nil
}
