package clean

import (
	"cmp"
	"encoding/binary"
	"slices"
)

// dropSpan notes n bytes that are to be blanked, of a track or an item that is not kept.
func (f *film) dropSpan(start, n int64) {
	if n <= 0 || start < 0 || start > everything {
		return
	}
	end := min(start+min(n, everything), everything)
	if last := len(f.dropped) - 1; last >= 0 && f.dropped[last].end == start {
		f.dropped[last].end = end
		return
	}
	if len(f.dropped) == maxSpans {
		f.fail("has too many samples that need blanking")
	}
	f.dropped = append(f.dropped, span{start, end})
	f.afford(spanMemory)
}

// settle sorts the bytes that are to be blanked, and blanks those that were handed on before.
// Outside of media data they stay.
func (f *film) settle() {
	slices.SortFunc(f.dropped, func(a, b span) int { return cmp.Compare(a.start, b.start) })
	merged := f.dropped[:0]
	for _, s := range f.dropped {
		if last := len(merged) - 1; last >= 0 && s.start <= merged[last].end {
			merged[last].end = max(merged[last].end, s.end)
			continue
		}
		merged = append(merged, s)
	}
	f.dropped = merged
	at := 0
	for _, s := range f.dropped {
		for at < len(f.before) && f.before[at].end <= s.start {
			at++
		}
		for i := at; i < len(f.before) && f.before[i].start < s.end; i++ {
			from := max(s.start, f.before[i].start)
			f.late(from, min(s.end, f.before[i].end)-from)
		}
	}
	f.before = nil
}

// samples hands on media data, with zeros in place of the samples that are to be blanked.
func (f *film) samples(b filmBox) {
	f.flush()
	if !f.movie {
		if len(f.before) == maxFilmMedia {
			f.fail("has too many parts of media data")
		}
		f.before = append(f.before, span{f.pos(), b.end})
		f.afford(spanMemory)
	}
	for f.movie && f.pos() < b.end {
		for len(f.dropped) > 0 && f.dropped[0].end <= f.pos() {
			f.dropped = f.dropped[1:]
		}
		if len(f.dropped) == 0 || f.dropped[0].start >= b.end {
			break
		}
		if !f.upTo(f.dropped[0].start, nil) || !f.upTo(min(f.dropped[0].end, b.end), f.clear) {
			break
		}
	}
	if !f.upTo(b.end, nil) && b.size != 0 {
		f.cutOff()
	}
}

// upTo hands on the bytes up to end after see has changed them. It returns false if the file ends
// before.
func (f *film) upTo(end int64, see func(p []byte) int) bool {
	for f.pos() < end {
		if _, more := f.pass(end-f.pos(), see); !more {
			return false
		}
	}
	return true
}

// chunkTables are the tables that say where the samples of a track are.
type chunkTables struct {
	size   uint32   // of every sample
	sizes  []uint32 // of each sample, if they differ
	count  uint32   // of the samples
	runs   []chunkRun
	chunks []int64 // their offsets

	hasSizes, hasRuns, hasChunks bool
}

// once notes a table of which a track may have one. Readers disagree about which of two counts.
func (f *film) once(has *bool) {
	if *has {
		f.fail("has a track with two tables of one kind")
	}
	*has = true
}

// chunkRun says how many samples each chunk has, from the one with number first on. The first chunk
// has the number 1.
type chunkRun struct{ first, samples uint32 }

// drop makes zeros of the media box of a track that is not kept, and notes its samples.
func (f *film) drop(end int64) {
	var t chunkTables
	before := f.tables
	f.dropBoxes(&t, end, maxFilmDepth)
	f.tables = before
	t.each(func(offset, n int64) {
		if offset <= everything-f.base {
			f.dropSpan(f.base+offset, n)
		}
	})
}

// dropBoxes blanks boxes, and reads the tables in them. It walks at most depth levels down.
func (f *film) dropBoxes(t *chunkTables, end int64, depth int) {
	f.inside(end, func(b filmBox) {
		clear(f.held())
		switch string(b.kind[:]) {
		case "minf", "stbl":
			if depth == 0 {
				f.fail(filmDeep)
			}
			f.dropBoxes(t, b.end, depth-1)
		case "stsz":
			f.once(&t.hasSizes)
			p := f.fields(b, 12)
			t.size, t.count = binary.BigEndian.Uint32(p[4:]), binary.BigEndian.Uint32(p[8:])
			clear(p)
			if t.size == 0 {
				f.entries(b, int64(t.count), 4, func(e []byte) { t.sizes = append(t.sizes, binary.BigEndian.Uint32(e)) })
			}
		case "stz2":
			f.once(&t.hasSizes)
			p := f.fields(b, 12)
			bits := p[7]
			t.count = binary.BigEndian.Uint32(p[8:])
			clear(p)
			f.shortSizes(t, b, bits)
		case "stsc":
			f.once(&t.hasRuns)
			f.entries(b, f.count(b), 12, func(e []byte) {
				t.runs = append(t.runs, chunkRun{binary.BigEndian.Uint32(e), binary.BigEndian.Uint32(e[4:])})
			})
		case "stco":
			f.once(&t.hasChunks)
			f.entries(b, f.count(b), 4, func(e []byte) { t.chunks = append(t.chunks, int64(binary.BigEndian.Uint32(e))) })
		case "co64":
			f.once(&t.hasChunks)
			f.entries(b, f.count(b), 8, func(e []byte) { t.chunks = append(t.chunks, clipped(binary.BigEndian.Uint64(e))) })
		}
		f.flush()
		f.blankTo(b.end)
	})
}

// count reads and blanks the number of entries of a table.
func (f *film) count(b filmBox) int64 {
	p := f.fields(b, 8)
	n := binary.BigEndian.Uint32(p[4:])
	clear(p)
	return int64(n)
}

// shortSizes reads sizes of 4, 8 or 16 bits.
func (f *film) shortSizes(t *chunkTables, b filmBox, bits byte) {
	switch n := int64(t.count); bits {
	case 4:
		f.entries(b, (n+1)/2, 1, func(e []byte) { t.sizes = append(t.sizes, uint32(e[0]>>4), uint32(e[0]&15)) })
	case 8:
		f.entries(b, n, 1, func(e []byte) { t.sizes = append(t.sizes, uint32(e[0])) })
	case 16:
		f.entries(b, n, 2, func(e []byte) { t.sizes = append(t.sizes, uint32(binary.BigEndian.Uint16(e))) })
	default:
		f.fail(filmMalformed)
	}
}

// entries reads and blanks n entries of a table of a track that is not kept.
func (f *film) entries(b filmBox, n int64, size int, each func(e []byte)) {
	if n > maxFilmTable {
		f.fail("has too many samples that need blanking")
	}
	if n*int64(size) > b.left(f.walk) {
		f.fail(filmMalformed)
	}
	f.afford(int(n) * 8)
	f.records(n, size, func(e []byte) {
		each(e)
		clear(e)
	})
}

// records holds n records, of at most freeHeld bytes at a time, and calls each with every one of
// them.
func (f *film) records(n int64, size int, each func(record []byte)) {
	for n > 0 {
		m := min(n, int64(freeHeld/size))
		for p := f.hold(int(m) * size); len(p) > 0; p = p[size:] {
			each(p[:size])
		}
		n -= m
	}
}

// each calls see with the offset and the length of each chunk.
func (t *chunkTables) each(see func(offset, n int64)) {
	left, sizes := uint64(t.count), t.sizes
	for i, offset := range t.chunks {
		for len(t.runs) > 1 && int64(t.runs[1].first) <= int64(i)+1 {
			t.runs = t.runs[1:]
		}
		if len(t.runs) == 0 {
			return
		}
		n := min(uint64(t.runs[0].samples), left)
		left -= n
		if t.size > 0 {
			see(offset, clipped(n*uint64(t.size)))
			continue
		}
		sum := int64(0)
		for _, s := range sizes[:min(n, uint64(len(sizes)))] {
			sum += int64(s)
		}
		sizes = sizes[min(n, uint64(len(sizes))):]
		see(offset, sum)
	}
}
