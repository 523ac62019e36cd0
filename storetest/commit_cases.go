package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/airlock-go/upload/storage"
)

var commitCases = []testCase[store]{
	{"Commit publishes all", "after Commit exactly the bytes, type and name are readable", commitPublishes},
	{"Commit never replaces", "a taken key is storage.ErrExists, and its object stays", neverReplaces},
	{"Commit keeps the nonce", "Stat returns the Nonce of the object", commitKeepsNonce},
	{"one of many wins a key", "of parallel Commits to one key exactly one succeeds", oneWins},
	{"Commit under a staging key", "there, too, an object is created once, readable only after Commit, and of parallel Commits one succeeds", commitsStaging},
	{"Commit with a cancelled context", "it fails or publishes; Discard then removes the file in both cases", cancelledCommit},
}

func commitPublishes(ctx context.Context, s store) error {
	for i, size := range sizes {
		key := fmt.Sprintf("dir/published-%d", i)
		if _, err := s.publish(ctx, key, content(size)); err != nil {
			return err
		}
		if err := s.holds(ctx, key, content(size)); err != nil {
			return fmt.Errorf("%d bytes: %w", size, err)
		}
	}
	return nil
}

func neverReplaces(ctx context.Context, s store) error {
	for _, size := range []int{10, large} {
		key := fmt.Sprintf("taken-%d", size)
		first, second := content(20), content(size)
		if _, err := s.publish(ctx, key, first); err != nil {
			return err
		}
		staged, err := s.stage(ctx, key, second)
		if err != nil {
			return err
		}
		if err := staged.Commit(ctx); !errors.Is(err, storage.ErrExists) {
			return fmt.Errorf("Commit to a taken key returned %v", err) //nolint:errorlint // it may be nil
		}
		if err := errors.Join(staged.Discard(ctx), s.holds(ctx, key, first)); err != nil {
			return err
		}
	}
	return nil
}

func commitKeepsNonce(ctx context.Context, s store) error {
	obj := object("nonce")
	obj.Nonce = "AN0NCE"
	staged, err := s.Stage(ctx, obj, bytes.NewReader(content(20)))
	if err != nil {
		return fmt.Errorf("Stage: %w", err)
	}
	if err := staged.Commit(ctx); err != nil {
		return fmt.Errorf("Commit: %w", err)
	}
	info, err := s.Stat(ctx, obj.Key)
	if err == nil && info.Nonce != obj.Nonce {
		err = fmt.Errorf("Stat returned the nonce %q, not %q", info.Nonce, obj.Nonce)
	}
	return err
}

func commitsStaging(ctx context.Context, s store) error {
	folder := stagingKey()
	for _, size := range []int{0, 1, 70_000} {
		key := fmt.Sprintf("%s/%d", folder, size)
		first, err := s.stage(ctx, key, content(size))
		if err != nil {
			return err
		}
		second, err := s.stage(ctx, key, otherBytes(size))
		if err != nil {
			return err
		}
		if err := s.absent(ctx, key); err != nil {
			return fmt.Errorf("before Commit: %w", err)
		}
		if err := first.Commit(ctx); err != nil {
			return fmt.Errorf("Commit: %w", err)
		}
		if err := second.Commit(ctx); !errors.Is(err, storage.ErrExists) {
			return fmt.Errorf("Commit to a taken key returned %v", err) //nolint:errorlint // it may be nil
		}
		if err := errors.Join(second.Discard(ctx), s.holds(ctx, key, content(size))); err != nil {
			return err
		}
	}
	return oneWinsAt(ctx, s, folder+"/race")
}

func oneWins(ctx context.Context, s store) error { return oneWinsAt(ctx, s, "race") }

func oneWinsAt(ctx context.Context, s store, key string) error {
	const n = 8
	staged := make([]storage.Staged, n)
	for i := range staged {
		var err error
		if staged[i], err = s.stage(ctx, key, content(100+i)); err != nil {
			return err
		}
	}
	results := make([]error, n)
	var wg sync.WaitGroup
	for i := range staged {
		wg.Go(func() { results[i] = staged[i].Commit(ctx) })
	}
	wg.Wait()
	winner := -1
	for i, err := range results {
		switch {
		case err == nil && winner < 0:
			winner = i
		case err == nil:
			return errors.New("two Commits to one key succeeded")
		case !errors.Is(err, storage.ErrExists):
			return fmt.Errorf("the Commit that lost returned %w", err)
		default:
			if err := staged[i].Discard(ctx); err != nil {
				return fmt.Errorf("Discard: %w", err)
			}
		}
	}
	if winner < 0 {
		return errors.New("no Commit succeeded")
	}
	return s.holds(ctx, key, content(100+winner))
}

func cancelledCommit(ctx context.Context, s store) error {
	for _, size := range []int{10, large} {
		key := fmt.Sprintf("cancelled-%d", size)
		staged, err := s.stage(ctx, key, content(size))
		if err != nil {
			return err
		}
		cancelled, cancel := context.WithCancel(ctx)
		cancel()
		if err := staged.Commit(cancelled); err == nil {
			if err := s.holds(ctx, key, content(size)); err != nil {
				return fmt.Errorf("Commit succeeded, but: %w", err)
			}
		}
		if err := errors.Join(staged.Discard(ctx), s.absent(ctx, key)); err != nil {
			return err
		}
	}
	return nil
}
