package corpus

import (
	"maps"
	"slices"
	"strings"
)

func hostileBooks() (files []File) {
	refused := func(about string, archive []byte) {
		files = append(files, File{About: "a book with " + about, Name: "a.epub", Type: typeEPUB, Code: content, Content: archive})
	}
	pages := hostilePages()
	for _, about := range slices.Sorted(maps.Keys(pages)) {
		refused(about, page(pages[about]))
	}
	sheets := hostileSheets()
	for _, about := range slices.Sorted(maps.Keys(sheets)) {
		refused("a style sheet with "+about, book(file("a.css", sheets[about])))
		refused("a style element with "+about, page(`<style><![CDATA[`+sheets[about]+`]]></style>`))
	}
	for _, e := range hostileParts() {
		refused(e.about, book(e.entries...))
	}
	return files
}

// hostilePages returns the bodies of pages for which a book is refused.
func hostilePages() map[string]string {
	const script = `&lt;script&gt;alert(1)&lt;/script&gt;`
	pages := map[string]string{
		"a script":                            `<script>alert(1)</script>`,
		"a script with another prefix":        `<h:script xmlns:h="http://www.w3.org/1999/xhtml">alert(1)</h:script>`,
		"a script in a drawing":               `<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>`,
		"an event":                            `<p onclick="alert(1)">x</p>`,
		"an event in capitals":                `<p ONLOAD="alert(1)">x</p>`,
		"a link to a script":                  `<a href=" java&#115;cript:alert(1)">x</a>`,
		"a link to a script with a tab":       `<a href="java&#9;script:alert(1)">x</a>`,
		"an image from elsewhere":             `<img src="https://evil.example/a.png"/>`,
		"an image on a host":                  `<img src="//evil.example/a.png"/>`,
		"a second image from elsewhere":       `<img src="a.png" srcset="a.png 1x, https://evil.example/a.png 2x"/>`,
		"a frame from elsewhere":              `<iframe src="http://evil.example/"/>`,
		"a frame with a page in an attribute": `<iframe srcdoc="` + script + `"/>`,
		"a frame that is a drawing":           `<iframe src="data:image/svg+xml,%3Csvg/onload=alert(1)%3E"/>`,
		"a frame that is a page":              `<iframe src="data:text/html,` + script + `"/>`,
		"a set of frames":                     `<frameset><frame src="a.xhtml"/></frameset>`,
		"an object from elsewhere":            `<object data="http://evil.example/"/>`,
		"an object that is a drawing":         `<object data="data:image/svg+xml,%3Csvg/onload=alert(1)%3E"/>`,
		"an object of a class":                `<object classid="clsid:d27cdb6e-ae6d-11cf-96b8-444553540000"/>`,
		"an applet":                           `<applet code="a.class"/>`,
		"a film's poster from elsewhere":      `<video poster="http://evil.example/a.png"/>`,
		"a style from elsewhere":              `<link rel="stylesheet" href="http://evil.example/a.css"/>`,
		"a background from elsewhere":         `<table background="https://evil.example/a.png"/>`,
		"a link that reports":                 `<a href="#a" ping="https://evil.example/">x</a>`,
		"a page that goes elsewhere":          `<meta http-equiv=" Refresh" content="0;url=https://evil.example/"/>`,
		"addresses that begin elsewhere":      `<p xml:base="https://evil.example/"><img src="a.png"/></p>`,
		"a base that is elsewhere":            `<base href="https://evil.example/"/>`,
		"a form that sends":                   `<form action="https://evil.example/"><input name="a"/></form>`,
		"a form that runs":                    `<form action="javascript:alert(1)"><input/></form>`,
		"a button that sends":                 `<form><button formaction="https://evil.example/">x</button></form>`,
		"a button that runs":                  `<form><button formaction="javascript:alert(1)">x</button></form>`,
		"a link to a file":                    `<a href="file:///C:/a.exe">x</a>`,
		"a style sheet in another encoding":   `<link rel="stylesheet" href="a.css" charset="shift_jis"/>`,
		"a style attribute that loads":        `<p style="background:url(https://evil.example/a.png)">x</p>`,
		"a long style attribute that loads":   `<p style="` + strings.Repeat("color:red;", 600) + `background:url(https://evil.example/a.png)">x</p>`,
		"a page in a foreign namespace":       `<x xmlns="urn:x"><iframe src="https://evil.example/"/></x>`,
		"an event in a foreign namespace":     `<x xmlns="urn:x" onclick="alert(1)"/>`,
		"a style in a foreign namespace":      `<link xmlns="urn:x" rel="stylesheet" href="https://evil.example/a.css"/>`,
		"a refresh in a foreign namespace":    `<meta xmlns="urn:x" http-equiv="refresh" content="0;url=https://evil.example/"/>`,
		"a parameter that loads":              `<object><param name="src" value="https://evil.example/a"/></object>`,
		"an inclusion":                        `<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="a.xhtml"/>`,
		"a transformation":                    `<t:stylesheet xmlns:t="http://www.w3.org/1999/XSL/Transform" version="1.0"/>`,
		"a listener":                          `<ev:listener xmlns:ev="http://www.w3.org/2001/xml-events" event="click"/>`,
		"a handler that is a script":          `<p xmlns:ev="http://www.w3.org/2001/xml-events" ev:handler="javascript:alert(1)"/>`,
	}
	blanks := strings.Repeat(" ", 4200)
	maps.Copy(pages, map[string]string{
		"a script after many spaces":        `<a href="` + blanks + `javascript:alert(1)">x</a>`,
		"a file on a drive":                 `<a href="c|/a.exe">x</a>`,
		"a file after many spaces":          `<a href="` + blanks + `file:///C:/a.exe">x</a>`,
		"a script with many tabs":           `<a href="j` + strings.Repeat("&#9;", 4200) + `avascript:alert(1)">x</a>`,
		"a description with many tabs":      `<img src="a.png" longdesc="j` + strings.Repeat("&#9;", 4200) + `avascript:alert(1)"/>`,
		"a long link without a scheme":      `<a href="` + strings.Repeat("a", 6000) + `">x</a>`,
		"a file after another blank":        `<a href="&#xa0;file:///C:/a.exe">x</a>`,
		"a file on a drive after a slash":   `<a href="/c:/a.exe">x</a>`,
		"a picture after many spaces":       `<img src="a.png" srcset="` + blanks + `https://evil.example/a.png 1x"/>`,
		"a picture after data":              `<img src="a.png" srcset="data:image/png;base64,AAAA 0.1x, https://evil.example/a.png 1x"/>`,
		"a plug-in of code":                 `<embed type="text/html" code="https://evil.example/a.html"/>`,
		"a plug-in of data":                 `<embed type="text/html" code="data:text/html,` + script + `"/>`,
		"a button that sends to data":       `<form method="post"><input type="submit" formaction="data:image/svg+xml,%3Csvg/onload=alert(1)%3E"/></form>`,
		"a style attribute cut after space": `<p style="background:url(https://evil.example/a.png ">x</p>`,
		"a namespace in a condition":        `<p style="background:if(not style(--q:@namespace):url(https://evil.example/a.png))">x</p>`,
		"a style sheet called data":         `<link rel="stylesheet" href="a.bin"/>`,
		"a long style after a comment":      `<style>/*</style><p style="` + strings.Repeat("color:red;", 600) + `background:url(https://evil.example/a.png)">x</p>`,
		"a long style after a namespace":    `<style>@namespace </style><p style="background:url(https://evil.example/a.png);` + strings.Repeat("color:red;", 600) + `">x</p>`,
		"a link that loads and names":       `<link rel="license stylesheet" href="https://evil.example/a.css"/>`,
	})
	svg := func(body string) string { return `<svg xmlns="http://www.w3.org/2000/svg">` + body + `</svg>` }
	math := func(attrs string) string {
		return `<math xmlns="http://www.w3.org/1998/Math/MathML"><mi ` + attrs + `>x</mi></math>`
	}
	maps.Copy(pages, map[string]string{
		"a drawing from elsewhere":             svg(`<image xlink:href="http://evil.example/a.png"/>`),
		"a drawing that animates a link":       svg(`<a href="#x"><animate attributeName="href" values="javascript:alert(1)"/></a>`),
		"a drawing that sets a link":           svg(`<a xlink:href="#x"><set attributeName="xlink:href" to="javascript:alert(1)"/></a>`),
		"a drawing with a handler":             svg(`<handler type="application/ecmascript"/>`),
		"a drawing with a filter elsewhere":    svg(`<rect filter="url(https://evil.example/a.svg#f)"/>`),
		"a drawing that links to a file":       svg(`<a xlink:href="file:///C:/a.exe"><text>x</text></a>`),
		"a drawing whose style loads":          svg(`<style>@import url(https://evil.example/a.css);</style>`),
		"a drawing whose style has an element": svg(`<style><g>@import "https://evil.example/a.css";</g></style>`),
		"a drawing that animates a mask":       svg(`<rect><animate attributeName="mask" values="/*;url(https://evil.example/a.svg#x)" dur="0.1s"/></rect>`),
		"a drawing whose mask has an escape":   svg(`<rect><animate attributeName="mask" values="\;url(https://evil.example/a.svg#x)" dur="0.1s"/></rect>`),
		"an event in a formula":                math(`onclick="alert(1)"`),
		"a script in a formula":                math(`href="javascript:alert(1)"`),
		"a script in a formula by XLink":       math(`xlink:type="simple" xlink:href="javascript:alert(1)"`),
		"a link to a file in a formula":        math(`href="file:///C:/a.exe"`),
		"a link to a share in a formula":       math(`xlink:href="//evil/share"`),
		"a picture of a formula elsewhere":     math(`altimg="https://evil.example/a.png"`),
		"a style of a formula that loads":      math(`style="background:url(https://evil.example/a.png)"`),
	})
	return pages
}

// hostileSheets returns style sheets that load or run something.
func hostileSheets() map[string]string {
	return map[string]string{
		"an import from elsewhere":              `@import "https://evil.example/a.css";`,
		"an import by url()":                    `@import url( 'https://evil.example/a.css' ) screen;`,
		"an import with escapes":                `@\69 mport "\68ttps://evil.example/a.css";`,
		"an import of data":                     `@import url(data:text/css,a);`,
		"an import on a host":                   `@charset "utf-8"; @import '//evil.example/a.css'`,
		"an image from elsewhere":               `a{background:url(https://evil.example/a.png)}`,
		"an image with escapes":                 `a{background:u\72l(h\74tps\3a//evil.example/a.png)}`,
		"an image on a host":                    `a{background:url("//evil.example/a.png")}`,
		"an image from a file":                  `a{background:URL(file:///etc/passwd)}`,
		"an image after a namespace":            `@namespace "http://www.w3.org/1999/xhtml";a{background:url(https://evil.example/a.png)}`,
		"an image within a namespace's rule":    `@namespace x url(http://www.w3.org/1999/xhtml){a:url(https://evil.example/a.png)}`,
		"an image set from elsewhere":           `a{background:image-set("a.png" 1x, "https://evil.example/a.png" 2x)}`,
		"an image set with a nested function":   `a{background:-webkit-image-set("a.png" type("image/png"), "https://evil.example/a.png" 2x)}`,
		"an image by its string":                `a{background:image("https://evil.example/a.png")}`,
		"an image set with a variable":          `a{--x:"https://evil.example/a.png";background:image-set(var(--x) 1x)}`,
		"an image set with a function":          `@function --f(){result:"https://evil.example/a.png"}a{background:image-set(--f() 1x)}`,
		"a source with a variable":              `a{--x:"https://evil.example/a.png";background:src(var(--x))}`,
		"a source by its string":                `@font-face{src:src("https://evil.example/a.woff")}`,
		"a font from elsewhere":                 `@font-face{font-family:x;src:url(https://evil.example/a.woff) format("woff")}`,
		"an image after a string that is cut":   "a{content:'x\n}b{background:url(https://evil.example/a.png)}",
		"an image after a string cut by CR":     "a{content:'x\r}b{background:url(https://evil.example/a.png)}",
		"an image after a line that goes on":    "a{content:'x\\\r\ny'}b{background:url(https://evil.example/a.png)}/*'*/",
		"an image after an escape and CR":       "a{background:u\\72\r\nl(https://evil.example/a.png)}",
		"an image set with url()":               `a{background:image-set(url("a.png") 1x, url(b.png) 2x, "https://evil.example/a.png" 3x)}`,
		"an image after a comment":              `/*/**/a{background:url(https://evil.example/a.png)}`,
		"an image after another with a space":   `a{background:url(a b.png)}b{background:url(https://evil.example/a.png)}`,
		"an image after an attribute's address": `a[href="http://a.example/"]{background:url(https://evil.example/a.png)}`,
		"an address that ends after a space":    `@import url(https://evil.example/a.css `,
		"a colour that looks like an address":   `a{x:#url(#/*)"*/)}b{background:url(https://evil.example/a.png)}/*"*/`,
		"an address that a line cuts":           "a{x:url(\\\n\"#)}b{background:url(https://evil.example/a.png)}/*\"*/",
		"a namespace in a condition":            `b{background:if(not style(--q:@namespace):url(https://evil.example/a.png))}`,
		"a namespace in a broken block":         `b{--x:f({)}@namespace url(https://evil.example/a.png));background:var(--x)}`,
		"an address after many spaces":          `b{background:url('` + strings.Repeat(" ", 60) + `https://evil.example/a.png')}`,
		"an address after escaped spaces":       `b{background:url('` + strings.Repeat(`\20 `, 60) + `https://evil.example/a.png')}`,
		"an import after many spaces":           `@import "` + strings.Repeat(" ", 60) + `https://evil.example/a.css";`,
		"a comment of HTML":                     `<!--url(/*){}b{background:url(https://evil.example/a.png)}/**/`,
		"a name of other letters":               "a{x:\u00a0url(/*)\"*/)}b{background:url(https://evil.example/a.png)}/*\"*/",
		"a broken block in an image set":        `b{background:image-set({)} "https://evil.example/a.png" 1x)}`,
		"an image that is filtered":             `b{background:filter("https://evil.example/a.png",blur(1px))}`,
		"a colour of other letters":             "a{x:#\u00d7url(#/*)){}b{background:url(https://evil.example/a.png)}/**/",
		"an expression":                         `a{width:expression(alert(1))}`,
	}
}

type bookEntries struct {
	about   string
	entries []zipEntry
}

// hostileParts returns entries for which a book is refused.
func hostileParts() []bookEntries {
	const opf = `<package xmlns="http://www.idpf.org/2007/opf"><manifest>`
	xhtml := func(before string) string {
		return declaration + before + `<html xmlns="http://www.w3.org/1999/xhtml"><body/></html>`
	}
	item := func(href, mediaType string) string {
		return opf + `<item id="a" href="` + href + `" media-type="` + mediaType + `"/></manifest></package>`
	}
	return []bookEntries{
		{"an entity from elsewhere", []zipEntry{file("a.xhtml", doctype+"<x>&a;</x>")}},
		{"encryption", []zipEntry{file("META-INF/encryption.xml", `<e><EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes256-cbc"/></e>`)}},
		{"a masked style sheet", []zipEntry{file("META-INF/encryption.xml", `<e><EncryptionMethod Algorithm="http://www.idpf.org/2008/embedding"/><CipherData><CipherReference URI="OEBPS/a.CSS"/></CipherData></e>`)}},
		{"a script file", []zipEntry{file("a.js", "x")}},
		{"a page that is not XML", []zipEntry{file("a.html", "hello <script>alert(1)</script>")}},
		{"a drawing that is not XML", []zipEntry{file("a.svg", "hello <svg onload='alert(1)'/>")}},
		{"a page after white space", []zipEntry{file("a.xhtml", strings.Repeat(" ", 9000)+`<html xmlns="http://www.w3.org/1999/xhtml"><script/></html>`)}},
		{"a transformation from elsewhere", []zipEntry{file("a.xhtml", xhtml(`<?xml-stylesheet type="text/xsl" href="https://evil.example/a.xsl"?>`))}},
		{"a transformation in an address", []zipEntry{file("a.xhtml", xhtml(`<?xml-stylesheet type="text/xsl" href="data:text/xml,x"?>`))}},
		{"a transformation inside", []zipEntry{file("a.xhtml", xhtml(`<?xml-stylesheet type="text/xsl" href="a.xml"?>`))}},
		{"a style sheet from elsewhere", []zipEntry{file("a.xhtml", xhtml(`<?xml-stylesheet type="text/css" href="https://evil.example/a.css"?>`))}},
		{"a style sheet by references", []zipEntry{file("a.xhtml", xhtml(`<?xml-stylesheet type="text/&#120;sl" href="a.xml"?>`))}},
		{"a tag in an instruction", []zipEntry{file("a.xhtml", xhtml(`<?xml-stylesheet type="text/css" href="a.css"><attrs type="text/xsl"><attrs href="data:text/xml,x"?>`))}},
		{"a style sheet in another encoding by an instruction", []zipEntry{file("a.xhtml", xhtml(`<?xml-stylesheet type="text/css" charset="Shift_JIS" href="a.css"?>`))}},
		{"a style sheet without a type", []zipEntry{file("a.xhtml", xhtml(`<?xml-stylesheet href="a.xml"?>`))}},
		{"two types of a style sheet", []zipEntry{file("a.xhtml", xhtml(`<?xml-stylesheet type="text/css" type="text/xsl" href="a.xml"?>`))}},
		{"a list with an item elsewhere", []zipEntry{file("a.opf", item("https://evil.example/a.xhtml", "application/xhtml+xml"))}},
		{"a page called text", []zipEntry{file("a.opf", item("a.txt", "application/xhtml+xml"))}},
		{"a style sheet called text", []zipEntry{file("a.opf", item("a.txt", "text/css"))}},
		{"a style sheet in Shift_JIS by its list", []zipEntry{file("a.opf", item("a.css", "text/css; charset=Shift_JIS"))}},
		{"a page in Shift_JIS by its list", []zipEntry{file("a.opf", item("a.xhtml", `application/xhtml+xml;charset='shift_jis'`))}},
		{"a list called text", []zipEntry{file("META-INF/more.xml", `<container><rootfile full-path="a.txt"/></container>`)}},
		{"a style sheet in UTF-16 without a mark", []zipEntry{file("a.css", utf16LE("a{background:url(https://evil.example/a.png)}")[2:])}},
		{"a style sheet called data by an instruction", []zipEntry{file("a.xhtml", xhtml(`<?xml-stylesheet type="text/css" href="a.bin"?>`))}},
		{"a style sheet called data by an import", []zipEntry{file("a.css", `@import "a-very-long-name-that-is-cut-before-its-extension-is-read.bin";`)}},
		{"a picture that is a page after a form feed", []zipEntry{file("a.png", "\f<script>alert(1)</script>")}},
		{"a page named like a Mac's file, in its folder", []zipEntry{file("__MACOSX/._a.html", "\x00\x05\x16\x07\x00\x02\x00\x00<script>alert(1)</script>")}},
		{"a playlist called a film", []zipEntry{file("a.mp4", "#EXTM3U\n#EXTINF:1,\nhttps://evil.example/a.ts\n")}},
		{"an address after a broken escape", []zipEntry{file("a.css", "a{x:url(\\\xe9\")}b{background:url(https://evil.example/a.png)}/*\")*/")}},
		{"a page called text in percent form", []zipEntry{file("a.opf", item("a%2Etxt", "application/xhtml+xml"))}},
		{"a page called text and a query", []zipEntry{file("a.opf", item("a.txt?x.xhtml", "application/xhtml+xml"))}},
		{"a page called text and a space", []zipEntry{file("a.opf", item("a.txt ", "application/xhtml+xml"))}},
		{"a page called text in wide letters", []zipEntry{file("a.opf", item("a.\uff54xt", "application/xhtml+xml"))}},
		{"an old page called text", []zipEntry{file("a.opf", item("a.txt", "text/x-oeb1-document"))}},
		{"a page in HTML", []zipEntry{file("a.opf", item("a.html", "text/html"))}},
		{"a page called as a folder's file", []zipEntry{file("a.opf", item("Thumbs.db", "text/html")), file("Thumbs.db", "CMMM<script>alert(1)</script>")}},
		{"a text that is a page after white space", []zipEntry{file("a.txt", strings.Repeat(" ", 9000)+`<html xmlns="http://www.w3.org/1999/xhtml"><script/></html>`)}},
		{"a style sheet called as a Mac's file", []zipEntry{file("._a.css", "\x00\x05\x16\x07\x00\x02\x00\x00{}b{background:url(https://evil.example/a.png)}")}},
		{"a style sheet called as a Mac's file in its folder", []zipEntry{file("__MACOSX/._a.css", "\x00\x05\x16\x07\x00\x02\x00\x00{}b{background:url(https://evil.example/a.png)}")}},
		{"a style sheet with a mark", []zipEntry{file("a.css", "\xef\xbb\xbfurl(/*){}b{background:url(https://evil.example/a.png)}/**/")}},
		{"a style sheet with a zero", []zipEntry{file("a.css", "a{x:\x00url(y/*)\"*/)}b{background:url(https://evil.example/a.png)}/*\"*/")}},
		{"a masked style sheet in percent form", []zipEntry{file("META-INF/encryption.xml", `<e><CipherData><CipherReference URI="a%2Ecss"/></CipherData></e>`)}},
		{"a masked page with a fragment", []zipEntry{file("META-INF/encryption.xml", `<e><CipherData><CipherReference URI="a.xhtml#b"/></CipherData></e>`)}},
		{"a script called text", []zipEntry{file("a.opf", item("a.txt", "Text/JavaScript; charset=utf-8"))}},
		{"sound from elsewhere", []zipEntry{file("a.smil", `<smil xmlns="http://www.w3.org/ns/SMIL"><body><par><audio src="https://evil.example/a.mp3"/></par></body></smil>`)}},
		{"a style sheet in Shift_JIS", []zipEntry{file("a.css", "@charset \"Shift_JIS\"; a{content:'\x83\\'}b{background:url(https://evil.example/a.png)}/*'*/")}},
		{"a style sheet in UTF-16", []zipEntry{file("a.css", utf16LE("a{background:url(https://evil.example/a.png)}"))}},
		{"a style sheet that is XML", []zipEntry{file("a.css", "<a>}c{background:url(https://evil.example/a.png)}</a>")}},
		{"parts elsewhere by their base", []zipEntry{file("a.opf", strings.Replace(item("a.xhtml", "application/xhtml+xml"), "<manifest", `<manifest xml:base="https://evil.example/"`, 1))}},
		{"a page that is a list", []zipEntry{file("a.opf", item("b.opf", "application/xhtml+xml"))}},
		{"contents elsewhere", []zipEntry{file("a.ncx", `<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><content src="https://evil.example/"/></ncx>`)}},
	}
}
