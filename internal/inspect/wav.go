package inspect

import "encoding/binary"

// WAV checks that a stream is one whole RIFF WAVE file and nothing else. The zero value is ready.
//
// Chunks are walked to the end of the RIFF file. Refused are chunks that do not fit into it, a format without channels or
// rate, samples in front of the format, two of either, a file without samples, one that is cut off, bytes behind the
// end, and the 64-bit variants (RF64, W64). Samples are not looked at. At most 16 bytes are kept.
//
// Sizes are taken as players take them where recorders write wrong ones. One of the file that is a few dozen bytes off gives
// way to those of the chunks, and a size of the samples that counts their header to that of the file. Programs that write
// to a pipe do not know sizes: where that of the file or the samples says nothing (0, or 2^32-1), samples go to the end
// of the file, of which the end cannot be told then.
type WAV struct {
	riff
	formatted bool
	sampled   bool
	unknown   bool  // the file does not say how long it is
	endless   bool  // the samples go to its end
	mayEnd    int64 // where it may end within the samples, by its header; 0 if nowhere
	formatEnd int64
}

const wavFormat = riffPieces

const (
	wavSlack   = 64 // bytes that a size may be off
	wavHeader  = 36 // what the shortest header has behind the size of the file
	wavUnknown = 1<<32 - 1
)

// Write checks p. It returns the fault, an *Error, as soon as one is found, and from then on without looking at p.
func (w *WAV) Write(p []byte) (int, error) { return w.write(w, p) }

// Verdict returns nil if all that was written is one whole file, and the fault, an *Error, if not. The stream must have
// ended.
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
		channels, rate := binary.LittleEndian.Uint16(p[2:]), binary.LittleEndian.Uint32(p[4:])
		if channels == 0 || rate == 0 {
			w.fail(CodeDamaged, "has a WAV format that cannot be")
		}
		w.next(w.off+16, w.formatEnd-w.off-16)
	}
	if w.done && !w.sampled {
		w.fail(CodeDamaged, "has no samples")
	}
}

func (w *WAV) open(p []byte) {
	if size := binary.LittleEndian.Uint32(p[4:]); size == 0 || size == wavUnknown {
		w.unknown = true
		p = append([]byte("RIFF\xfe\xff\xff\xff"), p[8:]...)
	}
	if w.riff.open(p, "WAVE", "is not a WAV file"); w.unknown {
		w.size = everything
	}
}

func (w *WAV) header(p []byte) {
	size := int64(binary.LittleEndian.Uint32(p[4:]))
	kind := string(p[:4])
	switch kind {
	case "fmt ":
		if w.formatted || size < 16 {
			w.fail(CodeDamaged, "has a WAV format that is out of place")
		}
		w.formatted = true
	case "data":
		if !w.formatted || w.sampled {
			w.fail(CodeDamaged, "has samples that are out of place")
		}
		w.sampled = true
		if size == wavUnknown || size == 0 && w.size-(w.off+8) <= 0 || size == 0 && w.unknown {
			w.endless = true
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
	if kind == "fmt " {
		w.formatEnd = end
		w.expect(wavFormat, 16)
		return
	}
	w.next(w.off+8, end-w.off-8)
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
