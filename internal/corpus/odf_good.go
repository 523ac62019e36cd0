package corpus

import "strings"

func goodODF() []File {
	const old = `<!DOCTYPE manifest:manifest PUBLIC "-//OpenOffice.org//DTD Manifest 1.0//EN" "Manifest.dtd">`
	manifest2 := strings.Replace(manifest(typeODS, ""), declaration, declaration+old+"\n", 1)
	return []File{
		{About: "a small text", Name: "a.odt", Type: typeODT, Content: odf(typeODT, listed("content.xml", "text/xml"))},
		{
			About: "empty settings as LibreOffice leaves them", Name: "a.odp", Type: typeODP,
			Content: odf(typeODP, "", store("Configurations2/accelerator/", ""), file("Configurations2/accelerator/current.xml", "")),
		},
		{
			About: "a spreadsheet of OpenOffice.org 2", Name: "a.ods", Type: typeODS,
			Content: zipOf(store("mimetype", typeODS), file("content.xml", "<x/>"), file("META-INF/manifest.xml", manifest2)),
		},
		{
			About: "a packed mimetype that is not the first", Name: "a.odt", Type: typeODT,
			Content: zipOf(file("content.xml", odfContent("")), file("mimetype", typeODT), file("META-INF/manifest.xml", manifest(typeODT, ""))),
		},
		{
			About: "a text with links, slides' clicks and a local template", Name: "a.odt", Type: typeODT,
			Content: odfText(`<office:scripts/><text:a xlink:href="https://example.com/">x</text:a><text:a xlink:href="mailto:a@b.c"/><text:a xlink:href="#x"/><text:a xlink:href="../b.odt"/>` +
				`<draw:a xlink:href="https://example.com/"><draw:frame/></draw:a><anim:audio xlink:href="file:///C:/a.wav"/>` +
				`<meta:template xlink:href="file:///C:/t.ott"/><presentation:event-listener presentation:action="next-page"/><draw:image xlink:href="Pictures/a.png"/><draw:object xlink:href="./Object 1"/>` +
				`<table:table-cell table:formula="of:=SUM([.A1:.B2];{1;2|3;4})"/>`),
		},
		{
			About: "a formula of OpenOffice.org 2", Name: "a.odt", Type: typeODT,
			Content: odf(typeODT, "", file("Object 1/content.xml", `<!DOCTYPE math:math PUBLIC "-//OpenOffice.org//DTD Modified W3C MathML 1.01//EN" "math.dtd"><math:math xmlns:math="http://www.w3.org/1998/Math/MathML"/>`)),
		},
		{
			About: "a text about scripts", Name: "a.odt", Type: typeODT,
			Content: odf(typeODT, "", file("styles.xml", odfContent("the address begins with vnd.sun.star.script: and &lt;!DOCTYPE"))),
		},
		{
			About: "an empty thumbnail that is marked as packed", Name: "a.odt", Type: typeODT,
			Content: odf(typeODT, "", zipEntry{name: "Thumbnails/thumbnail.png", packed: []byte{}}),
		},
		{
			About: "a book in XHTML 1.1 with its characters", Name: "a.epub", Type: typeEPUB, Content: zipOf(store("mimetype", typeEPUB),
				file("META-INF/container.xml", "<container/>"), file("a.xhtml", `<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.1//EN" "http://www.w3.org/TR/xhtml11/DTD/xhtml11.dtd">`+
					`<html xmlns="http://www.w3.org/1999/xhtml"><body title="A&nbsp;B">&copy;&nbsp;2011 &mdash; caf&eacute; &thetasym;</body></html>`)),
		},
		{About: "a book with many ordinary things", Name: "a.epub", Type: typeEPUB, Content: goodBook()},
		{About: "a book", Name: "a.epub", Type: typeEPUB, Content: zipOf(store("mimetype", typeEPUB),
			file("META-INF/container.xml", "<container/>"), file("a.xhtml", "<!DOCTYPE html><html/>"))},
	}
}
