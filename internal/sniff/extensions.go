package sniff

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/airlock-go/upload/internal/jsontext"
)

// extensions lists, for the types of everyday uploads, the extensions that agree with them.
//
// It is strict: an extension that a server or a desktop would open as something else than its type does not agree. So .log
// is text, while .ini, .conf, .bat or .js, which are plain text to any detector, are not.
var extensions = map[string][]string{
	"image/png":           {".png", ".apng"},
	"image/jpeg":          {".jpg", ".jpeg", ".jpe", ".jfif"},
	"image/gif":           {".gif"},
	"image/webp":          {".webp"},
	"image/avif":          {".avif"},
	"image/heic":          {".heic", ".heif", ".hif"},
	"image/heif":          {".heif", ".heic", ".hif"},
	"image/heic-sequence": {".heics", ".heic"},
	"image/heif-sequence": {".heifs", ".heif"},
	"image/bmp":           {".bmp", ".dib"},
	"image/tiff":          {".tif", ".tiff"},
	"image/x-icon":        {".ico"},
	svg:                   {".svg"},

	pdf:                         {".pdf"},
	plain:                       {".txt", ".text", ".log"},
	"text/csv":                  {".csv"},
	"text/tab-separated-values": {".tsv", ".tab"},
	markdown:                    {".md", ".markdown"},
	json:                        {".json"},
	xml:                         {".xml"},
	html:                        {".html", ".htm"},

	zip:                           {".zip"},
	"application/gzip":            {".gz", ".tgz"},
	"application/x-tar":           {".tar"},
	"application/x-7z-compressed": {".7z"},
	epub:                          {".epub"},
	docx:                          {".docx"},
	xlsx:                          {".xlsx"},
	pptx:                          {".pptx"},
	odt:                           {".odt"},
	ods:                           {".ods"},
	odp:                           {".odp"},

	"text/vcard":    {".vcf", ".vcard"},
	"text/calendar": {".ics"},

	mp4:              {".mp4", ".m4v"},
	quickTime:        {".mov", ".qt"},
	threeGP:          {".3gp", ".3gpp", ".3g2"},
	"video/webm":     {".webm"},
	"video/matroska": {".mkv"},
	oggFilm:          {".ogv"},
	mp3:              {".mp3"},
	m4a:              {".m4a", ".m4b"},
	wav:              {".wav"},
	oggSound:         {".ogg", ".oga", ".opus"},
	flac:             {".flac"},
	oggAny:           {".ogx", ".ogg"},
}

// Extensions returns the extensions that agree with a type as Detect and Resolve name it, in lower case, with their dot
// and the canonical one first; nil if the type is not known. The caller owns the slice.
func Extensions(mediaType string) []string {
	return slices.Clone(extensions[mediaType])
}

// TypesOf returns the types that files whose names end in ext (lower case, with its dot) may have, those with ext as their
// canonical extension first; nil if there are none.
func TypesOf(ext string) []string {
	var types []string
	for t, exts := range extensions {
		if slices.Contains(exts, ext) {
			types = append(types, t)
		}
	}
	slices.SortFunc(types, func(a, b string) int {
		return cmp.Or(
			cmp.Compare(slices.Index(extensions[a], ext), slices.Index(extensions[b], ext)),
			cmp.Compare(a, b),
		)
	})
	return types
}

// harmless lists the types that Detect may give to what is plain text without markup: all a file name may choose among.
var harmless = map[string]bool{
	plain: true, "text/csv": true, "text/tab-separated-values": true, "text/markdown": true,
	"application/json": true, "application/geo+json": true, "application/x-ndjson": true, "model/gltf+json": true,
	"application/vnd.cyclonedx+json": true, "application/x-subrip": true, "text/vtt": true, "text/vcard": true,
	"text/calendar": true, "text/vnd.familysearch.gedcom": true, "message/rfc822": true,
	"image/x-portable-bitmap": true, "image/x-portable-graymap": true, "image/x-portable-pixmap": true,
}

// textKinds lists the plain-text types that have no signature, so that only the name tells them apart.
var textKinds = []string{plain, "text/csv", "text/tab-separated-values", markdown}

// Resolve returns the type of the file that begins with head and whose name ends in ext (lower case, with its dot). It is
// Detect's answer, with exceptions, where ext chooses among what head leaves open:
//
//   - Of plain text ext may say which kind. A .csv whose first lines show no columns is text/csv, and a .txt that happens to
//     look like CSV, JSON or a mail is text/plain.
//   - A .json is application/json if it begins like JSON, whatever its strings hold.
//   - A .md is text/markdown with HTML as well, unless it is a document of its own: an SVG image, XML, or a script.
//   - Of a film or sound in an ISO base media file ext may say which kind: MP4, M4A, QuickTime and 3GP are one container.
//   - Of Ogg ext may say which kind, too.
//   - Of what begins with an ID3v2 tag ext may say what is behind it.
//   - Of text that begins with an element or a comment .xml says that it is XML without a declaration, and no HTML. It is a
//     candidate, for whoever reads the whole file to confirm.
//   - Of a ZIP archive ext may say that it is a document of Office or OpenDocument, or a book, whose parts may come in any order,
//     so that head often proves no more. Documents with macros (.docm, .xlsm ...) begin like those without and have types of
//     their own. Either is a candidate, for whoever reads the whole file to confirm.
//
// Scripts, XML and SVG are never reached: no name makes plain text of them.
func Resolve(head []byte, ext string) string {
	detected := Detect(head)
	if ext == ".xml" && (harmless[detected] || detected == html) {
		return cmp.Or(undeclaredXML(head), detected)
	}
	switch {
	case ext == ".json" && (harmless[detected] || detected == html) && beginsLikeJSON(head):
		return json
	case detected == html && slices.Contains(extensions[markdown], ext):
		return markdown
	case harmless[detected]:
		return oneOf(textKinds, detected, ext)
	case detected == zip, detected == jar, slices.Contains(office, detected):
		return resolveOffice(detected, ext)
	case slices.Contains(isoFamily, detected):
		return oneOf(isoFamily, detected, ext)
	case slices.Contains(oggFamily, detected):
		return oneOf(oggFamily, detected, ext)
	case slices.Contains(behindID3, detected) && bytes.HasPrefix(head, []byte("ID3")):
		return oneOf(behindID3, mp3, ext)
	}
	return detected
}

// oneOf returns the type of a family that ext agrees with, and detected if it agrees with none.
func oneOf(family []string, detected, ext string) string {
	for _, t := range family {
		if slices.Contains(extensions[t], ext) {
			return t
		}
	}
	return detected
}

func resolveOffice(detected, ext string) string {
	if t, ok := macroTypes[ext]; ok && detected != jar {
		return t
	}
	switch detected {
	case jar:
		return oneOf(marked, detected, ext)
	case zip:
		return oneOf(office, detected, ext)
	}
	return detected
}

// beginsLikeJSON reports whether head is the beginning of JSON.
func beginsLikeJSON(head []byte) bool {
	text, ok := decode(head[:min(len(head), HeadLen)])
	var s jsontext.Scanner
	return ok && len(bytes.TrimSpace(text)) > 0 && s.Scan(text) == jsontext.None
}
