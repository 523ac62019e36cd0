package uploadtest

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/storage"
)

// Scanner is an upload.Validator that acts as a malware scanner. It reads each file to its end, as
// an upload.Observer sees it, and does not unpack archives.
//
//	policy := upload.All(upload.Documents(nil), uploadtest.Scanner{})
//	… // uploadtest.Infected() is refused as upload.CodeInfected
//
// The zero value finds [EICAR]. It is safe for concurrent use while Finds does not change.
type Scanner struct {
	// Finds maps the words to find to the result for files that contain them, as for
	// upload.ScanError: storage.ScanFailed simulates a scanner that is down. If a file contains
	// several words, the one that sorts first counts. Nil: EICAR, which is infected.
	Finds map[string]storage.ScanResult
}

// Validate implements upload.Validator.
func (s Scanner) Validate(context.Context, *upload.Incoming) (upload.Observer, error) {
	finds := s.Finds
	if finds == nil {
		finds = map[string]storage.ScanResult{string(EICAR()): storage.ScanInfected}
	}
	longest := 0
	for word := range finds {
		longest = max(longest, len(word))
	}
	return &scan{finds: finds, longest: longest, found: map[string]bool{}}, nil
}

// ValidateDeclaration implements upload.DeclarationValidator. It accepts any, since a scanner needs
// the content.
func (s Scanner) ValidateDeclaration(context.Context, *upload.Incoming) error { return nil }

// scan is the scan of one file by a Scanner.
type scan struct {
	finds   map[string]storage.ScanResult
	longest int    // length of the longest word
	tail    []byte // the last bytes read, in which a word may begin
	found   map[string]bool
}

func (s *scan) Write(p []byte) (int, error) {
	text := append(s.tail, p...)
	for word := range s.finds {
		s.found[word] = s.found[word] || bytes.Contains(text, []byte(word))
	}
	s.tail = slices.Clone(text[max(0, len(text)-s.longest):])
	return len(p), nil
}

func (s *scan) Verdict() error {
	for _, word := range slices.Sorted(maps.Keys(s.finds)) {
		if s.found[word] {
			return upload.ScanError(s.finds[word], fmt.Errorf("uploadtest: the scanner found %q", word))
		}
	}
	return nil
}
