package markup_test

import (
	"strings"
	"testing"

	"github.com/airlock-go/upload/internal/corpus"
	"github.com/airlock-go/upload/internal/inspect"
)

// document is a file, or a page of a book, that a browser opens.
type document struct {
	about, mediaType, content string

	book []byte // the EPUB that has the content as a page; nil for a document that is a file itself
}

func (d document) accepted() bool {
	var w interface {
		Write(p []byte) (int, error)
		Verdict() error
	} = &inspect.SVG{}
	content := []byte(d.content)
	switch {
	case d.book != nil:
		w, content = &inspect.Document{Type: typeEPUB}, d.book
	case d.mediaType == "text/xml":
		w = &inspect.XML{}
	}
	_, _ = w.Write(content)
	return w.Verdict() == nil
}

// script sets an attribute of the document in which it runs.
const script = `document.documentElement.setAttribute('data-ran','1')`

func svg(content string) string {
	return `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="100" height="100">` + content + `</svg>`
}

// documents returns most SVG and XML files of the corpus, the pages of its books, attempts to run
// the script or to load /leak, and harmless files that look like these attempts.
func documents(t *testing.T) (all []document) {
	t.Helper()
	for _, f := range corpus.Documents() {
		// In UTF-16 the dialog of the script is not replaced, and it would stop the browser.
		opensDialog := strings.Contains(string(f.Content), "a\x00l\x00e\x00r\x00t")
		if len(f.Content) < 100_000 && !opensDialog && (f.Type == "image/svg+xml" || f.Type == "text/xml") {
			all = append(all, document{about: f.About, mediaType: f.Type, content: strings.ReplaceAll(string(f.Content), "alert(1)", script)})
		}
	}
	for _, content := range attempts {
		content = strings.NewReplacer("SCRIPT", script, "HTML", `xmlns="http://www.w3.org/1999/xhtml"`).Replace(content)
		all = append(all, document{about: content, mediaType: "image/svg+xml", content: svg(content)},
			document{about: content, mediaType: "text/xml", content: `<a xmlns:xlink="http://www.w3.org/1999/xlink">` + content + `</a>`},
			inBook(strings.ReplaceAll(content, "/leak", "http://evil.example/")), inBook(svg(strings.ReplaceAll(content, "/leak", "http://evil.example/"))))
	}
	for _, content := range whole {
		content = strings.ReplaceAll(content, "SCRIPT", script)
		all = append(all, document{about: content, mediaType: "image/svg+xml", content: content}, document{about: content, mediaType: "text/xml", content: content})
	}
	return append(all, pages(t)...)
}

// attempts are contents of an SVG, of an element of XML and of a page of a book. SCRIPT is replaced
// by the script, and HTML by an attribute xmlns with the namespace of XHTML.
var attempts = []string{
	`<script>SCRIPT</script>`,
	`<x:script xmlns:x="http://www.w3.org/2000/svg">SCRIPT</x:script>`,
	`<script HTML>SCRIPT</script>`,
	`<set attributeName="onmouseover" to="SCRIPT"/><rect onload="SCRIPT"/>`,
	`<svg onload="SCRIPT"/>`,
	`<image href="/leak" onerror="SCRIPT"/>`,
	`<animate attributeName="x" dur="0.01s" onbegin="SCRIPT" onend="SCRIPT"/>`,
	`<foreignObject width="9" height="9"><img HTML src="/leak" onerror="SCRIPT"/></foreignObject>`,
	`<foreignObject width="9" height="9"><iframe HTML srcdoc="&lt;script>parent.SCRIPT&lt;/script>"/></foreignObject>`,
	`<foreignObject width="9" height="9"><p HTML><style>@import "/leak";</style></p></foreignObject>`,
	`<foreignObject width="9" height="9"><div HTML style="width:9px;height:9px;background:url(/leak)">x</div></foreignObject>`,
	`<foreignObject width="9" height="9"><div HTML style="width:9px;height:9px;background:image-set('/leak' 1x)">x</div></foreignObject>`,
	`<foreignObject width="9" height="9"><input HTML autofocus="" onfocus="SCRIPT"/></foreignObject>`,
	`<foreignObject width="9" height="9"><details HTML open="" ontoggle="SCRIPT">x</details></foreignObject>`,
	`<foreignObject width="9" height="9"><table HTML background="/leak"><tr><td>x</td></tr></table></foreignObject>`,
	`<foreignObject width="9" height="9"><div HTML><![CDATA[<script>SCRIPT</script>]]></div></foreignObject>`,
	`<foreignObject width="9" height="9"><div HTML title="&lt;img src=/leak onerror=SCRIPT>">x</div></foreignObject>`,
	`<rect width="9" height="9" style="fill:url(/leak#a)"/>`,
	`<rect width="9" height="9" style="fill:u\72l(/leak#a)"/>`,
	`<rect width="9" height="9" style="mask:url(/leak)"/>`,
	`<rect width="9" height="9" fill="url(/leak#a)" filter="url('/leak#b')"/>`,
	`<rect width="9" height="9" mask-image="url(/leak)"/>`,
	`<style>@import "/leak";</style>`,
	`<style>@im/**/port "/leak";</style>`,
	`<style>@i\6d port "/leak";</style>`,
	`<style>/* */@import url(/leak);</style>`,
	`<style>&lt;!--@import "/leak";--></style>`,
	`<style>rect{fill:red;} /*"*/ @font-face{font-family:a;src:url(/leak)} text{font-family:a}</style><text x="5" y="20">x</text>`,
	`<style>@font-face{font-family:a;src:url(data:font/woff2;base64,AAAA)} text{font-family:a}</style><text x="5" y="20">x</text>`,
	`<style>rect{cursor:url("x\` + "\n" + `y");background:'\41` + "\n" + `url(/leak)'}</style>`,
	`<style>rect{content:'x&#13;}svg{background:url(/leak)}'}</style>`,
	`<style>rect{content:'x\&#13;&#10;y'}svg{background:url(/leak)}/*'*/</style>`,
	`<style>svg{background:u\72&#13;&#10;l(/leak)}</style>`,
	`<style>svg{background:cross-fade(url(/leak),url(/leak))}</style>`,
	`<style>svg{background:-webkit-image-set("/leak" 1x)}</style>`,
	`<style type="text/css">svg{background-image:src("/leak")}</style>`,
	`<use href="/leak#a"/><use xlink:href="data:image/svg+xml,&lt;svg/>#a"/>`,
	`<image width="9" height="9" href="data:image/png;base64,AAAA"/>`,
	// An SVG with onload="alert(1)".
	`<image width="9" height="9" href="data:;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciIG9ubG9hZD0iYWxlcnQoMSkiLz4="/>`,
	`<g xml:base="/leak"><image width="9" height="9" href="a"/></g>`,
	`<a href="javascript:SCRIPT"><rect width="9" height="9"/></a>`,
	`<a href="/x"><animate attributeName="href" values="javascript:SCRIPT"/><rect width="99" height="99"/></a>`,
	`<a href="https://example.com/" ping="/leak"><rect width="9" height="9"/></a>`,
	`<feImage href="/leak"/><filter id="f"><feImage href="/leak"/></filter><rect width="9" height="9" filter="url(#f)"/>`,
	`<x:link xmlns:x="http://www.w3.org/1999/xhtml" rel="stylesheet" href="/leak"/>`,
	`<b xmlns:x="http://www.w3.org/1999/xlink" x:type="simple" x:show="embed" x:actuate="onLoad" x:href="/leak"/>`,
	`<math xmlns="http://www.w3.org/1998/Math/MathML" xmlns:x="http://www.w3.org/1999/xlink" autofocus="" tabindex="1" x:type="simple" x:show="embed" x:actuate="onLoad" x:href="/leak"><mi>x</mi></math>`,
	`<math xmlns="http://www.w3.org/1998/Math/MathML" onfocus="SCRIPT" autofocus="" tabindex="1"><mi>x</mi></math>`,
	`<math xmlns="http://www.w3.org/1998/Math/MathML" autofocus="" tabindex="1" href="javascript:SCRIPT"><mi>x</mi></math>`,
	`<path d="M0 0" attributionsrc="/leak" src="/leak" srcset="/leak" poster="/leak"/>`,
	`<path ill="SCRIPT" viewbox="x" className="a" onLoad="SCRIPT"/>`,
	`<discard onbegin="SCRIPT" begin="0s"/>`,
	`<handler xmlns="http://www.w3.org/2000/svg" type="application/ecmascript">SCRIPT</handler>`,
	`<?xml-stylesheet href="/leak" type="text/css"?>`,
	`<desc><![CDATA[ ` + "\xc3\x83" + `]]><?xpacket ]]></desc><script>SCRIPT</script><desc><!-- ?> --></desc>`,
}

// whole are documents. SCRIPT is replaced by the script.
var whole = []string{
	`<?xml-stylesheet href="/leak" type="text/css"?><a/>`,
	`<?xml-stylesheet href="/leak" type="text/xsl"?><a/>`,
	`<?xml version="1.0" encoding = "Shift_JIS"?>` + svg(`<desc><![CDATA[ `+"\xc3\x83"+`]]><?xpacket ]]></desc><script>SCRIPT</script><desc><!-- ?> --></desc>`),
	`<?xml version="1.0" encoding="iso-8859-1"?>` + svg(`<title>`+"\xe9\xa0"+`</title>`),
	`<?xml version="1.0" encoding="windows-1252"?>` + svg(`<title>`+"\x80\x93"+`</title>`),
	`<?xml version="1.0" encoding="iso-2022-jp"?>` + svg("<desc>\x1b$B</desc><script>SCRIPT</script><desc>\x1b(B</desc>"),
	`<!DOCTYPE svg [<!ENTITY a "<script xmlns='http://www.w3.org/2000/svg'>SCRIPT</script>">]>` + svg(`&a;`),
	`<!DOCTYPE svg [<!ATTLIST svg onload CDATA "SCRIPT">]>` + svg(``),
	`<!DOCTYPE svg [<!ENTITY ns_svg "http://www.w3.org/2000/svg">]><svg xmlns="&ns_svg;"><title>&lt;script>SCRIPT&lt;/script></title></svg>`,
	`<!DOCTYPE svg PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">` + svg(`<text>&nbsp;</text>`),
	`<svg><script>SCRIPT</script></svg>`,
	`<svg xmlns="http://www.w3.org/2000/svg" xmlns:x="http://www.w3.org/2000/svg"><x:rect x:onload="SCRIPT" width="1"/></svg>`,
	`<svg xmlns="http://www.w3.org/2000/&#115;vg" onload="SCRIPT"/>`,
	`<a><x:script xmlns:x="http://www.w3.org/1999/&#120;html">SCRIPT</x:script></a>`,
	`<a><script xmlns=" http://www.w3.org/1999/xhtml ">SCRIPT</script></a>`,
	`<a><script xmlns="HTTP://www.w3.org/1999/xhtml">SCRIPT</script></a>`,
	"<a><script xmlns=\"http://www.w3.org/1999/xhtml\n\">SCRIPT</script></a>",
}
