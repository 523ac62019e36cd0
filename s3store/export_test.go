package s3store

// SetMaxCopy makes a store copy in smaller ranges than a test could fill.
func SetMaxCopy(s *Store, n int64) { s.maxCopy = n }

// SetMaxListed makes a store list fewer versions of a key at once.
func SetMaxListed(s *Store, n int) { s.maxListed = n }

// SetPartSize makes a store send in smaller parts than S3 takes.
func SetPartSize(s *Store, n int64) { s.opts.PartSize = n }

// SetPart gives a new store parts of so many bytes, fewer than S3 takes, and buffers
// of so many bytes together.
func SetPart(s *Store, part, memory int64) {
	s.opts.PartSize, s.opts.MaxMemory = part, memory
	s.memory = newMemory(memory, max(memory/2, part))
}
