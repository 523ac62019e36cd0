package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"sync"
	"testing/iotest"

	"github.com/airlock-go/upload/storage"
)

var errReader = errors.New("storetest: the reader failed")

var cases = []testCase{
	{"a failing reader leaves nothing", "any error of the reader but io.EOF fails Stage, and nothing is readable", failingReader},
	{"nothing readable before Commit", "Stage does not publish, the end of the reader does not either", notBeforeCommit},
	{"Commit publishes all", "after Commit exactly the bytes, type and name are readable", commitPublishes},
	{"readers of every kind", "short reads, and data that comes with io.EOF, lose nothing", oddReaders},
	{"Commit never replaces", "a taken key is storage.ErrExists, and what is there stays", neverReplaces},
	{"one of many wins a key", "of parallel Commits to one key exactly one succeeds", oneWins},
	{"Discard before Commit", "a discarded file never becomes readable, and its key is free", discardBefore},
	{"Discard after Commit", "Discard removes what Commit published", discardAfter},
	{"Discard after a lost key", "Discard after storage.ErrExists leaves the other's object alone", discardAfterExists},
	{"Discard when it was replaced", "Discard removes only what its own Commit published", discardAfterReplaced},
	{"Discard twice", "a second Discard does nothing", discardTwice},
	{"Commit with a cancelled context", "it fails or publishes; Discard then removes whatever happened", cancelledCommit},
	{"Stage with a cancelled context", "it fails and leaves nothing, or what it staged can be discarded", cancelledStage},
	{"Delete", "Delete removes a published object; a missing one is no error", deletes},
	{"many at once", "concurrent uploads do not mix", manyAtOnce},
}

// large is a file of several parts, and sizes are around the buffers and parts
// that backends are likely to use.
var (
	large = 12 << 20
	sizes = []int{0, 1, 4096, 64<<10 - 1, 64 << 10, 64<<10 + 1, 5<<20 - 1, 5 << 20, 5<<20 + 1, large}
)

// content is the same for the same size, and that of other sizes differs from
// its first byte on. It must not be modified.
func content(size int) []byte {
	b := noise()
	return b[size%1009:][:size:size]
}

var noise = sync.OnceValue(func() []byte {
	b := make([]byte, 12<<20+1009)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(b)
	return b
})

func failingReader(ctx context.Context, s store) error {
	for i, size := range sizes {
		key := fmt.Sprintf("failing-%d", i)
		r := io.MultiReader(bytes.NewReader(content(size)), iotest.ErrReader(errReader))
		staged, err := s.Stage(ctx, object(key), r)
		if err == nil {
			return errors.Join(fmt.Errorf("Stage took a reader that failed after %d bytes", size), staged.Discard(ctx))
		}
		if err := s.absent(ctx, key); err != nil {
			return fmt.Errorf("after a reader that failed at %d bytes: %w", size, err)
		}
	}
	return nil
}

func notBeforeCommit(ctx context.Context, s store) error {
	for i, size := range sizes {
		key := fmt.Sprintf("staged-%d", i)
		staged, err := s.stage(ctx, key, content(size))
		if err != nil {
			return err
		}
		if err := errors.Join(s.absent(ctx, key), staged.Discard(ctx)); err != nil {
			return fmt.Errorf("%d bytes: %w", size, err)
		}
	}
	return nil
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

func oddReaders(ctx context.Context, s store) error {
	want := content(200_000)
	for name, wrap := range map[string]func(io.Reader) io.Reader{
		"one-byte": iotest.OneByteReader, "half": iotest.HalfReader, "data-and-EOF": iotest.DataErrReader,
	} {
		staged, err := s.Stage(ctx, object(name), wrap(bytes.NewReader(want)))
		if err != nil {
			return fmt.Errorf("Stage, %s reader: %w", name, err)
		}
		if err := staged.Commit(ctx); err != nil {
			return fmt.Errorf("Commit, %s reader: %w", name, err)
		}
		if err := s.holds(ctx, name, want); err != nil {
			return fmt.Errorf("%s reader: %w", name, err)
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
			return fmt.Errorf("Commit to a taken key answered %v", err) //nolint:errorlint // it may be nil
		}
		if err := errors.Join(staged.Discard(ctx), s.holds(ctx, key, first)); err != nil {
			return err
		}
	}
	return nil
}

func oneWins(ctx context.Context, s store) error {
	const n = 8
	staged := make([]storage.Staged, n)
	for i := range staged {
		var err error
		if staged[i], err = s.stage(ctx, "race", content(100+i)); err != nil {
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
			return fmt.Errorf("the Commit that lost answered %w", err)
		default:
			if err := staged[i].Discard(ctx); err != nil {
				return fmt.Errorf("Discard: %w", err)
			}
		}
	}
	if winner < 0 {
		return errors.New("no Commit succeeded")
	}
	return s.holds(ctx, "race", content(100+winner))
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
			return fmt.Errorf("the key of a discarded file: %w", err)
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
		return fmt.Errorf("Commit to a taken key answered %v", err) //nolint:errorlint // it may be nil
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

func cancelledStage(ctx context.Context, s store) error {
	for _, size := range []int{10, large} {
		key := fmt.Sprintf("cancelled-stage-%d", size)
		cancelled, cancel := context.WithCancel(ctx) //nolint:gosec // the reader calls cancel
		r := io.MultiReader(bytes.NewReader(content(size)), canceller(cancel), bytes.NewReader(content(size)))
		if staged, err := s.Stage(cancelled, object(key), r); err == nil {
			if err := staged.Discard(ctx); err != nil {
				return fmt.Errorf("Discard: %w", err)
			}
		}
		if err := s.absent(ctx, key); err != nil {
			return err
		}
	}
	return nil
}

// canceller is a reader without content that cancels when it is reached.
type canceller context.CancelFunc

func (c canceller) Read([]byte) (int, error) {
	c()
	return 0, io.EOF
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

func manyAtOnce(ctx context.Context, s store) error {
	const n = 24
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			key, want := fmt.Sprintf("many-%d", i), content(i*10_000)
			staged, err := s.publish(ctx, key, want)
			if err == nil {
				err = s.holds(ctx, key, want)
			}
			if err == nil && i%2 == 0 {
				err = errors.Join(staged.Discard(ctx), s.absent(ctx, key))
			}
			errs[i] = err
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}
