package inspect

import (
	"bufio"
	"compress/flate"
	"hash/maphash"
	"io"
	"math"
	"strings"
)

// zipFormat is what one kind of archive demands of its entries.
type zipFormat interface {
	// name returns the name that readers of the format give an entry, or a fault if they may differ.
	name(h *zipHeader) (string, error)
	// entry judges one entry and reads as much of body as that takes.
	entry(w *zipWalk, h *zipHeader, body *bufio.Reader) error
	// end judges the archive, whose entries have all been seen.
	end(w *zipWalk) error
}

// zipBudget is what an archive and all archives in it share.
type zipBudget struct {
	ZipLimits
	work    *Budget
	file    *zipInput // the outermost archive
	entries int
	total   int64 // bytes inflated
	depth   int   // of the archive that is read now
	deepest int   // of all, for which memory was taken
	seed    maphash.Seed
}

// What an entry costs, whatever is in it.
const (
	entrySteps = 3000     // its headers, its name, and making the inflater ready
	recordHeld = 32       // bytes of its record, and what is free behind the last one
	levelHeld  = 80 << 10 // bytes of an archive in another: an inflater and two buffers
)

// zipWalk reads one archive.
type zipWalk struct {
	in       zipInput
	format   zipFormat
	budget   *zipBudget
	records  []zipRecord // by offset, since that is how they come
	names    zipNames
	body     *bufio.Reader
	inflater io.Reader
}

// zipRecord is what the central directory must say of an entry.
type zipRecord struct {
	offset int64
	sum    uint64 // of everything else
	listed bool
}

// walkZip reads an archive to the end of r.
func walkZip(r io.Reader, limits ZipLimits, work *Budget, format zipFormat) error {
	b := &zipBudget{ZipLimits: limits, work: work, seed: maphash.MakeSeed()}
	w := newZipWalk(bufio.NewReaderSize(r, zipBuffer), b, format)
	b.file = &w.in
	return w.run()
}

// within reads an archive that is an entry of w's.
func (w *zipWalk) within(body *bufio.Reader, format zipFormat) error {
	b := w.budget
	if b.depth++; b.depth > b.deepest {
		if err := b.work.Hold(levelHeld); err != nil {
			return err
		}
		b.deepest = b.depth
	}
	err := newZipWalk(body, b, format).run()
	b.depth--
	return err
}

func newZipWalk(r *bufio.Reader, b *zipBudget, format zipFormat) *zipWalk {
	return &zipWalk{
		in: zipInput{Reader: r}, format: format, budget: b,
		names: zipNames{seed: b.seed}, body: bufio.NewReaderSize(nil, zipBuffer),
	}
}

func (w *zipWalk) run() error {
	for w.in.signature() == localSignature {
		if err := w.entry(); err != nil {
			return err
		}
	}
	if err := w.directory(); err != nil {
		return err
	}
	return w.format.end(w)
}

// entry reads one entry with its data.
func (w *zipWalk) entry() error {
	offset := w.in.off
	h, err := w.header()
	if err != nil {
		return err
	}
	content := w.open(h)
	w.body.Reset(content)
	if err := w.format.entry(w, h, w.body); err != nil {
		return faultOr(err, CodeDamaged, damaged)
	}
	if _, err := io.Copy(io.Discard, w.body); err != nil {
		return faultOr(err, CodeDamaged, damaged)
	}
	if err := content.settle(); err != nil {
		return err
	}
	if err := w.budget.work.Hold(recordHeld); err != nil {
		return err
	}
	w.records = append(w.records, zipRecord{offset: offset, sum: w.sum(h)})
	return nil
}

// header reads a local header.
func (w *zipWalk) header() (*zipHeader, error) {
	if w.budget.entries++; w.budget.entries > w.budget.Entries {
		return nil, beyond(CodeComplex, int64(w.budget.Entries), "has too many entries")
	}
	if err := w.budget.work.Spend(entrySteps); err != nil {
		return nil, err
	}
	p, err := w.in.take(30)
	if err != nil {
		return nil, err
	}
	h, f := &zipHeader{}, zipFields(p[4:])
	if err := h.begin(&f); err != nil {
		return nil, err
	}
	if p, err = w.in.take(h.nameLen + h.extraLen); err != nil {
		return nil, err
	}
	if err := w.finish(h, p, nil); err != nil {
		return nil, err
	}
	if h.size > w.budget.EntrySize {
		return nil, beyond(CodeBomb, w.budget.EntrySize, largeEntry)
	}
	return h, w.names.add(w.budget.work, h.name)
}

// open returns the entry's content.
func (w *zipWalk) open(h *zipHeader) *zipContent {
	data := &zipData{in: &w.in, left: h.packed}
	if h.flags&sizesFollow != 0 {
		data.left = math.MaxInt64 // deflate tells where it ends
	}
	c := &zipContent{w: w, h: h, data: data, start: w.in.off, read: w.in.off, src: data}
	switch {
	case h.method == stored && h.flags&sizesFollow != 0:
		c.src = &storedData{c}
		return c
	case h.method == stored, h.flags&sizesFollow == 0 && h.packed == 0 && h.size == 0: // nothing, which some do not pack
		return c
	}
	if r, ok := w.inflater.(flate.Resetter); ok {
		_ = r.Reset(data, nil) // which never fails
	} else {
		w.inflater = flate.NewReader(data)
	}
	c.src = w.inflater
	return c
}

// sum returns the hash of what both headers say of an entry.
func (w *zipWalk) sum(h *zipHeader) uint64 {
	flags := h.flags
	if isASCII(h.raw) {
		flags &^= nameIsUTF8 // of such a name it says nothing, and some programs set it in one place alone
	}
	return maphash.Comparable(w.budget.seed, zipHeader{
		flags: flags, method: h.method, crc: h.crc, packed: h.packed, size: h.size, raw: h.raw, name: h.name,
	})
}

func isDirectory(name string) bool { return strings.HasSuffix(name, "/") }
