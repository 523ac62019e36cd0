package storetest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"sync"

	"github.com/airlock-go/upload/storage"
)

var promoteCases = []testCase[*direct]{
	{"Promote publishes", "the new object has the bytes, the type, the name, the nonce and the facts; the staged one stays", promotes},
	{"Promote of large files", "an object of several parts is published completely", promotesLarge},
	{"Promote never replaces", "a key that another nonce has taken is storage.ErrExists, and its object stays", promoteNeverReplaces},
	{"Promote again", "with the same nonce it is not an error, whether or not the staged object still exists", promotesAgain},
	{"Promote 16 times at once", "parallel calls with one nonce all succeed and make one object", promotesAtOnce},
	{"one of many promotions wins a key", "of parallel calls with different nonces exactly one succeeds; the others return storage.ErrExists", onePromotionWins},
	{"Promote of another object", "storage.ErrChanged, and nothing is readable under the key", promotesChanged},
	{"Promote of nothing", "storage.ErrChanged or fs.ErrNotExist, and nothing is readable under the key", promotesAbsent},
}

func promotes(ctx context.Context, s *direct) error {
	want := content(directSize)
	for _, sum := range []string{"", digest(want)} {
		key, stored, err := s.staged(ctx, want)
		if err != nil {
			return err
		}
		p := promotion(key, stored)
		p.SHA256 = sum
		if err := s.Promote(ctx, p); err != nil {
			return fmt.Errorf("Promote: %w", err)
		}
		if err := errors.Join(s.publishes(ctx, p, want), s.stores(ctx, key, directType, want)); err != nil {
			return err
		}
	}
	return nil
}

func promotesLarge(ctx context.Context, s *direct) error {
	want := content(2*partSize + 1000)
	key, stored, err := s.stagedInParts(ctx, want)
	if err != nil {
		return err
	}
	p := promotion(key, stored)
	if err := s.Promote(ctx, p); err != nil {
		return fmt.Errorf("Promote: %w", err)
	}
	return errors.Join(s.publishes(ctx, p, want), s.reads(ctx, p.Key, "", int64(partSize-1), want[partSize-1:]))
}

func promoteNeverReplaces(ctx context.Context, s *direct) error {
	key, stored, err := s.staged(ctx, content(directSize))
	if err != nil {
		return err
	}
	otherKey, otherStored, err := s.staged(ctx, otherBytes(directSize))
	if err != nil {
		return err
	}
	first, second := promotion(key, stored), promotion(otherKey, otherStored)
	if err := s.Promote(ctx, first); err != nil {
		return fmt.Errorf("Promote: %w", err)
	}
	second.Key = first.Key
	if err := s.Promote(ctx, second); !errors.Is(err, storage.ErrExists) {
		return fmt.Errorf("Promote to a taken key returned %v", err) //nolint:errorlint // it may be nil
	}
	if err := s.publishes(ctx, first, content(directSize)); err != nil {
		return err
	}

	streamed := promotion(key, stored)
	if _, err := s.publish(ctx, streamed.Key, content(20)); err != nil {
		return err
	}
	if err := s.Promote(ctx, streamed); !errors.Is(err, storage.ErrExists) {
		return fmt.Errorf("Promote to the key of a streamed file returned %v", err) //nolint:errorlint // it may be nil
	}
	return s.reads(ctx, streamed.Key, "", 0, content(20))
}

func promotesAgain(ctx context.Context, s *direct) error {
	key, stored, err := s.staged(ctx, content(directSize))
	if err != nil {
		return err
	}
	p := promotion(key, stored)
	for range 2 {
		if err := s.Promote(ctx, p); err != nil {
			return fmt.Errorf("Promote: %w", err)
		}
	}
	if err := s.Delete(ctx, key); err != nil {
		return fmt.Errorf("Delete: %w", err)
	}
	if err := s.Promote(ctx, p); err != nil {
		return fmt.Errorf("Promote of a published object, without the staged one: %w", err)
	}
	return s.publishes(ctx, p, content(directSize))
}

// atOnce promotes all of list in parallel, and returns the successful promotions and the errors of
// the others.
func (s *direct) atOnce(ctx context.Context, list []storage.Promotion) (winners []storage.Promotion, errs []error) {
	results := make([]error, len(list))
	var wg sync.WaitGroup
	for i, p := range list {
		wg.Go(func() { results[i] = s.Promote(ctx, p) })
	}
	wg.Wait()
	for i, err := range results {
		if err == nil {
			winners = append(winners, list[i])
		} else {
			errs = append(errs, err)
		}
	}
	return winners, errs
}

func promotesAtOnce(ctx context.Context, s *direct) error {
	key, stored, err := s.staged(ctx, content(directSize))
	if err != nil {
		return err
	}
	p := promotion(key, stored)
	if _, errs := s.atOnce(ctx, slices.Repeat([]storage.Promotion{p}, 16)); errs != nil {
		return errors.Join(errs...)
	}
	return s.publishes(ctx, p, content(directSize))
}

func onePromotionWins(ctx context.Context, s *direct) error {
	key, stored, err := s.staged(ctx, content(directSize))
	if err != nil {
		return err
	}
	list := slices.Repeat([]storage.Promotion{promotion(key, stored)}, 8)
	for i := range list {
		list[i].Nonce = rand.Text()
	}
	winners, errs := s.atOnce(ctx, list)
	if len(winners) != 1 {
		return fmt.Errorf("%d promotions to one key succeeded; %w", len(winners), errors.Join(errs...))
	}
	for _, err := range errs {
		if !errors.Is(err, storage.ErrExists) {
			return fmt.Errorf("the promotion that lost returned %w", err)
		}
	}
	return s.publishes(ctx, winners[0], content(directSize))
}

func promotesChanged(ctx context.Context, s *direct) error {
	_, checked, err := s.staged(ctx, content(directSize))
	if err != nil {
		return err
	}
	key, _, err := s.staged(ctx, otherBytes(directSize))
	if err != nil {
		return err
	}
	p := promotion(key, checked)
	if err := s.Promote(ctx, p); !errors.Is(err, storage.ErrChanged) {
		return fmt.Errorf("Promote returned %v", err) //nolint:errorlint // it may be nil
	}
	return errors.Join(s.absent(ctx, p.Key), s.stores(ctx, key, directType, otherBytes(directSize)))
}

func promotesAbsent(ctx context.Context, s *direct) error {
	key, stored, err := s.staged(ctx, content(directSize))
	if err != nil {
		return err
	}
	if err := s.Delete(ctx, key); err != nil {
		return fmt.Errorf("Delete: %w", err)
	}
	p := promotion(key, stored)
	if err := s.Promote(ctx, p); !errors.Is(err, storage.ErrChanged) && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("Promote returned %v", err) //nolint:errorlint // it may be nil
	}
	return s.absent(ctx, p.Key)
}
