package sniff

// HeadLen is the maximum number of bytes of a file that Detect reads.
const HeadLen = 4096

// Types that Detect returns if it finds no other.
const (
	Empty  = "application/x-empty"      // a file without bytes
	Binary = "application/octet-stream" // an unknown type
)

const (
	plain  = "text/plain"
	html   = "text/html"
	xhtml  = "application/xhtml+xml"
	xml    = "text/xml"
	svg    = "image/svg+xml"
	pdf    = "application/pdf"
	script = "text/x-shellscript"

	json     = "application/json"
	markdown = "text/markdown"
)

// harmless lists the types of text that Detect returns only for text without markup. For these,
// Resolve lets the name choose one of textKinds, JSON or XML.
var harmless = map[string]bool{
	plain: true, "text/csv": true, "text/tab-separated-values": true, "text/markdown": true,
	"application/json": true, "application/geo+json": true, "application/x-ndjson": true, "model/gltf+json": true,
	"application/vnd.cyclonedx+json": true, "application/x-subrip": true, "text/vtt": true, "text/vcard": true,
	"text/calendar": true, "text/vnd.familysearch.gedcom": true, "message/rfc822": true,
	"image/x-portable-bitmap": true, "image/x-portable-graymap": true, "image/x-portable-pixmap": true,
}
