package sniff

// called is what people call files of a type: "Word", "documents" and ".docx" make "Word (.docx)"
// and "Word documents (.docx)".
type called struct {
	name, noun string
	ext        string // "" if the name needs none
}

var names = map[string]called{
	"image/png":           {"PNG", "pictures", ""},
	"image/jpeg":          {"JPEG", "pictures", ""},
	"image/gif":           {"GIF", "pictures", ""},
	"image/webp":          {"WebP", "pictures", ""},
	"image/avif":          {"AVIF", "pictures", ""},
	"image/heic":          {"HEIC", "pictures", ""},
	"image/heif":          {"HEIF", "pictures", ""},
	"image/heic-sequence": {"HEIC", "pictures", ".heics"},
	"image/heif-sequence": {"HEIF", "pictures", ".heifs"},
	"image/bmp":           {"BMP", "pictures", ""},
	"image/tiff":          {"TIFF", "pictures", ""},
	"image/x-icon":        {"ICO", "icons", ""},
	svg:                   {"SVG", "drawings", ""},

	pdf:                         {"PDF", "documents", ""},
	docx:                        {"Word", "documents", ".docx"},
	xlsx:                        {"Excel", "tables", ".xlsx"},
	pptx:                        {"PowerPoint", "presentations", ".pptx"},
	odt:                         {"OpenDocument", "texts", ".odt"},
	ods:                         {"OpenDocument", "tables", ".ods"},
	odp:                         {"OpenDocument", "presentations", ".odp"},
	epub:                        {"EPUB", "books", ""},
	plain:                       {"plain text", "files", ".txt"},
	"text/csv":                  {"CSV", "tables", ""},
	"text/tab-separated-values": {"TSV", "tables", ""},
	markdown:                    {"Markdown", "files", ".md"},
	json:                        {"JSON", "files", ""},
	xml:                         {"XML", "files", ""},
	html:                        {"HTML", "files", ""},
	"text/vcard":                {"vCard", "files", ".vcf"},
	"text/calendar":             {"iCalendar", "files", ".ics"},

	zip:                           {"ZIP", "archives", ""},
	"application/gzip":            {"gzip", "archives", ".gz"},
	"application/x-tar":           {"tar", "archives", ".tar"},
	"application/x-7z-compressed": {"7z", "archives", ""},

	mp4:              {"MP4", "videos", ""},
	quickTime:        {"QuickTime", "videos", ".mov"},
	threeGP:          {"3GP", "videos", ""},
	"video/webm":     {"WebM", "videos", ""},
	"video/matroska": {"Matroska", "videos", ".mkv"},
	oggFilm:          {"Ogg", "videos", ".ogv"},
	mp3:              {"MP3", "recordings", ""},
	m4a:              {"M4A", "recordings", ""},
	wav:              {"WAV", "recordings", ""},
	oggSound:         {"Ogg", "recordings", ".ogg"},
	flac:             {"FLAC", "recordings", ""},
	oggAny:           {"Ogg", "files", ".ogx"},

	// No extension agrees with these types.
	xhtml:                           {"HTML", "files", ""},
	script:                          {"script", "files", ".sh"},
	"text/javascript":               {"script", "files", ".js"},
	"text/x-php":                    {"script", "files", ".php"},
	"text/x-python":                 {"script", "files", ".py"},
	"text/rtf":                      {"RTF", "documents", ""},
	"message/rfc822":                {"e-mail", "files", ".eml"},
	"application/msword":            {"old Word", "documents", ".doc"},
	"image/vnd.dwg":                 {"AutoCAD", "drawings", ".dwg"},
	"image/jxl":                     {"JPEG XL", "pictures", ""},
	"video/x-msvideo":               {"AVI", "videos", ""},
	"audio/aac":                     {"AAC", "recordings", ""},
	"application/vnd.ms-excel":      {"old Excel", "tables", ".xls"},
	"application/vnd.ms-powerpoint": {"old PowerPoint", "presentations", ".ppt"},
	"application/vnd.ms-outlook":    {"Outlook", "messages", ".msg"},
	"application/x-rar-compressed":  {"RAR", "archives", ""},
	"application/java-archive":      {"Java", "programs", ".jar"},
	"application/vnd.android.package-archive":       {"Android", "programs", ".apk"},
	"application/vnd.microsoft.portable-executable": {"Windows", "programs", ".exe"},
	"application/x-executable":                      {"Linux", "programs", ""},
	"application/x-elf":                             {"Linux", "programs", ""},
	"application/x-mach-binary":                     {"macOS", "programs", ""},
	"application/x-ms-installer":                    {"Windows", "programs", ".msi"},
	"application/x-ms-shortcut":                     {"Windows", "shortcuts", ".lnk"},
	"application/vnd.sqlite3":                       {"SQLite", "databases", ""},
	"image/vnd.adobe.photoshop":                     {"Photoshop", "pictures", ".psd"},
}

// Called returns what people call files of a type, as the short "Word (.docx)" and the plural "Word
// documents (.docx)". Both are "" for a type without a name.
func Called(mediaType string) (short, plural string) {
	c, ok := names[mediaType]
	if !ok {
		return "", ""
	}
	ext := ""
	if c.ext != "" {
		ext = " (" + c.ext + ")"
	}
	return c.name + ext, c.name + " " + c.noun + ext
}
