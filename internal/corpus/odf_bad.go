package corpus

func hostileODF() []File {
	doc := func(about string, b []byte) File {
		return File{About: about, Name: "a.odt", Type: typeODT, Content: b, Code: content}
	}
	book := func(about string, b []byte) File {
		return File{About: about, Name: "a.epub", Type: typeEPUB, Content: b, Code: content}
	}
	event := func(quote string) []byte {
		href := quote + "vnd.sun.star.script:x.py$f?language=Python&amp;location=share" + quote
		return odf(typeODT, "", file("styles.xml", odfContent(noise(9000)+"<text:e xlink:href="+href+"/>")))
	}
	return []File{
		doc("Basic macros", odf(typeODT, "", file("Basic/Standard/Module1.xml", "<x/>"))),
		doc("Python macros", odf(typeODT, "", file("Scripts/python/a.py", "import os"))),
		doc("macros of an object inside", odf(typeODT, "", file("Object 1/Basic/script-lc.xml", "<x/>"))),
		doc("macros in the manifest", odf(typeODT, listed("Basic/script-lc.xml", "text/xml"))),
		doc("an embedded object in the manifest", odf(typeODT, listed("Object 1", "application/vnd.sun.star.oleobject"))),
		doc("an embedded OLE object", odf(typeODT, "", file("Object 1", ole))),
		doc("an event that calls a script", event(`"`)),
		doc("an event that calls a script, in single quotes", event(`'`)),
		doc("an encrypted document", odf(typeODT, `<manifest:file-entry manifest:full-path="a"><manifest:encryption-data/></manifest:file-entry>`)),
		doc("a document whose parts are encrypted", zipOf(store("mimetype", typeODT), store("content.xml", noise(300)), store("styles.xml", "<"+noise(300)),
			file("META-INF/manifest.xml", manifest(typeODT, `<manifest:file-entry manifest:full-path="content.xml"><manifest:encryption-data/></manifest:file-entry>`)))),
		doc("a document with a part that is not XML, before its manifest", zipOf(store("mimetype", typeODT), store("content.xml", noise(300)), file("META-INF/manifest.xml", manifest(typeODT, "")))),
		doc("a document without a manifest", zipOf(store("mimetype", typeODT), file("content.xml", "<x/>"))),
		doc("a manifest of another type", zipOf(store("mimetype", typeODT), file("META-INF/manifest.xml", manifest(typeODS, "")))),
		doc("a master document", odf(typeODT+"-master", "")),
		doc("an external entity in OpenDocument", odf(typeODT, "", file("styles.xml", doctype+"<x>&a;</x>"))),
		doc("a shell script inside", odf(typeODT, "", file("Pictures/a.png", "#!/bin/sh\n"))),
		doc("an archive within OpenDocument", odf(typeODT, "", file("Pictures/a.png", string(zipOf(hello))))),
		doc("a packed mimetype of another type", zipOf(file("mimetype", typeODS), file("content.xml", "<x/>"), file("META-INF/manifest.xml", manifest(typeODT, "")))),
		doc("a mimetype that goes on", zipOf(file("mimetype", typeODT+"-template"), file("META-INF/manifest.xml", manifest(typeODT, "")))),
		doc("a document without a mimetype", zipOf(file("content.xml", "<x/>"), file("META-INF/manifest.xml", manifest(typeODT, "")))),
		{About: "a spreadsheet named a.odt, sent as a text", Name: "a.odt", Type: typeODT, Content: odf(typeODS, ""), Code: typeNotAllowed},
		{About: "a spreadsheet named a.odt, sent as a spreadsheet", Name: "a.odt", Type: typeODS, Content: odf(typeODS, ""), Code: typeMismatch},
		book("a book in XHTML 5 with characters that it does not declare", zipOf(store("mimetype", typeEPUB), file("META-INF/container.xml", "<x/>"), file("a.xhtml", "<!DOCTYPE html><html>&nbsp;</html>"))),
		book("a book with a link to a script after a named character", zipOf(store("mimetype", typeEPUB), file("META-INF/container.xml", "<x/>"),
			file("a.xhtml", `<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.1//EN" "http://www.w3.org/TR/xhtml11/DTD/xhtml11.dtd"><html xmlns="http://www.w3.org/1999/xhtml"><a href="&nbsp;javascript:alert(1)">&nbsp;</a></html>`))),
		book("a book without its container", zipOf(store("mimetype", typeEPUB), file("a.xhtml", "<html/>"))),
		book("a book with a program", zipOf(store("mimetype", typeEPUB), file("META-INF/container.xml", "<x/>"), file("a.jpg", "MZ\x90"))),
		book("a book whose mimetype goes on", zipOf(store("mimetype", typeEPUB+"-x"), file("META-INF/container.xml", "<x/>"))),
	}
}
