package sniff

const (
	mp3  = "audio/mpeg"
	flac = "audio/flac"
)

// afterID3 lists the types before which taggers put an ID3v2 tag. A picture can make it longer
// than a head. Then only the name shows what comes after the tag, until the whole file was read.
var afterID3 = []string{mp3, flac}

const wav = "audio/wav"

// Types of Ogg. The extension .ogg was that of all of them before RFC 5334 gave each its own.
const (
	oggSound = "audio/ogg"
	oggFilm  = "video/ogg"
	oggAny   = "application/ogg"
)

// oggFamily lists these types. Only the packets of all streams distinguish sound from a film, and
// the first stream may be a skeleton, which both may have. So the file's name decides.
var oggFamily = []string{oggSound, oggFilm, oggAny}

// waveType returns the type of a WAV file with 64-bit sizes (EBU Tech 3306, ITU-R BS.2088) or in
// the other byte order. It returns "" for all other files.
func waveType(head []byte) string {
	if len(head) >= 12 && string(head[8:12]) == "WAVE" {
		switch string(head[:4]) {
		case "RF64", "BW64", "RIFX":
			return wav
		}
	}
	return ""
}
