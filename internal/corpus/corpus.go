// Package corpus holds files that tests upload: hostile ones that must be refused, and legitimate
// ones that must not.
//
// The code here makes nearly all hostile files, so that it shows what is wrong with each. It makes
// some of the legitimate ones as well. The others are small results of common encoders and
// programs.
package corpus

// File is a file as a client uploads it.
type File struct {
	About   string // the point of the file, unique within its family
	Name    string // the client's name for it, with its extension
	Type    string // the media type that it has or claims, and that the policy under test allows
	Content []byte
	Code    string // of its refusal, "content" for any code of package inspect; "" if it is legitimate
}

// The codes of refusals.
const (
	content        = "content" // not an upload.Code: any code of package inspect
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
