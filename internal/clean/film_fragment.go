package clean

import "encoding/binary"

// fragment walks a movie fragment, which says where its samples are before they come.
func (f *film) fragment(b filmBox) {
	f.run = filmRun{fragment: b.start, end: b.start}
	f.inside(b.end, func(b filmBox) {
		switch string(b.kind[:]) {
		case "mfhd", "pssh":
			f.keep(b.left(f.walk))
		case "traf":
			f.trackFragment(b)
		case "uuid":
			f.extended(b)
		default:
			f.free(b)
		}
	})
	f.flush()
	if f.looks += len(f.dropped); f.looks > maxFilmLooks {
		f.fail("has too many fragments before the samples of a track that is not kept")
	}
	for _, s := range f.dropped {
		if s.start < f.pos() && s.end > f.run.fragment {
			f.fail(filmEarlier)
		}
	}
	f.settle()
}

// The flags of a track's fragment and of a run (ISO/IEC 14496-12, 8.8.7 and 8.8.8).
const (
	fragmentBase        = 0x1
	fragmentDescription = 0x2
	fragmentDuration    = 0x8
	fragmentSize        = 0x10
	fragmentHere        = 0x20000

	runOffset     = 0x1
	runFirstFlags = 0x4
	runDurations  = 0x100
	runSizes      = 0x200
	runFlags      = 0x400
	runTimes      = 0x800
)

// trackFragment walks the fragment of a track. That of a track that is not kept becomes free space.
func (f *film) trackFragment(b filmBox) {
	head := f.looked
	h, ok := filmBox{}, false
	if b.left(f.walk) >= 8 {
		h, ok = f.next(b.end)
	}
	if !ok || !h.is("tfhd") || h.left(f.walk) < 8 {
		f.fail("has a fragment that does not name its track")
	}
	p := f.more(h.left(f.walk))
	t := filmTrack{dropped: true}
	if known := f.tracks[binary.BigEndian.Uint32(p[4:])]; known != nil {
		t.sampleSize, t.dropped = known.sampleSize, known.dropped || !known.headed
	}
	size := f.fragmentHeader(p, t.sampleSize)
	if t.dropped {
		copy(f.held()[4:], "free")
		clear(f.held()[head:])
	}
	f.inside(b.end, func(b filmBox) {
		if t.dropped {
			clear(f.held())
		}
		switch {
		case b.is("trun"):
			f.sampleRun(b, size, t.dropped)
		case t.dropped:
			f.blankTo(b.end)
		case b.is("uuid"):
			f.extended(b)
		default:
			f.listed("tfdt", "sbgp", "sgpd", "subs", "saiz", "saio", "senc")(b)
		}
	})
	f.run.end = f.run.at
}

// fragmentHeader reads where the samples of a track begin. It returns the size of a sample whose
// run gives none: size, unless the header has another.
func (f *film) fragmentHeader(p []byte, size int64) int64 {
	flags := binary.BigEndian.Uint32(p)
	p = p[8:]
	field := func(flag uint32, n int) int64 {
		v := uint64(0)
		if flags&flag == 0 {
			return 0
		}
		if len(p) < n {
			f.fail(filmMalformed)
		}
		for _, c := range p[:n] {
			v = v<<8 | uint64(c)
		}
		p = p[n:]
		return clipped(v)
	}
	base := field(fragmentBase, 8)
	field(fragmentDescription, 4)
	field(fragmentDuration, 4)
	if flags&fragmentSize != 0 {
		size = field(fragmentSize, 4)
	}
	switch {
	case flags&fragmentBase != 0 && base > everything-f.base:
		f.fail(filmMalformed)
	case flags&fragmentBase != 0:
		f.run.at = f.base + base
	case flags&fragmentHere != 0:
		f.run.at = f.run.fragment
	default:
		f.run.at = f.run.end
	}
	f.run.end = f.run.at
	return size
}

// sampleRun reads where a run of samples is. It blanks a run of a track that is not kept.
func (f *film) sampleRun(b filmBox, size int64, dropped bool) {
	p := f.fields(b, 8)
	flags, n := binary.BigEndian.Uint32(p), int64(binary.BigEndian.Uint32(p[4:]))
	start := f.run.at
	if flags&runOffset != 0 {
		start = f.run.end + int64(int32(binary.BigEndian.Uint32(f.fields(b, 4)))) //nolint:gosec // it may be negative
	}
	if flags&runFirstFlags != 0 {
		f.fields(b, 4)
	}
	if dropped {
		clear(f.held())
	}
	sum := f.runSize(b, flags, n, size, dropped)
	switch {
	case start > everything-sum:
		f.fail(filmMalformed)
	case dropped && sum > 0 && start < f.run.fragment:
		f.fail(filmEarlier)
	}
	f.run.at = start + sum
	f.flush()
	if !dropped {
		f.keep(b.left(f.walk))
		return
	}
	f.dropSpan(start, sum)
	f.blankTo(b.end)
}

// runSize returns the sum of the sizes of n samples, each of which has its own or the given size.
// It blanks the records of dropped samples.
func (f *film) runSize(b filmBox, flags uint32, n, size int64, dropped bool) (sum int64) {
	wide, at := 0, 0
	for _, flag := range []uint32{runDurations, runSizes, runFlags, runTimes} {
		if flag == runSizes {
			at = wide
		}
		if flags&flag != 0 {
			wide += 4
		}
	}
	if n*int64(wide) > b.left(f.walk) {
		f.fail(filmMalformed)
	}
	if flags&runSizes == 0 {
		sum = n * size
	}
	if wide == 0 || flags&runSizes == 0 && !dropped {
		return clipped(uint64(sum)) //nolint:gosec // it is not negative
	}
	f.records(n, wide, func(e []byte) {
		if flags&runSizes != 0 {
			sum += int64(binary.BigEndian.Uint32(e[at:]))
		}
		if dropped {
			clear(e)
		}
	})
	return sum
}
