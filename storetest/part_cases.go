package storetest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"github.com/airlock-go/upload/internal/partsize"
	"github.com/airlock-go/upload/storage"
)

var partCases = []testCase[*direct]{
	{"parts in any order", "parts may arrive in any order, and make one object in the order of their numbers", partsInAnyOrder},
	{"a part sent again", "the part that was sent last with a number counts, and has no bytes of those before", partAgain},
	{"all parts are listed", "Parts is complete and in order, however many there are", manyParts},
	{"Complete takes exactly its parts", "the object is made of exactly the parts that Complete names, or not at all", exactParts},
	{"Abort removes an upload", "nothing of it stays, and its requests no longer work", aborted},
	{"uploads that are not open", "Parts and Complete return fs.ErrNotExist, Abort returns no error", unknownUploads},
}

// sendParts sends parts in the order of numbers, and returns the ETags that the client gets.
func (s *direct) sendParts(ctx context.Context, d storage.DirectObject, id string, parts [][]byte, numbers ...int) (map[int]string, error) {
	etags := map[int]string{}
	for _, number := range numbers {
		req, err := s.part(ctx, d, id, number, parts[number-1])
		if err != nil {
			return nil, err
		}
		a, err := req.do(ctx)
		if err != nil {
			return nil, err
		}
		if etags[number] = a.header.Get("ETag"); a.status/100 != 2 || etags[number] == "" {
			return nil, fmt.Errorf("part %d got %d, ETag %q: %s", number, a.status, etags[number], a.body)
		}
	}
	return etags, nil
}

// stagedInParts sends content as parts of partSize.
func (s *direct) stagedInParts(ctx context.Context, content []byte) (key string, stored storage.Stored, err error) {
	d := file(content, "")
	id, err := s.create(ctx, d)
	if err != nil {
		return "", stored, err
	}
	parts := slices.Collect(slices.Chunk(content, partSize))
	numbers := make([]int, len(parts))
	for i := range numbers {
		numbers[i] = i + 1
	}
	if _, err := s.sendParts(ctx, d, id, parts, numbers...); err != nil {
		return "", stored, err
	}
	list, err := s.Parts(ctx, d.Key, id)
	if err == nil {
		err = s.CompleteMultipart(ctx, d.Key, id, list)
	}
	if err != nil {
		return "", stored, err
	}
	stored, err = s.Stat(ctx, d.Key)
	return d.Key, stored, err
}

// lists returns an error unless exactly those parts are listed, with the ETags that the client got.
func (s *direct) lists(ctx context.Context, key, id string, parts [][]byte, etags map[int]string) ([]storage.Part, error) {
	got, err := s.Parts(ctx, key, id)
	if err != nil {
		return nil, fmt.Errorf("Parts: %w", err)
	}
	if len(got) != len(etags) {
		return nil, fmt.Errorf("%d of %d parts are listed", len(got), len(etags))
	}
	last := 0
	for _, p := range got {
		if p.Number <= last || p.Number > len(parts) || p.Size != int64(len(parts[p.Number-1])) || strings.Trim(p.ETag, `"`) != strings.Trim(etags[p.Number], `"`) {
			return nil, fmt.Errorf("part %+v is listed after part %d; its answer was %s", p, last, etags[p.Number])
		}
		last = p.Number
	}
	return got, nil
}

func partsInAnyOrder(ctx context.Context, s *direct) error {
	want := content(2*partSize + 1000)
	parts := [][]byte{want[:partSize], want[partSize : 2*partSize], want[2*partSize:]}
	d := file(want, "")
	id, err := s.create(ctx, d)
	if err != nil {
		return err
	}
	etags, err := s.sendParts(ctx, d, id, parts, 3, 1, 2)
	if err != nil {
		return err
	}
	list, err := s.lists(ctx, d.Key, id, parts, etags)
	if err != nil {
		return err
	}
	if err := s.absent(ctx, d.Key); err != nil {
		return fmt.Errorf("before Complete: %w", err)
	}
	if err := s.CompleteMultipart(ctx, d.Key, id, list); err != nil {
		return fmt.Errorf("CompleteMultipart: %w", err)
	}
	return s.stores(ctx, d.Key, directType, want)
}

func partAgain(ctx context.Context, s *direct) error {
	d := file(otherBytes(directSize), "")
	id, err := s.create(ctx, d)
	if err != nil {
		return err
	}
	if _, err := s.sendParts(ctx, d, id, [][]byte{content(directSize + 5)}, 1); err != nil {
		return err
	}
	parts := [][]byte{otherBytes(directSize)}
	etags, err := s.sendParts(ctx, d, id, parts, 1)
	if err != nil {
		return err
	}
	list, err := s.lists(ctx, d.Key, id, parts, etags)
	if err != nil {
		return err
	}
	if err := s.CompleteMultipart(ctx, d.Key, id, list); err != nil {
		return fmt.Errorf("CompleteMultipart: %w", err)
	}
	return s.stores(ctx, d.Key, directType, parts[0])
}

// manyParts sends more parts than S3 lists in one answer.
func manyParts(ctx context.Context, s *direct) error {
	n := partsize.Listed + 3
	d := file(content(1), "")
	id, err := s.create(ctx, d)
	if err != nil {
		return err
	}
	parts, etags := slices.Repeat([][]byte{content(1)}, n), map[int]string{}
	var mu sync.Mutex
	var wg sync.WaitGroup
	errs := make([]error, 8)
	for worker := range errs {
		wg.Go(func() {
			for number := worker + 1; number <= n && errs[worker] == nil; number += len(errs) {
				sent, err := s.sendParts(ctx, d, id, parts, number)
				mu.Lock()
				etags[number], errs[worker] = sent[number], err
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	_, err = s.lists(ctx, d.Key, id, parts, etags)
	return err
}

func exactParts(ctx context.Context, s *direct) error {
	parts := [][]byte{content(directSize), otherBytes(directSize)}
	d := file(slices.Concat(parts...), "")
	id, err := s.create(ctx, d)
	if err != nil {
		return err
	}
	etags, err := s.sendParts(ctx, d, id, parts, 1, 2)
	if err != nil {
		return err
	}
	list, err := s.lists(ctx, d.Key, id, parts, etags)
	if err != nil {
		return err
	}
	missing := storage.Part{Number: 3, Size: 1, ETag: list[0].ETag}
	for name, wrong := range map[string][]storage.Part{
		"of another ETag":     {{Number: 2, Size: list[1].Size, ETag: list[0].ETag}},
		"that does not exist": {missing},
	} {
		if err := s.CompleteMultipart(ctx, d.Key, id, wrong); err == nil {
			return fmt.Errorf("CompleteMultipart accepted a part %s", name)
		}
		if err := s.absent(ctx, d.Key); err != nil {
			return fmt.Errorf("after Complete of a part %s: %w", name, err)
		}
	}
	if err := s.CompleteMultipart(ctx, d.Key, id, list[1:]); err != nil {
		return fmt.Errorf("CompleteMultipart of one part of two: %w", err)
	}
	return s.stores(ctx, d.Key, directType, parts[1])
}

func aborted(ctx context.Context, s *direct) error {
	d := file(content(directSize), "")
	id, err := s.create(ctx, d)
	if err != nil {
		return err
	}
	req, err := s.part(ctx, d, id, 1, content(directSize))
	if err != nil {
		return err
	}
	if err := req.accepted(ctx); err != nil {
		return err
	}
	for range 2 {
		if err := s.AbortMultipart(ctx, d.Key, id); err != nil {
			return fmt.Errorf("AbortMultipart: %w", err)
		}
	}
	if err := req.refused(ctx); err != nil {
		return fmt.Errorf("after Abort: %w", err)
	}
	if _, err := s.Parts(ctx, d.Key, id); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("Parts after Abort returned %v", err) //nolint:errorlint // it may be nil
	}
	return s.absent(ctx, d.Key)
}

func unknownUploads(ctx context.Context, s *direct) error {
	d := file(content(directSize), "")
	id, err := s.create(ctx, d)
	if err != nil {
		return err
	}
	etags, err := s.sendParts(ctx, d, id, [][]byte{content(directSize)}, 1)
	if err != nil {
		return err
	}
	part := storage.Part{Number: 1, Size: directSize, ETag: etags[1]}
	ended, err := s.create(ctx, d)
	if err == nil {
		err = s.AbortMultipart(ctx, d.Key, ended)
	}
	if err != nil {
		return err
	}
	for name, u := range map[string]sending{
		"an ended upload":      {key: d.Key, uploadID: ended},
		"an unknown upload":    {key: d.Key, uploadID: "0"},
		"another key's upload": {key: stagingKey(), uploadID: id},
	} {
		if _, err := s.Parts(ctx, u.key, u.uploadID); !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("Parts of %s returned %v", name, err) //nolint:errorlint // it may be nil
		}
		if err := s.CompleteMultipart(ctx, u.key, u.uploadID, []storage.Part{part}); !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("CompleteMultipart of %s returned %v", name, err) //nolint:errorlint // it may be nil
		}
		if err := s.AbortMultipart(ctx, u.key, u.uploadID); err != nil {
			return fmt.Errorf("AbortMultipart of %s: %w", name, err)
		}
	}
	_, err = s.lists(ctx, d.Key, id, [][]byte{content(directSize)}, etags)
	return err
}
