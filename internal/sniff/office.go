package sniff

const (
	zip  = "application/zip"
	jar  = "application/java-archive" // any archive that begins with META-INF/ or its manifest
	epub = "application/epub+zip"
	odt  = "application/vnd.oasis.opendocument.text"
	ods  = "application/vnd.oasis.opendocument.spreadsheet"
	odp  = "application/vnd.oasis.opendocument.presentation"
	docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	pptx = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
)

// office lists the documents that may show their type only in entries after the head. OpenDocument
// and EPUB declare it first, unless a program has packed the document again.
var office = []string{docx, xlsx, pptx, odt, ods, odp, epub}

// marked lists those of office that have a folder META-INF, as Java archives do.
var marked = []string{odt, ods, odp, epub}

// macroTypes maps the extensions of documents that may hold macros to their types. No extension
// agrees with these types, so upload.Types refuses them.
var macroTypes = map[string]string{
	".docm": "application/vnd.ms-word.document.macroenabled.12",
	".dotm": "application/vnd.ms-word.template.macroenabled.12",
	".xlsm": "application/vnd.ms-excel.sheet.macroenabled.12",
	".xltm": "application/vnd.ms-excel.template.macroenabled.12",
	".xlam": "application/vnd.ms-excel.addin.macroenabled.12",
	".xlsb": "application/vnd.ms-excel.sheet.binary.macroenabled.12",
	".pptm": "application/vnd.ms-powerpoint.presentation.macroenabled.12",
	".potm": "application/vnd.ms-powerpoint.template.macroenabled.12",
	".ppsm": "application/vnd.ms-powerpoint.slideshow.macroenabled.12",
	".ppam": "application/vnd.ms-powerpoint.addin.macroenabled.12",
	".sldm": "application/vnd.ms-powerpoint.slide.macroenabled.12",
}
