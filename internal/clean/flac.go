package clean

import (
	"encoding/binary"
	"regexp"
	"strconv"
	"strings"
)

// The blocks of FLAC metadata that are kept whole or in part, and padding (RFC 9639, 8).
const (
	flacStreamInfo = 0
	flacPadding    = 1
	flacSeekTable  = 3
	flacComments   = 4
)

// flacChannels begins the comment that says which channels there are (RFC 9639, 8.6.2).
const flacChannels = "WAVEFORMATEXTENSIBLE_CHANNEL_MASK="

// isFLACChannels matches that comment.
var isFLACChannels = regexp.MustCompile(`^(?i:` + flacChannels + `)0[xX][0-9a-fA-F]{1,16}$`).Match

// flacBlocks makes padding of the blocks of FLAC metadata that are not kept. In Matroska "fLaC"
// precedes them, in MP4 a version and flags.
func flacBlocks(p []byte) {
	if len(p) < 4 {
		return
	}
	for p = p[4:]; len(p) >= 4; {
		n := 4 + int(p[1])<<16 + int(p[2])<<8 + int(p[3])
		if n > len(p) {
			break
		}
		switch kind := p[0] & 0x7f; {
		case kind == flacStreamInfo, kind == flacSeekTable, kind == flacComments && onlyChannels(p[4:n]):
		default:
			p[0] = p[0]&0x80 | flacPadding
			clear(p[4:n])
		}
		p = p[n:]
	}
	clear(p)
}

// onlyChannels rewrites a block of comments with the one about channels, and zeros as the name
// of its writer. Without a comment about channels it returns false.
func onlyChannels(block []byte) bool {
	channels := channelsOf(block)
	if channels == "" {
		return false
	}
	filler := len(block) - 12 - len(channels) // not negative: no comment becomes longer
	clear(block)
	binary.LittleEndian.PutUint32(block, uint32(filler)) //nolint:gosec // of a block of 24 bits
	rest := block[4+filler:]
	rest[0] = 1
	binary.LittleEndian.PutUint32(rest[4:], uint32(len(channels))) //nolint:gosec // short
	copy(rest[8:], channels)
	return true
}

// channelsOf returns the first comment about channels as it is to be written, "" if there is none
// or its number is too large.
func channelsOf(block []byte) string {
	_, rest := cutText(block) // the name of the writer
	if len(rest) < 4 {
		return ""
	}
	for rest = rest[4:]; len(rest) > 0; {
		var comment []byte
		if comment, rest = cutText(rest); !isFLACChannels(comment) {
			continue
		}
		mask, err := strconv.ParseUint(string(comment[len(flacChannels)+2:]), 16, 32)
		if err != nil {
			return ""
		}
		return flacChannels + "0x" + strings.ToUpper(strconv.FormatUint(mask, 16))
	}
	return ""
}

// cutText returns the text at the front of b after its length, and what follows. Both are empty if
// it does not fit.
func cutText(b []byte) (text, rest []byte) {
	if len(b) < 4 {
		return nil, nil
	}
	n := int64(binary.LittleEndian.Uint32(b))
	if n > int64(len(b)-4) {
		return nil, nil
	}
	return b[4 : 4+n], b[4+n:]
}
