package corpus

import "strings"

// goodBook returns a book with many of the things that ordinary books have.
func goodBook() []byte {
	const head = declaration + `<?xml-stylesheet type='text/css' href = "style/a.css" title="a"?><!DOCTYPE html>` +
		`<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" xmlns:ev="http://www.w3.org/2001/xml-events" ` +
		`xmlns:ssml="http://www.w3.org/2001/10/synthesis" xmlns:m="http://www.w3.org/1998/Math/MathML" xmlns:xlink="http://www.w3.org/1999/xlink" xml:base="text/">` +
		`<head profile="http://dublincore.org/documents/2008/08/04/dc-html/"><meta charset="utf-8"/><meta http-equiv="Content-Type" content="text/html; charset=utf-8"/>` +
		`<link rel="license" href="https://a.example/by"/><link rel="stylesheet" type="application/vnd.adobe-page-template+xml" href="page.xpgt"/><link rel="dcterms.isFormatOf alternate" href="https://a.example/dc"/><link rel="stylesheet" type="text/css" charset="UTF-8" href="style/a.css"/><style type="text/css">@import "b.css"; p::before{content:"http://a.example/"}</style></head>`
	const body = `<body epub:type="bodymatter"><h1 style="background:url('images/a.png')" title="see https://a.example">One</h1>` +
		`<p ssml:ph="x">See <a href="https://a.example/" epub:type="noteref" target="_blank">there</a> and <a href="b.xhtml#c">here</a>.</p>` +
		`<img src="images/a.png" srcset="images/a.png 1x, images/b.png 2x" alt=""/><img src="data:image/png;base64,AAAA" alt=""/>` +
		`<img src="data:image/svg+xml,%3Csvg/%3E" alt=""/><picture><source srcset="a.webp"/><img src="a.png" alt=""/></picture>` +
		`<iframe src="map.xhtml"/><object data="a.xml" type="application/x-quiz"><param name="a" value="b"/>none</object>` +
		`<audio id="au" src="a.mp3"/><epub:trigger ev:observer="go" ev:event="click" action="play" ref="au"/><button id="go">Play</button>` +
		`<blockquote cite="https://a.example/">Said</blockquote><form><input type="checkbox"/> done</form>` +
		`<epub:switch><epub:case required-namespace="http://www.xml-cml.org/schema"><cml xmlns="http://www.xml-cml.org/schema"/></epub:case><epub:default>H2O</epub:default></epub:switch>` +
		`<m:math alttext="x" altimg="images/x.png"><m:mi href="https://a.example/">x</m:mi><m:semantics><m:mn>1</m:mn><m:annotation-xml encoding="MathML-Content"><m:cn>1</m:cn></m:annotation-xml></m:semantics></m:math>` +
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><style>.a{fill:url(#g);filter:url("f.svg#b")}</style><image xlink:href="images/a.png"/>` +
		`<a xlink:href="https://a.example/"><rect fill="url(#g)" style="stroke:red"><animate attributeName="x" from="0" to="1" dur="1s"/></rect></a><use href="b.svg#c"/></svg>` +
		`<se-span id="one">custom</se-span></body></html>`
	const style = `@charset "utf-8";
@import url("fonts.css") screen;
@namespace epub "http://www.idpf.org/2007/ops";
@namespace url(http://www.w3.org/1999/xhtml);
@font-face { font-family: "A"; src: local('A'), url( ../fonts/a.woff2 ) format("woff2"), url(data:font/woff;base64,AAAA) }
a[href^="http://"]::after { content: " (" attr(href) ")"; behavior: smooth }
p { background: image-set("a.png" 1x, url(b.png) type("image/png") 2x), url(old name.png); color: open-new(1) }
q::before { content: 'it\'s \
open
}
@font-face { src: url(res:///opt/sony/ebook/FONT/a.ttf) }
@media (min-width: calc(1em + 2px)) { h1 { width: 1px } }`
	const template = `<ade:template xmlns="http://www.w3.org/1999/xhtml" xmlns:ade="http://ns.adobe.com/2006/ade" xmlns:fo="http://www.w3.org/1999/XSL/Format">` +
		`<fo:layout-master-set><fo:simple-page-master master-name="a" margin-bottom="3pt"/></fo:layout-master-set><ade:style><ade:styling-rule selector="#header" display="none"/></ade:style></ade:template>`
	const list = `<package xmlns="http://www.idpf.org/2007/opf"><metadata><link rel="record" href="https://a.example/onix.xml"/></metadata><manifest>` +
		`<item id="a" href="a.xhtml" media-type="application/xhtml+xml"/><item id="c" href="style/a.css" media-type="text/css"/>` +
		`<item id="n" href="a.ncx" media-type="application/x-dtbncx+xml"/><item id="p" href="images/a.png" media-type="image/png"/></manifest></package>`
	return book(
		file("a.xhtml", head+body), file("style/a.css", style), file("a.opf", list), file("empty.xhtml", ""),
		file("META-INF/encryption.xml", `<e><EncryptionMethod Algorithm="http://www.idpf.org/2008/embedding"/><CipherData><CipherReference URI="fonts/a.otf"/></CipherData></e>`),
		file("page.xpgt", template), file("a.vtt", "WEBVTT\n"), file("iTunesArtwork", "\xff\xd8\xff"), file("META-INF/more.xml", `<container><rootfile full-path="a.opf"/><rootfile full-path="a.pdf" media-type="application/pdf"/></container>`),
		file("iTunesMetadata.plist", `<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd"><plist version="1.0"/>`), file("b.svg", `<!DOCTYPE svg><svg xmlns="http://www.w3.org/2000/svg"/>`),
		file("b.xhtml", `<?xml-stylesheet href="style/a.css"?><!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml"/>`),
		file("__MACOSX/._b.xhtml", "\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X"), file("__MACOSX/._b.css", "\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X"), file("b.css", "\xef\xbb\xbf@namespace url(http://www.w3.org/1999/xhtml);<!-- a{b:c} -->"),
		file("long.xhtml", `<html xmlns="http://www.w3.org/1999/xhtml"><body><a href="#`+strings.Repeat("a", 5000)+`">a</a><a href="a.xhtml?`+strings.Repeat("b", 5000)+`">b</a></body></html>`),
		file("a.smil", `<smil xmlns="http://www.w3.org/ns/SMIL"><body><par><text src="a.xhtml#b"/><audio src="a.mp3" clipBegin="1s"/></par></body></smil>`),
		file("a.ncx", `<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><navMap><navPoint><content src="a.xhtml#b"/></navPoint></navMap></ncx>`),
		file("a.pls", `<lexicon xmlns="http://www.w3.org/2005/01/pronunciation-lexicon" alphabet="ipa"><lexeme><grapheme>a</grapheme></lexeme></lexicon>`),
	)
}
