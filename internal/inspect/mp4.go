package inspect

// MP4 checks that a stream is one whole ISO base media or QuickTime file: MP4, M4V, M4A, MOV, 3GP.
// The zero value is ready.
//
// It walks the boxes from the first to the last, and those of tracks and metadata down to their
// data references. It refuses boxes that do not fit, a file without exactly one movie box or
// without media, and fragments before the movie. It refuses a file type that does not come first, a
// file that is cut off, and bytes after the end that form no box. Zeros may follow the end, and
// then nothing else. It refuses data references to another file or a URL in these boxes, and
// QuickTime movies that are a list of other movies, as active content: players would fetch those.
// It does not inspect user data. It refuses a compressed movie box, since it does not decompress
// it.
//
// It does not check media data, codecs, sizes in pixels and durations. A recorder that does not
// go back to fill in sizes may end a file in media data of any length. The true end of such a file
// is unknown. MP4 keeps at most 16 bytes of a file.
type MP4 struct {
	boxes
	begun bool
	movie bool
	media bool

	embedded bool    // in another file, which may continue after it
	after    [8]byte // the first bytes after its end
}

// Write checks p. It returns the first fault, an *Error, at once. Later calls return it without
// looking at p.
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
		m.fail(CodeDamaged, "has a misplaced box")
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

// endsAt reports whether the file has its movie and media, and the bytes after an outermost box do
// not begin like another one.
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
