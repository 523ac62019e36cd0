package corpus

import (
	"slices"
	"strings"
)

const svgRoot = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">`

// named is the source of a file, or a part of one, with its description.
type named struct{ about, source string }

func hostileSVGs() []File {
	whole := brokenSVGs()
	for _, c := range slices.Concat(activeInSVG(), foreignInSVG()) {
		whole = append(whole, named{"an SVG image with " + c.about, svgRoot + c.source + "</svg>"})
	}
	files := []File{
		{About: "an SVG image as a picture", Name: "a.png", Type: typeSVG, Content: []byte(svgRoot + "</svg>"), Code: typeMismatch},
		{About: "an SVG image in UTF-16 without a mark", Name: "a.svg", Type: typeSVG, Content: []byte(utf16LE(svgRoot + "</svg>")[2:]), Code: typeNotAllowed},
		{About: "HTML as an SVG image", Name: "a.svg", Type: typeSVG, Content: []byte("<html><svg/></html>"), Code: typeNotAllowed},
	}
	for _, c := range whole {
		files = append(files, File{About: c.about, Name: "a.svg", Type: typeSVG, Content: []byte(c.source), Code: content})
	}
	return files
}

// activeInSVG returns content with scripts, links to scripts, or elements of XHTML.
func activeInSVG() []named {
	return []named{
		{"a script", `<script>alert(1)</script>`},
		{"a script from elsewhere", `<script href="https://example.com/a.js"/>`},
		{"a script with a prefix", `<s:script xmlns:s="http://www.w3.org/2000/svg">alert(1)</s:script>`},
		{"a script of XHTML", `<h:script xmlns:h="http://www.w3.org/1999/xhtml">alert(1)</h:script>`},
		{"an event attribute", `<rect onclick="alert(1)"/>`},
		{"an event attribute of an animation", `<animate onbegin="alert(1)" attributeName="x" dur="1s"/>`},
		{"a frame in a foreign object", `<foreignObject><iframe xmlns="http://www.w3.org/1999/xhtml" src="https://example.com/"/></foreignObject>`},
		{"a script in a foreign object", `<foreignObject><div xmlns="http://www.w3.org/1999/xhtml"><script>alert(1)</script></div></foreignObject>`},
		{"an event in a foreign object", `<foreignObject><div xmlns="http://www.w3.org/1999/xhtml" onclick="alert(1)"/></foreignObject>`},
		{"text of XHTML outside of a foreign object", `<div xmlns="http://www.w3.org/1999/xhtml"/>`},
		{"a frame of XHTML", `<iframe xmlns="http://www.w3.org/1999/xhtml" src="javascript:alert(1)"/>`},
		{"a link to a script", `<a xlink:href="javascript:alert(1)"><text>x</text></a>`},
		{"a link to a script in entities", `<a href="&#x6a;avascript:alert(1)"><text>x</text></a>`},
		{"a link to a script with a tab", `<a href="java&#9;script:alert(1)"><text>x</text></a>`},
		{"a link to a data URL", `<a href="data:text/html,&lt;script>alert(1)&lt;/script>"><text>x</text></a>`},
		{"a link that is set later", `<a><set attributeName="href" to="javascript:alert(1)"/><text>x</text></a>`},
		{"a link that is animated", `<a><animate attributeName="xlink:href" values="javascript:alert(1)"/><text>x</text></a>`},
		{"an event handler of SVG Tiny", `<handler type="application/ecmascript">alert(1)</handler>`},
	}
}

// foreignInSVG returns other content for which an SVG image is refused.
func foreignInSVG() []named {
	return []named{
		{"a link to a file", `<a href="file://example.com/a"><text>x</text></a>`},
		{"a link that reports", `<a href="#b" ping="/a"><text>x</text></a>`},
		{"a picture from elsewhere", `<image href="https://example.com/pixel.png"/>`},
		{"a picture from the disk", `<image xlink:href="file:///etc/passwd"/>`},
		{"an SVG image within", `<image href="data:image/svg+xml;base64,PHN2Zy8+"/>`},
		{"a part of another file", `<use href="https://example.com/a.svg#b"/>`},
		{"a part of a data URL", `<use href="data:image/svg+xml;base64,PHN2Zy8+#b"/>`},
		{"a filter's picture from elsewhere", `<filter><feImage href="//example.com/"/></filter>`},
		{"a paint from elsewhere", `<rect fill="url(https://example.com/a.svg#b)"/>`},
		{"a paint from elsewhere in a style", `<rect style="fill: url( &quot;//example.com&quot; )"/>`},
		{"a paint from elsewhere in escapes", `<rect fill="\75\72\6c(https://example.com/)"/>`},
		{"a style sheet from elsewhere", `<style>@import "https://example.com/a.css";</style>`},
		{"a style sheet from elsewhere in pieces", `<style>@imp<!-- -->ort "https://example.com/a.css";</style>`},
		{"a font from elsewhere", `<style>@font-face { src: url(https://example.com/a.woff) }</style>`},
		{"another base", `<g xml:base="https://example.com/"><use href="#a"/></g>`},
		{"an included file", `<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>`},
		{"an undeclared entity", `<text>&nbsp;</text>`},
		{"a tag that is not closed", `<g>`},
		{"groups nested a thousand deep", strings.Repeat("<g>", 1000) + strings.Repeat("</g>", 1000)},
		{"a long style that refers to something", `<rect style="` + strings.Repeat("fill:red;", 1000) + `fill:url(//example.com)"/>`},
		{"a link after much white space", `<a href="` + strings.Repeat(" ", 9000) + `javascript:alert(1)"/>`},
		{"a hundred thousand attributes", `<g` + strings.Repeat(` a=""`, 100_000) + `/>`},
	}
}

func brokenSVGs() []named {
	return []named{
		{"an SVG image with an event attribute of its root", `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`},
		{"an SVG image with entities that expand", `<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>` + svgRoot + `<text>&b;</text></svg>`},
		{"an SVG image with an entity from the disk", `<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>` + svgRoot + `<text>&a;</text></svg>`},
		{"an SVG image with a document type from elsewhere", `<!DOCTYPE svg SYSTEM "https://example.com/a.dtd">` + svgRoot + `</svg>`},
		{"an SVG image with a style sheet instruction", `<?xml version="1.0"?><?xml-stylesheet href="https://example.com/a.css"?>` + svgRoot + `</svg>`},
		{"an SVG image with PHP", svgRoot + `<?php system($_GET[0]); ?></svg>`},
		{"an SVG image cut short", svgRoot + `<rect/>`},
		{"HTML after an SVG image", svgRoot + `</svg><html/>`},
		{"an archive after an SVG image", svgRoot + strings.Repeat("<g/>", 2000) + `</svg>` + string(zipOf(hello))},
		{"an SVG image in an unknown encoding", `<?xml version="1.0" encoding="UTF-7"?>` + svgRoot + `</svg>`},
		{"an SVG image in Shift_JIS, declared with spaces", `<?xml version="1.0" encoding = "Shift_JIS"?>` + svgRoot + "<desc><![CDATA[ \xc3\x83]]><?xpacket ]]></desc><script>alert(1)</script><desc><!-- ?> --></desc></svg>"},
		{"an SVG image with a script in UTF-16", utf16LE(svgRoot + `<script>alert(1)</script></svg>`)},
		{"an SVG image with a document type with two kinds of quotation marks", `<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG'x'http://www.w3.org/" "http://example.com/a.dtd">` + svgRoot + `</svg>`},
		{"an SVG image that declares another namespace than its document type fixes", `<!DOCTYPE svg [<!ATTLIST svg xmlns:xlink CDATA #FIXED "http://www.w3.org/1999/xlink">]>` +
			`<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="u"><svg><image xlink:href="https://example.com/a.png"/></svg></svg>`},
		{"an SVG image whose document type gives it an event", `<!DOCTYPE svg [<!ATTLIST svg onload CDATA #FIXED "alert(1)">]>` + svgRoot + `</svg>`},
		{"an SVG image with an entity of its own beside Illustrator's", `<!DOCTYPE svg [<!ENTITY ns_svg "http://www.w3.org/2000/svg"><!ENTITY a "b">]>` + svgRoot + `</svg>`},
		{"an svg root in another namespace", `<x:svg xmlns:x="http://example.com/"><x:script>alert(1)</x:script></x:svg>`},
	}
}

func goodSVGs() []File {
	files := []File{
		{About: "an SVG icon", Content: []byte(svgRoot + `<path d="M12 2L2 22h20z" fill="currentColor"/></svg>`)},
		{About: "an SVG image by Inkscape", Content: []byte(`<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<!-- Created with Inkscape (http://www.inkscape.org/) -->
<svg width="210mm" viewBox="0 0 210 297" version="1.1" id="svg1" inkscape:version="1.3" sodipodi:docname="a.svg"
 xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape" xmlns:sodipodi="http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd"
 xmlns="http://www.w3.org/2000/svg" xmlns:svg="http://www.w3.org/2000/svg">
<sodipodi:namedview id="n" pagecolor="#ffffff" inkscape:zoom="0.7"/><defs id="d"/>
<g inkscape:label="Layer 1" inkscape:groupmode="layer" id="l"><rect style="fill:#ff0000;stroke-width:0.2" id="r" width="10" height="10" x="1" y="1"/></g></svg>`)},
		{About: "an SVG image with the document type of the W3C", Content: []byte(`<?xml version="1.0" encoding="iso-8859-1"?>
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
<svg version="1.1" xmlns="http://www.w3.org/2000/svg" enable-background="new 0 0 9 9" xml:space="preserve"><text>caf` + "\xe9" + `</text></svg>`)},
		{About: "an SVG image with prefixes", Content: []byte(`<s:svg xmlns:s="http://www.w3.org/2000/svg"><s:circle r="1"/></s:svg>`)},
		{About: "an SVG image with gradients and a style sheet", Content: []byte(svgRoot + `<style><![CDATA[.a{fill:url(#g)}]]></style>` +
			`<linearGradient id="g"><stop offset="0"/></linearGradient><use xlink:href="#g"/><rect class="a"/></svg>`)},
		{About: "an SVG image with an animation", Content: []byte(svgRoot + `<circle r="1"><animate attributeName="r" values="1;2;1" dur="2s" repeatCount="indefinite"/></circle></svg>`)},
		{About: "an SVG image in UTF-16", Content: []byte(utf16LE(svgRoot + `<title>é</title></svg>`))},
		{About: "an SVG image with a path of 512 KiB", Content: []byte(svgRoot + `<path d="` + strings.Repeat("M0 0", 128<<10) + `"/></svg>`)},
		{About: "an SVG image by Graphviz, with a link", Content: []byte(svgRoot + `<g id="a_node1"><a xlink:href="https://example.org/" xlink:title="n"><ellipse rx="3" ry="2"/></a></g></svg>`)},
		{About: "an SVG image by PlantUML", Content: []byte(`<?xml version="1.0" encoding="us-ascii" standalone="no"?><?plantuml 1.2024.3?>` + svgRoot + `<rect width="3"/></svg>`)},
		{About: "an SVG image by draw.io", Content: []byte(`<svg xmlns="http://www.w3.org/2000/svg" content="&lt;mxfile host=&quot;app.diagrams.net&quot;&gt;">` +
			`<switch><foreignObject requiredFeatures="http://www.w3.org/TR/SVG11/feature#Extensibility" style="overflow: visible; text-align: left;">` +
			`<div xmlns="http://www.w3.org/1999/xhtml" style="display: flex; font-size: 12px;">hello<br/></div></foreignObject><text x="60">hello</text></switch></svg>`)},
		{About: "an SVG image by Mermaid", Content: []byte(`<svg aria-roledescription="flowchart-v2" role="graphics-document document" xmlns="http://www.w3.org/2000/svg" id="m">` +
			`<style>#m{font-family:"trebuchet ms",sans-serif;}@keyframes edge{from{stroke-dashoffset:0;}}#m .node rect{fill:hsl(80, 100%, 96%);}</style>` +
			`<g class="node default"><foreignObject height="24" width="30"><div xmlns="http://www.w3.org/1999/xhtml" style="display: table-cell;"><span class="nodeLabel"><p>Start</p></span></div></foreignObject></g></svg>`)},
		{About: "an SVG image by Figma, with blur", Content: []byte(svgRoot + `<foreignObject x="-4" y="-4" width="9" height="9"><div xmlns="http://www.w3.org/1999/xhtml" ` +
			`style="backdrop-filter:blur(2px);clip-path:url(#c);height:100%;width:100%"></div></foreignObject><rect data-figma-bg-blur-radius="4"/></svg>`)},
		{About: "an SVG image by Sodipodi, with the namespace that it fixes", Content: []byte(`<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 20010904//EN"
"http://www.w3.org/TR/2001/REC-SVG-20010904/DTD/svg10.dtd"
[
 <!ATTLIST svg
  xmlns:xlink CDATA #FIXED "http://www.w3.org/1999/xlink">
]>
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"><defs><linearGradient id="a"/><linearGradient id="b" xlink:href="#a"/></defs></svg>`)},
		{About: "an SVG image by Illustrator, with its entities", Content: []byte(`<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd" [
	<!ENTITY ns_extend "http://ns.adobe.com/Extensibility/1.0/">
	<!ENTITY ns_ai "http://ns.adobe.com/AdobeIllustrator/10.0/">
	<!ENTITY ns_graphs "http://ns.adobe.com/Graphs/1.0/">
]>
<svg version="1.1" xmlns:x="&ns_extend;" xmlns:i="&ns_ai;" xmlns:graph="&ns_graphs;" xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">
<switch><foreignObject requiredExtensions="&ns_ai;" width="1" height="1"><i:pgfRef xlink:href="#adobe_illustrator_pgf"/></foreignObject>
<g i:extraneous="self"><path ill="1" d="M0 0"/></g></switch><i:pgf id="adobe_illustrator_pgf"><![CDATA[eJzsvQ==]]></i:pgf></svg>`)},
		{About: "an SVG image with a picture in it", Content: []byte(svgRoot + `<image href="data:image/gif;base64,R0lGODlhAQABAAAAACw="/></svg>`)},
	}
	for _, program := range []string{"cairo", "mupdf", "pdftocairo"} {
		files = append(files, File{About: "an SVG image by " + program, Content: read(program + ".svg")})
	}
	for i := range files {
		files[i].Name, files[i].Type = "a.svg", typeSVG
	}
	return files
}

func hostileXML() []File {
	const declaration = `<?xml version="1.0"?>`
	var files []File
	for _, c := range []named{
		{"XML with entities that expand", declaration + `<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;">]><l>&b;</l>`},
		{"XML with an entity from the disk", declaration + `<!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]><l>&a;</l>`},
		{"XML with a style sheet", declaration + `<?xml-stylesheet type="text/xsl" href="https://example.com/a.xsl"?><a/>`},
		{"XML with an element of XHTML after the head", declaration + "<a>" + strings.Repeat("<b/>", 2000) + `<s xmlns="http://www.w3.org/1999/xhtml"/></a>`},
		{"XML in Shift_JIS, declared with spaces", `<?xml version="1.0" encoding = "Shift_JIS"?>` + "<a><![CDATA[ \xc3\x83]]><?xpacket ]]><x xmlns=\"http://www.w3.org/1999/XSL/Transform\"/><!-- ?> --></a>"},
		{"XML of one tag", declaration + `<a` + strings.Repeat(` b=""`, 50_000)},
		{"XML for a word processor", declaration + `<w:wordDocument xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml"/>`},
		{"XML with an attribute of XSLT", declaration + `<a x:version="1.0" xmlns:x="http://www.w3.org/1999/XSL/Transform"/>`},
		{"XML that is not well-formed", declaration + `<a><b></a>`},
		{"XML that is cut short", declaration + `<a><b>`},
		{"XML with an archive after it", declaration + "<a>" + strings.Repeat("<b/>", 2000) + "</a>" + string(zipOf(hello))},
		{"XML nested a thousand deep", declaration + strings.Repeat("<a>", 1000) + strings.Repeat("</a>", 1000)},
	} {
		files = append(files, File{About: c.about, Name: "a.xml", Type: typeXML, Content: []byte(c.source), Code: content})
	}
	return append(files,
		File{
			About: "XHTML as XML", Name: "a.xml", Type: typeXML, Code: typeNotAllowed,
			Content: []byte(declaration + `<html xmlns="http://www.w3.org/1999/xhtml"/>`),
		},
		File{About: "an SVG image as XML", Name: "a.xml", Type: typeXML, Code: typeNotAllowed, Content: []byte(declaration + svgRoot + `</svg>`)},
	)
}

func goodXML() []File {
	const declaration = `<?xml version="1.0" encoding="UTF-8"?>`
	return []File{
		{About: "XML data", Name: "a.xml", Type: typeXML, Content: []byte(declaration + "\n<note id=\"1\"><to>Žofie</to><![CDATA[a < b]]></note>\n")},
		{About: "XML without a declaration", Name: "a.xml", Type: typeXML, Content: []byte("<resources>\n<string name=\"a\">b</string>\n</resources>\n")},
		{About: "XML with a comment first", Name: "a.xml", Type: typeXML, Content: []byte("<!-- made by x -->\n<Invoice><ID>1</ID></Invoice>\n")},
		{About: "XML in UTF-16", Name: "a.xml", Type: typeXML, Content: []byte(utf16LE(`<?xml version="1.0" encoding="UTF-16"?><a>é</a>`))},
		{About: "XML in windows-1252", Name: "a.xml", Type: typeXML, Content: []byte(`<?xml version="1.0" encoding="Windows-1252"?>` + "<a>\x80 caf\xe9</a>")},
		{About: "a signed invoice", Name: "a.xml", Type: typeXML, Content: []byte(declaration + `<nfeProc xmlns="http://www.portalfiscal.inf.br/nfe" versao="4.00"><NFe><infNFe Id="NFe0"/>` +
			`<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignedInfo><CanonicalizationMethod Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315"/></SignedInfo></Signature></NFe></nfeProc>`)},
		{About: "a bank statement", Name: "a.xml", Type: typeXML, Content: []byte(`<?xml version="1.0" encoding="UTF-8" standalone="no"?>` + "\n" + `<?OFX OFXHEADER="200" VERSION="211"?><OFX><SIGNONMSGSRSV1/></OFX>`)},
		{About: "XML of 1 MB", Name: "a.xml", Type: typeXML, Content: []byte(declaration + "<l>" + strings.Repeat("<a b='c'>0123456789</a>", 50_000) + "</l>")},
	}
}
