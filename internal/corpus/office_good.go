package corpus

import (
	"slices"
	"strings"
)

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
		good("custom XML in UTF-16", "a.docx", typeDOCX, docx(file("customXml/item1.xml", utf16LE("<a>b</a>")))),
		good("a compressed metafile and printer settings", "a.docx", typeDOCX, docx(file("word/media/image1.emz", "\x1f\x8b\x08\x00"), file("word/printerSettings1.bin", "P\x00r\x00"))),
		good("fields, and a template of the author's disk", "a.docx", typeDOCX, docx(
			file("word/document.xml", declaration+"<w:document "+wordSpace+">"+fieldRuns(" PA", "GE ")+fieldRuns(`HYPERLINK "https://example.com/" \o "see: it"`)+
				fieldRuns(`INCLUDEPICTURE "C:\\a.png" \* MERGEFORMAT`)+fieldRuns(" ADDIN ZOTERO "+strings.Repeat("x", 9000))+fieldRuns("_Toc1")+"</w:document>"),
			file("word/_rels/settings.xml.rels", relations(relation("attachedTemplate", `file:///C:\Users\a\t.dotm`, isExternal))))),
		good("a field whose first letter is longer in lower case", "a.docx", typeDOCX, docx(file("word/document.xml", declaration+"<w:document "+wordSpace+`><w:fldSimple w:instr="Ⱥ"/></w:document>`))),
		good("a template of a Mac", "a.docx", typeDOCX, docx(file("word/_rels/settings.xml.rels", relations(relation("attachedTemplate", `file:////Users/a/t.dotm`, isExternal))))),
		good("types that no part has, by SheetJS", "a.xlsx", typeXLSX, xlsx(file("[Content_Types].xml", contentTypes(override("/xl/workbook.xml", typeXLSX+".main+xml")+
			`<Default Extension="bin" ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/>`)))),
		good("backslashes in names of parts", "a.xlsx", typeXLSX, xlsx(file(`xl\worksheets\sheet1.xml`, "<x/>"))),
		good("names of columns with marks", "a.xlsx", typeXLSX, xlsx(file("xl/worksheets/sheet1.xml", declaration+"<worksheet "+sheetSpace+`><f>SUM(T['#a],T[[#Headers],[b"c]],'x|y'!A1)</f></worksheet>`))),
		good("formulas", "a.xlsx", typeXLSX, xlsx(file("xl/worksheets/sheet1.xml", declaration+"<worksheet "+sheetSpace+`><f>SUM(A1:B2)&amp;"a|b"&amp;'x|y'!A1&amp;T[a|b]</f><v>a|b</v></worksheet>`))),
		good("a drawing with a line break that does not end", "a.xlsx", typeXLSX, xlsx(file("xl/drawings/vmlDrawing1.vml", "<xml "+vmlSpace+"><v:shape>a<br>b<br></v:shape></xml>"))),
		good("a slide that moves on", "a.pptx", typePPTX, pptx(file("ppt/slides/slide1.xml", "<p:sld "+slideSpace+`><a:hlinkClick r:id="" action="ppaction://hlinkshowjump?jump=nextslide"/><a:hlinkHover r:id="" action="ppaction://hlinksldjump"/></p:sld>`))),
		good("a blank picture of 3 MiB", "a.docx", typeDOCX, docx(repeated("word/media/image1.emf", "\x01\x00", 3))),
		good("relations that go up from the root, by LibreOffice", "a.docx", typeDOCX, docx(file("_rels/.rels", relations(relation("officeDocument", "word/document.xml", ""), relation("customXml", "../customXml/item1.xml", ""))))),
		good("slides with the numbers of a chart", "a.pptx", typePPTX, pptx(store("ppt/embeddings/Microsoft_Excel_Sheet.xlsx", chart))),
		good("slides with the numbers of a chart, packed again", "b.pptx", typePPTX, pptx(file("ppt/embeddings/Microsoft_Excel_Sheet1.xlsx", chart))),
	}
}
