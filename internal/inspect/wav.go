package inspect

import "encoding/binary"

// WAV checks that a stream is one whole RIFF WAVE file and nothing else. The zero value is ready.
//
// Chunks are walked to the end of the RIFF file. Malformed are chunks that do not fit into it, a format without channels or
// rate, samples in front of the format, two of either, a file without samples, one that is cut off, and bytes behind the
// end. Files of unknown size, as programs write them to a pipe, and the 64-bit variants (RF64, W64) are refused. Samples
// are not looked at. At most 16 bytes are kept.
type WAV struct {
	riff
	formatted bool
	sampled   bool
	formatEnd int64
}

const wavFormat = riffPieces

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
		w.open(p, "WAVE", "is not a WAV file")
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

func (w *WAV) header(p []byte) {
	size := w.chunk(p)
	switch string(p[:4]) {
	case "fmt ":
		if w.formatted || size < 16 {
			w.fail(CodeDamaged, "has a WAV format that is out of place")
		}
		w.formatted = true
		w.formatEnd = w.off + 8 + size + size&1
		w.expect(wavFormat, 16)
		return
	case "data":
		if !w.formatted || w.sampled {
			w.fail(CodeDamaged, "has samples that are out of place")
		}
		w.sampled = true
	}
	w.next(w.off+8, size+size&1)
}
