package inspect

import "strings"

// WebM checks that a stream is one whole WebM file, a kind of Matroska (RFC 8794, RFC 9559), and
// nothing else. The zero value is ready.
//
// It walks the header and the elements of the segment, and those of clusters of unknown size, which
// browsers record. It refuses another kind of header, elements that do not fit or are misplaced,
// clusters before the tracks, and a file that is cut off. It refuses bytes after the end, and
// attached files as active content: WebM does not have them. A file of unknown size that ends
// between two elements cannot be distinguished from a whole one.
//
// It does not look at tracks, codecs and sizes in pixels. It keeps at most 1 KiB.
type WebM struct {
	// Matroska also accepts files whose type is "matroska". They may not have attached files
	// either.
	Matroska bool

	ebml
	declared   bool  // the EBML header has begun
	segmentEnd int64 // 0 before the segment, everything if its size is unknown
	inCluster  bool  // in one of unknown size
	tracks     bool
}

// webmHeader is the piece with the content of the EBML header.
const webmHeader = ebmlPieces

// The IDs of the segment and of the elements in it (RFC 9559, section 5).
const (
	mkvSegment     = 0x18538067
	mkvSeekHead    = 0x114d9b74
	mkvInfo        = 0x1549a966
	mkvTracks      = 0x1654ae6b
	mkvChapters    = 0x1043a770
	mkvCluster     = 0x1f43b675
	mkvCues        = 0x1c53bb6b
	mkvAttachments = 0x1941a469
	mkvTags        = 0x1254c367
)

const (
	maxEBMLHeader = 1024
	webmMalformed = "has a Matroska element that does not fit into the one around it"
	webmOrder     = "has a misplaced Matroska element"
	webmNot       = "is not a WebM file"
)

// Write checks p. It returns the first fault, an *Error, at once. Later calls return it without
// looking at p.
func (w *WebM) Write(p []byte) (int, error) { return w.write(w, p) }

// Verdict returns nil if all that was written is one whole file, and the fault, an *Error, if not.
// The stream must have ended.
func (w *WebM) Verdict() error { return w.verdict(w) }

func (w *WebM) payload(p []byte) (int, bool) { return skip(p) }

func (w *WebM) end() {
	if w.segmentEnd != everything || !w.between() || w.state != ebmlID || !w.tracks {
		w.cutOff()
	}
}

func (w *WebM) piece(p []byte) {
	switch {
	case w.state == webmHeader:
		w.docType(p)
		w.expect(ebmlID, 1)
	case w.header(p):
		w.element(w.off + int64(len(p)))
	}
}

// element judges an element whose content begins at that offset.
func (w *WebM) element(content int64) {
	switch {
	case !w.declared:
		if w.id != ebmlHeader || w.size < 1 || w.size > maxEBMLHeader {
			w.fail(CodeDamaged, webmNot)
			return
		}
		w.declared = true
		w.expect(webmHeader, int(w.size))
	case w.segmentEnd == 0:
		w.segment(content)
	case w.inCluster && isClusterElement(w.id):
		w.leave(content)
	default:
		w.inCluster = false
		w.part(content)
	}
}

func (w *WebM) segment(content int64) {
	if w.id == ebmlVoid && w.size != unknownSize {
		w.pass(w.size)
		w.expect(ebmlID, 1)
		return
	}
	if w.id != mkvSegment || w.size == 0 {
		w.fail(CodeDamaged, webmOrder)
	}
	w.segmentEnd = everything
	if w.size != unknownSize {
		w.segmentEnd = content + w.size
	}
	w.expect(ebmlID, 1)
}

// part judges an element right below the segment.
func (w *WebM) part(content int64) {
	switch w.id {
	case mkvAttachments:
		w.refuse(activeAt(KindAttachment, "has attached files", w.off))
	case mkvTracks:
		w.tracks = true
	case mkvCluster:
		if !w.tracks {
			w.fail(CodeDamaged, webmOrder)
		}
		if w.inCluster = w.size == unknownSize; w.inCluster {
			w.expect(ebmlID, 1)
			return
		}
	case mkvSeekHead, mkvInfo, mkvChapters, mkvCues, mkvTags, ebmlVoid, ebmlCRC:
	default:
		w.fail(CodeDamaged, webmOrder)
	}
	w.leave(content)
}

// leave passes over the content of an element, which must have a known size and lie within the
// segment.
func (w *WebM) leave(content int64) {
	if w.size == unknownSize || w.size > w.segmentEnd-content {
		w.fail(CodeDamaged, webmMalformed)
		return
	}
	w.pass(w.size)
	if content+w.size < w.segmentEnd {
		w.expect(ebmlID, 1)
		return
	}
	if !w.tracks {
		w.fail(CodeDamaged, "has no tracks")
	}
	w.finish()
}

// docType judges the EBML header, which declares the type of the file.
func (w *WebM) docType(p []byte) {
	found := false
	for len(p) > 0 {
		id, content, rest, ok := nextElement(p)
		switch {
		case !ok:
			w.fail(CodeDamaged, webmNot)
			return
		case id == ebmlDocType:
			name := strings.TrimRight(string(content), "\x00")
			found = name == "webm" || w.Matroska && name == "matroska"
		case id == ebmlMaxIDLength && (len(content) != 1 || content[0] != 4), id == ebmlMaxSizeLength && (len(content) != 1 || content[0] > 8):
			w.fail(CodeDamaged, webmNot)
		}
		p = rest
	}
	if !found {
		w.fail(CodeDamaged, webmNot)
	}
}

// isClusterElement reports whether a cluster may have the element.
func isClusterElement(id uint32) bool {
	switch id {
	case 0xe7, 0xa3, 0xa0, 0xab, 0xa7: // Timestamp, SimpleBlock, BlockGroup, PrevSize, Position
		return true
	case 0x5854, 0xaf, ebmlVoid, ebmlCRC: // the first two: SilentTracks, EncryptedBlock
		return true
	}
	return false
}
