package memstore

import (
	"context"

	"github.com/airlock-go/upload/storage"
)

// SetVerdict sets the scan result of the object with that key to v, and reports whether the object
// exists. It simulates a scanner of published objects, for tests.
func (s *Store) SetVerdict(key string, v storage.ScanResult) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.objects[key]
	if o != nil {
		o.verdict = v
	}
	return o != nil
}

// ScanVerdict implements storage.ScanReader. It returns the result from SetVerdict, or pending if
// none was set or the object does not exist. It ignores versions.
func (s *Store) ScanVerdict(_ context.Context, key, _ string) (storage.ScanResult, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if o := s.objects[key]; o != nil {
		return o.verdict, nil
	}
	return storage.ScanPending, nil
}
