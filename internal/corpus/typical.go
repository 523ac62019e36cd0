package corpus

import (
	"image"
	"slices"
	"strings"
)

// TypicalFiles returns whole files of the common types, as common programs write them: in large
// pieces, mostly data. They are accepted within the limits of their type, such as the frames of a
// GIF.
func TypicalFiles() []Kind {
	return slices.Concat(typicalPictures(), typicalMedia(), typicalTexts(), typicalPDF(), typicalPacked())
}

func typicalPictures() []Kind {
	return []Kind{
		{"PNG", "t.png", "image/png", whole(pngSignature+ihdr(4000, 3000, 8, 2), pngChunk("IDAT", random(8<<10)), iend)},
		{"JPEG", "t.jpg", "image/jpeg", whole(cut(goJPEG(image.NewNRGBA(small)), 2), entropy(64<<10), "\xff\xd9")},
		{"GIF", "t.gif", "image/gif", whole(gifFile(320, 240), longFrame(320, 240, 400), ";")},
		{"WebP", "t.webp", "image/webp", func(size int) []byte {
			n := size &^ 1
			return around("RIFF"+le32(4+8+10+n)+"WEBPVP8 "+le32(10+n)+"\x30\x01\x00\x9d\x01\x2a"+le16(4000)+le16(3000), n, "")
		}},
		{"AVIF", "t.avif", "image/avif", boxed(sample("still.avif"))},
		{"HEIC", "t.heic", "image/heic", boxed(sample("still.heic"))},
	}
}

// entropy returns n bytes of noise as the scans of a JPEG have them, and a byte of 0 after each
// 255.
func entropy(n int) string { return strings.ReplaceAll(random(n), "\xff", "\xff\x00") }

// longFrame returns a frame of a GIF with that many blocks of 255 bytes.
func longFrame(width, height, blocks int) string {
	return "," + le16(0) + le16(0) + le16(width) + le16(height) + "\x00\x08" + strings.Repeat("\xff"+random(255), blocks) + "\x00"
}

// boxed returns a function that makes the ISO base media file with size bytes of noise as its
// media.
func boxed(file string) func(size int) []byte {
	at := strings.Index(file, "mdat") - 4
	head, tail := file[:at], file[at+be(file[at:]):]
	return func(size int) []byte { return around(head+be32(8+size)+"mdat", size, tail) }
}

// be reads what be32 wrote.
func be(s string) int { return int(s[0])<<24 | int(s[1])<<16 | int(s[2])<<8 | int(s[3]) }

func typicalMedia() []Kind {
	mp3 := "ID3\x04\x00\x00\x00\x00\x00\x02ab"
	return []Kind{
		{"MP4", "t.mp4", "video/mp4", boxed(sample("fast.mp4"))},
		{"MOV", "t.mov", "video/quicktime", boxed(sample("film.mov"))},
		{"WebM", "t.webm", "video/webm", clusters},
		{"WebM by a browser", "u.webm", "video/webm", filled(recorded(), cluster+unknown+element("\xe7", "\x00")+strings.Repeat(element("\xa3", "\x81\x00\x00\x80"+random(4000)), 60))},
		{"MP3", "t.mp3", "audio/mpeg", filled(mp3, strings.Repeat("\xff\xfb\x90\x64"+random(413), 8))},
		{"WAV", "t.wav", "audio/wav", func(size int) []byte {
			return around("RIFF"+le32(4+24+8+size)+"WAVE"+riffChunk("fmt ", le16(1)+le16(2)+le32(44100)+le32(4*44100)+le16(4)+le16(16))+"data"+le32(size), size, "")
		}},
		{"Ogg", "t.ogg", "audio/ogg", pages},
		{"FLAC", "t.flac", "audio/flac", flacFrames},
	}
}

// clusters returns a WebM file with clusters of 256 KiB.
func clusters(size int) []byte {
	one := element(cluster, element("\xe7", "\x00")+random(256<<10))
	n := max(1, size/len(one))
	parts := element(tracks, "t")
	head := webmHead("webm") + mkvSegment + "\x01" + be64(len(parts) + n*len(one))[1:] + parts
	return whole(head, one, "")(len(head) + n*len(one))
}

// pages returns an Ogg file with pages of 4 KiB.
func pages(size int) []byte {
	lacing, data := strings.Repeat("\xff", 16)+"\x64", random(16*255+100)
	b := append(make([]byte, 0, size+8<<10), oggPage(1)...)
	for i := 1; len(b) < size; i++ {
		head, rest := "OggS\x00\x00"+be64(0)+le32(1)+le32(i), "\x11"+lacing+data
		b = append(b, head+le32(oggChecksum(head+le32(0)+rest))+rest...)
	}
	return b
}

// flacFrames returns a FLAC file with the frames of another, again and again.
func flacFrames(size int) []byte {
	file := sample("tagged.flac")
	at := 4
	for last := false; !last; at += 4 + be("\x00"+file[at+1:]) {
		last = file[at] >= 0x80
	}
	return whole(file[:at], file[at:], "")(size)
}
