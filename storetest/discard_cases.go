package storetest

import (
	"context"
	"errors"
	"fmt"

	"github.com/airlock-go/upload/storage"
)

var discardCases = []testCase[store]{
	{"Discard before Commit", "a discarded file never becomes readable, and its key is free", discardBefore},
	{"Discard after Commit", "Discard removes what Commit published", discardAfter},
	{"Discard after a lost key", "Discard after storage.ErrExists keeps the other upload's object", discardAfterExists},
	{"Discard after a replacement", "Discard removes only what its own Commit published", discardAfterReplaced},
	{"Discard twice", "a second Discard does nothing", discardTwice},
	{"Delete", "Delete removes a published object; a missing one is not an error", deletes},
	{"DeleteMany", "DeleteMany removes exactly those objects, except the keys that it returns", deletesMany},
}

func discardBefore(ctx context.Context, s store) error {
	for _, size := range []int{10, large} {
		key := fmt.Sprintf("discarded-%d", size)
		staged, err := s.stage(ctx, key, content(size))
		if err != nil {
			return err
		}
		if err := errors.Join(staged.Discard(ctx), s.absent(ctx, key)); err != nil {
			return err
		}
		if _, err := s.publish(ctx, key, content(30)); err != nil {
			return fmt.Errorf("key of a discarded file: %w", err)
		}
	}
	return nil
}

func discardAfter(ctx context.Context, s store) error {
	for _, size := range []int{10, large} {
		key := fmt.Sprintf("undone-%d", size)
		staged, err := s.publish(ctx, key, content(size))
		if err != nil {
			return err
		}
		if err := errors.Join(staged.Discard(ctx), s.absent(ctx, key)); err != nil {
			return err
		}
	}
	return nil
}

func discardAfterExists(ctx context.Context, s store) error {
	want := content(10)
	if _, err := s.publish(ctx, "theirs", want); err != nil {
		return err
	}
	staged, err := s.stage(ctx, "theirs", want) // the very same bytes
	if err != nil {
		return err
	}
	if err := staged.Commit(ctx); !errors.Is(err, storage.ErrExists) {
		return fmt.Errorf("Commit to a taken key returned %v", err) //nolint:errorlint // it may be nil
	}
	return errors.Join(staged.Discard(ctx), s.holds(ctx, "theirs", want))
}

func discardAfterReplaced(ctx context.Context, s store) error {
	old, err := s.publish(ctx, "reused", content(10))
	if err != nil {
		return err
	}
	if err := s.Delete(ctx, "reused"); err != nil {
		return fmt.Errorf("Delete: %w", err)
	}
	if _, err := s.publish(ctx, "reused", content(11)); err != nil {
		return err
	}
	return errors.Join(old.Discard(ctx), s.holds(ctx, "reused", content(11)))
}

func discardTwice(ctx context.Context, s store) error {
	staged, err := s.stage(ctx, "twice", content(large))
	if err != nil {
		return err
	}
	if err := errors.Join(staged.Discard(ctx), staged.Discard(ctx)); err != nil {
		return err
	}
	if staged, err = s.publish(ctx, "twice", content(10)); err != nil {
		return err
	}
	return errors.Join(staged.Discard(ctx), staged.Discard(ctx), s.absent(ctx, "twice"))
}

func deletes(ctx context.Context, s store) error {
	if err := s.Delete(ctx, "never-there"); err != nil {
		return fmt.Errorf("Delete of a missing key: %w", err)
	}
	if _, err := s.publish(ctx, "deleted", content(10)); err != nil {
		return err
	}
	if err := s.Delete(ctx, "deleted"); err != nil {
		return fmt.Errorf("Delete: %w", err)
	}
	if err := s.absent(ctx, "deleted"); err != nil {
		return err
	}
	_, err := s.publish(ctx, "deleted", content(11))
	return err
}

// deletesMany passes a store without the ability. It continues as callers do, with Delete.
func deletesMany(ctx context.Context, s store) error {
	many, ok := s.Storage.(storage.ManyDeleter)
	if !ok {
		return nil
	}
	keys := []string{"many/1", "many/2", "many/3"}
	for _, key := range append(keys, "many/0", "many/22") {
		if _, err := s.publish(ctx, key, content(10)); err != nil {
			return err
		}
	}
	for _, key := range many.DeleteMany(ctx, append(keys, "many/never-there")) {
		if err := s.Delete(ctx, key); err != nil {
			return fmt.Errorf("Delete of a key that DeleteMany returned: %w", err)
		}
	}
	for _, key := range keys {
		if err := s.absent(ctx, key); err != nil {
			return err
		}
	}
	return errors.Join(s.holds(ctx, "many/0", content(10)), s.holds(ctx, "many/22", content(10)))
}
