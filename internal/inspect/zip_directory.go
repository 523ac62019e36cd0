package inspect

import (
	"cmp"
	"slices"
)

// directory reads the records after the entries: central directory and end records (APPNOTE
// 4.3.12-4.3.16). Then nothing may follow except one line end.
func (a *zipArchive) directory(format zipNaming) error {
	start := a.in.off
	for n := 0; a.in.signature() == centralSignature; n++ {
		if n == len(a.records) {
			return fault(CodeDamaged, "lists more entries than it has")
		}
		if err := a.central(format); err != nil {
			return err
		}
	}
	size := a.in.off - start
	if slices.ContainsFunc(a.records, func(r zipRecord) bool { return !r.listed }) {
		return a.stray("has an entry that it does not list")
	}
	if err := a.ends(start, size); err != nil {
		return err
	}
	if err := a.in.lineEnd(); err != nil {
		return err
	}
	if !a.in.ended() {
		return faultAt(CodeTrailing, "has bytes after its end", a.in.off)
	}
	return nil
}

// stray returns the fault of a record that is missing. If an end record stands in its place, the
// detail of the fault is the parameter missing.
func (a *zipArchive) stray(missing string) error {
	switch _, err := a.in.Peek(4); {
	case err != nil:
		return faultOr(err, CodeTruncated, cutOff)
	case a.in.off == 0:
		return fault(CodeDamaged, "does not begin like a ZIP archive")
	case a.in.signature() == endSignature, a.in.signature() == end64Signature:
		return fault(CodeDamaged, missing)
	}
	return faultAt(CodeDamaged, "has bytes that belong to no entry", a.in.off)
}

// central reads one record of the central directory.
func (a *zipArchive) central(format zipNaming) error {
	p, err := a.in.take(46)
	if err != nil {
		return err
	}
	if err := a.budget.work.Spend(entrySteps); err != nil {
		return err
	}
	h, f := &zipHeader{}, zipFields(p[6:])
	if err := h.begin(&f); err != nil {
		return err
	}
	commentLen, volume := int(f.u16()), f.u16()
	f.u16() // internal attributes: whether it is text
	attributes, offset := f.u32(), int64(f.u32())
	if volume != 0 {
		return fault(CodeUnsupported, "is one of several volumes")
	}
	if p, err = a.in.take(h.nameLen + h.extraLen); err != nil {
		return err
	}
	if err := h.finish(p, &offset, format); err != nil {
		return err
	}
	if err := checkMode(attributes); err != nil {
		return err
	}
	if err := a.comment(commentLen); err != nil {
		return err
	}
	return a.list(offset, a.sum(h))
}

// list marks the entry at offset as listed.
func (a *zipArchive) list(offset int64, sum uint64) error {
	i, ok := slices.BinarySearchFunc(a.records, offset, func(r zipRecord, offset int64) int {
		return cmp.Compare(r.offset, offset)
	})
	switch {
	case !ok:
		return fault(CodeDamaged, "lists an entry at a place without one")
	case a.records[i].listed:
		return fault(CodeDamaged, "lists an entry twice")
	case a.records[i].sum != sum:
		return fault(CodeDamaged, "lists an entry that differs from the one in the archive")
	}
	a.records[i].listed = true
	return nil
}

// Unix modes in the upper half of the external attributes. Programs write them for any system.
const (
	modeType      = 0xf000
	modeDirectory = 0x4000
	modeFile      = 0x8000
	modeSetID     = 0x0c00
)

func checkMode(attributes uint32) error {
	mode := attributes >> 16
	switch kind := mode & modeType; {
	case kind != 0 && kind != modeDirectory && kind != modeFile:
		return entry(EntryLink, "has an entry that is a link or a device")
	case kind != modeDirectory && mode&modeSetID != 0:
		return entry(EntryLink, "has an entry that runs as another user")
	}
	return nil
}

// comment reads a comment, which must be short plain text: attackers hide other files in it.
func (a *zipArchive) comment(n int) error {
	if n > maxZipComment {
		return fault(CodeDamaged, "has a comment that is too long")
	}
	p, err := a.in.take(n)
	if err != nil {
		return err
	}
	var text Text
	_, _ = text.Write(p) // Verdict returns the fault
	if err := text.Verdict(); err != nil {
		return fault(CodeDamaged, "has a comment that is not plain text")
	}
	return nil
}

// ends reads the end record, optionally preceded by that for 64 bits and its locator. All must
// describe the directory that was read.
func (a *zipArchive) ends(start, size int64) error {
	count := int64(len(a.records))
	wide := a.in.signature() == end64Signature
	if wide {
		if err := a.ends64(start, size, count); err != nil {
			return err
		}
	}
	if a.in.signature() != endSignature {
		return a.stray("has two end records")
	}
	p, err := a.in.take(22)
	if err != nil {
		return err
	}
	f := zipFields(p[4:])
	volume, first := int64(f.u16()), int64(f.u16())
	here, total := int64(f.u16()), int64(f.u16())
	sized, at := int64(f.u32()), int64(f.u32())
	agree := func(v, want, escape int64) bool { return v == want || wide && v == escape }
	if !agree(volume, 0, 0xffff) || !agree(first, 0, 0xffff) {
		return fault(CodeUnsupported, "is one of several volumes")
	}
	if !agree(here, count, 0xffff) || !agree(total, count, 0xffff) || !agree(sized, size, max32) || !agree(at, start, max32) {
		return fault(CodeDamaged, "ends with a record that does not match the archive")
	}
	return a.comment(int(f.u16()))
}

// ends64 reads the end record for 64 bits and its locator.
func (a *zipArchive) ends64(start, size, count int64) error {
	at := a.in.off
	p, err := a.in.take(56 + 20)
	if err != nil {
		return err
	}
	f := zipFields(p[4:])
	length := f.size()
	f = f[4:] // versions
	volume, first := f.u32(), f.u32()
	good := length == 56-12 && volume == 0 && first == 0 &&
		f.size() == count && f.size() == count && f.size() == size && f.size() == start
	if !good {
		return fault(CodeDamaged, "ends with a record that does not match the archive")
	}
	if f.u32() != locatorSignature || f.u32() != 0 || f.size() != at || f.u32() > 1 { // OneDrive counts no volume
		return fault(CodeDamaged, "ends with a record that does not match the archive")
	}
	return nil
}
