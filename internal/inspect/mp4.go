package inspect

// MP4 checks that a stream is one whole ISO base media or QuickTime file: MP4, M4V, M4A, MOV. The
// zero value is ready.
//
// The boxes are walked from the first to the last, and those of tracks and metadata down to their
// data references. Refused are boxes that do not fit, a file without exactly one movie box or
// without media, fragments in front of the movie, a file type that does not come first, one that is
// cut off, and bytes that form no box after the end, except for zeros. Refused as active content
// are data references that lead to another file or a URL, wherever they stand, and QuickTime movies
// that are a list of others: players would fetch those. A compressed movie box cannot be looked
// into and is refused.
//
// Media data is not looked at, and neither are codecs, sizes in pixels and durations. A file that a
// recorder wrote without going back to fill in sizes may end in media data of any length, of which
// the end cannot be told. At most 16 bytes are kept.
type MP4 struct {
	boxes
	begun bool
	movie bool
	media bool

	embedded bool    // in another file, which may go on after it
	after    [8]byte // where it does
}

// Write checks p. It returns the fault, an *Error, as soon as one is found, and from then on
// without looking at p.
func (m *MP4) Write(p []byte) (int, error) { return m.write(m, p) }

// Verdict returns nil if all that was written is one whole file, and the fault, an *Error, if not.
// The stream must have ended.
func (m *MP4) Verdict() error { return m.verdict(m) }

func (m *MP4) piece(p []byte) {
	if m.embedded && m.endsAt(p) {
		m.after = [8]byte(p)
		m.finish()
		return
	}
	if !m.header(p) {
		return
	}
	kind := string(m.kind[:])
	if kind == "ftyp" && m.begun || kind == "moov" && m.movie || kind == "moof" && !m.movie {
		m.fail(CodeDamaged, "has a box that is out of place")
	}
	m.begun = true
	m.media = m.media || kind == "mdat"
	switch {
	case kind == "moov":
		m.movie = true
		m.descend(0)
	case !m.outside():
		m.skipBox()
	}
}

// endsAt reports whether what follows the outermost boxes is no box.
func (m *MP4) endsAt(p []byte) bool {
	if m.state != boxHeader || !m.movie || !m.media {
		return false
	}
	m.ascend()
	return len(m.ends) == 0 && !isBoxType([4]byte(p[4:8]))
}

func (m *MP4) end() {
	switch {
	case !m.whole():
		m.cutOff()
	case !m.movie || !m.media:
		m.fail(CodeDamaged, "has no movie or no media box")
	}
}
