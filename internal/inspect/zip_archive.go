package inspect

import "hash/maphash"

// zipArchive is an archive as far as it was read. The central directory must list its records, and
// nothing else.
type zipArchive struct {
	in      zipInput
	budget  *zipBudget
	records []zipRecord // by offset, since that is how they come
}

// zipRecord is what the central directory must say of an entry.
type zipRecord struct {
	offset int64
	sum    uint64 // of everything else
	listed bool
}

// record keeps what the central directory must say of the entry at offset.
func (a *zipArchive) record(offset int64, h *zipHeader) error {
	if err := a.budget.work.Hold(recordHeld); err != nil {
		return err
	}
	a.records = append(a.records, zipRecord{offset: offset, sum: a.sum(h)})
	return nil
}

// sum returns the hash of what both headers say of an entry.
func (a *zipArchive) sum(h *zipHeader) uint64 {
	flags := h.flags
	if isASCII(h.raw) {
		flags &^= nameIsUTF8 // of such a name it says nothing, and some programs set it in one place alone
	}
	return maphash.Comparable(a.budget.seed, zipHeader{
		flags: flags, method: h.method, crc: h.crc, packed: h.packed, size: h.size, raw: h.raw, name: h.name,
	})
}
