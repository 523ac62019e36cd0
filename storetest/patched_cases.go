package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/airlock-go/upload/internal/rounds"
	"github.com/airlock-go/upload/storage"
)

// stagedPatchCases are for stores whose staged files are storage.Patchers. For others only
// patchesNothing tests anything, and the rest passes.
var stagedPatchCases = []testCase[store]{
	{"Patch before Commit", "the object has the patched bytes, which nobody could read before, and their digest if it has one", patchesStaged},
	{"no Patch before Commit", "a file that may be patched, and is not, is published as it came", patchesNothing},
	{"Discard after Patch", "Discard leaves nothing, whether it comes before Commit or after it", discardsPatched},
	{"Commit of a patched file never replaces", "a key that is taken is storage.ErrExists, and its object stays", patchedNeverReplaces},
}

// stagePatched stages content with patches. It returns nil if the staged file is not a Patcher.
func (s store) stagePatched(ctx context.Context, key string, content []byte, list []storage.Patch) (storage.Staged, error) {
	if err := storage.ValidPatches(list, int64(len(content))); err != nil {
		return nil, err
	}
	obj := object(key)
	obj.MayPatch = true
	staged, err := s.Stage(ctx, obj, bytes.NewReader(content))
	if err != nil {
		return nil, fmt.Errorf("Stage: %w", err)
	}
	p, ok := staged.(storage.Patcher)
	if !ok {
		return nil, staged.Discard(ctx)
	}
	if err := p.Patch(ctx, list); err != nil {
		return nil, fmt.Errorf("Patch: %w", errors.Join(err, staged.Discard(ctx)))
	}
	return staged, nil
}

// somePatches are at both ends, and across the middle.
func somePatches(size int64) []storage.Patch {
	return []storage.Patch{says(0, "#"), zeros(2, size/2), says(3+size/2, "patched"), zeros(size-2, 2)}
}

// patchLists returns lists for a file of size bytes, which may have several parts.
func patchLists(size int64) map[string][]storage.Patch {
	lists := map[string][]storage.Patch{
		"none":                    {},
		"the first and last byte": {says(0, "#"), zeros(size-1, 1)},
		"some":                    somePatches(size),
		"the whole file":          {zeros(0, size)},
		"many":                    everyTenth(min(size, 100_000)),
	}
	if size > int64(2*partSize) {
		lists["the border of parts"] = []storage.Patch{zeros(partSize-1, 1), says(partSize, "#"), says(2*partSize-2, "1234")}
		lists["a whole part"] = []storage.Patch{zeros(partSize, partSize)}
	}
	return lists
}

func patchesStaged(ctx context.Context, s store) error {
	takesTurn := rounds.SpreadTurns(3)
	for _, size := range []int{30, large} {
		for name, list := range patchLists(int64(size)) {
			if size == large && !takesTurn() {
				continue
			}
			key := fmt.Sprintf("patched-%d-%s", size, name)
			staged, err := s.stagePatched(ctx, key, content(size), list)
			if err == nil && staged == nil {
				return nil
			}
			if err == nil {
				err = s.absent(ctx, key)
			}
			if err == nil {
				err = staged.Commit(ctx)
			}
			if err == nil {
				err = s.holds(ctx, key, patched(content(size), list))
			}
			if err != nil {
				return fmt.Errorf("%d bytes, patches %q: %w", size, name, err)
			}
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
			staged, err := s.stagePatched(ctx, key, content(size), somePatches(int64(size)))
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
		staged, err := s.stagePatched(ctx, key, content(size), somePatches(int64(size)))
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
