package corpus

import (
	"slices"
	"strings"
)

const (
	relationTypes = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
	wordSpace     = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"`
	sheetSpace    = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`
	slideSpace    = `xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`
	vmlSpace      = `xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"`
	msRelations   = "http://schemas.microsoft.com/office/"
	isExternal    = `TargetMode="External"`
	excelType     = "application/vnd.openxmlformats-officedocument.spreadsheetml."
)

// office returns a package of Office Open XML: its main part, and parts that replace those with the
// same name or come after them.
func office(mainType, mainPart string, parts ...zipEntry) []byte {
	return zipOf(officeParts(mainType, mainPart, parts...)...)
}

func officeParts(mainType, mainPart string, parts ...zipEntry) []zipEntry {
	entries := []zipEntry{
		file("[Content_Types].xml", contentTypes(override("/"+mainPart, mainType))),
		file("_rels/.rels", relations(relation("officeDocument", mainPart, ""))),
		file(mainPart, declaration+"<document/>"),
	}
	for _, p := range parts {
		i := slices.IndexFunc(entries[:3], func(e zipEntry) bool { return e.name == p.name })
		if i < 0 {
			entries = append(entries, p)
			continue
		}
		entries[i] = p
	}
	return entries
}

func docx(parts ...zipEntry) []byte {
	return office(typeDOCX+".main+xml", "word/document.xml", parts...)
}
func xlsx(parts ...zipEntry) []byte { return office(typeXLSX+".main+xml", "xl/workbook.xml", parts...) }
func pptx(parts ...zipEntry) []byte {
	return office(typePPTX+".main+xml", "ppt/presentation.xml", parts...)
}

func contentTypes(more string) string {
	return declaration + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
		`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
		`<Default Extension="xml" ContentType="application/xml"/>` + more + `</Types>`
}

func override(part, contentType string) string {
	return `<Override PartName="` + part + `" ContentType="` + contentType + `"/>`
}

func relations(list ...string) string {
	return declaration + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		strings.Join(list, "") + `</Relationships>`
}

func relation(kind, target, more string) string {
	return `<Relationship Id="r` + kind + `" Type="` + relationTypes + kind + `" Target="` + target + `" ` + more + `/>`
}

// related returns a Word document with one relation of its main part.
func related(kind, target, more string) []byte {
	return docx(file("word/_rels/document.xml.rels", relations(relation(kind, target, more))))
}

func badDocument(about string, b []byte) File {
	return File{About: about, Name: "a.docx", Type: typeDOCX, Content: b, Code: content}
}

func badWorkbook(about string, b []byte) File {
	return File{About: about, Name: "a.xlsx", Type: typeXLSX, Content: b, Code: content}
}

// typed returns a document whose list of types has more entries.
func typed(more string) []byte {
	return docx(file("[Content_Types].xml", contentTypes(override("/word/document.xml", typeDOCX+".main+xml")+more)))
}

// wordText returns a Word document with this text.
func wordText(body string) []byte {
	return docx(file("word/document.xml", declaration+"<w:document "+wordSpace+"><w:body><w:p>"+body+"</w:p></w:body></w:document>"))
}

// fieldRuns returns a field in runs, as Word writes it.
func fieldRuns(parts ...string) string {
	out := `<w:r><w:fldChar w:fldCharType="begin"/></w:r>`
	for _, p := range parts {
		out += `<w:r><w:instrText xml:space="preserve">` + p + `</w:instrText></w:r>`
	}
	return out + `<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>x</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>`
}
