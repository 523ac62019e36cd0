package clean

import (
	"bytes"
	"encoding/binary"
)

// Each of the first three begins the headers of a codec, which may have comments.
const (
	flacMark   = "fLaC"
	vorbisMark = "\x01vorbis"
	theoraMark = "\x80theora"

	vorbisComments = "\x03vorbis" // begins the comments of Vorbis
	vorbisSetup    = "\x05vorbis" // begins the header that follows them
)

// codecPrivate cleans the headers of FLAC, Vorbis or Theora.
func codecPrivate(p []byte) {
	if bytes.HasPrefix(p, []byte(flacMark)) {
		flacBlocks(p)
		return
	}
	if first, comments := sizedHeaders(p); comments != nil {
		blankComments(first, comments)
		return
	}
	if len(p) == 0 || p[0] != 2 { // 2 announces three headers, of which two have their lengths in front
		vorbisIn(p)
		return
	}
	var sizes [2]int
	at := 1
	for i := range sizes {
		for at < len(p) {
			c := p[at]
			sizes[i] += int(c)
			if at++; c < 255 {
				break
			}
		}
	}
	if at+sizes[0]+sizes[1] > len(p) {
		vorbisIn(p)
		return
	}
	blankComments(p[at:at+sizes[0]], p[at+sizes[0]:at+sizes[0]+sizes[1]])
}

// sizedHeaders returns the first header and that of the comments, if both have their length in two
// bytes before them and the first is of Vorbis or Theora.
func sizedHeaders(p []byte) (first, comments []byte) {
	var headers [2][]byte
	for i := range headers {
		if len(p) < 2 {
			return nil, nil
		}
		n := int(binary.BigEndian.Uint16(p))
		if p = p[2:]; n > len(p) {
			return nil, nil
		}
		headers[i], p = p[:n], p[n:]
	}
	if !bytes.HasPrefix(headers[0], []byte(vorbisMark)) && !bytes.HasPrefix(headers[0], []byte(theoraMark)) {
		return nil, nil
	}
	return headers[0], headers[1]
}

// blankComments blanks the header of comments that follows the first one.
func blankComments(first, comments []byte) {
	switch {
	case bytes.HasPrefix(first, []byte(vorbisMark)):
		noComments(comments, 1)
	case bytes.HasPrefix(first, []byte(theoraMark)):
		noComments(comments, 0)
	}
}

// vorbisIn blanks the comments in the headers of Vorbis, which may begin anywhere in p.
func vorbisIn(p []byte) {
	first := bytes.Index(p, []byte(vorbisMark))
	if first < 0 {
		return
	}
	p = p[first:]
	from, to := bytes.Index(p, []byte(vorbisComments)), bytes.LastIndex(p, []byte(vorbisSetup))
	if 0 < from && from < to {
		noComments(p[from:to], 1)
	}
}

// noComments removes the comments from a packet of comments, and keeps its last end bytes. Zeros
// fill the space, as the name of the program that wrote the packet. A packet that is too short to
// have comments stays.
func noComments(p []byte, end int) {
	const mark = 7 // the kind of the packet, and the name of the codec
	n := len(p) - mark - 4 - 4 - end
	if n < 0 {
		return
	}
	clear(p[mark : len(p)-end])
	binary.LittleEndian.PutUint32(p[mark:], uint32(n)) //nolint:gosec // it fits
}
