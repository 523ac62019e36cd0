package storetest

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"github.com/airlock-go/upload/internal/rounds"
	"github.com/airlock-go/upload/storage"
)

var patchCases = []testCase[*direct]{
	{"Promote with patches", "the new object has the patched bytes and their digest; the staged one stays as it was", promotesPatched},
	{"Promote of large files with patches", "the same, with patches at the borders of parts, across borders, and of whole parts", promotesLargePatched},
	{"Promote with invalid patches", "an error, and nothing is readable under the key", promotesInvalid},
	{"Promote with patches again", "with the same nonce it is not an error, whether or not the staged object still exists", promotesPatchedAgain},
	{"Promote with patches of another object", "storage.ErrChanged, also for bytes of the same MD5, and nothing is readable under the key", promotesPatchedChanged},
}

// patched returns content with the patches, made in another way than storage.ApplyPatches.
func patched(content []byte, list []storage.Patch) []byte {
	out := make([]byte, 0, len(content))
	for _, p := range list {
		out = append(out, content[len(out):p.Offset]...)
		if p.Bytes == nil {
			out = append(out, make([]byte, p.Length)...)
		}
		out = append(out, p.Bytes...)
	}
	return append(out, content[len(out):]...)
}

// says returns a patch with text.
func says[N int | int64](offset N, text string) storage.Patch {
	return storage.Patch{Offset: int64(offset), Length: int64(len(text)), Bytes: []byte(text)}
}

// zeros returns a patch with zeros.
func zeros[N int | int64](offset, length N) storage.Patch {
	return storage.Patch{Offset: int64(offset), Length: int64(length)}
}

// everyTenth returns patches of one byte: in every ten bytes one with text, and one with a zero.
func everyTenth(size int64) (list []storage.Patch) {
	for at := int64(5); at < size; at += 10 {
		list = append(list, says(at, "#"))
		if at+1 < size {
			list = append(list, zeros(at+1, 1))
		}
	}
	return list
}

// patching returns a promotion with patches, and the bytes that it publishes.
func patching(key string, stored storage.Stored, staged []byte, list []storage.Patch) (storage.Promotion, []byte) {
	p, want := promotion(key, stored), patched(staged, list)
	p.Patches, p.SourceSHA256, p.SHA256 = list, digest(staged), digest(want)
	return p, want
}

func promotesPatched(ctx context.Context, s *direct) error {
	staged := content(directSize)
	for name, list := range map[string][]storage.Patch{
		"none":               {},
		"the first byte":     {says(0, "#")},
		"the last byte":      {says(directSize-1, "#")},
		"the whole file":     {zeros(0, directSize)},
		"one beside another": {says(100, "abc"), zeros(103, 20), says(123, "def")},
		"many":               everyTenth(directSize),
	} {
		key, stored, err := s.staged(ctx, staged)
		if err != nil {
			return err
		}
		p, want := patching(key, stored, staged, list)
		if err := s.Promote(ctx, p); err != nil {
			return fmt.Errorf("%s: Promote: %w", name, err)
		}
		if err := errors.Join(s.publishes(ctx, p, want), s.stores(ctx, key, directType, staged)); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func promotesLargePatched(ctx context.Context, s *direct) error {
	size := 2*partSize + 1000
	staged := content(size)
	key, stored, err := s.stagedInParts(ctx, staged)
	if err != nil {
		return err
	}
	takesTurn := rounds.SpreadTurns(3)
	for name, list := range map[string][]storage.Patch{
		"none":                     {},
		"the first and last byte":  {says(0, "#"), says(size-1, "#")},
		"the last byte of a part":  {says(partSize-1, "#")},
		"the first byte of a part": {says(partSize, "#")},
		"across two parts":         {says(partSize-2, "1234"), zeros(2*partSize-500, 1000)},
		"a whole part":             {zeros(partSize, partSize)},
		"the whole file":           {zeros(0, size)},
		"the last part":            {zeros(2*partSize+1, 10)},
		"many":                     everyTenth(200_000),
	} {
		if !takesTurn() {
			continue
		}
		p, want := patching(key, stored, staged, list)
		if err := s.Promote(ctx, p); err != nil {
			return fmt.Errorf("%s: Promote: %w", name, err)
		}
		if err := errors.Join(s.publishes(ctx, p, want), s.Delete(ctx, p.Key)); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return s.stores(ctx, key, directType, staged)
}

func promotesInvalid(ctx context.Context, s *direct) error {
	staged := content(directSize)
	key, stored, err := s.staged(ctx, staged)
	if err != nil {
		return err
	}
	for name, list := range map[string][]storage.Patch{
		"before the file":      {zeros(-1, 2)},
		"across its end":       {zeros(directSize-1, 2)},
		"of no bytes":          {zeros(5, 0)},
		"not sorted":           {zeros(5, 1), zeros(1, 1)},
		"overlapping":          {zeros(1, 5), zeros(5, 1)},
		"of fewer bytes":       {{Offset: 1, Length: 5, Bytes: []byte("1234")}},
		"of more bytes":        {{Offset: 1, Length: 5, Bytes: []byte("123456")}},
		"longer than any file": {{Offset: 1, Length: 1<<63 - 1}},
	} {
		p := promotion(key, stored)
		p.Patches, p.SourceSHA256, p.SHA256 = list, digest(staged), digest(staged)
		if err := s.Promote(ctx, p); err == nil {
			return fmt.Errorf("a patch %s: Promote returned nil", name)
		}
		if err := s.absent(ctx, p.Key); err != nil {
			return fmt.Errorf("a patch %s: %w", name, err)
		}
	}
	return s.stores(ctx, key, directType, staged)
}

func promotesPatchedAgain(ctx context.Context, s *direct) error {
	staged := content(directSize)
	key, stored, err := s.staged(ctx, staged)
	if err != nil {
		return err
	}
	p, want := patching(key, stored, staged, []storage.Patch{zeros(10, 10)})
	if _, errs := s.atOnce(ctx, slices.Repeat([]storage.Promotion{p}, 16)); errs != nil {
		return errors.Join(errs...)
	}
	if err := s.Delete(ctx, key); err != nil {
		return fmt.Errorf("Delete: %w", err)
	}
	if err := s.Promote(ctx, p); err != nil {
		return fmt.Errorf("Promote of a published object, without the staged one: %w", err)
	}
	return s.publishes(ctx, p, want)
}

// sameMD5 are two files with the same MD5 (X. Wang and others, 2004). S3 often takes the MD5 of a
// file that was sent in one request as its ETag.
var sameMD5 = [2]string{
	"d131dd02c5e6eec4693d9a0698aff95c2fcab58712467eab4004583eb8fb7f8955ad340609f4b30283e488832571415a085125e8f7cdc99fd91dbdf280373c5b" +
		"d8823e3156348f5bae6dacd436c919c6dd53e2b487da03fd02396306d248cda0e99f33420f577ee8ce54b67080a80d1ec69821bcb6a8839396f9652b6ff72a70",
	"d131dd02c5e6eec4693d9a0698aff95c2fcab50712467eab4004583eb8fb7f8955ad340609f4b30283e4888325f1415a085125e8f7cdc99fd91dbd7280373c5b" +
		"d8823e3156348f5bae6dacd436c919c6dd53e23487da03fd02396306d248cda0e99f33420f577ee8ce54b67080280d1ec69821bcb6a8839396f965ab6ff72a70",
}

func promotesPatchedChanged(ctx context.Context, s *direct) error {
	one, err := hex.DecodeString(sameMD5[0])
	if err != nil {
		return err
	}
	other, err := hex.DecodeString(sameMD5[1])
	if err != nil {
		return err
	}
	for name, then := range map[string][]byte{"other bytes": otherBytes(len(one)), "bytes of the same MD5": other} {
		key, checked, err := s.staged(ctx, one)
		if err != nil {
			return err
		}
		if err := errors.Join(s.Delete(ctx, key), s.sendTo(ctx, key, bytes.Clone(then))); err != nil {
			return err
		}
		p, _ := patching(key, checked, one, []storage.Patch{zeros(1, 1)})
		if err := s.Promote(ctx, p); !errors.Is(err, storage.ErrChanged) {
			return fmt.Errorf("%s: Promote returned %v", name, err) //nolint:errorlint // it may be nil
		}
		if err := errors.Join(s.absent(ctx, p.Key), s.stores(ctx, key, directType, then)); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}
