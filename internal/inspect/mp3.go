package inspect

// MP3 checks that a stream consists of MPEG audio frames of layer III (ISO/IEC 11172-3, 13818-3,
// and 2.5) and of tags: ID3v2 before, between and after frames; APEv2 (with or without a header)
// and Lyrics3v2 after the first one; ID3v1 and its extension after the last one. The zero value is
// ready.
//
// It refuses frames of other layers, frames with a version or a rate that MPEG does not have, and
// frames that do not declare their bit rate ("free format"). It refuses bytes that are neither
// frame nor tag nor zero, and a file without frames. The last frame may be short. A frame's header
// implies its length, so the walk reads one header for each frame. It does not check the content of
// frames, or the values in tags. It keeps at most 32 bytes.
type MP3 struct {
	stream
	framed  bool
	inFrame bool   // the payload belongs to a frame
	tagged  bool   // ID3v1 or its extension came, after which no frame does
	first   byte   // of a frame, a tag, or zeros
	item    int64  // length of the value of an item of an APE tag without a header
	items   int64  // length of all of them, including their names
	counted uint32 // items
}

// Write checks p. It returns the first fault, an *Error, at once. Later calls return it without
// looking at p.
func (m *MP3) Write(p []byte) (int, error) { return m.write(m, p) }

// Verdict returns nil if all that was written is one whole file, and the fault, an *Error, if not.
// The stream must have ended.
func (m *MP3) Verdict() error { return m.verdict(m) }

// mp3FrameBytes returns the length of the frame with that header, 0 if the header is invalid or
// declares no bit rate.
func mp3FrameBytes(header uint32) int64 {
	version, layer := header>>19&3, header>>17&3
	bitRate, sampleRate, padding := header>>12&15, header>>10&3, header>>9&1
	if header>>21 != 0x7ff || version == 1 || layer != 1 || bitRate == 15 || bitRate == 0 || sampleRate == 3 {
		return 0
	}
	const mpeg1 = 3
	if version == mpeg1 {
		return 144_000*mp3Kilobits[0][bitRate]/mp3Hertz[sampleRate] + int64(padding)
	}
	half := int64(2)
	if version == 0 { // 2.5
		half = 4
	}
	return 72_000*mp3Kilobits[1][bitRate]*half/mp3Hertz[sampleRate] + int64(padding)
}

// The bit rates of MPEG 1, and of MPEG 2 and 2.5, and the sampling rates of MPEG 1. The sampling
// rates of MPEG 2 are half of these, and those of MPEG 2.5 a quarter.
var (
	mp3Kilobits = [2][15]int64{
		{0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320},
		{0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160},
	}
	mp3Hertz = [3]int64{44_100, 48_000, 32_000}
)
