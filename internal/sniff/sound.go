package sniff

const (
	mp3  = "audio/mpeg"
	flac = "audio/flac"
)

// behindID3 lists the types that taggers put an ID3v2 tag in front of. Pictures make tags longer than a head, so nothing but
// the name tells what comes after it before the whole file has been read.
var behindID3 = []string{mp3, flac}
