package inspect

import "encoding/binary"

// riff walks the chunks of a RIFF file, which must fill the size in its header. Formats embed it.
type riff struct {
	stream
	size   int64 // of the file, by its header
	padded bool  // the last byte is padding
}

// The pieces of every RIFF file; formats number theirs from riffPieces.
const (
	riffHeader = 1 + iota
	riffChunk
	riffPieces
)

const riffMalformed = "has a RIFF chunk that does not fit into its file"

// open judges the header of a file of the given form.
func (r *riff) open(p []byte, form, wrongForm string) {
	if string(p[:4]) != "RIFF" || string(p[8:12]) != form {
		r.fail(CodeDamaged, wrongForm)
	}
	size := int64(binary.LittleEndian.Uint32(p[4:]))
	if size < 4 {
		r.fail(CodeDamaged, riffMalformed)
	}
	r.padded = size%2 != 0
	r.size = 8 + size + size&1
	r.next(12, 0)
}

// chunk returns the size of the data after a chunk's header, and fails if the file is too short for
// it.
func (r *riff) chunk(header []byte) (size int64) {
	size = int64(binary.LittleEndian.Uint32(header[4:]))
	if r.off+8+size+size&1 > r.size {
		r.fail(CodeDamaged, riffMalformed)
	}
	return size
}

// next continues after a chunk, with left bytes of its data and padding still to come from off.
func (r *riff) next(off, left int64) {
	r.pass(left)
	switch end := off + left; {
	case end == r.size:
		r.finish()
	case r.size-end < 8:
		r.fail(CodeDamaged, riffMalformed)
	default:
		r.expect(riffChunk, 8)
	}
}

// end accepts files without their last byte of padding, as some encoders write them.
func (r *riff) end() {
	if !r.done || !r.padded || r.left > 1 {
		r.cutOff()
	}
}

func (r *riff) payload(p []byte) (int, bool) { return skip(p) }
