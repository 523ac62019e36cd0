package sniff

import (
	"cmp"
	"slices"
)

// extensions lists, for the types of everyday uploads, the extensions that agree with them.
//
// It is strict: .log agrees with text, but .ini, .conf, .bat and .js do not, although the bytes of
// such files are plain text. Servers and desktops give them a meaning that text does not have.
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

// Extensions returns the extensions that agree with a type as Detect and Resolve name it, in lower
// case, with their dot and the canonical one first. It returns nil for an unknown type. The caller
// owns the slice.
func Extensions(mediaType string) []string {
	return slices.Clone(extensions[mediaType])
}

// AppendExtensions appends the extensions of a type to exts.
func AppendExtensions(exts []string, mediaType string) []string {
	return append(exts, extensions[mediaType]...)
}

// TypesOf returns the types that files with the extension ext (lower case, with its dot) may have,
// those with ext as their canonical extension first. It returns nil if there are none.
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
