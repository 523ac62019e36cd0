// Package corpus holds files that tests upload: hostile ones that must be refused, and legitimate
// ones that must not.
//
// Hostile files are made by the code here, so that what is wrong with each can be read. Legitimate
// ones are made by it as well, or are small results of the encoders and programs that people use.
package corpus

// File is a file as a client uploads it.
type File struct {
	About   string // what it shows, unique within its family
	Name    string // the client's name for it, with its extension
	Type    string // the media type that it is or claims to be, and that the policy under test allows
	Content []byte
	Code    string // why it is refused, as an upload.Code; "" if it is legitimate
}

// The codes of refusals.
const (
	content        = "content" // any code of package inspect
	typeNotAllowed = "type_not_allowed"
	typeMismatch   = "type_mismatch"
	empty          = "empty"
)

// The types that several families share.
const (
	typeZIP  = "application/zip"
	typeODT  = "application/vnd.oasis.opendocument.text"
	typeODS  = "application/vnd.oasis.opendocument.spreadsheet"
	typeODP  = "application/vnd.oasis.opendocument.presentation"
	typeEPUB = "application/epub+zip"
	typeDOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	typeXLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	typePPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
	typePDF  = "application/pdf"
	typeSVG  = "image/svg+xml"
	typeXML  = "text/xml"
)
