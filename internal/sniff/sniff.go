// Package sniff detects the media type of a file by its first bytes. It lists the file name
// extensions that agree with a type, and has the names that people use for its files.
//
// Detection is based on github.com/gabriel-vasile/mimetype, with corrections where it is too
// trusting for a gatekeeper. It proves a beginning, not a file: code that relies on the type must
// also check the structure.
//
// All functions are pure and safe for concurrent use. They call neither mimetype.SetLimit nor
// mimetype.Extend, which are global to the process. A host that calls these changes the results of
// this package.
package sniff

import (
	"bytes"
	"cmp"
	"regexp"
	"strings"

	"github.com/gabriel-vasile/mimetype"

	"github.com/airlock-go/upload/internal/markup"
)

// Detect returns the media type of the file that begins with head, in lower case and without
// parameters. It returns Empty without bytes, and Binary if the type is unknown. Only the first
// HeadLen bytes count, not a name or a claimed type.
//
// A type is the detected leaf, never a family: an SVG image is not text, a HEIC image is not an MP4
// film, and a Word document is not a ZIP archive. application/zip means that only that was proved.
// Detect differs from mimetype in these cases:
//
//   - Plain text (see harmless) with markup that a browser would run or render is text/html (see
//     package markup). The markup may be anywhere in head, also in UTF-16 with a byte order mark.
//   - An svg root of any prefix is image/svg+xml, also without a declaration or namespace.
//   - A prologue that does not end within head is text/xml if it is declared so, and otherwise
//     text/html.
//   - Text that looks like an image, a sound or a film by a few letters (BM, GIF89a, RIFF) is text,
//     and so is a mention of "%PDF-". Programs (MZ) and formats that are text themselves, such as
//     PostScript and playlists, keep their type.
//   - Text that begins with "#!" is a script of a language that mimetype knows, or otherwise
//     text/x-shellscript.
//   - A byte order mark does not make binary data text.
//   - A PDF begins with "%PDF-". Only the mark of UTF-8, white space and comments may precede it.
//     Other binary data that mimetype takes for a PDF, such as a polyglot PNG image, is Binary.
//   - The type of ISO base media files (HEIC, AVIF, MP4 ...) takes the compatible brands into
//     account, and the major brands of cameras and packagers. Files of a known brand are not passed
//     to mimetype.
//   - WAV of the kinds that mimetype lacks (RF64, BW64, RIFX) is detected.
//
// Text in Windows-1252 is text/plain here; whether the encoding is valid shows only at the end of
// the file.
func Detect(head []byte) string {
	head = head[:min(len(head), HeadLen)]
	switch {
	case len(head) == 0:
		return Empty
	case beginsPDF(head):
		return pdf
	}
	if text, ok := decode(head); ok {
		return textType(text)
	}
	return binaryType(head)
}

// maxBefore is the most bytes that may precede the header of a PDF.
const maxBefore = 1024

// pdfStart matches the beginning of a PDF: the mark of UTF-8, and lines that are blank or comments
// of text, may precede it. Web programs often write an empty line first, and printer programs a job
// ticket in comments. Anything that could be markup, or PostScript (%!), is not such a comment.
var pdfStart = regexp.MustCompile(`^\x{feff}?(?:[\t\f ]*(?:%(?:[^!<\x00-\x08\x0e-\x1f\r\n][^<\x00-\x08\x0e-\x1f\r\n]*)?)?[\r\n])*[\t\f ]*%PDF-`)

func beginsPDF(head []byte) bool {
	head = head[:min(len(head), maxBefore+len("%PDF-"))]
	return bytes.Contains(head, []byte("%PDF-")) && pdfStart.Match(head) // Contains is fast, and most files are not PDFs
}

// binaryType judges a head that is not text.
func binaryType(head []byte) string {
	if t := cmp.Or(isoMediaType(head), waveType(head)); t != "" {
		return t
	}
	t, isText := lookup(head)
	if isText || t == pdf {
		return Binary
	}
	return t
}

// textType judges text in UTF-8 without a byte order mark, or in an 8-bit encoding.
func textType(text []byte) string {
	t, isText := lookup(text)
	switch {
	case bytes.HasPrefix(text, []byte("#!")):
		if isText && t != plain {
			return t
		}
		return script
	case t == "text/x-php":
		return t
	}
	if m := documentType(text, t); m != "" {
		return m
	}
	switch {
	case isText && !harmless[t], !isText && !byFewLetters(t):
		return t
	case hasMarkup(text):
		return html
	case !isText:
		return plain
	}
	return t
}

// byFewLetters reports whether mimetype detects t, a type that is not text, by a few letters: those
// of media, fonts, PDF and Flash. Text may begin with these letters, too.
func byFewLetters(t string) bool {
	family, _, _ := strings.Cut(t, "/")
	switch family {
	case "image", "audio", "video", "font":
		return t != "image/x-xpixmap" && t != "image/vnd.dxf" && t != "image/vnd.radiance"
	}
	return t == pdf || t == "application/x-shockwave-flash"
}

func hasMarkup(text []byte) bool {
	var s markup.Scanner
	return s.Scan(text)
}

// lookup returns the leaf type by mimetype, and whether it is a kind of text.
func lookup(head []byte) (mediaType string, isText bool) {
	m := mimetype.Detect(head)
	mediaType, _, _ = strings.Cut(m.String(), ";")
	for ; m != nil && !isText; m = m.Parent() {
		isText = m.Is(plain)
	}
	if c, ok := canonical[mediaType]; ok {
		mediaType = c
	}
	return mediaType, isText
}

// canonical maps types of mimetype to those that this package uses for the same files.
var canonical = map[string]string{
	"image/apng":  "image/png", // an animated PNG has the structure of a PNG
	"audio/x-m4a": m4a,
	"video/x-m4v": mp4,
	"video/3gpp2": threeGP,
	"audio/3gpp":  threeGP,
	"audio/3gpp2": threeGP,
}
