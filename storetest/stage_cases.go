package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"testing/iotest"
)

var stageCases = []testCase[store]{
	{"a failing reader leaves nothing", "any error of the reader except io.EOF fails Stage, and nothing is readable", failingReader},
	{"nothing readable before Commit", "neither Stage nor the end of the reader publishes", notBeforeCommit},
	{"readers of every kind", "short reads, and data that comes with io.EOF, lose nothing", oddReaders},
	{"Stage with a cancelled context", "it fails and leaves nothing, or its staged file can be discarded", cancelledStage},
	{"many at once", "concurrent uploads do not mix", manyAtOnce},
}

func failingReader(ctx context.Context, s store) error {
	for i, size := range sizes {
		key := fmt.Sprintf("failing-%d", i)
		r := io.MultiReader(bytes.NewReader(content(size)), iotest.ErrReader(errReader))
		staged, err := s.Stage(ctx, object(key), r)
		if err == nil {
			return errors.Join(fmt.Errorf("Stage accepted a reader that failed after %d bytes", size), staged.Discard(ctx))
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

// canceller is an empty reader that cancels a context when it is read.
type canceller context.CancelFunc

func (c canceller) Read([]byte) (int, error) {
	c()
	return 0, io.EOF
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
