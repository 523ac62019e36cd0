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

// Scanner is an upload.Validator that stands for a malware scanner: it reads each file
// to its end, as it is sent, and looks into nothing that is packed.
//
//	policy := upload.All(upload.Documents(nil), uploadtest.Scanner{})
//	… // uploadtest.Infected() is refused as upload.CodeInfected
//
// The zero value finds [EICAR]. It is safe for concurrent use while Finds does not change.
type Scanner struct {
	// Finds are the words that it looks for, and its result for files that have one, as
	// for upload.ScanError: storage.ScanFailed is a scanner that is down. Of several that
	// a file has, one with the first name counts. Default: EICAR, which is infected.
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

// ValidateDeclaration implements upload.DeclarationValidator: a scanner knows nothing yet.
func (s Scanner) ValidateDeclaration(context.Context, *upload.Incoming) error { return nil }

// scan is one file that a Scanner reads.
type scan struct {
	finds   map[string]storage.ScanResult
	longest int    // of the words
	tail    []byte // of what was read, in which a word may begin
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
			return upload.ScanError(s.finds[word], fmt.Errorf("uploadtest: the scanner has found %q", word))
		}
	}
	return nil
}
