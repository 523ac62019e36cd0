package inspect

import (
	"bufio"
	"compress/flate"
	"hash/maphash"
	"io"
	"math"
)

// zipFormat holds the rules that one kind of archive has for its entries.
type zipFormat interface {
	zipNaming
	// entry judges one entry and reads the part of body that it needs.
	entry(w *zipWalk, h *zipHeader, body *bufio.Reader) error
	// end judges the archive after all its entries.
	end(w *zipWalk) error
}

// zipWalk reads one archive.
type zipWalk struct {
	zipArchive
	format   zipFormat
	names    zipNames
	body     *bufio.Reader
	inflater io.Reader
}

// walkZip reads an archive to the end of r.
func walkZip(r io.Reader, limits ZipLimits, work *Budget, format zipFormat) error {
	b := &zipBudget{ZipLimits: limits, work: work, seed: maphash.MakeSeed()}
	w := newZipWalk(bufio.NewReaderSize(r, zipBuffer), b, format)
	b.file = &w.in
	w.in.from, _ = r.(*pull)
	return w.run()
}

// within reads an archive that is an entry of the archive of w.
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
		zipArchive: zipArchive{in: zipInput{Reader: r}, budget: b}, format: format,
		names: zipNames{seed: b.seed}, body: bufio.NewReaderSize(nil, zipBuffer),
	}
}

func (w *zipWalk) run() error {
	for w.in.signature() == localSignature {
		if err := w.entry(); err != nil {
			return err
		}
	}
	if err := w.directory(w.format); err != nil {
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
	if err := content.skip(w.body); err != nil {
		return faultOr(err, CodeDamaged, damaged)
	}
	if err := content.settle(); err != nil {
		return err
	}
	return w.record(offset, h)
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
	if err := h.finish(p, nil, w.format); err != nil {
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
		data.left = math.MaxInt64 // the end is in the deflate stream
	}
	c := &zipContent{in: &w.in, budget: w.budget, h: h, data: data, start: w.in.off, read: w.in.off, src: data}
	switch {
	case h.method == stored && h.flags&sizesFollow != 0:
		c.src = &storedData{c}
		return c
	case h.method == stored, h.flags&sizesFollow == 0 && h.packed == 0 && h.size == 0: // empty, and some programs do not deflate it
		return c
	}
	if r, ok := w.inflater.(flate.Resetter); ok {
		_ = r.Reset(data, nil) // never fails
	} else {
		w.inflater = flate.NewReader(data)
	}
	c.src = w.inflater
	return c
}
