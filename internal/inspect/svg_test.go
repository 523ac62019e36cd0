package inspect_test

import (
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/inspect"
)

// closer is what XML and SVG have in common.
type closer interface {
	io.WriteCloser
	Verdict() error
}

// xmlVerdict returns what an inspector says of a document, whole and byte by byte, or in small pieces if it is large.
func xmlVerdict(t *testing.T, fresh func() closer, in string) error {
	t.Helper()
	whole, bytewise := fresh(), fresh()
	_, _ = whole.Write([]byte(in))
	for piece := range slices.Chunk([]byte(in), 1+len(in)/5000) {
		_, _ = bytewise.Write(piece)
	}
	err := whole.Verdict()
	require.Equal(t, err, bytewise.Verdict(), "%.200q", in)
	require.NoError(t, whole.Close())
	return err
}

func newSVG() closer { return &inspect.SVG{} }
func newXML() closer { return &inspect.XML{} }

// picture returns an image with some content and, in its root, attributes.
func picture(content string, attributes ...string) string {
	return `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" ` + strings.Join(attributes, " ") + `>` +
		content + `</svg>`
}

func TestSVGAccepts(t *testing.T) {
	for _, in := range []string{
		picture(``),
		picture(`<path d="M0 0h1v1z" fill="none"/>`, `viewBox="0 0 1 1"`),
		`<?xml version="1.0" encoding="UTF-8" standalone="no"?><!-- drawn --> ` + picture(`<g/>`) + "\n<!-- end -->\n",
		`<?xml version="1.0" encoding="iso-8859-1"?>` + picture("<title>caf\xe9</title>"),
		"\xef\xbb\xbf" + picture(`<title>é &lt;script&gt; &amp; &#x27;</title>`),
		`<!DOCTYPE svg>` + picture(``),
		`<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">` + picture(``),
		`<!DOCTYPE svg PUBLIC '-//W3C//DTD SVG 1.0//EN'` + "\n" + `'http://www.w3.org/TR/2001/REC-SVG-20010904/DTD/svg10.dtd'>` + picture(``),
		`<s:svg xmlns:s="http://www.w3.org/2000/svg"><s:rect width="1"/></s:svg>`,
		`<svg width="1"><rect/></svg>`,
		picture(`<defs><linearGradient id="a"><stop offset="0"/></linearGradient></defs><use xlink:href="#a"/><use href="#a" fill="url(#a)"/>`),
		picture(`<style type="text/css"><![CDATA[ .a { fill: url('#a'); font-family: "Helvetica \201C Neue" } ]]></style>`),
		picture(`<style>@font-face { src: url(data:font/woff2;base64,AAAA) }</style>`),
		picture(`<image xlink:href="data:image/png;base64,iVBORw0KGgo=" width="1"/>`),
		picture(`<animate attributeName="opacity" from="0" to="1" dur="1s" begin="click"/>`),
		picture(`<animateTransform attributeName="transform" type="rotate" values="0;360"/>`),
		picture(`<metadata><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/">` +
			`<dc:source rdf:resource="http://example.com/">x</dc:source></rdf:RDF></metadata>`),
		picture(`<sodipodi:namedview pagecolor="#fff" inkscape:zoom="1"/>`,
			`xmlns:sodipodi="http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd" xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape"`),
		picture(`<text data-name="x" aria-label="y" xml:space="preserve">onclick=alert(1) javascript:alert(1)</text>`),
		picture(strings.Repeat("<g>", 100) + strings.Repeat("</g>", 100)),
		picture(strings.Repeat(`<path d="M0 0"/>`, 20_000)),
	} {
		require.NoError(t, xmlVerdict(t, newSVG, in), "%.300s", in)
	}
}

func TestSVGRefuses(t *testing.T) {
	const (
		malformed, active, tooLarge = inspect.CodeDamaged, inspect.CodeActive, inspect.CodeComplex

		script  = "contains a script"
		foreign = "contains an element or attribute that static images do not have"
		outside = "refers to something outside of it"
		doctype = "declares a document type"
		broken  = "is not well-formed XML"
		notSVG  = "is not an SVG image"
	)
	for _, c := range []struct {
		in     string
		code   inspect.Code
		reason string
	}{
		{``, malformed, broken},
		{`hello`, malformed, broken},
		{`<svg`, malformed, broken},
		{picture(``)[:40], malformed, broken},
		{picture(``) + picture(``), malformed, broken},
		{picture(``) + "PK\x03\x04", malformed, broken},
		{picture(``) + "x", malformed, broken},
		{picture(`<g></a>`), malformed, broken},
		{picture(`<g a=1/>`), malformed, broken},
		{picture("\x01"), malformed, broken},
		{picture("caf\xe9"), malformed, broken},
		{picture(`&nbsp;`), malformed, broken},
		{picture(`&xxe;`), malformed, broken},
		{"\xff\xfe<\x00s\x00", inspect.CodeUnsupported, "is not XML in UTF-8"},
		{`<?xml version="1.0" encoding="UTF-7"?>` + picture(``), inspect.CodeUnsupported, "is not XML in UTF-8"},
		{`<?xml version="1.0" encoding="utf-16"?>` + picture(``), inspect.CodeUnsupported, "is not XML in UTF-8"},
		{`<g xmlns="http://www.w3.org/2000/svg"/>`, malformed, notSVG},
		{`<svg xmlns="http://www.w3.org/1999/xhtml"/>`, malformed, notSVG},
		{`<s:svg xmlns:s="http://example.com/"/>`, malformed, notSVG},
		{`<html xmlns="http://www.w3.org/1999/xhtml"/>`, malformed, notSVG},

		{picture(`<script>alert(1)</script>`), active, script},
		{picture(`<script xlink:href="data:text/javascript,alert(1)"/>`), active, script},
		{picture(`<SCRIPT/>`), active, script},
		{picture(`<x:script xmlns:x="http://www.w3.org/2000/svg"/>`), active, script},
		{picture(`<script xmlns="http://example.com/">alert(1)</script>`), active, script},
		{picture(`<script xmlns="http://www.w3.org/1999/xhtml">alert(1)</script>`), active, script},
		{`<s:svg xmlns:s="http://www.w3.org/2000/svg"><s:script>alert(1)</s:script></s:svg>`, active, script},
		{picture(``, `onload="alert(1)"`), active, script},
		{picture(`<rect onclick="alert(1)"/>`), active, script},
		{picture(`<rect ONCLICK="alert(1)"/>`), active, script},
		{picture(`<animate onbegin="alert(1)"/>`), active, script},
		{picture(`<x:y xmlns:x="http://example.com/" onclick="alert(1)"/>`), active, script},
		{picture(`<a href="javascript:alert(1)"/>`), active, script},
		{picture(`<a xlink:href=" JavaScript:alert(1)"/>`), active, script},
		{picture(`<a href="&#106;avascript:alert(1)"/>`), active, script},
		{picture(`<a style="x: expression(alert(1))"/>`), active, script},
		{picture(`<rect style="-moz-binding: url(#x)"/>`), active, script},
		{picture(`<a href="java&#10;script:alert(1)"/>`), active, outside},
		{picture(`<foreignObject><p>x</p></foreignObject>`), active, foreign},
		{picture(`<switch><foreignObject requiredExtensions="x"/></switch>`), active, foreign},
		{picture(`<x:foreignobject xmlns:x="http://example.com/"/>`), active, foreign},
		{picture(`<h:iframe xmlns:h="http://www.w3.org/1999/xhtml" src="//example.com"/>`), active, foreign},
		{picture(`<iframe src="//example.com"/>`), active, foreign},
		{picture(`<audio href="#a"/>`), active, foreign},
		{picture(`<handler type="application/ecmascript">x</handler>`), active, foreign},
		{picture(`<x:div xmlns:x="http://www.w3.org/1998/Math/MathML"/>`), active, foreign},
		{picture(`<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="/etc/passwd"/>`), active, foreign},
		{picture(`<x:img xmlns:x="http://example.com/" src="a"/>`), active, foreign},
		{picture(`<rect formaction="x"/>`), active, foreign},
		{picture(`<rect ev:event="click" xmlns:ev="http://www.w3.org/2001/xml-events"/>`), active, foreign},
		{picture(`<style>a<b/>c</style>`), active, foreign},

		{picture(`<a href="https://example.com/"/>`), active, outside},
		{picture(`<use href="other.svg#a"/>`), active, outside},
		{picture(`<use href="data:image/svg+xml;base64,AAAA#a"/>`), active, outside},
		{picture(`<use href="data:image/png;base64,AAAA"/>`), active, outside},
		{picture(`<image href="https://example.com/pixel.png"/>`), active, outside},
		{picture(`<image xlink:href="data:image/svg+xml;base64,AAAA"/>`), active, outside},
		{picture(`<image href="file:///etc/passwd"/>`), active, outside},
		{picture(`<feImage href="//example.com"/>`), active, outside},
		{picture(`<x:y xmlns:x="http://example.com/" href="https://example.com/"/>`), active, outside},
		{picture(`<g xml:base="https://example.com/"/>`), active, outside},
		{picture(`<rect fill="url(https://example.com/#a)"/>`), active, outside},
		{picture(`<rect fill="URL( 'https://example.com/#a')"/>`), active, outside},
		{picture(`<rect fill="u\72l(https://example.com/#a)"/>`), active, outside},
		{picture(`<rect fill="\000075rl(https://example.com/#a)"/>`), active, outside},
		{picture(`<rect style="background: image-set('https://example.com/a.png' 1x)"/>`), active, outside},
		{picture(`<set attributeName="fill" to="url(https://example.com/#a)"/>`), active, outside},
		{picture(`<style>@import "https://example.com/a.css";</style>`), active, outside},
		{picture(`<style>@im<!-- -->port "https://example.com/a.css";</style>`), active, outside},
		{picture(`<style>@im<![CDATA[port]]> "https://example.com/a.css";</style>`), active, outside},
		{picture(`<style>@\69mport "https://example.com/a.css";</style>`), active, outside},
		{picture(`<style>a { fill: url("https://example.com/") }</style>`), active, outside},
		{picture(`<style>a { fill: url(#a) url(//example.com) }</style>`), active, outside},
		{picture(`<set attributeName="href" to="javascript:alert(1)"/>`), active, "animates what it refers to"},
		{picture(`<animate attributeName=" xlink:HREF" values="javascript:alert(1)"/>`), active, "animates what it refers to"},
		{picture(`<set attributeName="onclick" to="alert(1)"/>`), active, "animates what it refers to"},
		{picture(`<set attributeName="style" to="x"/>`), active, "animates what it refers to"},

		{`<!DOCTYPE svg [<!ENTITY a "b">]>` + picture(``), active, doctype},
		{`<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>` + picture(`&a;`), active, doctype},
		{`<!DOCTYPE svg SYSTEM "https://example.com/a.dtd">` + picture(``), active, doctype},
		{`<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "https://example.com/a.dtd">` + picture(``), active, doctype},
		{`<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/a.dtd" [<!ENTITY a "b">]>` + picture(``), active, doctype},
		{`<!DOCTYPE html>` + picture(``), active, doctype},
		{picture(``) + `<!DOCTYPE svg>`, active, doctype},
		{`<?xml-stylesheet href="https://example.com/a.css"?>` + picture(``), active, "contains a processing instruction"},
		{picture(`<?php echo 1; ?>`), active, "contains a processing instruction"},
		{` <?xml version="1.0"?>` + picture(``), active, "contains a processing instruction"},

		{picture(strings.Repeat("<g>", 200)), tooLarge, "nests elements more than 128 deep"},
		{picture(`<text>` + strings.Repeat("x", 1<<20) + `</text>`), tooLarge, "has a tag or a text of more than 1 MiB"},
		{picture(`<path d="` + strings.Repeat("1", 1<<20) + `"/>`), tooLarge, "has a tag or a text of more than 1 MiB"},
		{picture(`<style>` + strings.Repeat(strings.Repeat("x", 1000)+"<!-- -->", 1100) + `</style>`), tooLarge, "has a style sheet of more than 1 MiB"},
	} {
		err := xmlVerdict(t, newSVG, c.in)
		require.Error(t, err, "%.300s", c.in)
		reason, _, _ := strings.Cut(err.Error(), " in line ")
		require.Equal(t, c.reason, reason, "%.300s", c.in)
		require.Equal(t, c.code, err.(*inspect.Error).Code, "%.300s", c.in) //nolint:errorlint // inspectors return it bare
	}
}

func TestSVGTellsTheLine(t *testing.T) {
	err := xmlVerdict(t, newSVG, "<svg>\n\n<rect onclick='x'/></svg>")
	require.Equal(t, finding{"active_content script", "contains a script in line 3"}, found(err))
}

func TestXML(t *testing.T) {
	for _, in := range []string{
		`<a/>`,
		`<?xml version="1.0"?><note><to>x</to><![CDATA[<b>]]></note>`,
		`<?xml version="1.0" encoding="ISO-8859-1"?>` + "<a>caf\xe9</a>",
		`<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"/>`,
		`<a onclick="x" href="javascript:x"/>`,
		"<a>" + strings.Repeat("<b>0123456789</b>", 20_000) + "</a>",
	} {
		require.NoError(t, xmlVerdict(t, newXML, in), "%.300s", in)
	}
	for _, c := range []struct{ in, reason string }{
		{``, "is not well-formed XML in line 1"},
		{`{}`, "is not well-formed XML in line 1"},
		{"<a>\n<b></a>", "is not well-formed XML in line 2"},
		{`<a/><b/>`, "is not well-formed XML in line 1"},
		{`<!DOCTYPE a><a/>`, "declares a document type in line 1"},
		{`<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><l>&b;</l>`, "declares a document type in line 1"},
		{`<?xml-stylesheet type="text/xsl" href="a.xsl"?><a/>`, "contains a processing instruction in line 1"},
		{`<a><s xmlns="http://www.w3.org/1999/xhtml"/></a>`, "contains elements that a browser or a server runs in line 1"},
		{`<a><x:svg xmlns:x="http://www.w3.org/2000/svg"/></a>`, "contains elements that a browser or a server runs in line 1"},
		{`<x:stylesheet xmlns:x="http://www.w3.org/1999/XSL/Transform"/>`, "contains elements that a browser or a server runs in line 1"},
	} {
		err := xmlVerdict(t, newXML, c.in)
		require.Error(t, err, c.in)
		require.Equal(t, c.reason, err.Error(), c.in)
	}
}

func TestXMLStaysFailed(t *testing.T) {
	x := newXML()
	_, err := x.Write([]byte("<a></b>"))
	require.Error(t, err)
	n, again := x.Write([]byte("<a/>"))
	require.Zero(t, n)
	require.Equal(t, err, again)
	require.Equal(t, err, x.Verdict())
}

func FuzzSVG(f *testing.F) {
	for _, s := range []string{
		picture(`<path d="M0 0"/>`), picture(`<style>@im<!-- -->port url(#a)</style>`), `<?xml version="1.0" encoding="iso-8859-1"?><svg>é</svg>`,
		`<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/"><svg/>`, picture(`<rect fill="u\72l(#a)" onclick="x"/>`),
	} {
		f.Add([]byte(s), byte(1))
	}
	f.Fuzz(func(t *testing.T, in []byte, step byte) {
		for _, fresh := range []func() closer{newSVG, newXML} {
			whole, cut := fresh(), fresh()
			_, _ = whole.Write(in)
			for rest := in; len(rest) > 0; {
				n := min(len(rest), int(step)%7+1)
				_, _ = cut.Write(rest[:n])
				rest = rest[n:]
			}
			require.Equal(t, whole.Verdict(), cut.Verdict())
		}
	})
}

func BenchmarkSVG(b *testing.B) {
	p := []byte(picture(strings.Repeat(`<path d="M12 2C6.48 2 2 6.48 2 12s4.48 10 10 10 10-4.48 10-10S17.52 2 12 2z" fill="#fff"/>`, 1000)))
	b.SetBytes(int64(len(p)))
	for b.Loop() {
		s := inspect.SVG{}
		_, _ = s.Write(p)
		if err := s.Verdict(); err != nil {
			b.Fatal(err)
		}
	}
}
