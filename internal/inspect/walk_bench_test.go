package inspect_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"testing"

	"github.com/airlock-go/upload/internal/inspect"
)

// noisyPicture returns a picture that does not compress, so that files are as large as those of
// cameras.
func noisyPicture(w, h int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	r := rand.New(rand.NewPCG(1, 2))
	for i := range m.Pix {
		m.Pix[i] = byte(r.Uint32())
	}
	return m
}

func BenchmarkWalk(b *testing.B) {
	large := noisyPicture(1024, 1024)
	var p, j, g bytes.Buffer
	_ = png.Encode(&p, large)
	_ = jpeg.Encode(&j, large, &jpeg.Options{Quality: 90})
	_ = gif.Encode(&g, large, nil)
	media := make([]byte, 4<<20)
	fill := func(head string) []byte { return append([]byte(head), media...) }
	for _, c := range []struct {
		name, mediaType string
		file            []byte
	}{
		{"png", "image/png", p.Bytes()},
		{"jpeg", "image/jpeg", j.Bytes()},
		{"gif", "image/gif", g.Bytes()},
		{"png/tiny-chunks", "image/png", tinyChunks(1 << 20)},
		{"jpeg/stuffed", "image/jpeg", append(j.Bytes()[:700:700], bytes.Repeat([]byte{0xff, 0}, 1<<20)...)},
		{"gif/tiny-blocks", "image/gif", append([]byte("GIF89a\x01\x00\x01\x00\x80\x00\x00aaabbb,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02"), bytes.Repeat([]byte{1, 0x55}, 1<<20)...)},
		{"webp", "image/webp", fill("RIFF\xff\xff\xff\x7fWEBPVP8 \xff\xff\xff\x6f\x30\x01\x00\x9d\x01\x2a\x08\x00\x08\x00")},
		{"mp4", "video/mp4", fill("\x00\x00\x00\x00mdat")},
		{"ogg", "audio/ogg", bytes.Repeat(find(b, "Ogg Vorbis").Content, 1000)},
		{"flac", "audio/flac", append(find(b, "FLAC with a picture").Content, media...)},
		{"mp3", "audio/mpeg", bytes.Repeat(find(b, "MP3 with a variable bit rate by LAME").Content, 1000)},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(c.file)))
			b.ReportAllocs()
			for b.Loop() {
				w := newWalker(c.mediaType, inspect.Limits{})
				for rest := c.file; len(rest) > 0; {
					n := min(len(rest), 64<<10)
					if _, err := w.Write(rest[:n]); err != nil {
						b.Fatal(err)
					}
					rest = rest[n:]
				}
			}
		})
	}
}

// tinyChunks returns a PNG file of n chunks without data.
func tinyChunks(n int) []byte {
	m := image.NewGray(image.Rect(0, 0, 1, 1))
	m.SetGray(0, 0, color.Gray{Y: 1})
	var b bytes.Buffer
	_ = png.Encode(&b, m)
	chunk := binary.BigEndian.AppendUint32([]byte("\x00\x00\x00\x00prVt"), crc32.ChecksumIEEE([]byte("prVt")))
	return append(b.Bytes()[:33:33], bytes.Repeat(chunk, n)...)
}
