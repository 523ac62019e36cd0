package inspect

import "encoding/binary"

// WAV checks that a stream is one whole RIFF WAVE file and nothing else. The zero value is ready.
//
// It walks the chunks to the end of the RIFF file. It refuses chunks that do not fit into it, a
// format without channels or rate, samples before the format, two of either, and a file without a
// chunk of samples. It refuses a file that is cut off, bytes after the end, and Sony's 64-bit
// variant (W64). It accepts the broadcasters' 64-bit variant (RF64 and BW64, EBU Tech 3306) and the
// other byte order (RIFX). It does not look at samples. It keeps at most 28 bytes.
//
// Where recorders write wrong sizes, it takes them as players do. A size of the file that is a few
// dozen bytes off gives way to those of the chunks. A size of the samples that counts their header
// gives way to that of the file. Programs that write to a pipe cannot correct sizes later. Where
// the size of the samples says nothing (see saysNothing), and no ds64 chunk has it, they extend to
// the end of the file, and that end is unknown. But 0 means no samples where the file, by its size,
// continues after their header. Where the size of the file says nothing, the file may end after any
// chunk.
type WAV struct {
	riff
	order     binary.ByteOrder
	wide      bool  // a ds64 chunk has the sizes
	samples   int64 // bytes of them, according to that chunk
	formatted bool
	sampled   bool
	unknown   bool  // the file does not declare its length
	endless   bool  // the samples extend to its end
	mayEnd    int64 // where it may end within the samples, according to its header; 0 if nowhere
	chunkEnd  int64 // end of a chunk that is judged
}

// The pieces of a WAV file.
const (
	wavFormat = riffPieces + iota
	wavSizes
)

const (
	wavNot    = "is not a WAV file"
	wavSlack  = 64 // bytes that a size may be off
	wavHeader = 36 // bytes of the shortest header after the size of the file
)

// saysNothing reports whether a size is one that programs write in place of an unknown one: 0, -1,
// or the most that fits into a signed number. Some subtract the header from that, or add it. SoX
// writes 0x7ffff000.
func saysNothing(size int64) bool {
	const header = 256
	return size == 0 || size >= 1<<32-header || 0x7ffff000 <= size && size < 1<<31+header
}

// Write checks p. It returns the first fault, an *Error, at once. Later calls return it without
// looking at p.
func (w *WAV) Write(p []byte) (int, error) { return w.write(w, p) }

// Verdict returns nil if all that was written is one whole file, and the fault, an *Error, if not.
// The stream must have ended.
func (w *WAV) Verdict() error { return w.verdict(w) }

func (w *WAV) piece(p []byte) {
	switch w.state {
	case 0:
		w.expect(riffHeader, 12)
	case riffHeader:
		w.open(p)
	case riffChunk:
		w.header(p)
	case wavFormat:
		if channels, rate := w.order.Uint16(p[2:]), w.order.Uint32(p[4:]); channels == 0 || rate == 0 {
			w.fail(CodeDamaged, "has an impossible WAV format")
		}
		w.next(w.off+16, w.chunkEnd-w.off-16)
	case wavSizes:
		w.sizes(p)
	}
	if w.done && !w.sampled {
		w.fail(CodeDamaged, "has no samples")
	}
}

// open reads the header of the file, in either byte order.
func (w *WAV) open(p []byte) {
	w.order = binary.LittleEndian
	switch kind := string(p[:4]); {
	case kind == "RIFX":
		w.order = binary.BigEndian
	case kind == "RF64", kind == "BW64":
		w.wide = true
	case kind != "RIFF":
		w.fail(CodeDamaged, wavNot)
	}
	size := w.order.Uint32(p[4:])
	if w.unknown = saysNothing(int64(size)); w.unknown {
		size = 1 << 31
	}
	w.riff.open(append(binary.LittleEndian.AppendUint32([]byte("RIFF"), size), p[8:]...), "WAVE", wavNot)
	if w.unknown {
		w.size = everything
	}
}

// sizes reads the 64-bit sizes of the file and its samples.
func (w *WAV) sizes(p []byte) {
	file, samples := binary.LittleEndian.Uint64(p), binary.LittleEndian.Uint64(p[8:])
	if file > everything/4 || samples > everything/4 {
		w.fail(CodeDamaged, riffMalformed)
		return
	}
	w.samples = int64(samples)
	if w.unknown && file > 0 { // otherwise the header has declared it
		w.unknown, w.padded = false, file&1 != 0
		w.size = 8 + int64(file) + int64(file)&1
	}
	w.next(w.off+int64(len(p)), w.chunkEnd-w.off-int64(len(p)))
}

func (w *WAV) header(p []byte) {
	size := int64(w.order.Uint32(p[4:]))
	kind := string(p[:4])
	if first := w.off == 12; w.wide && first != (kind == "ds64") {
		w.fail(CodeDamaged, "has misplaced WAV sizes")
	}
	switch kind {
	case "fmt ":
		if w.formatted || size < 16 {
			w.fail(CodeDamaged, "has a misplaced or short WAV format")
		}
		w.formatted = true
	case "data":
		if size = w.data(size); w.endless {
			w.pass(everything)
			return
		}
	}
	end := w.off + 8 + size + size&1
	switch {
	case end <= w.size:
	case end-w.size <= wavSlack && kind == "data":
		if end-w.size >= wavHeader {
			w.mayEnd = w.size
		}
		w.size, w.padded = end, size&1 != 0
	default:
		w.fail(CodeDamaged, riffMalformed)
	}
	w.chunkEnd = end
	switch {
	case kind == "fmt ":
		w.expect(wavFormat, 16)
	case kind == "ds64" && w.wide && size < 28:
		w.fail(CodeDamaged, riffMalformed)
	case kind == "ds64" && w.wide:
		w.expect(wavSizes, 28)
	default:
		w.next(w.off+8, end-w.off-8)
	}
}

// data returns the number of bytes of the samples. size is the one in their chunk.
func (w *WAV) data(size int64) int64 {
	if !w.formatted || w.sampled {
		w.fail(CodeDamaged, "has misplaced samples")
	}
	w.sampled = true
	switch {
	case w.wide && saysNothing(size):
		size = w.samples
	case size > 0:
		w.endless = saysNothing(size)
	}
	w.endless = w.endless || size == 0 && (w.unknown || w.size <= w.off+8)
	return size
}

// next continues after a chunk.
func (w *WAV) next(off, left int64) {
	w.pass(left)
	if off+left == w.size {
		w.finish()
	} else {
		w.expect(riffChunk, 8)
	}
}

func (w *WAV) end() {
	short := w.state == riffChunk && w.between() && (w.unknown || w.size-w.off <= wavSlack)
	unpadded := w.left == 1 && w.state == riffChunk && (w.unknown || w.done && w.padded)
	switch {
	case !w.sampled:
		w.cutOff()
	case w.endless, short, unpadded, w.mayEnd > 0 && w.off == w.mayEnd && len(w.buf) == 0:
	default:
		w.cutOff()
	}
}
