package inspect

// MP4 checks that a stream is one whole ISO base media or QuickTime file: MP4, M4V, M4A, MOV. The zero value is ready.
//
// The boxes are walked from the first to the last, and those of the tracks down to their data references. Malformed are
// boxes that do not fit, a file without exactly one movie box or without media, fragments in front of the movie, a file type that does not come
// first, one that is cut off, and bytes that form no box behind the end. Active are tracks that take their data from
// another file or a URL, which players would fetch.
//
// Media data is not looked at, and neither are codecs, sizes in pixels and durations. A file that a recorder wrote
// without going back to fill in sizes may end in media data of any length, of which the end cannot be told. At most 16
// bytes are kept.
type MP4 struct {
	boxes
	begun bool
	movie bool
	media bool
}

// Write checks p. It returns the fault, an *Error, as soon as one is found, and from then on without looking at p.
func (m *MP4) Write(p []byte) (int, error) { return m.write(m, p) }

// Verdict returns nil if all that was written is one whole file, and the fault, an *Error, if not. The stream must have
// ended.
func (m *MP4) Verdict() error { return m.verdict(m) }

func (m *MP4) piece(p []byte) {
	if !m.header(p) {
		return
	}
	kind := string(m.kind[:])
	if kind == "ftyp" && m.begun || kind == "moov" && m.movie || kind == "moof" && !m.movie {
		m.fail(CodeDamaged, "has a box that is out of place")
	}
	m.begun = true
	m.media = m.media || kind == "mdat"
	switch kind {
	case "moov":
		m.movie = true
		m.descend(0)
	case "trak", "mdia", "minf", "dinf":
		m.descend(0)
	case "dref":
		m.references()
	default:
		m.leave(8)
	}
}

func (m *MP4) end() {
	switch {
	case !m.whole():
		m.cutOff()
	case !m.movie || !m.media:
		m.fail(CodeDamaged, "has no movie or no media box")
	}
}
