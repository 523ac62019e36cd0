package sniff

const (
	mp3  = "audio/mpeg"
	flac = "audio/flac"
)

// behindID3 lists the types that taggers put an ID3v2 tag in front of. Pictures make tags longer
// than a head, so nothing but the name tells what comes after it before the whole file has been
// read.
var behindID3 = []string{mp3, flac}

const wav = "audio/wav"

// Types of Ogg, of which .ogg was the name for all before RFC 5334 had one for each.
const (
	oggSound = "audio/ogg"
	oggFilm  = "video/ogg"
	oggAny   = "application/ogg"
)

// oggFamily lists them. Only the packets of all streams tell sound from a film, and the first
// stream may be a skeleton, which both have. So the name decides.
var oggFamily = []string{oggSound, oggFilm, oggAny}

// waveType returns the type of a WAV file of 64-bit sizes (EBU Tech 3306, ITU-R BS.2088) or of the
// other byte order, "" for all others.
func waveType(head []byte) string {
	if len(head) >= 12 && string(head[8:12]) == "WAVE" {
		switch string(head[:4]) {
		case "RF64", "BW64", "RIFX":
			return wav
		}
	}
	return ""
}
