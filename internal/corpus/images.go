package corpus

import (
	"image"
	"image/color"
	"image/color/palette"
	"slices"
	"strings"
	"sync"
)

// Images returns pictures in PNG, JPEG, GIF, WebP, AVIF and HEIC, good and broken, and other files
// with the names of pictures.
func Images() []File { return slices.Clone(images()) }

// images are made once in a process, as archives are.
var images = sync.OnceValue(func() []File {
	return append(misnamed(), files(goodImages(), goodPictures(), disguises(),
		badPNG(), badAPNG(), badJPEG(), badJPEGEnd(), badGIF(), badWebP(), badHEIF())...)
})

// misnamed returns pictures of an allowed type with an extension that does not agree with it.
func misnamed() []File {
	return []File{
		{"JPEG named .png", "photo.png", "image/jpeg", []byte(goJPEG(image.NewGray(small))), typeMismatch},
		{"PNG named .jpg", "picture.jpg", "image/png", []byte(goPNG(image.NewGray(small))), typeMismatch},
		{"WebP named .gif", "picture.gif", "image/webp", []byte(sample("lossy.webp")), typeMismatch},
		{"HEIC named .jpg", "IMG_0002.jpg", "image/heic", []byte(sample("still.heic")), typeMismatch},
		{"PNG named .php", "picture.php", "image/png", []byte(goPNG(image.NewGray(small))), typeMismatch},
	}
}

// goodImages returns pictures by encoders.
func goodImages() []row {
	return []row{
		{"PNG in colour with alpha", "photo.png", "", goPNG(image.NewNRGBA(small))},
		{"PNG in grey", "grey.png", "", goPNG(image.NewGray(small))},
		{"PNG in grey, 16 bits", "grey16.png", "", goPNG(image.NewGray16(small))},
		{"PNG with a palette and transparency", "palette.png", "", goPNG(image.NewPaletted(small, append(color.Palette{color.Transparent}, palette.WebSafe...)))},
		{"PNG in colour with alpha, 16 bits", "deep.png", "", sample("rgba16.png")},
		{"PNG, interlaced", "interlaced.png", "", sample("interlaced.png")},
		{"PNG of one bit", "bilevel.png", "", sample("bilevel.png")},
		{"PNG with a palette of 16 colours", "pal4.png", "", sample("pal4.png")},
		{"APNG by apngasm", "animated.png", "", sample("apngasm.png")},
		{"APNG by FFmpeg", "animated.apng", "", sample("ffmpeg.apng")},
		{"JPEG, sequential", "photo.jpg", "", goJPEG(image.NewNRGBA(small))},
		{"JPEG in grey", "grey.jpg", "", sample("gray.jpg")},
		{"JPEG, progressive", "progressive.jpg", "", sample("progressive.jpg")},
		{"JPEG in CMYK", "print.jpg", "", sample("cmyk.jpg")},
		{"JPEG with restart markers", "restart.jpg", "", sample("restart.jpg")},
		{"JPEG with Exif, GPS, XMP, a comment and a colour profile", "IMG_0001.jpg", "", sample("photo.jpg")},
		{"GIF", "one.gif", "", goGIF(1)},
		{"GIF, animated", "three.gif", "", goGIF(3)},
		{"GIF, animated, by Gifsicle", "anim.gif", "", sample("anim.gif")},
		{"GIF, animated, by ImageMagick", "magick.gif", "", sample("magick.gif")},
		{"GIF, animated, by FFmpeg", "ffmpeg.gif", "", sample("local.gif")},
		{"GIF, interlaced", "interlaced.gif", "", sample("interlaced.gif")},
		{"GIF 87a", "old.gif", "", sample("v87.gif")},
		{"WebP, lossy", "lossy.webp", "", sample("lossy.webp")},
		{"WebP, lossless", "lossless.webp", "", sample("lossless.webp")},
		{"WebP with alpha", "alpha.webp", "", sample("alpha.webp")},
		{"WebP with Exif, XMP and a colour profile", "photo.webp", "", sample("photo.webp")},
		{"WebP, animated", "anim.webp", "", sample("anim.webp")},
		{"WebP, animated, lossy and lossless frames", "mixed.webp", "", sample("mixed.webp")},
		{"AVIF", "still.avif", "", sample("still.avif")},
		{"AVIF with alpha", "alpha.avif", "", sample("alpha.avif")},
		{"AVIF with Exif and a colour profile", "meta.avif", "", sample("meta.avif")},
		{"AVIF, 10 bits", "ten.avif", "", sample("ten.avif")},
		{"AVIF of tiles", "grid.avif", "", sample("grid.avif")},
		{"AVIF, animated", "anim.avif", "", sample("anim.avif")},
		{"HEIC", "still.heic", "", sample("still.heic")},
	}
}

// goodPictures returns other accepted pictures: of rare structures, and with what phones add.
func goodPictures() []row {
	photo := goJPEG(image.NewGray(small))
	announced := insert(photo, "\xff\xdb", mpf(3))
	return []row{
		{"PNG of one pixel", "dot.png", "", pngFile(dot, dotPixels, iend)},
		{"PNG of 64 megapixels by its header", "large.png", "", pngFile(ihdr(8192, 8192, 1, 0), pngChunk("IDAT", deflated("")), iend)},
		{"PNG as wide as a panorama", "wide.png", "", pngFile(ihdr(16_384, 4096, 8, 2), dotPixels, iend)},
		{"PNG with an empty IDAT chunk", "split.png", "", pngFile(dot, pngChunk("IDAT", ""), dotPixels, iend)},
		{
			"PNG with text that would inflate to 16 MiB", "text.png", "",
			pngFile(dot, pngChunk("zTXt", "Comment\x00\x00"+deflatedLetter('a', 16)), dotPixels, iend),
		},
		{"PNG with HTML in a comment", "comment.png", "", pngFile(dot, pngChunk("tEXt", "Comment\x00"+htmlPage), dotPixels, iend)},
		{"PNG with an unknown chunk", "private.png", "", pngFile(dot, pngChunk("prVt", "data"), dotPixels, iend)},
		{
			"APNG whose still picture is not a frame", "hidden.png", "",
			pngFile(dot, acTL(1), dotPixels, fcTL(0, 1, 1, 0, 0), fdAT(1), iend),
		},
		{"JPEG with fill bytes before markers", "fill.jpg", "", strings.ReplaceAll(photo, "\xff\xda", "\xff\xff\xff\xda")},
		{"JPEG with zeros after its end", "zeros.jpg", "", photo + strings.Repeat("\x00", 5000)},
		{"JPEG with a fill byte after its end", "nokia.jpg", "", photo + "\xff"},
		{"JPEG with fill bytes and zeros after its end", "fills.jpg", "", photo + "\xff\xff\x00\xff\x00"},
		{"JPEG with a gain map after its end", "ultrahdr.jpg", "", announced + photo},
		{"JPEG with two more pictures and padding", "stereo.jpg", "", announced + "\x00\x00" + photo + "\x00" + insert(photo, "\xff\xdb", mpf(9))},
		{"JPEG with a gain map announced in the other byte order", "motorola.jpg", "", insert(photo, "\xff\xdb", mpfBigEndian) + photo},
		{"JPEG that announces pictures and has none", "edited.jpg", "", announced},
		{"JPEG by a Samsung phone", "samsung.jpg", "", photo + samsung("1714557600000")},
		{"JPEG by a Samsung phone, with a gain map", "galaxy.jpg", "", announced + photo + samsung("1714557600000")},
		{"JPEG with an unannounced preview", "nikon.jpg", "", photo + photo},
		{"JPEG with more pictures than it announces", "more.jpg", "", announced + photo + photo + photo},
		{"JPEG with an unreadable announcement of pictures", "mpf.jpg", "", insert(photo, "\xff\xdb", segment(0xe2, "MPF\x00II*\x00"+le32(9999))) + photo},
		{"JPEG by the editor of a Samsung phone", "edited-samsung.jpg", "", photo + samsungTrailer(samsungBlock("Image_UTC_Data", "1714557600000"), samsungBlock("PhotoEditor_Re_Edit_Data", `{"path":"`+strings.Repeat("x", 6000)+`"}`))},
		{"JPEG by a vivo phone", "vivo.jpg", "", photo + vivo},
		{"JPEG by an OPPO phone", "oppo.jpg", "", photo + vivoNotes},
		{"JPEG with a line end after its end", "crlf.jpg", "", photo + "\r\n"},
		{"JPEG by the emulator of a Pixel phone", "pixel.jpg", "", insert(photo, "\xff\xdb", jfif+"\x00\xe1\x00\x0cExif\x00\x00abcd")},
		{"JPEG in CMYK with subsampled chroma and black", "magick.jpg", "", "\xff\xd8" + sof(0xc0, 8, 8, 8, "\x22\x11\x11\x11") + scan + "\xff\xd9"},
		{"GIF with zeros after it", "zeros.gif", "", goGIF(2) + strings.Repeat("\x00", 300)},
		{"GIF with a frame that leaves the canvas", "outside.gif", "", gifFile(4, 4, gifFrame(4, 0, 1, 1), ";")},
		{"WebP with Exif and no canvas", "simple.webp", "", riffFile("WEBP", vp8(8, 8), riffChunk("EXIF", "data"))},
		{"AVIF sequence whose size comes last", "order.avif", "", track(samples(24), tkhd(64, 64))},
		{"HEIC with XMP after it", "xmp.heic", "", sample("still.heic") + xmpPacket},
		{"HEIC by a Samsung phone", "samsung.heic", "", sample("still.heic") + samsung("1714557600000")},
		{"HEIC with zeros after it", "zeros.heic", "", sample("still.heic") + strings.Repeat("\x00", 100)},
		{"GIF with a comment of HTML", "comment.gif", "", gifFile(1, 1, "!\xfe"+string([]byte{byte(len(htmlPage))})+htmlPage+"\x00", gifFrame(0, 0, 1, 1), ";")},
		{"GIF with an unknown extension", "extended.gif", "", gifFile(1, 1, "!\x42\x03abc\x00", gifFrame(0, 0, 1, 1), ";")},
		{"WebP with an unknown chunk", "unknown.webp", "", riffFile("WEBP", vp8x(0, 8, 8), vp8(8, 8), riffChunk("NEWS", "odd"))},
		{"AVIF with two size properties", "sizes.avif", "", avif(ispe(64, 64), ispe(128, 64))},
		{"AVIF sequence without a still picture", "film.avif", "", sequence(64, 64, 24, 1)},
	}
}

// MotionPhotos returns JPEG pictures with a film, which are refused unless a policy accepts films.
// Their codes are those of such a policy.
func MotionPhotos() []File {
	photo, film := goJPEG(image.NewGray(small)), sample("fast.mp4")
	remote := box("ftyp", "mp42"+be32(0)+"isom") + box("moov", box("trak", box("mdia", box("minf", dinf(0))))) + box("mdat", "m")
	return files([]row{
		{"motion photo by a Pixel phone", "PXL.MP.jpg", "", photo + film},
		{"motion photo with a gain map", "PXL.jpg", "", photo + photo + film},
		{"motion photo by a Samsung phone", "samsung.jpg", "", photo + samsungFilm(film)},
		{"motion photo whose film has a trailer", "galaxy.jpg", "", photo + film + samsung("1714557600000")},
		{"motion photo whose film is elsewhere", "remote.jpg", content, photo + remote},
		{"motion photo by a Samsung phone whose film is elsewhere", "samsungremote.jpg", content, photo + samsungFilm(remote)},
		{"motion photo with HTML after its film", "html.jpg", content, photo + film + htmlPage},
		{"motion photo with an archive after its film", "zip.jpg", content, photo + film + zipFile},
		{"motion photo whose film is cut off", "cut.jpg", content, photo + cut(film, 1)},
		{"motion photo by a Samsung phone whose film is cut off", "samsungcut.jpg", content, photo + cut(samsungFilm(film), 100)},
	})
}

const xmpPacket = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/></x:xmpmeta>` + "\n   <?xpacket end=\"w\"?>"

// disguises returns files that are not the pictures that their names claim.
func disguises() []row {
	return []row{
		{"HTML named .png", "page.png", typeNotAllowed, htmlPage},
		{"PHP named .jpg", "shell.jpg", typeNotAllowed, phpCode},
		{"ZIP named .gif", "zip.gif", typeNotAllowed, zipFile},
		{"a Windows program named .png", "setup.png", typeNotAllowed, "MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00"},
		{"SVG named .png", "vector.png", typeNotAllowed, `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`},
		{"MVG named .png", "magick.png", typeNotAllowed, "push graphic-context\nviewbox 0 0 1 1\nfill 'url(https://127.0.0.1/|id)'\npop graphic-context\n"},
		{"PostScript named .gif", "ghost.gif", typeNotAllowed, "%!PS-Adobe-3.0\n(%pipe%id) (r) file\n"},
		{"GIF letters, then PHP", "letters.gif", typeNotAllowed, "GIF89a;" + phpCode},
		{"GIF letters, then a script", "script.gif", typeNotAllowed, "GIF89a=1;alert(document.domain)//"},
		{"no bytes, named .png", "empty.png", empty, ""},
		{"PNG signature, then HTML", "polyglot.png", content, pngSignature + htmlPage},
		{"JPEG's first bytes, then PHP", "polyglot.jpg", content, "\xff\xd8\xff\xe0\x00\x10" + phpCode},
		{"GIF's first bytes, then a script", "polyglot.gif", content, "GIF89a\x01\x00\x01\x00\x00\x00\x00=1;alert(1)//"},
	}
}
