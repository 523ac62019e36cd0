package corpus

import "strings"

// wideWAV returns a WAV file with 64-bit sizes (EBU Tech 3306), with these chunks before 8 bytes of
// samples. The header declares as many bytes of samples as the argument samples says.
func wideWAV(kind string, samples int, chunks ...string) string {
	body := wavFormat + strings.Join(chunks, "") + "data\xff\xff\xff\xffsamples!"
	sizes := riffChunk("ds64", le64(4+36+len(body))+le64(samples)+le64(samples)+le32(0))
	return kind + "\xff\xff\xff\xffWAVE" + sizes + body
}

// skeleton is an Ogg stream of one page, with the header of an Ogg Skeleton.
var skeleton = func() string {
	packet := "fishead\x00" + strings.Repeat("\x00", 56)
	page := "OggS\x00\x06" + be64(0) + le32(7) + le32(0) + le32(0) + "\x01\x40" + packet
	return patch(page, 22, le32(oggChecksum(page)))
}()

// mediaOf returns the media box of a file that ends with it.
func mediaOf(mp4 string) string {
	return mp4[strings.Index(mp4, "mdat")-4:]
}

var apeTag = "APETAGEX" + le32(2000) + le32(32) + le32(0) + le32(bit31+0x20000000) + be64(0) +
	"APETAGEX" + le32(2000) + le32(32) + le32(0) + le32(bit31) + be64(0)

// branded returns the file with another major brand.
func branded(file, brand string) string { return patch(file, 8, brand) }

// openMovie returns an MP4 file whose last box is the movie. It sets the size of that box to 0, so
// that the box extends to the end of the file.
func openMovie(mp4 string) string {
	at := strings.Index(mp4, "moov") - 4
	return patch(mp4, at, be32(0))
}

var (
	id3v1     = "TAG" + strings.Repeat("\x00", 125)
	wavFormat = riffChunk("fmt ", le16(1)+le16(1)+le32(8000)+le32(8000)+le16(1)+le16(8))
)

// apeItems returns an APE tag without a header, with these names and values.
func apeItems(pairs ...string) (tag string) {
	for i := 0; i < len(pairs); i += 2 {
		tag += le32(len(pairs[i+1])) + le32(0) + pairs[i] + "\x00" + pairs[i+1]
	}
	return tag + "APETAGEX" + le32(2000) + le32(32+len(tag)) + le32(len(pairs)/2) + le32(0) + be64(0)
}

// unended returns an Ogg file whose last page is not marked as the last one.
func unended(ogg string) string {
	last := strings.LastIndex(ogg, "OggS")
	page := patch(patch(ogg[last:], 5, "\x00"), 22, le32(0))
	return ogg[:last] + patch(page, 22, le32(oggChecksum(page)))
}

// Identifiers of elements of WebM, and the unknown size.
const (
	ebmlHead    = "\x1a\x45\xdf\xa3"
	mkvSegment  = "\x18\x53\x80\x67"
	tracks      = "\x16\x54\xae\x6b"
	cluster     = "\x1f\x43\xb6\x75"
	attachments = "\x19\x41\xa4\x69"
	unknown     = "\x01\xff\xff\xff\xff\xff\xff\xff"
)

func webmHead(docType string) string {
	return element(ebmlHead, element("\x42\xf2", "\x04")+element("\x42\xf3", "\x08")+element("\x42\x82", docType))
}

func webm(docType string, parts ...string) string {
	return webmHead(docType) + element(mkvSegment, strings.Join(parts, ""))
}

// recorded returns a file of unknown size with these elements in each of two clusters of unknown
// size.
func recorded(elements ...string) string {
	one := cluster + unknown + strings.Join(elements, "")
	return webmHead("webm") + "\xec\x82ab" + mkvSegment + unknown + element(tracks, "t") + one + one
}
