package inspect

import "hash/maphash"

// zipArchive is an archive of which a part was read. The central directory must list its records,
// and nothing else.
type zipArchive struct {
	in      zipInput
	budget  *zipBudget
	records []zipRecord // in the order of the file, and so of their offsets
}

// zipRecord is an entry as the central directory must describe it.
type zipRecord struct {
	offset int64
	sum    uint64 // of the fields on which both headers must agree
	listed bool
}

// record stores the description that the central directory must have of the entry at offset.
func (a *zipArchive) record(offset int64, h *zipHeader) error {
	if err := a.budget.work.Hold(recordHeld); err != nil {
		return err
	}
	a.records = append(a.records, zipRecord{offset: offset, sum: a.sum(h)})
	return nil
}

// sum returns a hash of the fields on which both headers of an entry must agree. Their versions,
// times and extra fields may differ.
func (a *zipArchive) sum(h *zipHeader) uint64 {
	flags := h.flags
	if isASCII(h.raw) {
		flags &^= nameIsUTF8 // it has no meaning for such a name, and some programs set it in one header only
	}
	return maphash.Comparable(a.budget.seed, zipHeader{
		flags: flags, method: h.method, crc: h.crc, packed: h.packed, size: h.size, raw: h.raw, name: h.name,
	})
}
