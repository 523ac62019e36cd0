package memstore

import (
	"context"

	"github.com/airlock-go/upload/storage"
)

// SetVerdict does what a scanner does that judges published objects: it keeps v
// with the object of that key, which it reports to exist. It is for tests.
func (s *Store) SetVerdict(key string, v storage.ScanResult) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.objects[key]
	if o != nil {
		o.verdict = v
	}
	return o != nil
}

// ScanVerdict implements storage.ScanReader: what SetVerdict was given, and
// pending before. There are no versions.
func (s *Store) ScanVerdict(_ context.Context, key, _ string) (storage.ScanResult, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if o := s.objects[key]; o != nil {
		return o.verdict, nil
	}
	return storage.ScanPending, nil
}
