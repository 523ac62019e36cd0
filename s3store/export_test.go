package s3store

// SetMaxCopy makes a store copy in smaller ranges than a test could fill.
func SetMaxCopy(s *Store, n int64) { s.maxCopy = n }

// SetPartSize makes a store send in smaller parts than S3 takes.
func SetPartSize(s *Store, n int64) { s.opts.PartSize = n }
