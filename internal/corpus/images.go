package corpus

import (
	"image"
	"image/color"
	"image/color/palette"
	"strings"
)

// Images returns pictures in PNG, JPEG, GIF, WebP, AVIF and HEIC.
func Images() []File {
	return append(misnamed(), files(goodImages(), goodPictures(), disguises(),
		badPNG(), badAPNG(), badJPEG(), badJPEGEnd(), badGIF(), badWebP(), badHEIF())...)
}

// misnamed are pictures of a type that is allowed, under the name of another one.
func misnamed() []File {
	return []File{
		{"JPEG named .png", "photo.png", "image/jpeg", []byte(goJPEG(image.NewGray(small))), typeMismatch},
		{"PNG named .jpg", "picture.jpg", "image/png", []byte(goPNG(image.NewGray(small))), typeMismatch},
		{"WebP named .gif", "picture.gif", "image/webp", []byte(sample("lossy.webp")), typeMismatch},
		{"HEIC named .jpg", "IMG_0002.jpg", "image/heic", []byte(sample("still.heic")), typeMismatch},
		{"PNG named .php", "picture.php", "image/png", []byte(goPNG(image.NewGray(small))), typeMismatch},
	}
}

// goodImages were written by encoders.
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

// goodPictures have what encoders seldom write and decoders take.
func goodPictures() []row {
	photo := goJPEG(image.NewGray(small))
	announced := insert(photo, "\xff\xdb", mpf(3))
	return []row{
		{"PNG of one pixel", "dot.png", "", pngFile(dot, dotPixels, iend)},
		{"PNG of 64 megapixels by its header", "large.png", "", pngFile(ihdr(8192, 8192, 1, 0), pngChunk("IDAT", deflated("")), iend)},
		{"PNG as wide as a panorama", "wide.png", "", pngFile(ihdr(16_384, 4096, 8, 2), dotPixels, iend)},
		{"PNG with an empty IDAT chunk", "split.png", "", pngFile(dot, pngChunk("IDAT", ""), dotPixels, iend)},
		{
			"PNG with text that inflates to 16 MiB, and that nobody inflates", "text.png", "",
			pngFile(dot, pngChunk("zTXt", "Comment\x00\x00"+deflated(strings.Repeat("a", 16<<20))), dotPixels, iend),
		},
		{"PNG with HTML in a comment", "comment.png", "", pngFile(dot, pngChunk("tEXt", "Comment\x00"+htmlPage), dotPixels, iend)},
		{"PNG with a chunk that nobody knows", "private.png", "", pngFile(dot, pngChunk("prVt", "data"), dotPixels, iend)},
		{
			"APNG whose still picture is no frame", "hidden.png", "",
			pngFile(dot, acTL(1), dotPixels, fcTL(0, 1, 1, 0, 0), fdAT(1), iend),
		},
		{"JPEG with fill bytes in front of markers", "fill.jpg", "", strings.ReplaceAll(photo, "\xff\xda", "\xff\xff\xff\xda")},
		{"JPEG with zeros behind its end", "zeros.jpg", "", photo + strings.Repeat("\x00", 5000)},
		{"JPEG with a fill byte behind its end", "nokia.jpg", "", photo + "\xff"},
		{"JPEG with fill bytes and zeros behind its end", "fills.jpg", "", photo + "\xff\xff\x00\xff\x00"},
		{"JPEG with a gain map behind its end", "ultrahdr.jpg", "", announced + photo},
		{"JPEG with two more pictures and padding", "stereo.jpg", "", announced + "\x00\x00" + photo + "\x00" + insert(photo, "\xff\xdb", mpf(9))},
		{"JPEG with a gain map announced in the other byte order", "motorola.jpg", "", insert(photo, "\xff\xdb", mpfBigEndian) + photo},
		{"JPEG that announces pictures and has none", "edited.jpg", "", announced},
		{"JPEG by a Samsung phone", "samsung.jpg", "", photo + samsung("1714557600000")},
		{"JPEG by a Samsung phone, with a gain map", "galaxy.jpg", "", announced + photo + samsung("1714557600000")},
		{"GIF with a comment of HTML", "comment.gif", "", gifFile(1, 1, "!\xfe"+string([]byte{byte(len(htmlPage))})+htmlPage+"\x00", gifFrame(0, 0, 1, 1), ";")},
		{"GIF with an unknown extension", "extended.gif", "", gifFile(1, 1, "!\x42\x03abc\x00", gifFrame(0, 0, 1, 1), ";")},
		{"WebP with an unknown chunk", "unknown.webp", "", riffFile("WEBP", vp8x(0, 8, 8), vp8(8, 8), riffChunk("NEWS", "odd"))},
		{"AVIF of two properties", "sizes.avif", "", avif(ispe(64, 64), ispe(128, 64))},
		{"AVIF sequence without a still picture", "film.avif", "", sequence(64, 64, 24, 1)},
	}
}

// disguises are not the pictures that their names claim.
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
