package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sync"

	"github.com/airlock-go/upload/storage"
)

var stagedCases = []testCase[*direct]{
	{"OpenStaged reads all", "OpenStaged returns all bytes of the object with that ETag, and no more", opensStaged},
	{"OpenStaged of another object", "with another ETag the error is storage.ErrChanged, with a free key fs.ErrNotExist", opensStagedChanged},
	{"a staged file that is replaced while it is read", "the reader returns the old bytes, or the error storage.ErrChanged or fs.ErrNotExist", readsReplaced},
	{"staged files read at once", "readers of two objects, and of one, do not disturb each other", readsAtOnce},
	{"Close before the end", "Close ends reading at any byte, and nothing is left of it; others can read", closesEarly},
}

// openStaged opens a staged object. The Subject is the key.
func (s *direct) openStaged(ctx context.Context, key string, stored storage.Stored) (io.ReadCloser, error) {
	r, err := s.OpenStaged(ctx, storage.StagedObject{Key: key, ETag: stored.ETag, Size: stored.Size, Subject: key})
	if err != nil {
		return nil, fmt.Errorf("OpenStaged: %w", err)
	}
	return r, nil
}

// opens returns an error unless OpenStaged returns exactly content.
func (s *direct) opens(ctx context.Context, key string, stored storage.Stored, content []byte) error {
	r, err := s.openStaged(ctx, key, stored)
	if err != nil {
		return err
	}
	n, same, err := compare(r, content)
	if err := errors.Join(err, r.Close()); err != nil {
		return fmt.Errorf("reading the staged object: %w", err)
	}
	if !same || n != len(content) {
		return fmt.Errorf("the %d bytes read differ from the %d bytes sent", n, len(content))
	}
	return nil
}

func opensStaged(ctx context.Context, s *direct) error {
	for _, size := range []int{1, directSize, partSize, partSize + 1, several} {
		key, stored, err := s.staged(ctx, content(size))
		if err == nil {
			err = s.opens(ctx, key, stored, content(size))
		}
		if err != nil {
			return fmt.Errorf("%d bytes: %w", size, err)
		}
	}
	return nil
}

func opensStagedChanged(ctx context.Context, s *direct) error {
	for _, size := range []int{directSize, several} {
		key, stored, err := s.staged(ctx, content(size))
		if err != nil {
			return err
		}
		_, other, err := s.staged(ctx, otherBytes(size))
		if err != nil {
			return err
		}
		for _, row := range []struct {
			key  string
			want error
		}{{key, storage.ErrChanged}, {stagingKey(), fs.ErrNotExist}} {
			r, err := s.openStaged(ctx, row.key, other)
			if err == nil {
				return errors.Join(fmt.Errorf("OpenStaged opened what it must refuse with %w", row.want), r.Close())
			}
			if !errors.Is(err, row.want) {
				return fmt.Errorf("OpenStaged must return %w, not: %w", row.want, err)
			}
		}
		if err := s.opens(ctx, key, stored, content(size)); err != nil {
			return err
		}
	}
	return nil
}

// readsReplaced replaces the object after its first byte was read. A store that requests later
// ranges after that finds the new object.
func readsReplaced(ctx context.Context, s *direct) error {
	key, stored, err := s.staged(ctx, content(several))
	if err != nil {
		return err
	}
	r, err := s.openStaged(ctx, key, stored)
	if err != nil {
		return err
	}
	got := make([]byte, 1)
	_, err = io.ReadFull(r, got)
	if err == nil {
		err = s.replace(ctx, key, otherBytes(several))
	}
	if err != nil {
		return errors.Join(err, r.Close())
	}
	rest, reading := io.ReadAll(r)
	if err := r.Close(); err != nil {
		return fmt.Errorf("closing the reader: %w", err)
	}
	got = append(got, rest...)
	switch {
	case !bytes.HasPrefix(content(several), got):
		return errors.New("the reader returned bytes of an object that replaced the one it was opened for")
	case reading == nil && len(got) < several:
		return fmt.Errorf("the reader ended after %d of %d bytes, without an error", len(got), several)
	case reading != nil && !errors.Is(reading, storage.ErrChanged) && !errors.Is(reading, fs.ErrNotExist):
		return fmt.Errorf("the reader must return storage.ErrChanged or fs.ErrNotExist, not: %w", reading)
	}
	now, err := s.Stat(ctx, key)
	if err != nil {
		return err
	}
	return s.opens(ctx, key, now, otherBytes(several))
}

// replace puts other content under a staging key.
func (s *direct) replace(ctx context.Context, key string, content []byte) error {
	if err := s.Delete(ctx, key); err != nil {
		return fmt.Errorf("Delete: %w", err)
	}
	return s.sendTo(ctx, key, content)
}

func readsAtOnce(ctx context.Context, s *direct) error {
	contents := [][]byte{content(several), otherBytes(several)}
	var wg sync.WaitGroup
	errs := make([]error, 3*len(contents))
	for i, want := range contents {
		key, stored, err := s.staged(ctx, want)
		if err != nil {
			return err
		}
		for j := range 3 {
			wg.Go(func() { errs[3*i+j] = s.opens(ctx, key, stored, want) })
		}
	}
	wg.Wait()
	return errors.Join(errs...)
}

func closesEarly(ctx context.Context, s *direct) error {
	want := content(several)
	key, stored, err := s.staged(ctx, want)
	if err != nil {
		return err
	}
	for _, n := range []int{0, 1, several / 100, several/2 + 1} {
		for range 4 { // a store that leaves readers open may reach a limit
			r, err := s.openStaged(ctx, key, stored)
			if err != nil {
				return fmt.Errorf("after others were closed early: %w", err)
			}
			got := make([]byte, n)
			if _, err := io.ReadFull(r, got); err != nil || !bytes.Equal(got, want[:n]) {
				return errors.Join(fmt.Errorf("the first %d bytes differ", n), err, r.Close())
			}
			if err := errors.Join(r.Close(), audit(ctx, s.DirectStorage)); err != nil {
				return fmt.Errorf("closing the reader after %d bytes: %w", n, err)
			}
		}
	}
	return s.opens(ctx, key, stored, want)
}
