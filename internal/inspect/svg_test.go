package inspect_test

import (
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/airlock-go/upload/internal/inspect"
)

// closer is the common interface of XML and SVG.
type closer interface {
	io.WriteCloser
	Verdict() error
}

// xmlVerdict returns the verdict on a document. It checks that pieces of it get the same verdict:
// single bytes, or more at a time if it is large.
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
		picture(`<a href="https://example.com/a?b=c:d#e" target="_blank" rel="noopener"><text>x</text></a>`),
		picture(`<a xlink:href="http://example.com/" xlink:title="n" xlink:show="new"/><a href="mailto:a@example.com"/><a href="tel:+1"/>`),
		picture(`<a xlink:href="classFoo.html#a" target="_top"/><a href="../a b/c?d=javascript:e"/><a href="#b"/><a href=""/>`),
		picture(`<foreignObject width="1" height="1" requiredFeatures="x"><div xmlns="http://www.w3.org/1999/xhtml" style="display: flex; color: light-dark(#000, #fff)">` +
			`<font color="red" face="Arial" data-font-src="https://example.com/"><b>x</b><br/>y</font></div></foreignObject>`),
		picture(`<foreignObject><h:div xmlns:h="http://www.w3.org/1999/xhtml"><h:p class="a" id="b"><h:span>x</h:span></h:p></h:div></foreignObject>`),
		picture(`<switch><foreignObject requiredExtensions="http://ns.adobe.com/AdobeIllustrator/10.0/"><i:pgfRef xlink:href="#p"/></foreignObject><g/></switch><i:pgf id="p"><![CDATA[eJz]]></i:pgf>`,
			`xmlns:i="http://ns.adobe.com/AdobeIllustrator/10.0/"`),
		picture(`<foreignObject/><p:x xmlns:p="http://example.com/" a="b"/>`),
		picture(`<path strokeWidth="1" className="a" viewbox="0 0 1 1" ill="x" crossorigin="anonymous" part="p" _ngcontent-abc="" fill_opacity="1"/>`),
		picture(``, `content="&lt;mxfile host=&quot;https://app.diagrams.net&quot; agent=&quot;url(x)&quot;&gt;"`),
		picture(``, `content="`+strings.Repeat("&lt;mxCell style=&quot;url(https://example.com/)&quot;/&gt;", 1000)+`"`),
		picture(`<path d="` + strings.Repeat("M0 0", 512<<10) + `"/>`),
		picture(`<image href="data:image/png;base64,` + strings.Repeat("AAAA", 512<<10) + `"/>`),
		picture(`<text>` + strings.Repeat("x", 2<<20) + `</text><!--` + strings.Repeat("x", 2<<20) + `-->`),
		picture(`<rect style="` + strings.Repeat("fill:url(#a);", 1000) + `"/><style>` + strings.Repeat("a{fill:url(#b)}", 100_000) + `</style>`),
		picture(`<rect id="a (copy)" class="url(https://x)" data-x="javascript:(" aria-label="a(b" name="f(x)" begin="wallclock(x)" style="scroll-behavior: smooth"/>`),
		picture(`<style>/* by someone@example.com: url(https://example.com/) @import 'x' */ @media (min-width:1px) { .a:not(.b)::after { content: "url(https://example.com/) @import" } }</style>`),
		picture(`<style><![CDATA[ <!-- .fil0 {fill:#373435} --> ]]></style>`),
		picture(`<style>@font-face { font-family: "a\"b"; src: local("x"), url( "data:font/woff2;base64,AAAA" ) format("woff2") }</style>`),
		`<?xml version="1.0" encoding="us-ascii" standalone="no"?><?plantuml 1.2024.3?>` + picture(`<?plantuml-src SoWk?>`, `contentStyleType="text/css"`),
		le(`<?xml version="1.0" encoding="UTF-16"?>` + picture(`<title>é</title>`)),
		`<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd" [
	<!ENTITY ns_extend "http://ns.adobe.com/Extensibility/1.0/">
	<!ENTITY ns_ai "http://ns.adobe.com/AdobeIllustrator/10.0/">
	<!ENTITY ns_svg "http://www.w3.org/2000/svg">
]>
<svg xmlns:x="&ns_extend;" xmlns:i="&ns_ai;" xmlns="&ns_svg;"><switch><foreignObject requiredExtensions="&ns_ai;"/><g i:extraneous="self"/></switch></svg>`,
		picture(strings.Repeat("<g>", 100) + strings.Repeat("</g>", 100)),
		picture(strings.Repeat(`<path d="M0 0"/>`, 20_000)),
	} {
		require.NoError(t, xmlVerdict(t, newSVG, in), "%.300s", in)
	}
}

func TestSVGRefuses(t *testing.T) {
	const (
		malformed, active, tooLarge = inspect.CodeDamaged, inspect.CodeActive, inspect.CodeComplex
		truncated, trailing         = inspect.CodeTruncated, inspect.CodeTrailing
		unsupported, mismatch       = inspect.CodeUnsupported, inspect.CodeMismatch

		script  = "contains a script"
		foreign = "contains an element or attribute that static images do not have"
		outside = "refers to something outside of it"
		doctype = "declares a document type"
		broken  = "is not well-formed XML"
		cut     = "ends too early"
		after   = "goes on after its root element"
		unknown = "is in an encoding that is not accepted"
		rule    = "has a CSS rule that is not accepted"
		calls   = "calls a CSS function that is not accepted"
		link    = "has a link of a kind that is not accepted"
		notSVG  = "is not an SVG image"
	)
	for _, c := range []struct {
		in     string
		code   inspect.Code
		reason string
	}{
		{``, truncated, cut},
		{`hello`, malformed, broken},
		{`<svg`, truncated, cut},
		{picture(``)[:40], truncated, cut},
		{picture(``) + picture(``), trailing, after},
		{picture(``) + "PK\x03\x04", trailing, after},
		{picture(``) + "x", trailing, after},
		{picture(`<g></a>`), malformed, broken},
		{picture(`<g a=1/>`), malformed, broken},
		{picture("\x01"), malformed, "has a character that XML does not allow"},
		{picture("caf\xe9"), malformed, "has bytes that are invalid in its encoding"},
		{picture(`&nbsp;`), malformed, broken},
		{picture(`&xxe;`), malformed, broken},
		{`<?xml version="1.0" encoding="UTF-7"?>` + picture(``), unsupported, unknown},
		{`<?xml version="1.0" encoding="utf-16"?>` + picture(``), unsupported, unknown},
		{`<g xmlns="http://www.w3.org/2000/svg"/>`, mismatch, notSVG},
		{`<svg xmlns="http://www.w3.org/1999/xhtml"/>`, mismatch, notSVG},
		{`<s:svg xmlns:s="http://example.com/"/>`, mismatch, notSVG},
		{`<html xmlns="http://www.w3.org/1999/xhtml"/>`, mismatch, notSVG},

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
		{picture(`<a href="java&#10;script:alert(1)"/>`), active, script},
		{picture(`<foreignObject><p>x</p></foreignObject>`), active, foreign},
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

		{picture(`<a href="file:///etc/passwd"/>`), active, link},
		{picture(`<a href="data:text/html,x"/>`), active, link},
		{picture(`<a href="blob:https://example.com/"/>`), active, link},
		{picture(`<a href=":x"/>`), active, link},
		{picture(`<a href="c|/a.exe"/>`), active, link},
		{picture(`<a href="ht&#9;tp://example.com/"/>`), active, "has a link with a control character"},
		{picture(`<x:a xmlns:x="http://example.com/" href="https://example.com/"/>`), active, outside},
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
		{picture(`<rect style="background: image-set('https://example.com/a.png' 1x)"/>`), active, calls},
		{picture(`<set attributeName="fill" to="url(https://example.com/#a)"/>`), active, outside},
		{picture(`<style>@import "https://example.com/a.css";</style>`), active, rule},
		{picture(`<style>@im<!-- -->port "https://example.com/a.css";</style>`), active, rule},
		{picture(`<style>@im<![CDATA[port]]> "https://example.com/a.css";</style>`), active, rule},
		{picture(`<style>@\69mport "https://example.com/a.css";</style>`), active, rule},
		{picture(`<style>a { fill: url("https://example.com/") }</style>`), active, outside},
		{picture(`<style>a { fill: url(#a) url(//example.com) }</style>`), active, outside},
		{picture(`<set attributeName="href" to="javascript:alert(1)"/>`), active, "animates a reference, a style or an unknown attribute"},
		{picture(`<animate attributeName=" xlink:HREF" values="javascript:alert(1)"/>`), active, "animates a reference, a style or an unknown attribute"},
		{picture(`<set attributeName="onclick" to="alert(1)"/>`), active, "animates a reference, a style or an unknown attribute"},
		{picture(`<set attributeName="style" to="x"/>`), active, "animates a reference, a style or an unknown attribute"},

		{`<!DOCTYPE svg [<!ENTITY a "b">]>` + picture(``), active, doctype},
		{`<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>` + picture(`&a;`), active, doctype},
		{`<!DOCTYPE svg SYSTEM "https://example.com/a.dtd">` + picture(``), active, doctype},
		{`<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "https://example.com/a.dtd">` + picture(``), active, doctype},
		{`<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/a.dtd" [<!ENTITY a "b">]>` + picture(``), active, doctype},
		{`<!DOCTYPE html>` + picture(``), active, doctype},
		{picture(``) + `<!DOCTYPE svg>`, malformed, broken},
		{`<?xml-stylesheet href="https://example.com/a.css"?>` + picture(``), active, "contains a processing instruction"},
		{picture(`<?php echo 1; ?>`), active, "contains a processing instruction"},
		{` <?xml version="1.0"?>` + picture(``), malformed, broken},

		{picture(strings.Repeat("<g>", 200)), tooLarge, "nests elements too deeply"},
		{`<svg` + strings.Repeat(` a="b"`, 300_000) + `/>`, tooLarge, "has a tag with too many attributes"},
	} {
		err := xmlVerdict(t, newSVG, c.in)
		require.Error(t, err, "%.300s", c.in)
		reason, _, _ := strings.Cut(err.Error(), " in line ")
		require.Equal(t, c.reason, reason, "%.300s", c.in)
		require.Equal(t, c.code, err.(*inspect.Error).Code, "%.300s", c.in) //nolint:errorlint // inspectors return it bare
	}
}

func TestSVGReportsTheLine(t *testing.T) {
	err := xmlVerdict(t, newSVG, "<svg>\n\n<rect onclick='x'/></svg>")
	require.Equal(t, finding{"active_content script", "contains a script in line 3"}, found(err))
	err = xmlVerdict(t, newSVG, "<svg>a]]\n\n]]]>b</svg>")
	require.Equal(t, finding{codeDamaged, "is not well-formed XML in line 3"}, found(err))
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
