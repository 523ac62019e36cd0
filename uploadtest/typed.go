package uploadtest

import (
	"github.com/airlock-go/upload"
	"github.com/airlock-go/upload/internal/corpus"
)

const (
	typePDF  = "application/pdf"
	typeDOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
)

// SampleOf returns the first file of [Legitimate] of a media type, and panics if there is none.
// Each preset that accepts the type accepts the file.
func SampleOf(mediaType string) Sample {
	for s := range Legitimate() {
		if s.Type == mediaType {
			return s
		}
	}
	panic("uploadtest: no sample of the type " + mediaType)
}

// PDF returns a document that upload.Documents accepts.
func PDF() Content { return Bytes(SampleOf(typePDF).Content) }

// DOCX returns a Word document that upload.Documents accepts.
func DOCX() Content { return Bytes(SampleOf(typeDOCX).Content) }

// JPEG returns a picture that upload.Images accepts. [PNG] makes a PNG of a
// given number of bytes.
func JPEG() Content { return Bytes(SampleOf("image/jpeg").Content) }

// Infected returns a PDF with [EICAR] in it, which [Scanner] refuses. Nothing else is wrong with
// it: upload.Documents accepts it.
func Infected() Sample {
	return Sample{
		Name: "infected/a PDF with EICAR", FileName: "infected.pdf", Type: typePDF,
		Content: corpus.PDFWithData(string(EICAR())), Code: upload.CodeInfected,
	}
}
