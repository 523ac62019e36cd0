package inspect

import "encoding/binary"

// WAV checks that a stream is one whole RIFF WAVE file and nothing else. The zero value is ready.
//
// Chunks are walked to the end of the RIFF file. Refused are chunks that do not fit into it, a
// format without channels or rate, samples in front of the format, two of either, a file without
// samples, one that is cut off, bytes behind the end, and Sony's 64-bit variant (W64). That of
// broadcasters (RF64 and BW64, EBU Tech 3306) and the other byte order (RIFX) are accepted. Samples
// are not looked at. At most 28 bytes are kept.
//
// Sizes are taken as players take them where recorders write wrong ones. One of the file that is a
// few dozen bytes off gives way to those of the chunks, and a size of the samples that counts their
// header to that of the file. Programs that write to a pipe do not know sizes: where that of the
// file or the samples says nothing, samples go to the end of the file, of which the end is not
// known then. See saysNothing.
type WAV struct {
	riff
	order     binary.ByteOrder
	wide      bool  // sizes stand in a chunk of their own
	samples   int64 // bytes of them, by that chunk
	formatted bool
	sampled   bool
	unknown   bool  // the file does not say how long it is
	endless   bool  // the samples go to its end
	mayEnd    int64 // where it may end within the samples, by its header; 0 if nowhere
	chunkEnd  int64 // of one that is looked at
}

// The pieces of a WAV file.
const (
	wavFormat = riffPieces + iota
	wavSizes
)

const (
	wavNot    = "is not a WAV file"
	wavSlack  = 64 // bytes that a size may be off
	wavHeader = 36 // what the shortest header has behind the size of the file
)

// saysNothing reports whether a size is one that programs write in place of one that they do not
// know: 0, -1 or as many as fit into a signed number, from which some take the header, or to which
// they add it, and SoX's 0x7ffff000.
func saysNothing(size int64) bool {
	const header = 256
	return size == 0 || size >= 1<<32-header || 0x7ffff000 <= size && size < 1<<31+header
}

// Write checks p. It returns the fault, an *Error, as soon as one is found, and from then on
// without looking at p.
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
			w.fail(CodeDamaged, "has a WAV format that cannot be")
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

// sizes reads those of the file and its samples, which take 64 bits.
func (w *WAV) sizes(p []byte) {
	file, samples := binary.LittleEndian.Uint64(p), binary.LittleEndian.Uint64(p[8:])
	if file > everything/4 || samples > everything/4 {
		w.fail(CodeDamaged, riffMalformed)
		return
	}
	w.samples = int64(samples)
	if w.unknown && file > 0 { // else the header has said it
		w.unknown, w.padded = false, file&1 != 0
		w.size = 8 + int64(file) + int64(file)&1
	}
	w.next(w.off+int64(len(p)), w.chunkEnd-w.off-int64(len(p)))
}

func (w *WAV) header(p []byte) {
	size := int64(w.order.Uint32(p[4:]))
	kind := string(p[:4])
	if first := w.off == 12; w.wide && first != (kind == "ds64") {
		w.fail(CodeDamaged, "has a WAV file whose sizes are out of place")
	}
	switch kind {
	case "fmt ":
		if w.formatted || size < 16 {
			w.fail(CodeDamaged, "has a WAV format that is out of place")
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

// data returns how many bytes the samples have, by a chunk that says that size.
func (w *WAV) data(size int64) int64 {
	if !w.formatted || w.sampled {
		w.fail(CodeDamaged, "has samples that are out of place")
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

// next goes on behind a chunk.
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
