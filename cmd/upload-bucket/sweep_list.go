package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/airlock-go/upload/storage"
)

// maxListAge is how old a list may be.
const maxListAge = 48 * time.Hour

// openList reads the whole list into memory. It refuses a file that is too old or from the future,
// and keys that do not match the bucket: with a wrong list, files that are referred to would be
// removed.
func (r *references) openList(ctx context.Context, store storage.Lister, prefix string, remove bool) (answers, error) {
	keys, asOf, err := r.readList(remove)
	if err == nil {
		err = matches(ctx, store, prefix, keys)
	}
	if err != nil {
		return answers{}, fmt.Errorf("-references: %w", err)
	}
	known := make(map[string]bool, len(keys))
	for _, key := range keys {
		known[key] = true
	}
	ask := func(_ context.Context, keys []string) (found []string, _ error) {
		for _, key := range keys {
			if known[key] {
				found = append(found, key)
			}
		}
		return found, nil
	}
	return answers{ask: ask, asOf: asOf, done: func() {}}, nil
}

// readList returns the keys of the list and when it was written, which is unknown for
// stdin and pipes.
func (r *references) readList(remove bool) (keys []string, written time.Time, err error) {
	in := r.stdin
	if r.list != "-" {
		file, err := os.Open(r.list)
		if err != nil {
			return nil, written, err
		}
		defer func() { _ = file.Close() }()
		if written, err = writtenAt(file); err != nil {
			return nil, written, err
		}
		in = file
	}
	if written.IsZero() && remove {
		// A pipe whose other end fails looks like a short list.
		return nil, written, errors.New("a list for -remove must be a regular file that is named, not stdin or a pipe, which may end too early")
	}
	keys, err = readKeys(in)
	return keys, written, err
}

// writtenAt returns when a list was written, and refuses one that is too old or from the future. It
// returns zero if the list is not a regular file.
func writtenAt(file *os.File) (time.Time, error) {
	info, err := file.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return time.Time{}, err
	}
	switch age := time.Since(info.ModTime()); {
	case age < 0:
		return time.Time{}, fmt.Errorf("the list was written at %s, in the future, so its age is not known; set the clock, and write it again",
			info.ModTime().UTC().Format(time.RFC3339))
	case age > maxListAge:
		return time.Time{}, fmt.Errorf("the list was written at %s, and too much may be referred to by now; write it again, at most %v before a sweep",
			info.ModTime().UTC().Format(time.RFC3339), maxListAge)
	}
	return info.ModTime(), nil
}

// readKeys refuses a list that looks incomplete, or has an invalid key.
func readKeys(in io.Reader) (keys []string, _ error) {
	lines := bufio.NewReader(in)
	for number := 1; ; number++ {
		line, err := lines.ReadString('\n')
		switch {
		case err == io.EOF && line == "" && len(keys) > 0:
			return keys, nil
		case err == io.EOF && line == "":
			return nil, errors.New("the list is empty")
		case err == io.EOF:
			return nil, fmt.Errorf("line %d has no end: the list was cut off", number)
		case err != nil:
			return nil, err
		}
		key := strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
		if err := storage.ValidKey(key); err != nil {
			return nil, fmt.Errorf("line %d: %w", number, err)
		}
		keys = append(keys, key)
	}
}
