package inspect

// hashSet holds keyed hashes of 64 bits in 16 to 32 bytes each, and 512 bytes at least. The key
// never leaves the process, so an attacker cannot choose names that collide. Names use 63 of the
// bits: two of 100,000 collide by chance once in two billion files, which are then refused.
type hashSet struct {
	slots []uint64 // a power of two of them, at most half of them taken; 0 is a free one
	n     int
}

// has reports whether h is in the set.
func (s *hashSet) has(h uint64) bool {
	return len(s.slots) > 0 && s.slots[s.find(h)] != 0
}

// add puts h into the set. Its error is the budget's.
func (s *hashSet) add(b *Budget, h uint64) error {
	if 2*s.n >= len(s.slots) {
		if err := s.grow(b); err != nil {
			return err
		}
	}
	if i := s.find(h); s.slots[i] == 0 {
		s.slots[i] = max(h, 1)
		s.n++
	}
	return nil
}

// find returns the slot of h, or the free slot where it would be.
func (s *hashSet) find(h uint64) int {
	h = max(h, 1)
	mask := len(s.slots) - 1
	for i := int(h>>1) & mask; ; i = (i + 1) & mask {
		if s.slots[i] == 0 || s.slots[i] == h {
			return i
		}
	}
}

func (s *hashSet) grow(b *Budget) error {
	old := s.slots
	size := max(64, 2*len(old))
	if err := b.Hold(8 * (size - len(old))); err != nil {
		return err
	}
	s.slots = make([]uint64, size)
	for _, h := range old {
		if h != 0 {
			s.slots[s.find(h)] = h
		}
	}
	return nil
}
