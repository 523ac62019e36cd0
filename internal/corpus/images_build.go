package corpus

import (
	"bytes"
	"compress/zlib"
	"hash/crc32"
	"image"
	"image/color"
	"image/color/palette"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
	"strings"
)

// drawn returns a picture in which no two rows or columns are alike, except for some columns in
// pictures with a palette.
func drawn(m draw.Image) image.Image {
	b := m.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			m.Set(x, y, color.NRGBA{uint8(9 * x), uint8(13 * y), uint8(5*x + 7*y), uint8(255 - x)})
		}
	}
	return m
}

var small = image.Rect(0, 0, 20, 12)

func goPNG(m draw.Image) string {
	var b bytes.Buffer
	must(png.Encode(&b, drawn(m)))
	return b.String()
}

func goJPEG(m draw.Image) string {
	var b bytes.Buffer
	must(jpeg.Encode(&b, drawn(m), nil))
	return b.String()
}

func goGIF(frames int) string {
	var b bytes.Buffer
	var g gif.GIF
	for i := range frames {
		g.Image = append(g.Image, drawn(image.NewPaletted(image.Rect(0, 0, 20-i, 12), palette.WebSafe)).(*image.Paletted))
		g.Delay = append(g.Delay, 10)
	}
	must(gif.EncodeAll(&b, &g))
	return b.String()
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

const pngSignature = "\x89PNG\r\n\x1a\n"

func pngChunk(kind, data string) string {
	return be32(len(data)) + kind + data + be32(int(crc32.ChecksumIEEE([]byte(kind+data))))
}

// pngFile returns a signature and chunks.
func pngFile(chunks ...string) string { return pngSignature + strings.Join(chunks, "") }

// ihdr returns the header of a picture without interlacing.
func ihdr(width, height, depth, colour int) string {
	return pngChunk("IHDR", be32(width)+be32(height)+string([]byte{byte(depth), byte(colour), 0, 0, 0}))
}

var (
	dot       = ihdr(1, 1, 8, 0) // one grey pixel
	dotPixels = pngChunk("IDAT", deflated("\x00\x80"))
	iend      = pngChunk("IEND", "")
)

// deflated returns p in the format of zlib.
func deflated(p string) string {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	_, err := w.Write([]byte(p))
	must(err)
	must(w.Close())
	return b.String()
}

// deflatedLetter returns n MiB of a letter in the format of zlib.
func deflatedLetter(letter byte, n int) string {
	_, mebibyte := mebibyteOf(string(letter))
	size, c := int64(n)<<20, int64(letter)
	low, high := (1+size*c)%65521, (size+size*(size+1)/2%65521*c)%65521 // of Adler-32
	return "\x78\x9c" + strings.Repeat(string(mebibyte), n) + "\x03\x00" + be16(int(high)) + be16(int(low))
}

func fcTL(sequence, width, height, x, y int) string {
	return pngChunk("fcTL", be32(sequence)+be32(width)+be32(height)+be32(x)+be32(y)+"\x00\x01\x00\x0a\x00\x00")
}

func acTL(frames int) string { return pngChunk("acTL", be32(frames)+be32(0)) }

func fdAT(sequence int) string { return pngChunk("fdAT", be32(sequence)+deflated("\x00\x80")) }

// segment returns a segment of a JPEG file.
func segment(marker byte, data string) string {
	return "\xff" + string([]byte{marker}) + be16(2+len(data)) + data
}

var jfif = segment(0xe0, "JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00")

// sof returns a frame header with one component for each sampling factor.
func sof(marker byte, precision, height, width int, sampling string) string {
	s := string([]byte{byte(precision)}) + be16(height) + be16(width) + string([]byte{byte(len(sampling))})
	for i := range len(sampling) {
		s += string([]byte{byte(i + 1), sampling[i], 0})
	}
	return segment(marker, s)
}

var scan = segment(0xda, "\x01\x01\x00\x00\x3f\x00") + "\x12\xff\x00\x34"

// mpf returns a segment that announces that many pictures.
func mpf(pictures int) string {
	return segment(0xe2, "MPF\x00II*\x00"+le32(8)+le16(2)+
		le16(0xb000)+le16(7)+le32(4)+"0100"+
		le16(0xb001)+le16(4)+le32(1)+le32(pictures)+le32(0))
}

// mpfBigEndian is a segment that announces two pictures.
var mpfBigEndian = segment(0xe2, "MPF\x00MM\x00*"+be32(8)+be16(1)+be16(0xb001)+be16(4)+be32(1)+be32(2))

// samsung returns a trailer with one block, as the cameras of Samsung phones write it.
func samsung(data string) string {
	return samsungTrailer(samsungBlock("Image_UTC_Data", data))
}

// samsungBlock returns a block with the kind of a time.
func samsungBlock(name, data string) string {
	return "\x00\x00\x01\x0a" + le32(len(name)) + name + data
}

// samsungTrailer returns blocks and their directory.
func samsungTrailer(blocks ...string) string {
	all := strings.Join(blocks, "")
	directory, back := "SEFH"+le32(107)+le32(len(blocks)), len(all)
	for _, b := range blocks {
		directory += b[:4] + le32(back) + le32(len(b))
		back -= len(b)
	}
	return all + directory + le32(len(directory)) + "SEFT"
}

// samsungFilm returns a trailer with a film between two other blocks.
func samsungFilm(film string) string {
	return samsungTrailer(samsungBlock("Image_UTC_Data", "1714557600000"), samsungBlock("MotionPhoto_Data", film), samsungBlock("Color_Display_P3", "1"))
}

// vivo is the trailer that vivo phones write after pictures.
var vivo = "vivo" + vivoNotes + be32(4+len(vivoNotes)) + "cameralbum"

const vivoNotes = `{"livePhotoId":"x","version":"1"}`

// gifFile returns a GIF file with that canvas and two colours for all frames.
func gifFile(width, height int, blocks ...string) string {
	return "GIF89a" + le16(width) + le16(height) + "\x80\x00\x00" + "\x00\x00\x00\xff\xff\xff" + strings.Join(blocks, "")
}

func gifFrame(x, y, width, height int) string {
	return "," + le16(x) + le16(y) + le16(width) + le16(height) + "\x00" + "\x02\x02\x4c\x01\x00"
}

func vp8x(flags byte, width, height int) string {
	return riffChunk("VP8X", string([]byte{flags, 0, 0, 0})+le24(width-1)+le24(height-1))
}

func vp8(width, height int) string {
	return riffChunk("VP8 ", "\x30\x01\x00\x9d\x01\x2a"+le16(width)+le16(height)+"data")
}

func vp8l(width, height int) string {
	return riffChunk("VP8L", "\x2f"+le32(width-1|(height-1)<<14)+"pixels")
}

func anmf(x, y, width, height int, chunks ...string) string {
	return riffChunk("ANMF", le24(x/2)+le24(y/2)+le24(width-1)+le24(height-1)+le24(100)+"\x00"+strings.Join(chunks, ""))
}

// avif returns a file with these boxes about its picture.
func avif(properties ...string) string {
	return ftypAVIF + box("meta", "\x00\x00\x00\x00", hdlr,
		box("iprp", box("ipco", properties...), box("ipma", be64(0)))) + box("mdat", "pixels")
}

// hdlr says that a box is about pictures.
var hdlr = box("hdlr", be32(0)+be32(0)+"pict"+strings.Repeat("\x00", 13))

var ftypAVIF = box("ftyp", "avif"+be32(0)+"avifmif1miaf")

func ispe(width, height int) string { return box("ispe", be32(0)+be32(width)+be32(height)) }

// sequence returns an AVIF sequence with that many frames and a data reference with these flags.
func sequence(width, height, frames, flags int) string {
	return box("ftyp", "avis"+be32(0)+"avismsf1") + box("moov", box("trak",
		box("tkhd", strings.Repeat("\x00", 76)+be32(width<<16)+be32(height<<16)),
		box("mdia", hdlr, box("minf", dinf(flags), box("stbl", box("stsz", be32(0)+be32(100)+be32(frames))))))) +
		box("mdat", "pixels")
}

// track returns an AVIF sequence whose track has these boxes.
func track(boxes ...string) string {
	return box("ftyp", "avis"+be32(0)+"avismsf1") + box("moov", box("trak", boxes...)) + box("mdat", "pixels")
}

func tkhd(width, height int) string {
	return box("tkhd", strings.Repeat("\x00", 76)+be32(width<<16)+be32(height<<16))
}

// samples returns the tables of a track with that many samples.
func samples(n int) string { return stbl(stsz(n)) }

func stbl(tables ...string) string {
	return box("mdia", hdlr, box("minf", dinf(1), box("stbl", tables...)))
}

func stsz(n int) string { return box("stsz", be32(0)+be32(100)+be32(n)) }

// stsd returns a sample entry of AV1.
func stsd(width, height int) string {
	return box("stsd", be32(0)+be32(1), box("av01", strings.Repeat("\x00", 24)+be16(width)+be16(height)+strings.Repeat("\x00", 50)))
}

// dinf returns a list of one data reference.
func dinf(flags int) string {
	return box("dinf", box("dref", be32(0)+be32(1)+box("url ", be32(flags)+"http://169.254.169.254/\x00")))
}
