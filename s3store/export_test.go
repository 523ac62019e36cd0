package s3store

// SetMaxCopy makes a store copy in smaller ranges than a test could fill.
func SetMaxCopy(s *Store, n int64) { s.maxCopy = n }
