package storetest

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/airlock-go/upload/storage"
)

var readCases = []testCase[*direct]{
	{"reading from an offset", "OpenAt returns the bytes from there on, of the object with that ETag or of any", readsAt},
	{"reading a range", "OpenAt returns as many bytes as requested, fewer only if the object ends before", readsRange},
	{"reading another object", "OpenAt of an object with another ETag is storage.ErrChanged", readsChanged},
	{"reading an absent object", "Stat and OpenAt of a free key are fs.ErrNotExist", readsAbsent},
	{"Stat of streamed files", "Stat returns the type, name, size and ETag of the object that Commit published", statsStreamed},
	{"Delete of staged files", "Delete also removes staged files, and their published objects stay", deletesStaged},
}

func readsAt(ctx context.Context, s *direct) error {
	want := content(directSize)
	key, stored, err := s.staged(ctx, want)
	if err != nil {
		return err
	}
	for _, offset := range []int64{0, 1, 1000, directSize - 1} {
		for _, etag := range []string{"", stored.ETag} {
			if err := s.reads(ctx, key, etag, offset, want[offset:]); err != nil {
				return err
			}
		}
	}
	return nil
}

func readsRange(ctx context.Context, s *direct) error {
	want := content(directSize)
	key, stored, err := s.staged(ctx, want)
	if err != nil {
		return err
	}
	return readsSpans(ctx, s, key, stored.ETag, want)
}

// readsSpans returns an error unless OpenAt reads spans of many kinds, and refuses one that begins
// before the object.
func readsSpans(ctx context.Context, s storage.ObjectReader, key, etag string, want []byte) error {
	size := int64(len(want))
	for _, of := range []span{
		{0, 0},
		{0, 1},
		{1, 1},
		{1000, 0},
		{1000, 500},
		{size - 1, 1},
		{size - 1, 2},
		{0, size},
		{0, size + 1},
		{1, math.MaxInt64},
		{size, 1},
		{size + 1, 1},
		{size, -1},
		{0, -1},
		{10, -1},
	} {
		first, last := min(of.offset, size), size
		if of.length >= 0 && of.length < size-first {
			last = first + of.length
		}
		if err := errors.Join(reads(ctx, s, key, etag, of, want[first:last]), reads(ctx, s, key, "", of, want[first:last])); err != nil {
			return err
		}
	}
	if r, err := s.OpenAt(ctx, key, etag, -1, 1); err == nil {
		return errors.Join(errors.New("OpenAt accepts an offset before the start"), r.Close())
	}
	return nil
}

func readsChanged(ctx context.Context, s *direct) error {
	key, _, err := s.staged(ctx, content(directSize))
	if err != nil {
		return err
	}
	_, other, err := s.staged(ctx, otherBytes(directSize))
	if err != nil {
		return err
	}
	for _, of := range []span{{0, -1}, {1000, -1}, {0, 0}, {1000, 500}} {
		r, err := s.OpenAt(ctx, key, other.ETag, of.offset, of.length)
		if err == nil {
			return errors.Join(errors.New("the object is readable by another ETag"), r.Close())
		}
		if !errors.Is(err, storage.ErrChanged) {
			return fmt.Errorf("OpenAt must be storage.ErrChanged, not: %w", err)
		}
	}
	return nil
}

func readsAbsent(ctx context.Context, s *direct) error { return s.absent(ctx, stagingKey()) }

func statsStreamed(ctx context.Context, s *direct) error {
	for _, size := range []int{0, directSize, large} {
		key := stagingKey() + "-streamed"
		if _, err := s.publish(ctx, key, content(size)); err != nil {
			return err
		}
		got, err := s.Stat(ctx, key)
		switch {
		case err != nil:
			return fmt.Errorf("Stat: %w", err)
		case got.Size != int64(size), got.Type != "text/plain", got.Name != "name.txt", got.ETag == "":
			return fmt.Errorf("Stat returned %+v", got)
		}
		if size == 0 {
			continue
		}
		if err := s.reads(ctx, key, got.ETag, 0, content(size)); err != nil {
			return err
		}
	}
	return nil
}

func deletesStaged(ctx context.Context, s *direct) error {
	key, stored, err := s.staged(ctx, content(directSize))
	if err != nil {
		return err
	}
	p := promotion(key, stored)
	if err := s.Promote(ctx, p); err != nil {
		return fmt.Errorf("Promote: %w", err)
	}
	for range 2 {
		if err := s.Delete(ctx, key); err != nil {
			return fmt.Errorf("Delete: %w", err)
		}
	}
	if err := errors.Join(s.absent(ctx, key), s.publishes(ctx, p, content(directSize))); err != nil {
		return err
	}
	if err := s.Delete(ctx, p.Key); err != nil {
		return fmt.Errorf("Delete: %w", err)
	}
	return s.absent(ctx, p.Key)
}
